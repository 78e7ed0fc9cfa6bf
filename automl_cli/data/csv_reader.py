"""From the text of a csv file to a table of its cells: fast, and patient where that fails."""

from typing import TYPE_CHECKING

from automl_cli.core.errors import DataError
from automl_cli.data.layout import (
    BLANK,
    SNIFF_CHARACTERS,
    Layout,
    find_layout,
    make_reader,
    skip_lines,
)
from automl_cli.data.unpack import Unpacked

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow import csv

BLOCK_BYTES = 16 << 20  # a record longer than a block cannot be read by pyarrow


def detect_layout(source: Unpacked) -> Layout:
    """Return how a csv text is laid out."""
    start = source.text_start(SNIFF_CHARACTERS)
    return find_layout(start, is_whole=len(start) < SNIFF_CHARACTERS)


def read_csv(source: Unpacked, layout: Layout) -> "pa.Table":
    """Return the cells of a csv text, each column a ``large_string``.

    Raises
    ------
    DataError
        If a row has another number of cells than the header, or a quoted cell does not end.
    """
    import pyarrow as pa

    try:
        table = _read_fast(source, layout)
    except pa.ArrowInvalid:
        table = _read_slow(source, layout)
    last = table.column(table.num_columns - 1)[-1].as_py() if table.num_rows else ""
    if "\n" in last and source.data.count(b'"') % 2:
        raise DataError(
            f"{source.name}: a quoted cell is never closed.",
            hint='Find the cell whose closing " is missing; the rows after it were swallowed.',
        )
    return trim_cells(table) if layout.is_padded else table


def arrow_options(layout: Layout, block_bytes: int) -> "dict[str, csv.ReadOptions]":
    """Return what pyarrow's readers of csv are called with."""
    import pyarrow as pa
    from pyarrow import csv

    given = (
        {}
        if layout.is_complete
        else {"column_names": layout.names, "skip_rows": layout.n_above + layout.n_header}
    )
    return {
        "read_options": csv.ReadOptions(
            block_size=block_bytes, **{"skip_rows": layout.n_above, **given}
        ),
        "parse_options": csv.ParseOptions(delimiter=layout.delimiter, newlines_in_values=True),
        "convert_options": csv.ConvertOptions(
            column_types=dict.fromkeys(layout.names, pa.large_string()), strings_can_be_null=False
        ),
    }


def trim_cells(table: "pa.Table") -> "pa.Table":
    """Return a table without the blanks around its cells."""
    import pyarrow.compute as pc

    cells = [pc.utf8_trim(table.column(place), BLANK) for place in range(table.num_columns)]
    return type(table).from_arrays(cells, names=table.column_names)


def _read_fast(source: Unpacked, layout: Layout) -> "pa.Table":
    import pyarrow as pa
    from pyarrow import csv

    data = source.data
    if layout.delimiter == BLANK or layout.is_padded:
        if b'"' in data:  # pyarrow knows a quote at the very start of a cell only
            raise pa.ArrowInvalid("quotes and blanks")
        data = _collapse_blanks(data) if layout.delimiter == BLANK else data
    table = csv.read_csv(pa.BufferReader(data), **arrow_options(layout, BLOCK_BYTES))
    if any(kind != pa.large_string() for kind in table.schema.types):
        raise pa.ArrowInvalid("the header was read in two ways")
    return table


def _collapse_blanks(data: bytes) -> bytes:
    """Return a text with one blank where there are several, and none at the ends of lines."""
    while b"  " in data:
        data = data.replace(b"  ", b" ")
    for end in (b"\n", b"\r"):
        data = data.replace(b" " + end, end).replace(end + b" ", end)
    return data.strip(b" ")


def _read_slow(source: Unpacked, layout: Layout) -> "pa.Table":
    """Read with Python's own reader: more patient, and it knows the line of a mistake."""
    import csv

    import pyarrow as pa

    text = skip_lines(source.data.decode(), layout.n_above)
    reader = make_reader(text, layout.delimiter, skip_blanks=layout.is_padded)
    rows, names = [], layout.names
    try:
        for row in reader:
            line = layout.n_above + reader.line_num
            if not row or reader.line_num <= layout.n_header:
                continue
            if len(row) != len(names):
                raise _ragged(source.name, line, len(row), layout)
            rows.append(row)
    except csv.Error as error:
        raise DataError(
            f"{source.name}:{layout.n_above + reader.line_num}: not readable as csv: {error}.",
            hint="Fix or remove this line, or save the table as parquet.",
        ) from error
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return pa.table([pa.array(column, pa.large_string()) for column in columns], names=names)


def _ragged(name: str, line: int, came: int, layout: Layout) -> DataError:
    where = "the header" if layout.is_complete or layout.is_padded else "the rows before"
    return DataError(
        f"{name}:{line}: {came} cells, expected {len(layout.names)} as in {where}.",
        hint="Is this a table with one header line? A cell that holds the delimiter needs quotes.",
    )

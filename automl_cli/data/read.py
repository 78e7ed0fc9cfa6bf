"""Read a table as text, cell by cell, exactly as it stands in the file.

    table = read_table(Path("train.csv"))      # .csv .csv.gz .zip .parquet
    table.names, table.n_rows, table.cells("age")

Nothing is guessed here: ``007``, ``1.0`` and ``NA`` stay what they are. Types are decided for train
and test together in `automl_cli.data.types`.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import BoolVector
from automl_cli.core.errors import DataError
from automl_cli.data.files import Files
from automl_cli.data.unpack import Unpacked, unpack

if TYPE_CHECKING:
    import pyarrow as pa

DELIMITERS = (",", ";", "\t", "|")
SNIFF_CHARACTERS = 65536  # enough for twenty records of any usual table
SNIFF_RECORDS = 20
BLOCK_BYTES = 16 << 20  # a record longer than a block cannot be read by pyarrow


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """A table of text cells.

    Parameters
    ----------
    name
        The path as the user gave it, for messages.
    table
        Every column a pyarrow ``large_string``; a cell without text is the empty string.
    notes
        What was noticed while reading, such as an unusual encoding.
    """

    name: str
    table: "pa.Table"
    notes: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in the order of the file."""
        return tuple(self.table.column_names)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.table.num_rows)

    def cells(self, name: str) -> "pa.ChunkedArray":
        """Return the cells of the column `name`."""
        return self.table.column(name)

    def texts(self, name: str) -> npt.NDArray[np.object_]:
        """Return the cells of the column `name` as Python strings, byte for byte."""
        return np.asarray(self.cells(name).to_numpy(), dtype=object)

    def find_line(self, row: int) -> int:
        """Return the line of the file in which a row stands, from 1."""
        return row + 2

    def where(self, rows: BoolVector) -> "RawTable":
        """Return the table of the chosen rows."""
        import pyarrow as pa

        return replace(self, table=self.table.filter(pa.array(rows)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The tables of a competition as text."""

    train: RawTable
    test: RawTable | None
    sample: RawTable | None


def read_tables(files: Files) -> Tables:
    """Read the files of a competition.

    Raises
    ------
    DataError
        See `read_table`.
    """
    return Tables(
        train=read_table(files.train),
        test=read_table(files.test) if files.test else None,
        sample=read_table(files.sample) if files.sample else None,
    )


def read_table(path: Path) -> RawTable:
    """Read a csv (plain, gzip, zip) or parquet file as text.

    Delimiter (comma, semicolon, tab, bar) and encoding (UTF-8 with or without mark, UTF-16,
    Windows-1252) are recognised; quoted cells may hold delimiters and line ends.

    Raises
    ------
    DataError
        If the file is missing, unreadable, empty, has no rows, is no table, or names a column
        twice; the hint says what to do with the file.
    """
    unpacked = unpack(path)
    table = _read_parquet(unpacked) if unpacked.is_parquet else _read_csv(unpacked)
    _check(str(path), table)
    return RawTable(name=str(path), table=table, notes=unpacked.notes)


def _read_csv(source: Unpacked) -> "pa.Table":
    import pyarrow as pa

    start = source.text_start(SNIFF_CHARACTERS)
    delimiter = find_delimiter(start, is_whole=len(start) < SNIFF_CHARACTERS)
    header = next(read_records(start, delimiter), [])
    try:
        table = _read_fast(source.data, delimiter, header)
    except pa.ArrowInvalid:
        table = _read_slow(source, delimiter)
    last = table.column(table.num_columns - 1)[-1].as_py() if table.num_rows else ""
    if "\n" in last and source.data.count(b'"') % 2:
        raise DataError(
            f"{source.name}: a quoted cell is never closed.",
            hint='Find the cell whose closing " is missing; the rows after it were swallowed.',
        )
    return table


def find_delimiter(start: str, *, is_whole: bool) -> str:
    """Return what separates the cells of a csv text, of which this is the start or all of it."""
    best, width = DELIMITERS[0], 1
    for delimiter in DELIMITERS:
        records = list(islice(read_records(start, delimiter), SNIFF_RECORDS))
        if not is_whole and len(records) > 2:
            records.pop()  # the start may end within a record
        widths = {len(record) for record in records if record}
        if len(widths) == 1 and max(widths) > width:
            best, width = delimiter, max(widths)
    return best


def read_records(text: str, delimiter: str) -> Iterator[list[str]]:
    """Return the records of a csv text, each a list of cells."""
    import csv
    import io

    return iter(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))


def _read_fast(data: bytes, delimiter: str, header: list[str]) -> "pa.Table":
    import pyarrow as pa
    from pyarrow import csv

    table = csv.read_csv(
        pa.BufferReader(data),
        read_options=csv.ReadOptions(block_size=BLOCK_BYTES),
        parse_options=csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(header, pa.large_string()), strings_can_be_null=False
        ),
    )
    if any(kind != pa.large_string() for kind in table.schema.types):
        raise pa.ArrowInvalid("the header was read in two ways")
    return table


def _read_slow(source: Unpacked, delimiter: str) -> "pa.Table":
    """Read with Python's own reader: more patient, and it knows the line of a mistake."""
    import csv
    import io

    import pyarrow as pa

    text = io.StringIO(source.data.decode(), newline="")
    reader = csv.reader(text, delimiter=delimiter)
    try:
        header = next(reader, [])
        rows = []
        for row in filter(None, reader):
            if len(row) != len(header):
                raise _ragged(source.name, reader.line_num, len(row), len(header))
            rows.append(row)
    except csv.Error as error:
        raise DataError(
            f"{source.name}:{reader.line_num}: not readable as csv: {error}.",
            hint="Mend or remove this line, or save the table as parquet.",
        ) from error
    columns = zip(*rows, strict=True) if rows else ([] for _ in header)
    return pa.table([pa.array(column, pa.large_string()) for column in columns], names=header)


def _ragged(name: str, line: int, came: int, expected: int) -> DataError:
    return DataError(
        f"{name}:{line}: {came} cells, expected {expected} as in the header.",
        hint="Is this a table with one header line? A cell that holds the delimiter needs quotes.",
    )


def _read_parquet(source: Unpacked) -> "pa.Table":
    import pyarrow as pa
    from pyarrow import parquet

    try:
        table = parquet.read_table(pa.BufferReader(source.data))
    except (
        pa.ArrowInvalid,
        pa.ArrowNotImplementedError,
        OSError,
    ) as error:  # damaged
        raise DataError(
            f"{source.name}: not readable as parquet: {str(error).partition('. ')[0].strip('.')}.",
            hint="The file may be cut off; copy or download it again.",
        ) from error
    return write_as_text(source.name, table)


def write_as_text(name: str, table: "pa.Table") -> "pa.Table":
    """Return a typed table as text, cell by cell.

    Raises
    ------
    DataError
        If a column holds lists or other tables.
    """
    import pyarrow as pa

    # The row index that pandas stores beside the columns is no column of the table.
    kept = [column for column in table.column_names if not column.startswith("__index_level_")]
    texts = [_as_text(name, column, table.column(column)) for column in kept]
    return pa.table(texts, names=kept)


def _as_text(table: str, name: str, cells: "pa.ChunkedArray") -> "pa.ChunkedArray":
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        text = pc.cast(cells, pa.large_string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:  # nested
        raise DataError(
            f"{table}: column {name!r} holds {cells.type}, expected numbers, texts or dates.",
            hint="Write the column as plain values, or leave it out of the file.",
        ) from error
    if pa.types.is_boolean(cells.type):
        text = pc.utf8_capitalize(text)  # True and False, as everywhere in Python
    return pc.fill_null(text, "")


def _check(name: str, table: "pa.Table") -> None:
    repeated = [column for column, count in Counter(table.column_names).items() if count > 1]
    if repeated:
        shown = ", ".join(repr(column) for column in repeated[:5])
        raise DataError(
            f"{name}: column names must differ; more than one column is called {shown}.",
            hint="Rename or remove the repeated columns.",
        )
    if table.num_rows == 0:
        raise DataError(
            f"{name}: a header of {table.num_columns} columns and no rows.",
            hint="Give a file with at least one row.",
        )

"""A table in batches of rows, so that a file of any length is read in flat memory.

for table in read_batches(Path("new.csv"), rows=50_000):
    table.n_rows, table.cells("age")
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from automl_cli.core.errors import DataError
from automl_cli.data.read import RawTable, find_delimiter, read_records, read_table, write_as_text
from automl_cli.data.unpack import PARQUET

if TYPE_CHECKING:
    import pyarrow as pa

START_BYTES = 1 << 18  # looked at to know what kind of file it is
BLOCK_BYTES = 4 << 20


def read_batches(path: Path, rows: int) -> Iterator[RawTable]:
    """Yield a table as text, so many rows at a time.

    Plain csv in UTF-8 and parquet are read piece by piece. Other files (an archive, another
    encoding, csv with ragged rows) are read whole, by `read_table`, and then divided.

    Raises
    ------
    DataError
        See `read_table`.
    """
    for table in _read_pieces(path):
        for start in range(0, table.num_rows, rows):
            yield RawTable(name=str(path), table=table.slice(start, rows))


def find_line(path: Path, row: int) -> int | None:
    """Return the line on which a row of a plain csv begins, both from 1 and 0; None of others.

    Examples
    --------
    >>> find_line(Path("table.parquet"), 3)
    """
    import csv

    if not path.is_file():
        return None
    with path.open("rb") as file:
        start = file.read(START_BYTES)
    if start.startswith(PARQUET) or not _is_plain(start):
        return None
    text = start.decode("utf-8", errors="ignore")
    delimiter = find_delimiter(text, is_whole=len(start) < START_BYTES)
    with path.open(encoding="utf-8", newline="") as lines, suppress(csv.Error, ValueError):
        reader, left, began = csv.reader(lines, delimiter=delimiter), row + 1, 1
        for record in reader:
            if record and not left:
                return began
            left -= bool(record)  # an empty line is no row
            began = reader.line_num + 1
    return None


def _read_pieces(path: Path) -> "Iterator[pa.Table]":
    if path.is_file():
        with path.open("rb") as file:
            start = file.read(START_BYTES)
        if start.startswith(PARQUET):
            yield from _read_parquet(path)
            return
        if _is_plain(start):
            yield from _read_csv(path, start)
            return
    yield read_table(path).table


def _is_plain(start: bytes) -> bool:
    try:
        text = start.decode("utf-8", errors="strict" if len(start) < START_BYTES else "ignore")
    except UnicodeDecodeError:
        return False
    marked = start.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x1f\x8b", b"PK"))
    return not marked and "\x00" not in text and text.strip() != ""


def _read_csv(path: Path, start: bytes) -> "Iterator[pa.Table]":
    import pyarrow as pa
    from pyarrow import csv

    text = start.decode("utf-8", errors="ignore")
    delimiter = find_delimiter(text, is_whole=len(start) < START_BYTES)
    header = next(read_records(text, delimiter), [])
    if len(set(header)) < len(header):
        yield read_table(path).table  # which says what is wrong
        return
    n_read = 0
    try:
        with csv.open_csv(
            path,
            read_options=csv.ReadOptions(block_size=BLOCK_BYTES),
            parse_options=csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.large_string()), strings_can_be_null=False
            ),
        ) as reader:
            for batch in reader:
                yield pa.Table.from_batches([batch])
                n_read += batch.num_rows
    except pa.ArrowInvalid:
        # Python's own reader is more patient, and knows the line of a mistake.
        table = read_table(path).table.slice(n_read)
        yield table
    else:
        if not n_read:
            raise DataError(
                f"{path}: a header of {len(header)} columns and no rows.",
                hint="Give a file with at least one row.",
            )


def _read_parquet(path: Path) -> "Iterator[pa.Table]":
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(path)
    except pa.ArrowInvalid:
        yield read_table(path).table
        return
    for batch in file.iter_batches():
        yield write_as_text(str(path), pa.Table.from_batches([batch]))

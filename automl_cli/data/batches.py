"""A table in batches of rows, so that a file of any length is read in flat memory.

for table in read_batches(Path("new.csv"), rows=50_000):
    table.n_rows, table.cells("age")
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from automl_cli.core.errors import DataError
from automl_cli.data.csv_reader import arrow_options, trim_cells
from automl_cli.data.headerless import check_header
from automl_cli.data.layout import BLANK, Layout, find_layout
from automl_cli.data.lines import LineFinder
from automl_cli.data.read import RawTable, describe_layout, read_table, write_as_text
from automl_cli.data.repeated import drop_rows, find_repeats
from automl_cli.data.unpack import NUL, PARQUET, check_start

START_BYTES = 1 << 18  # looked at to know what kind of file it is
BLOCK_BYTES = 4 << 20


def read_batches(path: Path, rows: int) -> Iterator[RawTable]:
    """Yield a table as text, so many rows at a time.

    Plain csv in UTF-8 and parquet are read piece by piece. Other files (an archive, another
    encoding, cells divided by blanks, csv with ragged rows) are read whole, by `read_table`, and
    then divided.

    Raises
    ------
    DataError
        See `read_table`.
    """
    for piece in _read_pieces(path):
        for start in range(0, piece.n_rows, rows):
            part = replace(piece, table=piece.table.slice(start, rows))
            yield part if start == 0 else replace(part, notes=(), repeated=())


def _read_pieces(path: Path) -> Iterator[RawTable]:
    if path.is_file():
        with path.open("rb") as file:
            start = file.read(START_BYTES)
        if start.startswith(PARQUET):
            yield from _read_parquet(path)
            return
        if _is_plain(start) and not _holds_nul(path):
            check_start(str(path), start)
            text = start.decode("utf-8", errors="ignore")
            layout = find_layout(text, is_whole=len(start) < START_BYTES)
            if _is_steady(layout):
                check_header(str(path), layout)
                yield from _read_csv(path, layout)
                return
    yield read_table(path)


def _is_plain(start: bytes) -> bool:
    try:
        text = start.decode("utf-8", errors="strict" if len(start) < START_BYTES else "ignore")
    except UnicodeDecodeError:
        return False
    marked = start.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x1f\x8b", b"PK"))
    return not marked and text.strip() != ""


def _holds_nul(path: Path) -> bool:
    import mmap

    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return data.find(NUL) >= 0


def _is_steady(layout: Layout) -> bool:
    """Return whether every batch of the file can be read by itself."""
    different = len(set(layout.names)) == len(layout.names)  # if not, `read_table` tells
    return different and layout.delimiter != BLANK


def _read_csv(path: Path, layout: Layout) -> Iterator[RawTable]:
    import pyarrow as pa
    from pyarrow import csv

    lines = LineFinder(lambda: path.read_bytes().decode(), layout)
    n_read, found, notes = 0, list[int](), describe_layout(layout)
    try:
        with csv.open_csv(path, **arrow_options(layout, BLOCK_BYTES)) as reader:
            for batch in reader:
                cells = pa.Table.from_batches([batch])
                cells = trim_cells(cells) if layout.is_padded else cells
                repeats = find_repeats(cells)
                repeated = lines.find((repeats + n_read).tolist())
                yield RawTable(
                    name=str(path),
                    table=drop_rows(cells, repeats),
                    notes=() if n_read else notes,
                    repeated=repeated,
                )
                n_read += batch.num_rows
                found += repeated
    except pa.ArrowInvalid:
        # Python's own reader is more patient, and knows the line of a mistake.
        yield _read_rest(path, n_read, found)
    else:
        if n_read == len(found):
            raise DataError(
                f"{path}: a header of {len(layout.names)} columns and no rows.",
                hint="Give a file with at least one row.",
            )


def _read_rest(path: Path, n_read: int, found: Sequence[int]) -> RawTable:
    """Return the rows behind those that were read, of which `found` are the repeated headers."""
    whole = read_table(path)
    rest = whole.table.slice(n_read - len(found))
    return replace(whole, table=rest, repeated=whole.repeated[len(found) :])


def _read_parquet(path: Path) -> Iterator[RawTable]:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        file = parquet.ParquetFile(path)
    except pa.ArrowInvalid:
        yield read_table(path)
        return
    n_read = 0
    for batch in file.iter_batches():
        cells = write_as_text(str(path), pa.Table.from_batches([batch]))
        rows = find_repeats(cells)
        repeated = tuple(int(row) + n_read + 1 for row in rows)
        n_read += batch.num_rows
        yield RawTable(name=str(path), table=drop_rows(cells, rows), repeated=repeated, unit="row")

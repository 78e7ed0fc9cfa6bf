"""Read a table as text, cell by cell, exactly as it stands in the file.

    table = read_table(Path("train.csv"))      # .csv .csv.gz .zip .parquet
    table.names, table.n_rows, table.cells("age")

Nothing is guessed here: ``007``, ``1.0`` and ``NA`` stay what they are. Types are decided for train
and test together in `automl_cli.data.types`.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import BoolVector
from automl_cli.core.errors import DataError
from automl_cli.data.csv_reader import detect_layout, read_csv
from automl_cli.data.files import Files
from automl_cli.data.headerless import check_header
from automl_cli.data.layout import Layout
from automl_cli.data.lines import LineFinder
from automl_cli.data.places import find_line
from automl_cli.data.repeated import describe_repeats, drop_rows, find_repeats
from automl_cli.data.unpack import Unpacked, unpack

if TYPE_CHECKING:
    import pyarrow as pa

ReadNote: TypeAlias = tuple[str, str]  # what it is about, and what was noticed


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
    repeated
        Where rows stood that repeat the header; `table` does not hold them.
    unit
        What `repeated` counts from 1: lines of the file, or rows.
    spelled
        How the file itself spells columns that have been renamed.
    """

    name: str
    table: "pa.Table"
    notes: tuple[ReadNote, ...] = ()
    repeated: tuple[int, ...] = ()
    unit: Literal["line", "row"] = "line"
    spelled: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in the order of the file."""
        return tuple(self.table.column_names)

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.table.num_rows)

    def has(self, name: str) -> bool:
        """Return whether there is a column `name`, without a list of all of them."""
        return bool(self.table.schema.get_all_field_indices(name))

    def cells(self, name: str) -> "pa.ChunkedArray":
        """Return the cells of the column `name`."""
        return self.table.column(name)

    def texts(self, name: str) -> npt.NDArray[np.object_]:
        """Return the cells of the column `name` as Python strings, byte for byte."""
        return np.asarray(self.cells(name).to_numpy(), dtype=object)

    def find_line(self, row: int) -> int | None:
        """Return the line of the file in which a row begins, from 1; None if it is no csv."""
        return find_line(Path(self.name), row, self.repeated)

    def list_notes(self) -> tuple[ReadNote, ...]:
        """Return everything that a user has to know of the reading."""
        if not self.repeated:
            return self.notes
        return (*self.notes, ("header", describe_repeats(self.repeated, self.unit)))

    def get_original_name(self, name: str) -> str:
        """Return how the file itself spells the column `name`."""
        return self.spelled.get(name, name)

    def rename(self, names: Mapping[str, str]) -> "RawTable":
        """Return the table with columns called otherwise: `names` leads from old to new ones."""
        if not names:
            return self
        table = self.table.rename_columns([names.get(name, name) for name in self.names])
        spelled = {names.get(name, name): self.get_original_name(name) for name in self.names}
        return replace(
            self,
            table=table,
            spelled={name: own for name, own in spelled.items() if name != own},
        )

    def where(self, rows: BoolVector) -> "RawTable":
        """Return the table of the chosen rows."""
        import pyarrow as pa

        return replace(self, table=self.table.filter(pa.array(rows)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTables:
    """The tables of a competition as text."""

    train: RawTable
    test: RawTable | None
    sample: RawTable | None


def read_tables(files: Files) -> RawTables:
    """Read the files of a competition.

    Raises
    ------
    DataError
        See `read_table`.
    """
    return RawTables(
        train=read_table(files.train),
        test=read_table(files.test) if files.test else None,
        sample=read_table(files.sample) if files.sample else None,
    )


def read_table(path: Path) -> RawTable:
    """Read a csv (plain, gzip, zip) or parquet file as text.

    Delimiter (comma, semicolon, tab, bar, blanks) and encoding (UTF-8 with or without mark, UTF-16,
    Windows-1252) are recognised; quoted cells may hold delimiters and line ends. Rows that repeat
    the header are left out, as are columns without a name and without a cell.

    Raises
    ------
    DataError
        If the file is missing, unreadable, empty, has no rows or no header, is no table, or names a
        column twice; the hint says what to do with the file.
    """
    unpacked = unpack(path)
    table = _read_rows(unpacked) if unpacked.is_parquet else _read_lines(unpacked)
    _check(table.name, table.table)
    return table


def _read_rows(source: Unpacked) -> RawTable:
    cells = _read_parquet(source)
    rows = find_repeats(cells)
    repeated = tuple(int(row) + 1 for row in rows)
    return RawTable(name=source.name, table=drop_rows(cells, rows), repeated=repeated, unit="row")


def _read_lines(source: Unpacked) -> RawTable:
    layout = detect_layout(source)
    check_header(source.name, layout)
    cells = read_csv(source, layout)
    rows = find_repeats(cells)
    return RawTable(
        name=source.name,
        table=drop_empty(drop_rows(cells, rows)),
        notes=(*(("encoding", note) for note in source.notes), *describe_layout(layout)),
        repeated=LineFinder(source.data.decode, layout).find(rows.tolist()),
    )


def describe_layout(layout: Layout) -> tuple[ReadNote, ...]:
    """Return what is to be told about the lines above the header."""
    if not layout.has_comments:
        return ()
    return (("header", f"in line {layout.n_above + 1}, below comments"),)


def drop_empty(table: "pa.Table") -> "pa.Table":
    """Return a table without the nameless empty columns that delimiters at line ends make."""
    import pyarrow.compute as pc

    nameless = [place for place, name in enumerate(table.column_names) if not name.strip()]
    for place in reversed(nameless):
        if place and not pc.any(pc.not_equal(table.column(place), "")).as_py():
            table = table.remove_column(place)
    return table


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

"""Cells that hold something else than their column, and count as missing.

unread = find_unread(typing, table)     # of each column how many, which, and where the first stands
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.core.arrays import BoolVector
from automl_cli.data.dates import is_zero
from automl_cli.data.read import RawTable
from automl_cli.data.text_columns import MISSING_NUMBERS, TextColumn, make_text_column
from automl_cli.data.types import (
    MEASURED,
    ColumnTyping,
    TableTyping,
    extract_part,
    read_text_values,
)

STRAY_SHARE = 0.02  # of the filled cells
# What else is a column of numbers or dates: so many of its cells, and distinct values of them, and
# so few distinct strays.
MOST_CELLS, LEAST_CELLS = 0.9, 0.5
MANY_VALUES, FEW_STRAYS, VALUES_A_STRAY = 20, 5, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class UnreadCells:
    """Cells of a column that were taken as missing though they hold something.

    Parameters
    ----------
    column
        Its name.
    kind
        What the column is.
    cells, rows
        How many they are, of how many rows.
    first
        The first of them.
    table, row, line
        Where it stands: the row from 0, and the line of the file from 1, if it is a csv.
    """

    column: str
    kind: str
    cells: int
    rows: int
    first: str
    table: str
    row: int
    line: int | None

    @property
    def place(self) -> str:
        """Where the first of them stands, in words."""
        return f"row {self.row + 1:,}" if self.line is None else f"line {self.line:,}"


def are_enough(counts: npt.NDArray[np.int64], known: BoolVector) -> bool:
    """Return whether the known texts say what a column is, so that the others are strays.

    Parameters
    ----------
    counts
        Rows of each distinct text; 0 where it is missing.
    known
        Which of them are read.
    """
    total = counts.sum()
    if not total:
        return False
    share = counts[known].sum() / total
    if share >= 1 - STRAY_SHARE:
        return True
    n_values, n_strays = int((known & (counts > 0)).sum()), int((~known & (counts > 0)).sum())
    few = n_strays <= (n_values / VALUES_A_STRAY if share >= MOST_CELLS else FEW_STRAYS)
    return bool(share >= LEAST_CELLS and n_values >= MANY_VALUES and few)


def find_all_unread(
    typing: TableTyping, tables: Sequence[RawTable | None]
) -> tuple[UnreadCells, ...]:
    """Return what was not read in the tables that a typing was found on."""
    doubtful = tuple(column.name for column in typing.columns if column.strays)
    chosen = typing.select(doubtful)
    return tuple(one for table in tables if table is not None for one in find_unread(chosen, table))


def find_unread(typing: TableTyping, table: RawTable) -> list[UnreadCells]:
    """Return the columns in which cells hold something that is read as missing.

    Labels that the training table has not are no mistake and are not counted, nor are dates of
    zeros.
    """
    columns = [one for one in typing.columns if one.kind in MEASURED and table.has(one.held_by)]
    found = (_find_unread(column, table, typing.missing) for column in columns)
    return [one for one in found if one is not None]


def _find_unread(
    column: ColumnTyping, table: RawTable, missing: tuple[str, ...]
) -> UnreadCells | None:
    cells = table.cells(column.held_by)
    if column.pattern:
        cells = extract_part(cells, column.pattern)
    text_column = make_text_column(cells, (*missing, *MISSING_NUMBERS))
    lost = (text_column.counts > 0) & np.asarray(pd.isna(read_text_values(column, text_column)))
    if column.kind == "datetime":
        lost &= ~is_zero(text_column.texts)
    if not lost.any():
        return None
    row = int(np.flatnonzero(lost[text_column.codes])[0])
    return UnreadCells(
        column=column.name,
        kind=column.kind,
        cells=int(text_column.counts[lost].sum()),
        rows=table.n_rows,
        first=_format(text_column, row),
        table=table.name,
        row=row,
        line=table.find_line(row),
    )


def _format(text_column: TextColumn, row: int) -> str:
    return str(text_column.texts[int(text_column.codes[row])].as_py())

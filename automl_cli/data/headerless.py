"""Whether a table begins with its rows, and not with the names of its columns."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal, TypeAlias

from automl_cli.core.errors import DataError
from automl_cli.data.layout import Layout, is_number
from automl_cli.data.text_columns import MISSING, MISSING_NUMBERS

LEAST_SHARE = 0.5  # of the columns that have to tell
LEAST_STEPS = 3  # from one number to a larger one
CellGuess: TypeAlias = Literal["a name", "a number", "a text", "either"]


def check_header(table: str, layout: Layout) -> None:
    """Refuse a table whose first line is a row.

    It is one if no cell of it can only be a name, and half of them look like the cells below: a
    number among numbers of that size, or a text that the column holds again. Texts alone have to
    be so in every column.

    Raises
    ------
    DataError
        If the header is missing: write it.
    """
    names = layout.names
    rows = [row for row in layout.rows if len(row) == len(names) and row != names]
    if len(names) < 2 or not rows or _count_up(names):
        return
    guesses = [_guess_cell(name, cells) for name, *cells in zip(names, *rows, strict=True)]
    alike = len(names) - guesses.count("either")
    needed = LEAST_SHARE * len(names) if "a number" in guesses else len(names)
    if "a name" in guesses or alike < needed:
        return
    shown = ", ".join(map(repr, names[:5])) + (" …" if len(names) > 5 else "")
    raise DataError(
        f"{table}: the first line holds cells and no column names: {shown}.",
        hint="Write the names of the columns into a line above it, the same in every table.",
    )


def _count_up(names: Sequence[str]) -> bool:
    """Return whether the numbers among the names are as names may be: 2019, 2020, or 5, 10, 25, 75.

    Few rows hold four whole numbers or more, each larger than the one before.
    """
    numbers = [int(name) for name in names if name.isdecimal()]
    steps = [after - before for before, after in pairwise(numbers)]
    if set(steps) == {1}:
        return True
    return len(steps) >= LEAST_STEPS and all(step > 0 for step in steps)


def _guess_cell(name: str, cells: Sequence[str]) -> CellGuess:
    missing = {*MISSING, *MISSING_NUMBERS}
    known = [cell.strip() for cell in cells if cell.strip() not in missing]
    if name.strip() in missing or not known:
        return "either"
    if not any(map(is_number, known)):
        return "a text" if name.strip() in known else "either"
    if not all(map(is_number, known)):
        return "either"
    if not is_number(name):
        return "a name"
    numbers = [_read(cell) for cell in known]
    low, high = min(numbers), max(numbers)
    if low == high != _read(name):
        return "either"
    return "a number" if 2 * low - high <= _read(name) <= 2 * high - low else "a name"


def _read(cell: str) -> float:
    return float(cell.strip().replace(",", "."))

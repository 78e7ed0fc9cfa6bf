"""Decide how each column is read, on the cells of train and test together.

* A column is numeric, boolean, a time, a duration or a date if its filled cells are, but for 2 %.
  More strays are accepted where many distinct numbers stand beside a few words. Strays count as
  missing.
* Integers keep int64 where no cell is missing in any table. Codes with leading zeros, and integers
  that no number type can hold and that repeat, are categories.
* Texts of at least three words on average and mostly distinct are text, others categories.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from automl_cli.core.arrays import BoolVector, FloatVector
from automl_cli.core.counts import format_count
from automl_cli.core.dataset import Role
from automl_cli.core.errors import DataError
from automl_cli.data.booleans import are_booleans, parse_booleans
from automl_cli.data.dates import find_date_order, is_compact, is_zero, parse_dates, parse_times
from automl_cli.data.durations import are_durations, parse_durations
from automl_cli.data.formats import (
    describe_format,
    find_format,
    is_infinite,
)
from automl_cli.data.marks import has_decimal_commas, may_be_thousands
from automl_cli.data.numbers import find_storage, is_padded, parse_plain
from automl_cli.data.read import RawTable
from automl_cli.data.strays import are_enough
from automl_cli.data.text_columns import (
    MISSING,
    MISSING_NUMBERS,
    TextColumn,
    Texts,
    make_text_column,
    mask_missing,
)
from automl_cli.data.types import ColumnTyping, TableTyping, make_labels

AMOUNTS = 0.5  # distinct integers a row, from which on those too large for any type are no names
COMPACT = ((190_001, 210_012), (19_000_101, 21_001_231))  # numbers that may be dates
TEXT_WORDS = 3.0  # words of an average cell
TEXT_DISTINCT = 0.5  # of the filled cells
GLANCE = 1000  # distinct texts looked at before a whole column is matched against dates
ORDER_NAMES = {
    "ymd": "year, month, day",
    "yymd": "year, month, day",
    "mdy": "month, day, year",
    "dmy": "day, month, year",
}


def find_typing(
    tables: Sequence[RawTable],
    names: Sequence[str],
    *,
    missing: tuple[str, ...] = (),
    roles: Mapping[str, Role] | None = None,
) -> TableTyping:
    """Return the typing of the columns `names` of all `tables` that have them.

    Parameters
    ----------
    missing
        Further texts that mean missing.
    roles
        Roles given by the user.

    Raises
    ------
    DataError
        If a column cannot have the role the user gave it.
    """
    every = (*MISSING, *missing)
    comma = bool(names) and has_decimal_commas(
        table.cells(name) for table in tables for name in table.names
    )
    roles = roles or {}
    columns = [
        find_column(name, join_cells(tables, name), every, roles.get(name), decimal_comma=comma)
        for name in names
    ]
    return TableTyping(missing=every, columns=tuple(columns))


def join_cells(tables: Sequence[RawTable], name: str) -> Texts:
    """Return the cells of the column `name` of all tables that have it."""
    import pyarrow as pa

    chunks = [chunk for table in tables if table.has(name) for chunk in table.cells(name).chunks]
    return pa.chunked_array(chunks, pa.large_string())


def find_column(
    name: str,
    cells: Texts,
    missing: tuple[str, ...],
    role: Role | None = None,
    *,
    decimal_comma: bool = False,
) -> ColumnTyping:
    """Return the typing of one column.

    Parameters
    ----------
    name, cells
        The column.
    missing
        All texts that mean missing.
    role
        Given by the user.
    decimal_comma
        Whether the numbers of the file have decimal commas.

    Raises
    ------
    DataError
        If the column cannot have the role.
    """
    if role in {None, "numeric"}:
        texts = mask_missing(cells, (*missing, *MISSING_NUMBERS))
        values = parse_plain(texts)  # the quick way for the columns without any stray
        if values is not None and not (decimal_comma and may_be_thousands(texts)):
            storage = "text" if np.isnan(values).all() else find_storage(texts, values)
            if storage != "text" and (role or not _may_be_dates(values)):
                return ColumnTyping(name=name, kind="number", reason="numbers", storage=storage)
    text_column = make_text_column(cells, missing)
    if text_column.n_filled == 0:
        return ColumnTyping(name=name, kind="empty", reason="no cell holds a value")
    column = None
    if role not in {"categorical", "text"}:
        column = _find_measure(name, text_column, role, decimal_comma=decimal_comma)
    if column is None and role in {"numeric", "datetime"}:
        example = _example(text_column, text_column.counts > 0)
        raise DataError(
            f"column {name!r} cannot be {role}: it holds {example}.",
            hint=f"Remove {name!r} from the roles, or name further missing texts.",
        )
    return column or _find_text(name, text_column, role)


def _may_be_dates(values: FloatVector) -> bool:
    low, high = np.nanmin(values), np.nanmax(values)
    return any(first <= low and high <= last for first, last in COMPACT)


def _find_measure(
    name: str, text_column: TextColumn, role: Role | None, *, decimal_comma: bool
) -> ColumnTyping | None:
    """Return the typing of a column of numbers, booleans, times or dates, or None."""
    text_column = text_column.without(MISSING_NUMBERS)
    find_number = partial(_find_number, decimal_comma=decimal_comma)
    finders = {
        None: (_find_boolean, _find_compact, find_number, _find_duration, _find_time, _find_date),
        "numeric": (_find_boolean, find_number, _find_duration, _find_time),
        "datetime": (_find_date, _find_epoch),
    }
    for find in finders.get(role, ()):
        column, known = find(name, text_column)
        n_known = int(text_column.counts[known].sum())
        # A role given by the user accepts any number of strays.
        if not n_known or not (role or are_enough(text_column.counts, known)):
            continue
        if column.storage == "text":
            if not role and not _are_amounts(text_column):
                return None
            column = replace(column, storage="float64")
        return _with_strays(column, text_column, known)
    return None


def _with_strays(column: ColumnTyping, text_column: TextColumn, known: BoolVector) -> ColumnTyping:
    n_strays = text_column.n_filled - int(text_column.counts[known].sum())
    if not n_strays:
        return column
    example = _example(text_column, ~known & (text_column.counts > 0))
    strays = f"{_describe_cells(n_strays, example)} as missing"
    return replace(column, reason=f"{column.reason}; {strays}", strays=n_strays + column.strays)


def _describe_cells(number: int, example: str) -> str:
    return f"{format_count(number, 'cell')} such as {example} count{'s' * (number == 1)}"


def _are_amounts(text_column: TextColumn) -> bool:
    """Return whether integers that no type can hold repeat too seldom to be names."""
    return (
        not is_padded(text_column.texts)
        and (text_column.counts > 0).sum() > AMOUNTS * text_column.n_filled
    )


def _find_boolean(name: str, text_column: TextColumn) -> tuple[ColumnTyping, BoolVector]:
    column = ColumnTyping(name=name, kind="boolean", reason="yes and no, read as 1 and 0")
    known = ~np.isnan(parse_booleans(text_column.texts))
    return column, known & (
        are_booleans(text_column.texts) and are_enough(text_column.counts, known)
    )


def _find_compact(name: str, text_column: TextColumn) -> tuple[ColumnTyping, BoolVector]:
    column = ColumnTyping(name=name, kind="datetime", reason="dates written as one number")
    if not is_compact(text_column.texts):
        return column, np.zeros(len(text_column.counts), dtype=bool)
    return column, ~np.isnat(parse_dates(text_column.texts, column.order))


def _find_epoch(name: str, text_column: TextColumn) -> tuple[ColumnTyping, BoolVector]:
    reason = "years, or seconds since 1970 and parts of them"
    column = ColumnTyping(name=name, kind="datetime", reason=reason, order="epoch")
    return column, ~np.isnat(parse_dates(text_column.texts, column.order))


def _find_number(
    name: str, text_column: TextColumn, *, decimal_comma: bool = False
) -> tuple[ColumnTyping, BoolVector]:
    form, values = find_format(text_column.texts, text_column.counts, decimal_comma=decimal_comma)
    infinite = is_infinite(text_column.texts)
    n_infinite = int(text_column.counts[infinite].sum())
    reason = describe_format(form)
    if n_infinite:
        example = _example(text_column, infinite)
        reason += f"; {_describe_cells(n_infinite, example)} as missing (out of range)"
    storage = find_storage(text_column.texts, values)
    column = ColumnTyping(
        name=name, kind="number", reason=reason, form=form, storage=storage, strays=n_infinite
    )
    known = ~np.isnan(values)
    return column, known | (infinite & known.any())


def _find_duration(name: str, text_column: TextColumn) -> tuple[ColumnTyping, BoolVector]:
    column = ColumnTyping(name=name, kind="duration", reason="durations, read as seconds")
    if not are_durations(text_column.texts):
        return column, np.zeros(len(text_column.counts), dtype=bool)
    return column, ~np.isnan(parse_durations(text_column.texts))


def _find_time(name: str, text_column: TextColumn) -> tuple[ColumnTyping, BoolVector]:
    column = ColumnTyping(name=name, kind="time", reason="times, read as seconds since midnight")
    return column, ~np.isnan(parse_times(text_column.texts))


def _find_date(name: str, text_column: TextColumn) -> tuple[ColumnTyping, BoolVector]:
    head = text_column.texts.drop_null().slice(0, GLANCE)
    _, dates, _ = find_date_order(head, np.ones(len(head), dtype=np.int64))
    column = ColumnTyping(name=name, kind="datetime", reason="dates")
    if np.isnat(dates).all():
        return column, np.zeros(len(text_column.counts), dtype=bool)
    order, dates, doubt = find_date_order(text_column.texts, text_column.counts)
    guess = f" (a guess: {doubt})" if doubt else ""
    reason = f"dates in the order {ORDER_NAMES[order]}{guess}"
    zero = is_zero(text_column.texts)
    if zero.any():
        n_zero = int(text_column.counts[zero].sum())
        reason += f"; {_describe_cells(n_zero, _example(text_column, zero))} as missing"
    return replace(column, order=order, reason=reason), ~np.isnat(dates) | zero


def _find_text(name: str, text_column: TextColumn, role: Role | None) -> ColumnTyping:
    import pyarrow.compute as pc

    known = text_column.counts > 0
    mean_words = pc.mean(pc.count_substring_regex(text_column.texts, pattern=r"\S+")).as_py()
    distinct = int(known.sum()) / text_column.n_filled
    if role == "text" or (role is None and mean_words >= TEXT_WORDS and distinct >= TEXT_DISTINCT):
        reason = f"texts of {mean_words:.1f} words on average, {distinct:.0%} of them distinct"
        return ColumnTyping(name=name, kind="text", reason=reason)
    form, values = find_format(text_column.texts, text_column.counts)
    # 1 in one table and 1.0 in the other are one level; 007 and 7 are two.
    canonical = not (np.isnan(values[known]).any() or form.units or form.before or form.bounds)
    canonical = canonical and find_storage(text_column.texts, values) != "text"
    labels = make_labels(text_column.texts, form=form, canonical=canonical)
    levels = sorted({label for label in labels if label is not None})
    return ColumnTyping(
        name=name,
        kind="category",
        reason=f"{len(levels)} distinct texts",
        form=form,
        categories=tuple(levels),
        canonical=canonical,
    )


def _example(text_column: TextColumn, chosen: BoolVector) -> str:
    return repr(text_column.texts[int(np.flatnonzero(chosen)[0])].as_py())

"""Decide how each column is read, on the cells of train and test together.

* A column is numeric, boolean, a time or a date if at least 98 % of its filled cells are; the
  strays count as missing and the reason tells how many there are.
* Integers keep int64 where no cell is missing in any table. Codes with leading zeros, and integers
  that no number type can hold beside missing cells, are categories.
* Texts of at least three words on average and mostly distinct are text, others categories.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from automl_cli.core.arrays import BoolVector
from automl_cli.core.dataset import Role
from automl_cli.core.errors import DataError
from automl_cli.data.dates import find_order, parse_times
from automl_cli.data.numbers import find_storage, find_style, parse_plain
from automl_cli.data.read import RawTable
from automl_cli.data.types import (
    ColumnTyping,
    TableTyping,
    make_labels,
    parse_booleans,
)
from automl_cli.data.words import MISSING, MISSING_NUMBERS, Texts, Words, blank, make_words

STRAY_SHARE = 0.02  # of the filled cells
TEXT_WORDS = 3.0  # words of an average cell
TEXT_DISTINCT = 0.5  # of the filled cells
GLANCE = 1000  # distinct texts looked at before a whole column is matched against dates
ORDER_NAMES = {"ymd": "year, month, day", "mdy": "month, day, year", "dmy": "day, month, year"}


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
    roles = roles or {}
    columns = [_find_column(name, _joined(tables, name), every, roles.get(name)) for name in names]
    return TableTyping(missing=every, columns=tuple(columns))


def _joined(tables: Sequence[RawTable], name: str) -> Texts:
    import pyarrow as pa

    chunks = [
        chunk for table in tables if name in table.names for chunk in table.cells(name).chunks
    ]
    return pa.chunked_array(chunks, pa.large_string())


def _find_column(
    name: str,
    cells: Texts,
    missing: tuple[str, ...],
    role: Role | None,
) -> ColumnTyping:
    if role in {None, "numeric"}:
        texts = blank(cells, (*missing, *MISSING_NUMBERS))
        values = parse_plain(texts)  # the quick way for the columns without any stray
        if values is not None and not np.isnan(values).all():
            storage = find_storage(texts, values)
            if storage != "text":
                return ColumnTyping(name=name, kind="number", reason="numbers", storage=storage)
    words = make_words(cells, missing)
    if words.n_filled == 0:
        return ColumnTyping(name=name, kind="empty", reason="no cell holds a value")
    column = None if role in {"categorical", "text"} else _find_measure(name, words, role)
    if column is None and role in {"numeric", "datetime"}:
        raise DataError(
            f"column {name!r} cannot be {role}: it holds {_example(words, words.counts > 0)}.",
            hint=f"Remove {name!r} from the roles, or name further missing texts.",
        )
    return column or _find_text(name, words, role)


def _find_measure(name: str, words: Words, role: Role | None) -> ColumnTyping | None:
    """Return the typing of a column of numbers, booleans, times or dates, or None."""
    words = words.without(MISSING_NUMBERS)
    finders = {
        None: (_find_boolean, _find_number, _find_time, _find_date),
        "numeric": (_find_boolean, _find_number, _find_time),
        "datetime": (_find_date,),
    }
    # A role given by the user accepts any number of strays.
    share = 0.0 if role else 1.0 - STRAY_SHARE
    for find in finders.get(role, ()):
        column, known = find(name, words)
        n_known = int(words.counts[known].sum())
        if n_known < max(1, share * words.n_filled):
            continue
        if column.storage == "text":
            return replace(column, storage="float64") if role else None
        n_strays = words.n_filled - n_known
        if not n_strays:
            return column
        example = _example(words, ~known & (words.counts > 0))
        strays = f"{n_strays} cells such as {example} count as missing"
        return replace(column, reason=f"{column.reason}; {strays}")
    return None


def _find_boolean(name: str, words: Words) -> tuple[ColumnTyping, BoolVector]:
    column = ColumnTyping(name=name, kind="boolean", reason="true and false")
    return column, ~np.isnan(parse_booleans(words.texts))


def _find_number(name: str, words: Words) -> tuple[ColumnTyping, BoolVector]:
    style, values = find_style(words.texts, words.counts)
    reason = {
        "plain": "numbers",
        "thousands": "numbers with commas between the thousands",
        "decimal_comma": "numbers with a decimal comma",
    }[style]
    storage = find_storage(words.texts, values)
    column = ColumnTyping(name=name, kind="number", reason=reason, style=style, storage=storage)
    return column, ~np.isnan(values)


def _find_time(name: str, words: Words) -> tuple[ColumnTyping, BoolVector]:
    column = ColumnTyping(name=name, kind="time", reason="times, read as seconds since midnight")
    return column, ~np.isnan(parse_times(words.texts))


def _find_date(name: str, words: Words) -> tuple[ColumnTyping, BoolVector]:
    head = words.texts.drop_null().slice(0, GLANCE)
    _, dates, _ = find_order(head, np.ones(len(head), dtype=np.int64))
    column = ColumnTyping(name=name, kind="datetime", reason="dates")
    if np.isnat(dates).all():
        return column, np.zeros(len(words.counts), dtype=bool)
    order, dates, is_guess = find_order(words.texts, words.counts)
    doubt = " (a guess: every cell is a date both ways)" if is_guess else ""
    reason = f"dates in the order {ORDER_NAMES[order]}{doubt}"
    return replace(column, order=order, reason=reason), ~np.isnat(dates)


def _find_text(name: str, words: Words, role: Role | None) -> ColumnTyping:
    import pyarrow.compute as pc

    known = words.counts > 0
    mean_words = pc.mean(pc.count_substring_regex(words.texts, pattern=r"\S+")).as_py()
    distinct = int(known.sum()) / words.n_filled
    if role == "text" or (role is None and mean_words >= TEXT_WORDS and distinct >= TEXT_DISTINCT):
        reason = f"texts of {mean_words:.1f} words on average, {distinct:.0%} of them distinct"
        return ColumnTyping(name=name, kind="text", reason=reason)
    style, values = find_style(words.texts, words.counts)
    is_number = ~np.isnan(values[known])
    # 1 in one table and 1.0 in the other are one level; 007 and 7 are two.
    canonical = bool(is_number.all()) and find_storage(words.texts, values) != "text"
    labels = make_labels(words.texts, style=style, canonical=canonical)
    levels = sorted({label for label in labels if label is not None})
    return ColumnTyping(
        name=name,
        kind="category",
        reason=f"{len(levels)} distinct texts",
        style=style,
        categories=tuple(levels),
        canonical=canonical,
    )


def _example(words: Words, chosen: BoolVector) -> str:
    return repr(words.texts[int(np.flatnonzero(chosen)[0])].as_py())

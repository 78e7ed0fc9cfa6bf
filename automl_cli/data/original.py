"""The original data set: a labelled table that a competition's own rows were made from.

Columns are matched with those of train by name, labels with its classes, and every cell is read as
a cell of train would be, but for the marks of numbers and the order of dates, which are its own.
What is left of it can be trained on: rows without a known label are left out, and so are those that
equal a training row, which would tell a fold what it is to predict.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from automl_cli.core.arrays import BoolVector, FloatVector, IntVector
from automl_cli.core.dataset import Original, Target
from automl_cli.core.errors import DataError
from automl_cli.data.adapted import adapt_typing
from automl_cli.data.formats import find_format
from automl_cli.data.marks import has_decimal_commas
from automl_cli.data.names import describe_names, match_names
from automl_cli.data.read import RawTable
from automl_cli.data.strays import UnreadCells, find_unread
from automl_cli.data.text_columns import BOOLEANS, make_text_column
from automl_cli.data.types import TableTyping, prepare_frame

LEAST_COLUMNS = 0.5  # of train's feature columns that it must have


@dataclass(frozen=True, slots=True, kw_only=True)
class _Matched:
    """The original table with its columns called as train calls them, and how many it has."""

    table: RawTable
    n_held: int
    absent: tuple[str, ...]
    unused: tuple[str, ...]


def read_original(
    table: RawTable,
    typing: TableTyping,
    targets: Sequence[Target],
    train: pd.DataFrame,
    test: pd.DataFrame | None,
) -> tuple[Original, tuple[str, str, str]]:
    """Return what can be trained on of the original data set, and the fact to show.

    Parameters
    ----------
    table
        It, cell by cell.
    typing
        How the feature columns of train are read.
    targets
        What is predicted; it must have all of them.
    train, test
        The feature columns of train and test.

    Raises
    ------
    DataError
        If it has too few columns of train, or no row with a known label.
    """
    matched = _match(table, typing, [target.name for target in targets])
    typing = adapt_typing(typing, matched.table)
    encoded = [_encode(matched.table, target, typing.missing) for target in targets]
    filled = np.logical_and.reduce([known for _, known in encoded])
    if not filled.any():
        raise _no_labels(matched.table, targets[0], typing.missing)
    frame = prepare_frame(typing, matched.table.where(filled))
    present = [name for name in frame.columns if name not in matched.absent]
    is_new = ~_stand_in(frame[present], train)
    if not is_new.any():
        raise DataError(
            f"{table.name}: every labelled row is a row of train already.",
            hint="Leave out data.original: there is nothing to add.",
        )
    values = {
        target.name: y[filled][is_new] for target, (y, _) in zip(targets, encoded, strict=True)
    }
    frame = frame[is_new].reset_index(drop=True)
    original = Original(frame=frame, targets=values, absent=matched.absent)
    counts = {
        "rows without a known label left out": np.sum(~filled),
        "rows that train has left out": np.sum(~is_new),
        "rows as test has them, whose answers are so known": 0
        if test is None
        else np.sum(_stand_in(frame[present], test)),
    }
    unread = find_unread(typing, matched.table)
    return original, _describe(table, matched, original, counts | _count_unread(unread))


def _count_unread(unread: Sequence[UnreadCells]) -> dict[str, int]:
    return {
        f"{'cell' if one.cells == 1 else 'cells'} of {one.column} such as {one.first!r} "
        f"that {'is' if one.cells == 1 else 'are'} no {one.kind} and so missing": one.cells
        for one in unread
    }


def _match(table: RawTable, typing: TableTyping, targets: Sequence[str]) -> _Matched:
    """Rename columns to train's; those it lacks become missing cells."""
    import pyarrow as pa

    wanted = list(dict.fromkeys([*(one.held_by for one in typing.columns), *targets]))
    table = table.rename(match_names(table.name, table.names, wanted))
    table = table.rename(match_names(table.name, table.names, wanted, loosen=_plain))
    lost = [name for name in targets if name not in table.names]
    absent = [one.name for one in typing.columns if not table.has(one.held_by)]
    if lost or len(absent) > (1 - LEAST_COLUMNS) * len(typing.columns):
        what = f"the target {lost[0]!r}" if lost else f"{len(absent)} of train's columns"
        raise DataError(
            f"{table.name}: without {what}, so train was not made from it.",
            hint=f"Rename its columns as in train; it has {', '.join(table.names[:10])}.",
        )
    empty = pa.array([""] * table.n_rows, pa.large_string())
    held = [name for name in wanted if table.has(name)]
    columns = dict.fromkeys(wanted, empty) | {name: table.cells(name) for name in held}
    return _Matched(
        table=replace(table, table=pa.table(columns)),
        n_held=len(held),
        absent=tuple(absent),
        unused=tuple(name for name in table.names if name not in wanted),
    )


def _encode(
    table: RawTable, target: Target, missing: tuple[str, ...]
) -> tuple[IntVector | FloatVector, BoolVector]:
    """Return class codes or values, and where they are known."""
    if target.task == "regression":
        text_column = make_text_column(table.cells(target.name), missing)
        comma = has_decimal_commas(table.cells(name) for name in table.names)
        _, numbers = find_format(text_column.texts, text_column.counts, decimal_comma=comma)
        values = numbers[text_column.codes]
        return values, np.isfinite(values)
    text_column = make_text_column(table.cells(target.name), missing)
    known = {_plain_label(label): code for code, label in enumerate(target.labels)}
    texts = ["" if text is None else text for text in text_column.texts.to_pylist()]
    if not any(_plain_label(text) in known for text in texts):
        known = _match_booleans(target.labels)
        texts = [str(BOOLEANS.get(text.casefold())) for text in texts]
    of_text = np.array([known.get(_plain_label(text), -1) for text in texts], dtype=np.int64)
    codes = np.where(text_column.counts > 0, of_text, -1)[text_column.codes]
    return codes, codes >= 0


def _match_booleans(labels: Sequence[str]) -> dict[str, int]:
    """Return the code of yes and of no, if that is what the labels say."""
    said = {str(BOOLEANS.get(label.casefold())): code for code, label in enumerate(labels)}
    return said if set(said) == {"True", "False"} else {}


def _plain_label(label: str) -> str:
    # 1 and 1.0 are one class.
    try:
        return repr(float(label))
    except ValueError:
        return label


def _plain(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum()) or name


def _stand_in(frame: pd.DataFrame, table: pd.DataFrame) -> BoolVector:
    """Return which rows another table has as well, in these columns."""
    return np.asarray(_hash(frame).isin(_hash(table[list(frame.columns)])))


def _hash(frame: pd.DataFrame) -> "pd.Series[Any]":
    # Whole numbers that miss cells in one of two tables are float64 there, and a copy that was
    # written by another program may differ in the last digits.
    same = {name: "float32" for name, kind in frame.dtypes.items() if kind.kind in "iuf"}
    return pd.util.hash_pandas_object(frame.astype(same), index=False)


def _no_labels(table: RawTable, target: Target, missing: tuple[str, ...]) -> DataError:
    text_column = make_text_column(table.cells(target.name), missing)
    shown = ", ".join(repr(text) for text in text_column.texts.drop_null().slice(0, 3).to_pylist())
    wanted = ", ".join(target.labels[:5]) or "numbers"
    return DataError(
        f"{table.name}: no row has a known {target.name!r}; it holds {shown or 'nothing'}.",
        hint=f"Spell it as in train: {wanted}.",
    )


def _describe(
    table: RawTable, matched: _Matched, original: Original, counts: Mapping[str, int]
) -> tuple[str, str, str]:
    parts = [f"{matched.n_held} columns matched"]
    if matched.table.spelled:
        own = {came: name for name, came in matched.table.spelled.items()}
        parts.append(f"read {describe_names(own)}")
    if matched.absent:
        parts.append(f"{', '.join(matched.absent)} missing")
    if matched.unused:
        parts.append(f"{', '.join(matched.unused)} not used")
    parts += [f"{count} {what}" for what, count in counts.items() if count]
    return ("original", f"{len(original.frame)} rows of {table.name}", "; ".join(parts))

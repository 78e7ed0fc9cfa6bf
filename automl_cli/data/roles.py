"""Which columns of train are features, in which role, and which are left out and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from automl_cli.core.dataset import Column, Role
from automl_cli.core.errors import DataError
from automl_cli.data.ids import RowId
from automl_cli.data.kinds import find_typing
from automl_cli.data.nameless import is_row_index
from automl_cli.data.options import DataOptions
from automl_cli.data.read import RawTable, Tables
from automl_cli.data.types import ColumnTyping, Kind, TableTyping, prepare_frame


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """The feature columns and their tables.

    Parameters
    ----------
    columns
        Names, roles and reasons.
    ignored
        Columns of train that are no features, with the reason.
    typing
        How the feature columns are read, now and for new rows.
    train, test
        The typed tables.
    """

    columns: tuple[Column, ...]
    ignored: tuple[tuple[str, str], ...]
    typing: TableTyping
    train: pd.DataFrame
    test: pd.DataFrame | None


def find_features(
    tables: Tables, targets: Sequence[str], row_id: RowId, options: DataOptions
) -> Features:
    """Return the feature columns of train and test.

    Raises
    ------
    DataError
        If no feature is left.
    """
    ignored = _left_out(tables, targets, options)
    names = [name for name in tables.train.names if name not in {*targets, *ignored}]
    every: list[RawTable] = [table for table in (tables.train, tables.test) if table is not None]
    typing = find_typing(every, names, missing=options.missing, roles=options.roles)
    for column in typing.columns:
        if column.name in row_id.columns and column.kind != "datetime":
            ignored[column.name] = "the id"
    kept = tuple(name for name in names if name not in ignored)
    frame = prepare_frame(typing.select(kept), tables.train)
    ignored |= {name: why for name in kept if (why := _no_information(frame[name]))}
    kept = tuple(name for name in kept if name not in ignored)
    if not kept:
        raise DataError(
            f"{tables.train.name}: "
            + "; ".join(
                ["no feature column is left"]
                + [f"{name!r}: {why}" for name, why in list(ignored.items())[:5]]
            )
            + ".",
            hint="Check that train and test belong together and what is dropped.",
        )
    typing = typing.select(kept)
    return Features(
        columns=tuple(_make_column(column, row_id, options) for column in typing.columns),
        ignored=tuple((name, ignored[name]) for name in tables.train.names if name in ignored),
        typing=typing,
        train=frame[list(kept)],
        test=None if tables.test is None else prepare_frame(typing, tables.test),
    )


def _left_out(tables: Tables, targets: Sequence[str], options: DataOptions) -> dict[str, str]:
    reasons = {}
    for name in tables.train.names:
        if name in targets:
            continue
        if name in options.drop:
            reasons[name] = "dropped by the user"
        elif name not in options.roles and is_row_index(name, tables.train.cells(name)):
            reasons[name] = "has no name, as a saved row index"
        elif tables.test is not None and name not in tables.test.names:
            reasons[name] = "only in train: the rows to predict do not have it"
    return reasons


def _make_column(column: ColumnTyping, row_id: RowId, options: DataOptions) -> Column:
    given = "as the config says; " if column.name in options.roles else ""
    also = "; the id, kept because it also tells the time" if column.name in row_id.columns else ""
    reason = f"{given}{column.reason}{also}"
    return Column(name=column.name, role=ROLES[column.kind], reason=reason)


def _no_information(column: "pd.Series[Any]") -> str:
    if column.isna().all():
        return "no cell of train holds a value"
    if column.notna().all() and bool((column == column.iloc[0]).all()):
        return f"only the value {column.iloc[0]!s}"
    return ""


ROLES: dict[Kind, Role] = {
    "empty": "numeric",
    "number": "numeric",
    "boolean": "numeric",
    "time": "numeric",
    "datetime": "datetime",
    "category": "categorical",
    "text": "text",
}

"""Which columns of train are features, in which role, and which are left out and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

from automl_cli.core.arrays import FloatMatrix
from automl_cli.core.dataset import Column, Role
from automl_cli.core.errors import DataError
from automl_cli.data.codes import make_part_columns
from automl_cli.data.ids import RowId
from automl_cli.data.kinds import find_column, find_typing, join_cells
from automl_cli.data.nameless import is_row_index
from automl_cli.data.nominal import find_nominal
from automl_cli.data.options import DataOptions
from automl_cli.data.read import RawTable, RawTables
from automl_cli.data.types import ColumnKind, ColumnTyping, TableTyping, prepare_frame


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureColumns:
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
    tables: RawTables,
    targets: Sequence[str],
    row_id: RowId,
    options: DataOptions,
    outputs: FloatMatrix,
) -> FeatureColumns:
    """Return the feature columns of train and test.

    Parameters
    ----------
    tables, targets, row_id, options
        What is known of the competition; train's rows all have a target.
    outputs
        What is told, see `automl_cli.data.nominal.make_outputs`.

    Raises
    ------
    DataError
        If no feature is left.
    """
    ignored = _left_out(tables, targets, options)
    no_features = {*targets, *ignored}
    names = [name for name in tables.train.names if name not in no_features]
    every: list[RawTable] = [table for table in (tables.train, tables.test) if table is not None]
    typing = find_typing(every, names, missing=options.missing, roles=options.roles)
    typing = _with_parts(typing, every, row_id, options)
    for column in typing.columns:
        if column.name in row_id.columns and column.kind != "datetime":
            ignored[column.name] = "the id"
    kept = tuple(one.name for one in typing.columns if one.name not in ignored)
    frame = prepare_frame(typing.select(kept), tables.train)
    ignored |= {name: why for name in kept if (why := _no_information(frame[name]))}
    kept = tuple(name for name in kept if name not in ignored)
    if not kept:
        raise _no_feature(tables.train, ignored)
    typing, train, test = _with_labels(
        tables, typing.select(kept), frame[list(kept)], outputs, options
    )
    return FeatureColumns(
        columns=tuple(_make_column(column, row_id, options) for column in typing.columns),
        ignored=tuple((name, ignored[name]) for name in tables.train.names if name in ignored),
        typing=typing,
        train=train,
        test=test,
    )


def _with_parts(
    typing: TableTyping, tables: Sequence[RawTable], row_id: RowId, options: DataOptions
) -> TableTyping:
    """Return the typing with the parts of codes behind their columns."""
    if not options.parts:
        return typing
    columns: list[ColumnTyping] = []
    taken = {name for table in tables for name in table.names}
    made: list[str] = []
    for column in typing.columns:
        columns.append(column)
        is_id = column.name in row_id.columns
        is_code = column.kind == "category" or (is_id and column.kind != "datetime")
        if column.name in options.roles or not is_code:
            continue
        cells = join_cells(tables, column.name)
        parts = make_part_columns(
            column.name, cells, typing.missing, is_id=is_id, roles=options.roles
        )
        free = [one for one in parts if one.name not in taken]
        made += [one.name for one in free]
        columns += [one for one in free if one.name not in options.drop]
    _check_parts(tables[0], made, options)
    return replace(typing, columns=tuple(columns))


def _check_parts(train: RawTable, made: Sequence[str], options: DataOptions) -> None:
    """Refuse options that name a part which no code has."""
    for option, names in (("drop", options.drop), ("roles", tuple(options.roles))):
        lost = [name for name in names if not train.has(name) and name not in made]
        # What is dropped as a whole has no parts left to drop.
        lost = [name for name in lost if name.rpartition(".")[0] not in options.drop]
        if lost:
            raise DataError(
                f"{train.name}: no column {lost[0]!r} (named by data.{option}).",
                hint=f"The parts of codes are {', '.join(made[:10])}."
                if made
                else "No column holds codes that are made of parts.",
            )


def _with_labels(
    tables: RawTables,
    typing: TableTyping,
    train: pd.DataFrame,
    outputs: FloatMatrix,
    options: DataOptions,
) -> tuple[TableTyping, pd.DataFrame, pd.DataFrame | None]:
    """Return the typing with numbers that are labels as well, and both typed tables."""
    test = None if tables.test is None else prepare_frame(typing, tables.test)
    if not options.labels:
        return typing, train, test
    every: list[RawTable] = [table for table in (tables.train, tables.test) if table is not None]
    found = _find_named(typing, every, (train, test), outputs, options)
    named = replace(typing, columns=tuple(found))
    train = pd.concat([train, prepare_frame(named, tables.train)], axis=1)
    if test is not None and tables.test is not None:
        test = pd.concat([test, prepare_frame(named, tables.test)], axis=1)
    return replace(typing, columns=(*typing.columns, *named.columns)), train, test


def _find_named(
    typing: TableTyping,
    tables: Sequence[RawTable],
    frames: tuple[pd.DataFrame, pd.DataFrame | None],
    outputs: FloatMatrix,
    options: DataOptions,
) -> list[ColumnTyping]:
    """Return numbers that are names once more, as categories."""
    found = []
    for one in find_nominal(*frames, outputs):
        number, own_name = typing[one.column], f"{one.column}.category"
        if one.column in options.roles or number.kind != "number" or number.source:
            continue
        column = find_column(
            own_name, join_cells(tables, one.column), typing.missing, "categorical"
        )
        reason = (
            f"{one.n_values:,} whole numbers that are also labels: as labels they explain "
            f"{one.by_value:.1%} of the target on other rows, as numbers {one.by_order:.1%}"
        )
        if own_name not in tables[0].names:
            found.append(replace(column, reason=reason, source=one.column))
    return found


def _no_feature(train: RawTable, ignored: Mapping[str, str]) -> DataError:
    reasons = [f"{name!r}: {why}" for name, why in list(ignored.items())[:5]]
    return DataError(
        f"{train.name}: " + "; ".join(["no feature column is left", *reasons]) + ".",
        hint="Check that train and test belong together and what is dropped.",
    )


def _left_out(tables: RawTables, targets: Sequence[str], options: DataOptions) -> dict[str, str]:
    reasons = {}
    for name in tables.train.names:
        if name in targets:
            continue
        if name in options.drop:
            reasons[name] = "dropped by the user"
        elif name not in options.roles and is_row_index(name, tables.train.cells(name)):
            reasons[name] = "has no name, as a saved row index"
        elif tables.test is not None and not tables.test.has(name):
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


ROLES: dict[ColumnKind, Role] = {
    "empty": "numeric",
    "number": "numeric",
    "boolean": "numeric",
    "time": "numeric",
    "duration": "numeric",
    "datetime": "datetime",
    "category": "categorical",
    "text": "text",
}

"""Groups over categorical columns: codes for the model, counts, and codes for target means.

Each group keeps one table a column, label -> number, and looks labels up in it; so another frame
may hold other categories in another order.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from automl_cli.core.arrays import IntVector
from automl_cli.core.dataset import Column
from automl_cli.features.group import (
    FeatureGroup,
    FeatureKind,
    Features,
    GroupParams,
    GroupState,
    get_count,
    get_number,
    get_smoothing,
    names_of_role,
)
from automl_cli.features.number_codes import fit_number_codes, transform_number_codes

LEAST_VALUES = 3  # of a number that is taken as a category
ROWS_A_VALUE = 300  # with fewer, indicators of values teach less than they make uncertain


def fit_codes(
    frame: pd.DataFrame, columns: tuple[Column, ...], _: GroupParams
) -> GroupState | None:
    """Give the labels that occur the codes from 1, in the order of the categories."""
    tables = {
        name: {label: code for code, label in enumerate(counts.index.tolist(), start=1)}
        for name, counts in _count_labels(frame, columns)
    }
    return GroupState(meta={"tables": tables}) if tables else None


def fit_joined_codes(
    frame: pd.DataFrame, columns: tuple[Column, ...], params: GroupParams
) -> GroupState | None:
    """Give labels that occur at least `min_count` times a code each, and the others one more."""
    least = get_number(params, "min_count")
    tables = {}
    for name, counts in _count_labels(frame, columns):
        frequent = counts.index[counts >= least].tolist()
        table = dict.fromkeys(counts.index.tolist(), len(frequent) + 1)
        tables[name] = table | {label: code for code, label in enumerate(frequent, start=1)}
    return GroupState(meta={"tables": tables}) if tables else None


def fit_native(
    frame: pd.DataFrame, columns: tuple[Column, ...], params: GroupParams
) -> GroupState | None:
    """Give labels that occur at least `min_count` times a code each, and the others one more.

    With `numbers`, numeric columns are taken as categories too, by exact value.
    """
    labels = fit_joined_codes(frame, columns, params)
    if not params["numbers"]:
        return labels
    numbers = fit_number_codes(frame, columns, get_number(params, "min_count"))
    return _join_states(labels, numbers)


def fit_onehot(
    frame: pd.DataFrame, columns: tuple[Column, ...], params: GroupParams
) -> GroupState | None:
    """Give labels that occur at least `min_count` times a code each, and the others one more.

    Numeric columns of at most `max_values` values, fewer where there are few rows, are taken as
    categories too; but two values are told apart by the number itself.
    """
    most = min(get_count("onehot", params, "max_values"), len(frame) / ROWS_A_VALUE)
    labels = fit_joined_codes(frame, columns, params)
    least = get_number(params, "min_count")
    return _join_states(labels, fit_number_codes(frame, columns, least, (LEAST_VALUES, most)))


def transform_native(state: GroupState, frame: pd.DataFrame) -> Iterator[Features]:
    """Return the codes for models that take categories as such."""
    yield from _make_all_codes(state, frame, "", "__exact")


def transform_onehot(state: GroupState, frame: pd.DataFrame) -> Iterator[Features]:
    """Return the codes for models that expand categories to indicators."""
    yield from _make_all_codes(state, frame, "__onehot", "__onehot")


def fit_target_mean(
    frame: pd.DataFrame, columns: tuple[Column, ...], params: GroupParams
) -> GroupState | None:
    """Give the labels that occur their codes, as `fit_codes` does."""
    smoothing = get_smoothing("target_mean", params)
    state = fit_codes(frame, columns, params)
    return state and GroupState(meta={**state.meta, "smoothing": smoothing})


def transform_target_mean(state: GroupState, frame: pd.DataFrame) -> Iterator[Features]:
    """Return the codes of which each fold makes target means."""
    codes = _make_codes(state, frame, "target_mean", suffix="")
    yield replace(codes, smoothing=state.meta["smoothing"])


def fit_counts(
    frame: pd.DataFrame, columns: tuple[Column, ...], _: GroupParams
) -> GroupState | None:
    """Count each label, and the missing values of each column."""
    tables = {name: counts.to_dict() for name, counts in _count_labels(frame, columns)}
    missing = {name: int(frame[name].isna().sum()) for name in tables}
    return GroupState(meta={"tables": tables, "missing": missing}) if tables else None


def transform_counts(state: GroupState, frame: pd.DataFrame) -> Iterator[Features]:
    """Return log(1 + how often the row's label occurred): 0 for an unseen one."""
    tables, missing = state.meta["tables"], state.meta["missing"]
    array = np.empty((len(tables), len(frame)), dtype=np.float32)
    for row, (name, table) in zip(array, tables.items(), strict=True):
        row[:] = np.log1p(_look_up(frame[name], table, missing[name]))
    names = tuple(f"{name}__log_count" for name in tables)
    yield Features(kind="values", names=names, array=array)


def _count_labels(
    frame: pd.DataFrame, columns: tuple[Column, ...]
) -> Iterator[tuple[str, pd.Series]]:
    # Columns whose rows are all the same (one label, or all missing) say nothing.
    for name in names_of_role(columns, "categorical"):
        counts = frame[name].value_counts(sort=False)
        counts = counts[counts > 0]
        if len(counts) and counts.iloc[0] < len(frame):
            yield name, counts


def _join_states(labels: GroupState | None, numbers: GroupState | None) -> GroupState | None:
    if numbers is None:
        return labels
    meta = {} if labels is None else labels.meta
    return GroupState(meta={**meta, "numbers": numbers.meta}, arrays=numbers.arrays)


def _make_all_codes(
    state: GroupState, frame: pd.DataFrame, of_labels: str, of_numbers: str
) -> Iterator[Features]:
    """Yield the codes of labels and of numbers, with what is added to the names of each."""
    if "tables" in state.meta:
        yield _make_codes(state, frame, "categories", suffix=of_labels)
    if "numbers" in state.meta:
        numbers = GroupState(meta=state.meta["numbers"], arrays=state.arrays)
        yield from transform_number_codes(numbers, frame, of_numbers)


def _make_codes(state: GroupState, frame: pd.DataFrame, kind: FeatureKind, suffix: str) -> Features:
    tables = state.meta["tables"]
    codes = np.empty((len(tables), len(frame)), dtype=np.int32)
    for row, (name, table) in zip(codes, tables.items(), strict=True):
        row[:] = _look_up(frame[name], table, missing=0)
    return Features(
        kind=kind,
        names=tuple(f"{name}{suffix}" for name in tables),
        array=codes,
        levels=tuple(max(table.values()) + 1 for table in tables.values()),
    )


def _look_up(column: pd.Series, table: Mapping[str, int], missing: int) -> IntVector:
    numbers = [table.get(label, 0) for label in column.cat.categories.tolist()]
    return np.array([*numbers, missing])[column.cat.codes]  # a missing value has code -1: the last


NATIVE = FeatureGroup(
    name="native",
    fit=fit_native,
    transform=transform_native,
    # Labels that occur once or twice teach nothing, and thousands of them cost XGBoost minutes.
    defaults={"min_count": 3, "numbers": False},
)
ONEHOT = FeatureGroup(
    name="onehot",
    fit=fit_onehot,
    transform=transform_onehot,
    defaults={"min_count": 10, "max_values": 0},
)
COUNTS = FeatureGroup(name="counts", fit=fit_counts, transform=transform_counts)
TARGET_MEAN = FeatureGroup(
    name="target_mean",
    fit=fit_target_mean,
    transform=transform_target_mean,
    defaults={"smoothing": 10.0},
)

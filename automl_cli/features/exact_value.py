"""Numeric columns with few distinct values as categories: target means and counts by value."""

from collections.abc import Iterator

import pandas as pd

from automl_cli.core.dataset import Column
from automl_cli.features.codes import (
    chunk_codes,
    find_wanted,
    fit_values,
    keep_codings,
    look_up,
    make_log_counts,
    make_target_means,
    pack_codings,
    read_keys,
    unpack_codings,
)
from automl_cli.features.group import (
    FeatureGroup,
    Features,
    GroupParams,
    GroupState,
    get_number,
    get_smoothing,
    names_of_role,
)

LEAST_VALUES = 3  # any function of two values is linear: the column itself says as much


def fit_exact_value(
    frame: pd.DataFrame, columns: tuple[Column, ...], params: GroupParams
) -> GroupState | None:
    """Give the values of each column that has few of them their codes, and count them."""
    smoothing = get_smoothing("exact_value", params)
    most = get_number(params, "max_share") * len(frame)
    found = {
        name: coding
        for name in names_of_role(columns, "numeric")
        if LEAST_VALUES <= len((coding := fit_values(read_keys(frame, name))).known) <= most
    }
    if not found:
        return None
    return GroupState(
        meta={"columns": list(found), "smoothing": smoothing},
        arrays=pack_codings(list(found.values()), "value"),
    )


def transform_exact_value(state: GroupState, frame: pd.DataFrame) -> Iterator[Features]:
    """Return the codes for target means, and the counts."""
    columns = state.meta["columns"]
    codings = unpack_codings(state.arrays, "value")
    codes = map(look_up, codings, (read_keys(frame, name) for name in columns))
    for chunk in chunk_codes([_name(column) for column in columns], codings, codes, len(frame)):
        yield make_target_means(*chunk, state.meta["smoothing"])
        yield from make_log_counts(*chunk)


def keep_exact_value(state: GroupState, names: frozenset[str]) -> GroupState:
    """Return a state of the columns that these names are made of."""
    columns = state.meta["columns"]
    kept = find_wanted([_name(column) for column in columns], names)
    return GroupState(
        meta={**state.meta, "columns": [columns[k] for k in kept]},
        arrays=keep_codings(state.arrays, "value", kept),
    )


def _name(column: str) -> str:
    return f"{column}__exact"


EXACT_VALUE = FeatureGroup(
    name="exact_value",
    fit=fit_exact_value,
    transform=transform_exact_value,
    keep=keep_exact_value,
    defaults={"max_share": 0.05, "smoothing": 10.0},
)

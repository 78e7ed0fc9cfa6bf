"""Numeric columns with few distinct values as categories: target means and counts by value."""

import pandas as pd

from automl_cli.core.dataset import Column
from automl_cli.features.codes import (
    code_columns,
    fit_values,
    make_log_counts,
    make_target_means,
    pack_codings,
    read_keys,
    unpack_codings,
)
from automl_cli.features.group import (
    Features,
    Group,
    Params,
    State,
    get_number,
    get_smoothing,
    names_of_role,
)

LEAST_VALUES = 3  # any function of two values is linear: the column itself says as much


def fit_exact_value(
    frame: pd.DataFrame, columns: tuple[Column, ...], params: Params
) -> State | None:
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
    return State(
        meta={"columns": list(found), "smoothing": smoothing},
        arrays=pack_codings(list(found.values()), "value"),
    )


def transform_exact_value(state: State, frame: pd.DataFrame) -> tuple[Features, ...]:
    """Return the codes for target means, and the counts."""
    columns = state.meta["columns"]
    codings = unpack_codings(state.arrays, "value")
    codes = code_columns(codings, (read_keys(frame, name) for name in columns), len(frame))
    names = [f"{name}__exact" for name in columns]
    means = make_target_means(names, codings, codes, state.meta["smoothing"])
    return (means, *make_log_counts(names, codings, codes))


EXACT_VALUE = Group(
    name="exact_value",
    fit=fit_exact_value,
    transform=transform_exact_value,
    defaults={"max_share": 0.05, "smoothing": 10.0},
)

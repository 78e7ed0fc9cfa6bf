"""What is missing together: the number of gaps of a row, their pattern, and filled copies.

A pattern is a random sum: each column with gaps has a stored 64-bit number, and the sum of a row's
tells its pattern.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.core.arrays import BoolVector, FloatVector
from automl_cli.core.dataset import Column
from automl_cli.features.finite import read_finite
from automl_cli.features.group import (
    FeatureGroup,
    Features,
    GroupParams,
    GroupState,
    get_smoothing,
    stack_values,
)


def fit_missing(
    frame: pd.DataFrame, columns: tuple[Column, ...], params: GroupParams
) -> GroupState | None:
    """Learn which columns have gaps, the patterns with their counts, and the medians."""
    smoothing = get_smoothing("missing", params)
    gappy = [column for column in columns if 0 < frame[column.name].isna().sum() < len(frame)]
    if not gappy:
        return None
    names = [column.name for column in gappy]
    weights = np.random.default_rng(0).integers(1, 2**63, len(names), dtype=np.uint64)
    patterns, counts = np.unique(_sum_weights(frame, names, weights), return_counts=True)
    filled = [column.name for column in gappy if column.role == "numeric"]
    medians = [_find_median(read_finite(frame, name)) for name in filled]
    return GroupState(
        meta={"gappy": names, "filled": filled, "smoothing": smoothing},
        arrays={
            "weights": weights,
            "patterns": patterns,
            "counts": counts,
            "medians": np.array(medians),
        },
    )


def transform_missing(state: GroupState, frame: pd.DataFrame) -> Iterator[Features]:
    """Return the number of gaps, log(1 + how often the pattern occurred), copies and codes.

    The copies have their gaps filled by the median; a model gets them beside the column itself.
    """
    names, filled = state.meta["gappy"], state.meta["filled"]
    patterns = state.arrays["patterns"]
    sums = _sum_weights(frame, names, state.arrays["weights"])
    places = np.minimum(np.searchsorted(patterns, sums), len(patterns) - 1)
    seen = patterns[places] == sums
    values = [
        np.sum([frame[name].isna() for name in names], axis=0),
        np.log1p(np.where(seen, state.arrays["counts"][places], 0)),
    ]
    for name, median in zip(filled, state.arrays["medians"], strict=True):
        column = read_finite(frame, name)
        values.append(np.where(np.isnan(column), median, column))
    made = ("missing__count", "missing__log_count", *(f"{name}__filled" for name in filled))
    codes = np.where(seen, places + 1, 0).astype(np.int32)
    yield Features(kind="values", names=made, array=stack_values(values, len(frame)))
    yield Features(
        kind="target_mean",
        names=("missing_pattern",),
        array=codes[None],
        levels=(len(patterns) + 1,),
        smoothing=state.meta["smoothing"],
    )


def _sum_weights(
    frame: pd.DataFrame, names: list[str], weights: npt.NDArray[np.uint64]
) -> npt.NDArray[np.uint64]:
    sums = np.zeros(len(frame), dtype=np.uint64)
    for name, weight in zip(names, weights, strict=True):
        missing: BoolVector = frame[name].isna().to_numpy()
        sums += np.where(missing, weight, np.uint64(0))  # wraps around, as a hash may
    return sums


def _find_median(values: FloatVector) -> float:
    seen = values[~np.isnan(values)]
    return float(np.median(seen)) if len(seen) else 0.0


MISSING = FeatureGroup(
    name="missing",
    fit=fit_missing,
    transform=transform_missing,
    defaults={"smoothing": 10.0},
)

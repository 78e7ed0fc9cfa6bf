"""Groups over numeric columns that keep their scale: as they are, or with gaps filled."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_cli.core.arrays import BoolVector, Float32Matrix, FloatVector
from automl_cli.core.dataset import Column
from automl_cli.features.group import FeatureGroup, Features, GroupParams, GroupState, names_of_role

LARGEST = 1e37  # leaves float32 some room for what boosters add to the border of a bin
FAR = 64.0  # a range this far from zero loses six of the 24 bits of a float32


def fit_numeric(
    frame: pd.DataFrame, columns: tuple[Column, ...], _: GroupParams
) -> GroupState | None:
    """Learn each column's range and shift; columns without information are left out.

    A column far from zero (an id, a time in nanoseconds) that would lose digits in float32 is
    shifted by its smallest value.
    """
    names, ranges = [], []
    for name in names_of_role(columns, "numeric"):
        values = read_values(frame, name)
        seen = values[~np.isnan(values)]
        if len(seen) and (np.ptp(seen) or len(seen) < len(values)):
            names.append(name)
            ranges.append((seen.min(), seen.max(), _choose_shift(seen)))
    return (
        GroupState(meta={"columns": names}, arrays={"ranges": np.array(ranges)}) if names else None
    )


def transform_numeric(state: GroupState, frame: pd.DataFrame) -> Iterator[Features]:
    """Return the columns as float32, missing as NaN.

    Values beyond the range seen are cut to it: no tree can tell the difference, and nothing
    becomes infinite.
    """
    array = _cut_values(state, frame)
    yield Features(kind="values", names=tuple(state.meta["columns"]), array=array)


def fit_filled(
    frame: pd.DataFrame, columns: tuple[Column, ...], params: GroupParams
) -> GroupState | None:
    """Learn what `fit_numeric` learns, the medians, and which columns have gaps."""
    state = fit_numeric(frame, columns, params)
    if state is None:
        return None
    array = _cut_values(state, frame)
    medians, gaps = np.nanmedian(array, axis=1), np.asarray(np.isnan(array).any(axis=1))
    return GroupState(meta=state.meta, arrays={**state.arrays, "medians": medians, "gaps": gaps})


def transform_filled(state: GroupState, frame: pd.DataFrame) -> Iterator[Features]:
    """Return the columns with gaps filled by the median, and a flag for each that had gaps."""
    array = _cut_values(state, frame)
    missing = np.isnan(array)
    filled = np.where(missing, state.arrays["medians"][:, None], array).astype(np.float32)
    yield add_flags(state.meta["columns"], filled, missing, state.arrays["gaps"])


def read_values(frame: pd.DataFrame, name: str) -> FloatVector:
    """Return a numeric column as float64, shape (rows,), infinities brought within bounds."""
    values = frame[name].to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(np.clip(values, -LARGEST, LARGEST))


def add_flags(
    names: list[str], filled: Float32Matrix, missing: Float32Matrix, gaps: BoolVector
) -> Features:
    """Return filled columns followed by the missing flags of those columns that have gaps."""
    flagged = [name for name, gap in zip(names, gaps, strict=True) if gap]
    return Features(
        kind="values",
        names=(*names, *(f"{name}__missing" for name in flagged)),
        array=np.vstack([filled, missing[gaps].astype(np.float32)]),
    )


def _cut_values(state: GroupState, frame: pd.DataFrame) -> Float32Matrix:
    names = state.meta["columns"]
    array = np.empty((len(names), len(frame)), dtype=np.float32)
    for row, name, (low, high, shift) in zip(array, names, state.arrays["ranges"], strict=True):
        row[:] = np.clip(read_values(frame, name), low, high) - shift
    return array


def _choose_shift(seen: FloatVector) -> float:
    low, high = float(seen.min()), float(seen.max())
    is_far = max(abs(low), abs(high)) > FAR * (high - low)
    return low if is_far and not np.array_equal(seen.astype(np.float32), seen) else 0.0


NUMERIC = FeatureGroup(name="numeric", fit=fit_numeric, transform=transform_numeric)
FILLED = FeatureGroup(name="filled", fit=fit_filled, transform=transform_filled)

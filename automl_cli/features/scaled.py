"""Numeric columns for models that need one scale: clipped, filled, scaled, with missing flags."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_cli.core.arrays import FloatMatrix, FloatVector
from automl_cli.core.dataset import Column
from automl_cli.core.errors import PlanError
from automl_cli.features.finite import measure_skewness
from automl_cli.features.group import (
    FeatureGroup,
    Features,
    GroupParams,
    GroupState,
    get_number,
    names_of_role,
)
from automl_cli.features.numeric import add_flags, read_values

METHODS = ("standard", "robust", "log1p_standard", "quantile_normal")
SKEWED = 1.0  # an exponential distribution has 2
QUARTILES_APART = 1.349  # of a standard normal: robust deviations compare with others
N_QUANTILES = 1000
LEAST_TAIL = 1e-4  # a normal quantile beyond 3.7 would be a guess


def fit_scaled(
    frame: pd.DataFrame, columns: tuple[Column, ...], params: GroupParams
) -> GroupState | None:
    """Learn limits, median, centre and deviation, or quantiles; constant columns are left out."""
    method, clip = str(params["method"]), get_number(params, "clip")
    _check(method, clip)
    names, scales, gaps = [], [], []
    for name in names_of_role(columns, "numeric"):
        values = read_values(frame, name)
        seen = values[~np.isnan(values)]
        if len(seen) and np.ptp(seen):
            names.append(name)
            gaps.append(len(seen) < len(values))
            scales.append(_fit_scale(values, clip, method))
            if method == "quantile_normal":
                scales[-1] = np.append(scales[-1], np.quantile(seen, _grid()))
    meta = {"columns": names, "method": method, "clip": clip}
    arrays = {"scales": np.array(scales), "gaps": np.array(gaps)}
    return GroupState(meta=meta, arrays=arrays) if names else None


def transform_scaled(state: GroupState, frame: pd.DataFrame) -> Iterator[Features]:
    """Return the scaled columns, and a flag for each that had gaps."""
    names = state.meta["columns"]
    values = np.stack([read_values(frame, name) for name in names])
    missing = np.isnan(values)
    low, high, median, unit, centre, deviation = state.arrays["scales"][:, :6].T[:, :, None]
    values = np.where(missing, median, np.clip(values, low, high))
    if state.meta["method"] == "quantile_normal":
        values = _to_normal(values, state.arrays["scales"][:, 6:], state.meta["clip"])
    else:
        values = (_take_log(values, low, unit) - centre) / deviation
    yield add_flags(names, values.astype(np.float32), missing, state.arrays["gaps"])


def _check(method: str, clip: float) -> None:
    if method not in METHODS:
        raise PlanError(
            f"features.scaled.method: {method!r} is unknown.",
            hint=f"Set it to {' or '.join(METHODS)}.",
        )
    if not 0 <= clip < 0.5:
        raise PlanError(
            f"features.scaled.clip: {clip} is out of range.",
            hint="Give the share of rows to cut at each end, from 0 to below 0.5.",
        )


def _fit_scale(values: FloatVector, clip: float, method: str) -> FloatVector:
    # Lower and upper limit, median, unit of the logarithm (0 for none), centre, deviation.
    seen = values[~np.isnan(values)]
    low, high = np.quantile(seen, [clip, 1 - clip])
    if low == high:  # a rare indicator would be clipped away
        low, high = seen.min(), seen.max()
    median = np.clip(np.median(seen), low, high)
    filled = np.where(np.isnan(values), median, np.clip(values, low, high))
    is_logged = method == "log1p_standard" and measure_skewness(filled) > SKEWED
    unit = (median - low or filled.mean() - low) if is_logged else np.float64(0)
    filled = _take_log(filled, low, unit)
    centre, deviation = filled.mean(), filled.std()
    if method == "robust":
        lower, middle, upper = np.quantile(filled, [0.25, 0.5, 0.75])
        centre, deviation = middle, (upper - lower) / QUARTILES_APART or deviation
    return np.array([low, high, median, unit, centre, deviation])


def _take_log(
    values: FloatVector, low: FloatVector | np.float64, unit: FloatVector | np.float64
) -> FloatVector:
    # The unit is the typical distance from the lower limit, so that euros and cents agree.
    if not np.any(unit):
        return values
    steps = (values - low) / np.where(unit > 0, unit, np.inf)
    return np.where(unit > 0, np.log1p(steps), values)


def _to_normal(values: FloatMatrix, quantiles: FloatMatrix, clip: float) -> FloatMatrix:
    # Tied values get the middle of their ranks: the mean of interpolating from either side.
    from scipy.special import ndtri

    grid, tail = _grid(), max(clip, LEAST_TAIL)
    ranks = np.empty_like(values)
    for rank, x, known in zip(ranks, values, quantiles, strict=True):
        rank[:] = np.interp(x, known, grid) - np.interp(-x, -known[::-1], -grid[::-1])
    return np.asarray(ndtri(np.clip(ranks / 2, tail, 1 - tail)))


def _grid() -> FloatVector:
    return np.linspace(0, 1, N_QUANTILES)


SCALED = FeatureGroup(
    name="scaled",
    fit=fit_scaled,
    transform=transform_scaled,
    defaults={"method": "standard", "clip": 0.001},
)

"""The search for thresholds, class multipliers and cut-points.

Multipliers and cut-points start from what theory says of calibrated predictions and move towards
what the rows say only as far as their number allows: in simulations the tuned numbers lost to the
start on 300 rows, won on 20,000, and halfway between was best on 2,000.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import FloatMatrix, FloatVector, IntVector
from automl_cli.core.metric import Metric, find_lowest
from automl_cli.core.resampling import jackknife_error, make_parts

Labels = npt.NDArray[Any]

_GRID = 100  # thresholds tried at the quantiles of each class
_STEPS = (0.8, 0.4, 0.2, 0.1)  # of log multipliers, and of cut-points in standard deviations
_PASSES = 5  # at most, with one step width
_TRUST = 2_000  # rows at which the tuned numbers weigh as much as the start


def fit_threshold(metric: Metric, y: IntVector, p: FloatVector) -> float:
    """Return the probability above which the label is 1: the middle of the best plateau.

    The plateau holds the neighbouring thresholds that score within one standard error of the
    best: its middle is steadier than the best itself, whose place is mostly chance.
    """
    positive = y == 1
    if positive.all() or not positive.any():
        return 0.5
    shares = np.linspace(0.0, 1.0, _GRID + 1)
    grid = np.unique([np.quantile(p[positive], shares), np.quantile(p[~positive], shares)])
    losses = np.array([metric.loss(y, label_above(p, t)) for t in grid])
    best = find_lowest(losses)
    error = _loss_error(metric, y, label_above(p, float(grid[best])))
    poor = np.flatnonzero(~(losses <= losses[best] + error))
    low = poor[poor < best].max(initial=-1) + 1
    high = poor[poor > best].min(initial=len(grid)) - 1
    return float(grid[low] + grid[high]) / 2.0


def fit_multipliers(
    metric: Metric, y: IntVector, p: FloatMatrix, powers: Sequence[float]
) -> FloatVector:
    """Return a factor for each class, shape (classes,), applied before the likeliest is taken.

    The start is the best of the inverse class shares to these `powers`.
    """
    logits = np.log(np.maximum(p, 1e-15))
    prior = np.maximum(np.bincount(y, minlength=p.shape[1]), 1.0) / len(y)

    def loss(offsets: FloatVector) -> float:
        return metric.loss(y, np.argmax(logits + offsets, axis=1))

    start = min((-power * np.log(prior) for power in powers), key=loss)
    return np.asarray(np.exp(_improve(loss, start, 1.0, len(y))))


def fit_cuts(metric: Metric, y: IntVector, values: FloatVector, n_classes: int) -> FloatVector:
    """Return the ascending values between neighbouring labels, shape (classes - 1,).

    The start gives each label as many rows as it has in `y`.
    """
    shares = np.cumsum(np.bincount(y, minlength=n_classes))[:-1] / len(y)

    def loss(cuts: FloatVector) -> float:
        return metric.loss(y, label_between(values, np.sort(cuts)))

    start = np.quantile(values, shares)
    return np.sort(_improve(loss, start, float(values.std()), len(y)))


def label_above(p: FloatVector, threshold: float) -> IntVector:
    """Return label 1 where the probability exceeds `threshold`."""
    return (p > threshold).astype(np.int64)


def label_between(values: FloatVector, cuts: FloatVector) -> IntVector:
    """Return the number of `cuts` (ascending) below each value."""
    return np.searchsorted(cuts, values).astype(np.int64)


def _loss_error(metric: Metric, y: IntVector, labels: Labels) -> float:
    parts = make_parts(len(y), 20, seed=0)
    kept = [parts != part for part in np.unique(parts)]
    error = jackknife_error(np.array([metric.loss(y[rows], labels[rows]) for rows in kept]))
    return 0.0 if np.isnan(error) else error


def _improve(
    loss: Callable[[FloatVector], float], start: FloatVector, scale: float, n_rows: int
) -> FloatVector:
    best, tuned = loss(start), start
    for step in _STEPS:
        for _ in range(_PASSES):
            before = best
            for coordinate in range(len(start)):
                for sign in (1.0, -1.0):
                    moved = tuned.copy()
                    moved[coordinate] += sign * step * scale
                    if (value := loss(moved)) < best:
                        best, tuned = value, moved
                        break
            if best == before:
                break
    trust = n_rows / (n_rows + _TRUST)
    return np.asarray(trust * tuned + (1.0 - trust) * start)

"""Scores of a regression's values, both shape (rows,), on the competition's scale."""

from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]


def mse(y: Numbers, values: Numbers) -> float:
    """Return the mean squared error."""
    return float(np.mean((y - values) ** 2))


def rmse(y: Numbers, values: Numbers) -> float:
    """Return the root of the mean squared error."""
    return float(np.sqrt(mse(y, values)))


def rmsle(y: Numbers, values: Numbers) -> float:
    """Return the RMSE of log(1 + value); predictions below 0 count as 0.

    Examples
    --------
    >>> rmsle(np.array([0.0, np.e - 1.0]), np.array([-3.0, 0.0])).__round__(4)
    0.7071
    """
    return rmse(np.log1p(y), np.log1p(np.maximum(values, 0.0)))


def mae(y: Numbers, values: Numbers) -> float:
    """Return the mean absolute error."""
    return float(np.mean(np.abs(y - values)))


def medae(y: Numbers, values: Numbers) -> float:
    """Return the median absolute error."""
    return float(np.median(np.abs(y - values)))


def mape(y: Numbers, values: Numbers) -> float:
    """Return the mean absolute error relative to `y`, as a share (not in percent)."""
    from sklearn.metrics import mean_absolute_percentage_error

    return float(mean_absolute_percentage_error(y, values))


def smape(y: Numbers, values: Numbers) -> float:
    """Return the mean of 2 |y - v| / (|y| + |v|) in percent, 0 where both are 0.

    Examples
    --------
    >>> smape(np.array([0.0, 1.0]), np.array([0.0, 3.0]))
    50.0
    """
    size = np.abs(y) + np.abs(values)
    return float(200.0 * np.mean(np.abs(y - values) / np.where(size == 0, 1.0, size)))


def r2(y: Numbers, values: Numbers) -> float:
    """Return the share of variance explained; NaN when `y` is constant."""
    variance = float(np.var(y))
    return 1.0 - mse(y, values) / variance if variance > 0 else float("nan")


def pearson(y: Numbers, values: Numbers) -> float:
    """Return the correlation: NaN when `y` is constant, 0 when only the prediction is."""
    if len(y) == 0 or np.ptp(y) == 0:
        return float("nan")
    a, b = y - np.mean(y), values - np.mean(values)
    spread = float(np.sqrt((a @ a) * (b @ b)))
    return float(a @ b) / spread if spread > 0 else 0.0


def spearman(y: Numbers, values: Numbers) -> float:
    """Return the correlation of the ranks, ties sharing their mean rank."""
    from scipy.stats import rankdata

    return pearson(rankdata(y), rankdata(values))

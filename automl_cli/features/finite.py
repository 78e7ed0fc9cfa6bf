"""Numeric columns as material for others: finite float64 values, a sample of rows, skewness."""

import numpy as np
import pandas as pd

from automl_cli.core.arrays import FloatVector, IntVector
from automl_cli.features.numeric import LARGEST

N_SAMPLED = 5000  # enough to order pairs by and to tell columns apart


def read_finite(frame: pd.DataFrame, name: str) -> FloatVector:
    """Return a numeric column as float64, shape (rows,), infinities as NaN."""
    return drop_infinite(frame[name].to_numpy(dtype=np.float64, na_value=np.nan))


def drop_infinite(values: FloatVector) -> FloatVector:
    """Return the values with NaN for what float32 does not hold.

    Examples
    --------
    >>> drop_infinite(np.array([1.0, np.inf, -1e300, np.nan]))
    array([ 1., nan, nan, nan])
    """
    return np.where(np.abs(values) <= LARGEST, values, np.nan)


def sample_rows(n_rows: int, most: int = N_SAMPLED) -> IntVector:
    """Return the sorted numbers of `most` rows or of all, the same ones for each call."""
    if n_rows <= most:
        return np.arange(n_rows)
    return np.sort(np.random.default_rng(0).choice(n_rows, most, replace=False))


def measure_skewness(seen: FloatVector) -> float:
    """Return the third standardised moment; 0 for a constant.

    Examples
    --------
    >>> round(measure_skewness(np.array([0.0, 0.0, 0.0, 4.0])), 3)
    1.155
    """
    deviation = seen.std()
    return float((((seen - seen.mean()) / deviation) ** 3).mean()) if deviation else 0.0

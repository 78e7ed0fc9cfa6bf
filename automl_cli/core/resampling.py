"""Parts and samples of rows, and the standard errors that parts give."""

import numpy as np

from automl_cli.core.arrays import FloatVector, IntVector


def make_parts(n_rows: int, n_parts: int, seed: int) -> IntVector:
    """Return the part of each row: random, of equal size, the same for equal arguments.

    Examples
    --------
    >>> np.bincount(make_parts(10, 3, seed=0)).tolist()
    [4, 3, 3]
    """
    order = np.random.default_rng(seed).permutation(n_rows)
    return np.asarray(order % max(1, min(n_parts, n_rows)), dtype=np.int64)


def thin_rows(rows: IntVector, limit: int, seed: int) -> IntVector:
    """Return at most `limit` of the row numbers, drawn at random, in ascending order.

    Examples
    --------
    >>> len(thin_rows(np.arange(100), 10, seed=0))
    10
    """
    if len(rows) <= limit:
        return rows
    return np.sort(np.random.default_rng(seed).choice(rows, limit, replace=False))


def jackknife_error(estimates: FloatVector) -> float:
    """Return the standard error from the estimates that each leave one part out.

    NaN estimates (a part without which the statistic is undefined) are skipped; fewer than two
    others give NaN.

    Examples
    --------
    For a mean it is the textbook's standard deviation over the root of n:

    >>> x = np.array([1.0, 2.0, 4.0, 9.0])
    >>> round(jackknife_error((x.sum() - x) / 3), 6), round(float(x.std(ddof=1) / 2), 6)
    (1.779513, 1.779513)
    """
    known = estimates[~np.isnan(estimates)]
    if len(known) < 2:
        return float("nan")
    return float(np.sqrt((len(known) - 1) * np.var(known)))

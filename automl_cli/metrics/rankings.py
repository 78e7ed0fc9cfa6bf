"""Scores of rankings: the likeliest class codes of each row, best first, shape (rows, k)."""

from typing import Any

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[Any]


def map_at_k(y: Numbers, ranking: Numbers, *, k: int) -> float:
    """Return the mean of 1 / position of the true class among the first `k`, 0 if it is absent.

    With a single true class a row this is the mean average precision at `k`.

    Examples
    --------
    >>> map_at_k(np.array([2, 0]), np.array([[1, 2, 0], [0, 1, 2]]), k=3)
    0.75
    """
    first = ranking[:, :k]
    return float(((first == y[:, None]) / np.arange(1.0, first.shape[1] + 1.0)).sum(axis=1).mean())

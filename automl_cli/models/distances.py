"""How far rows are from each other: numbers on one scale, categories alike or not."""

from dataclasses import dataclass

import numpy as np

from automl_cli.core.arrays import CodeMatrix, Float32Matrix, FloatMatrix, FloatVector, IntVector
from automl_cli.core.matrix import Matrix

FARTHEST = 5.0  # standard deviations; beyond, one number would decide alone which rows are near
UNLIKE = 2.0  # what unlike categories add: the squared distance of their indicators


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Rows between which distances are measured.

    Parameters
    ----------
    values
        Standardised numbers, shape (rows, p).
    categories
        Codes, shape (rows, q).
    """

    values: Float32Matrix
    categories: CodeMatrix

    def take(self, rows: IntVector | slice) -> "Points":
        """Return some of the rows."""
        return Points(values=self.values[rows], categories=self.categories[rows])


def make_points(matrix: Matrix, mean: FloatVector, spread: FloatVector) -> Points:
    """Return the rows of a matrix, each number with the mean and spread of its training column.

    A missing number counts as the mean, and a far one as `FARTHEST`.
    """
    scaled = np.where(np.isfinite(matrix.values), (matrix.values - mean) / spread, 0.0)
    values = np.clip(scaled, -FARTHEST, FARTHEST).astype(np.float32)
    return Points(values=values, categories=matrix.categories)


def measure_distances(left: Points, right: Points) -> FloatMatrix:
    """Return squared Euclidean distances, shape (rows of left, rows of right).

    Categories count as if they were indicators, one a level, without the memory for these.

    Examples
    --------
    >>> values, categories = np.float32([[0.0], [3.0]]), np.int32([[1], [2]])
    >>> rows = Points(values=values, categories=categories)
    >>> measure_distances(rows, rows).tolist()
    [[0.0, 11.0], [11.0, 0.0]]
    """
    one, other = left.values.astype(np.float64), right.values.astype(np.float64)
    squared: FloatMatrix = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)
    squared -= 2.0 * (one @ other.T)
    np.maximum(squared, 0.0, out=squared)  # equal rows may come out a little below 0
    unlike = np.zeros(squared.shape, dtype=np.uint16)
    for own, known in zip(left.categories.T, right.categories.T, strict=True):
        unlike += own[:, None] != known
    squared += UNLIKE * unlike
    return squared

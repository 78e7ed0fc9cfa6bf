"""How far rows are from each other: numbers on one scale, categories alike or not.

Where columns are weighted by what they tell about the target, columns that tell nothing no longer
decide which rows are near; Wettschereck, Aha and Mohri (1997) compare such weights.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from automl_cli.core.arrays import CodeMatrix, Float32Matrix, FloatMatrix, FloatVector, IntVector
from automl_cli.core.matrix import Matrix
from automl_cli.models.columns import measure_columns

FARTHEST = 5.0  # standard deviations; beyond, one number would decide alone which rows are near
UNLIKE = 2.0  # what unlike categories add: the squared distance of their indicators
N_BINS = 10  # of a number, whose mean targets show what it tells


@dataclass(frozen=True, slots=True, kw_only=True)
class Axes:
    """The scale of each column.

    Parameters
    ----------
    mean, spread
        Of each number in training, shape (p,).
    stretch
        What a standard deviation of each number counts as, shape (p,).
    unlike
        What unlike categories add to a squared distance, shape (q,).
    """

    mean: FloatVector
    spread: FloatVector
    stretch: FloatVector
    unlike: FloatVector


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Rows between which distances are measured.

    Parameters
    ----------
    values
        Scaled numbers, shape (rows, p).
    categories
        Codes, shape (rows, q).
    unlike
        What unlike categories add to a squared distance, shape (q,).
    """

    values: Float32Matrix
    categories: CodeMatrix
    unlike: FloatVector

    def take(self, rows: IntVector | slice) -> "Points":
        """Return some of the rows."""
        return replace(self, values=self.values[rows], categories=self.categories[rows])


def make_axes(matrix: Matrix) -> Axes:
    """Return axes on which every number has the standard deviation 1."""
    mean, spread = measure_columns(matrix)
    unlike = np.full(len(matrix.levels), UNLIKE)
    return Axes(mean=mean, spread=spread, stretch=np.ones_like(mean), unlike=unlike)


def weigh_axes(
    axes: Axes, matrix: Matrix, target: FloatMatrix, weight: FloatVector, power: float
) -> Axes:
    """Return axes on which columns count more, the more they tell about the target.

    Parameters
    ----------
    axes
        Of `make_axes`.
    matrix
        The training rows.
    target
        Values, or indicators of the classes, shape (rows, outputs).
    weight
        Shape (rows,), with mean 1.
    power
        Of the correlation of a column with the target, which its axis is multiplied by. 0: all
        columns count alike.
    """
    centred = target - np.average(target, axis=0, weights=weight)
    shares = np.array([_explain(codes, centred, weight) for codes in _list_codes(axes, matrix)])
    stretch = np.asarray(shares ** (power / 2))
    p = len(axes.mean)
    return replace(axes, stretch=stretch[:p], unlike=axes.unlike * stretch[p:] ** 2)


def make_points(matrix: Matrix, axes: Axes) -> Points:
    """Return the rows of a matrix; a missing number counts as the mean, a far one as `FARTHEST`."""
    finite = np.isfinite(matrix.values)
    scaled = np.where(finite, (matrix.values - axes.mean) / axes.spread, 0.0)
    values = np.clip(scaled, -FARTHEST, FARTHEST) * axes.stretch
    return Points(
        values=values.astype(np.float32), categories=matrix.categories, unlike=axes.unlike
    )


def measure_distances(left: Points, right: Points) -> FloatMatrix:
    """Return squared Euclidean distances, shape (rows of left, rows of right).

    Categories count as if they were indicators, one a level, without the memory for these.

    Examples
    --------
    >>> values, categories = np.float32([[0.0], [3.0]]), np.int32([[1], [2]])
    >>> rows = Points(values=values, categories=categories, unlike=np.array([2.0]))
    >>> measure_distances(rows, rows).tolist()
    [[0.0, 11.0], [11.0, 0.0]]
    """
    one, other = left.values.astype(np.float64), right.values.astype(np.float64)
    squared: FloatMatrix = (one**2).sum(axis=1)[:, None] + (other**2).sum(axis=1)
    squared -= 2.0 * (one @ other.T)
    np.maximum(squared, 0.0, out=squared)  # equal rows may come out a little below 0
    columns = zip(left.categories.T, right.categories.T, right.unlike, strict=True)
    for own, known, added in columns:
        squared += added * (own[:, None] != known)
    return squared


def _list_codes(axes: Axes, matrix: Matrix) -> Iterator[IntVector]:
    """Yield the bins of each number, then the codes of each category."""
    for column in make_points(matrix, axes).values.T:
        starts = np.unique(np.quantile(column, np.arange(1, N_BINS) / N_BINS))
        yield np.searchsorted(starts, column, side="right")
    yield from matrix.categories.T.astype(np.int64)


def _explain(codes: IntVector, target: FloatMatrix, weight: FloatVector) -> float:
    """Return the share of the variance of a target around 0 that the means of codes explain.

    What as many random codes would explain is subtracted; nothing is less than the noise of one.
    """
    counts = np.bincount(codes, weight)
    seen = counts > 0
    sums = np.stack([np.bincount(codes, weight * own) for own in target.T])[:, seen]
    share = (sums**2 / counts[seen]).sum() / (weight @ target**2).sum()
    return float(max(share - (seen.sum() - 1) / len(codes), 1.0 / len(codes)))

"""How far errors by cluster can be trusted: as far as clusters tell a parameter.

A clustered error is an average over clusters. What it knows of a level that lies in 5 of 40 it has
from these 5, and they fit their own mean: it is too small, and t with 39 degrees of freedom is the
wrong law. Both follow from the design, if one knew how the values vary (Satterthwaite, 1946;
Bell and McCaffrey, 2002; Imbens and Kolesár, 2016). Here half of a row's variance is taken to be
its cluster's, and no more is made of the answer than a wider interval.

In how many of 100 cases noise is taken for an effect at level .05, by simulation (1,000 tables and
more of 40 clusters of 10 rows, .3 of the variance theirs), without and with this:

- a level in 3, 4, 5, 7 or 10 clusters: 19, 12, 11, 9, 7; and 3, 3, 5, 6, 5;
- the same of two classes, in 5 or 10: 9, 7; and 4, 5;
- eight levels of 5 clusters each, tested together: 30; and 8;
- a level in 8 clusters of very unequal size, a very skewed number: 13, 23; and 3, 3.
"""

from dataclasses import replace

import numpy as np

from automl_cli.core.arrays import BoolVector, FloatCube, FloatMatrix, FloatVector, IntVector
from automl_cli.statistics.fits import Fitted

LEAST_CLUSTERS = 5  # that a level, a gap or a group lies in
FEW_CLUSTERS = 15  # below which it is told
OWN_SHARE = 0.5  # of a row's variance, that is its cluster's
MOST_WORK = 1e9  # clusters times parameters cubed: some ten seconds


def count_clusters(clusters: IntVector, rows: BoolVector) -> int:
    """Return in how many clusters rows lie; those without a cluster do not count."""
    return len(np.unique(clusters[rows & (clusters >= 0)]))


def allow_for_few(fitted: Fitted, matrix: FloatMatrix, clusters: IntVector) -> Fitted:
    """Return a model whose errors, and whose degrees of freedom, know what lies in few clusters.

    Parameters
    ----------
    fitted, matrix
        A model with clustered errors, and what it was fitted to.
    clusters
        The cluster of each row as a code from 0 on.
    """
    degrees, stretch = find_degrees(matrix, clusters)
    n_clusters, n_equations = int(clusters.max()) + 1, len(fitted.estimates)
    # The fit has allowed for as many as there are in all.
    factors = np.sqrt(np.maximum(1.0, stretch * (n_clusters - 1) / n_clusters))
    factors = np.tile(factors, n_equations)
    return replace(
        fitted,
        robust=np.asarray(fitted.robust * np.outer(factors, factors)),
        df=np.tile(np.minimum(degrees, n_clusters - 1.0), n_equations),
    )


def find_degrees(matrix: FloatMatrix, clusters: IntVector) -> tuple[FloatVector, FloatVector]:
    """Return degrees of freedom of each parameter's error, and by what its square is too small.

    The first are NaN for parameters that vary in fewer than `LEAST_CLUSTERS` clusters.
    """
    bread: FloatMatrix = np.linalg.inv(matrix.T @ matrix).astype(np.float64)
    is_cheap = (clusters.max() + 1) * float(len(bread)) ** 3 <= MOST_WORK
    grams = _make_grams(matrix, clusters) if is_cheap else None
    sums = np.column_stack([_add_up(column, clusters) for column in matrix.T])
    degrees, stretch = np.full(len(bread), np.nan), np.ones(len(bread))
    for place, own in enumerate(bread):
        sides = find_sides(matrix[:, place])
        if any(count_clusters(clusters, rows) < LEAST_CLUSTERS for rows in sides):
            continue
        if grams is None:
            squares = _add_up((matrix @ own) ** 2, clusters)
            degrees[place] = max(1.0, _count_equal(_mix(squares, sums @ own)) - 1)
            stretch[place] = 1 + 1 / degrees[place]
        else:
            degrees[place], stretch[place] = _find_own_degrees(grams, sums, bread, own)
    return degrees, stretch


def find_sides(values: FloatVector) -> list[BoolVector]:
    """Return the rows that differ from the most frequent value; of two values, each one's rows."""
    levels, counts = np.unique(values, return_counts=True)
    usual = values == levels[counts.argmax()]
    return [~usual, usual] if len(levels) <= 2 else [~usual]


def _add_up(values: FloatVector, clusters: IntVector) -> FloatVector:
    return np.bincount(clusters, values).astype(np.float64)


def _make_grams(matrix: FloatMatrix, clusters: IntVector) -> FloatCube:
    """Return the products of the columns in each cluster, shape (clusters, columns, columns)."""
    order = np.argsort(clusters, kind="stable")
    ends = np.searchsorted(clusters[order], np.arange(1, clusters.max() + 1))
    return np.stack([rows.T @ rows for rows in np.split(matrix[order], ends)])


def _mix(squares: FloatVector, pulls: FloatVector) -> FloatVector:
    """Return how much each cluster's sum varies."""
    return np.asarray((1 - OWN_SHARE) * squares + OWN_SHARE * pulls**2)


def _count_equal(variances: FloatVector) -> float:
    """Return how many equal clusters would be as sure."""
    return float(variances.sum() ** 2 / (variances**2).sum())


def _find_own_degrees(
    grams: FloatCube, sums: FloatMatrix, bread: FloatMatrix, own: FloatVector
) -> tuple[float, float]:
    """Return both for the estimate ``own @ matrix.T @ y``.

    Its squared error is a quadratic form of the values whose matrix, a row a cluster, is
    ``D + L M L'``: D what the clusters' sums vary by, the rest what the fit takes away from them.
    """
    pulls, crossed = sums @ own, grams @ own
    diagonal = _mix(crossed @ own, pulls)
    left = np.hstack([crossed @ bread, pulls[:, None] * sums])
    n_parameters = len(bread)
    fit = OWN_SHARE * sums.T @ sums - (1 - OWN_SHARE) * grams.sum(axis=0)
    cross = -OWN_SHARE * np.eye(n_parameters)
    middle = np.block([[fit, cross], [cross, np.zeros((n_parameters, n_parameters))]])
    taken = middle @ left.T @ left
    trace = diagonal.sum() + np.trace(taken)
    squared = (diagonal**2).sum() + np.trace(taken @ taken)
    squared += 2 * (diagonal * ((left @ middle) * left).sum(axis=1)).sum()
    return float(trace**2 / squared), float(diagonal.sum() / trace)

"""Clusters of correlated columns.

If one of two copies is permuted, models still have the other; so columns that tell the same are
permuted together as well.
"""

import numpy as np
import pandas as pd

from automl_cli.core.arrays import FloatMatrix, FloatVector

CLOSE = 0.5  # mean absolute rank correlation from which columns are one cluster; measured
SEEN = 20  # rows that two columns must both know for their correlation to count


def find_clusters(frame: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    """Return all columns by cluster, both in the order of the table.

    Rank correlations (Spearman), average linkage. Labels of categories count in their order, so
    that copies are found; texts stand alone.

    Parameters
    ----------
    frame
        Typed feature columns.

    Examples
    --------
    >>> a = np.arange(30.0)
    >>> frame = pd.DataFrame({"a": a, "b": np.tile([0.0, 1.0, 2.0], 10), "copy": -2 * a})
    >>> find_clusters(frame)
    (('a', 'copy'), ('b',))
    """
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    names = [str(name) for name in frame.columns]
    if len(names) < 2:
        return tuple((name,) for name in names)
    distances = 1.0 - np.abs(_correlate(frame))
    tree = linkage(squareform(distances, checks=False), method="average")
    labels = fcluster(tree, 1.0 - CLOSE, criterion="distance")
    return tuple(
        tuple(name for name, own in zip(names, labels, strict=True) if own == label)
        for label in dict.fromkeys(labels)
    )


def _correlate(frame: pd.DataFrame) -> FloatMatrix:
    known = pd.DataFrame({name: _order(frame[name]) for name in frame.columns})
    correlations = known.corr(method="spearman", min_periods=SEEN).to_numpy(copy=True)
    correlations[~np.isfinite(correlations)] = 0.0  # constants, and what is never known together
    np.fill_diagonal(correlations, 1.0)
    return np.asarray(correlations)


def _order(column: pd.Series) -> FloatVector:
    """Return numbers in the order of the column's values, NaN for missing ones and for texts."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.codes.to_numpy().astype(np.float64)
        return np.where(codes < 0, np.nan, codes)
    if isinstance(column.dtype, pd.DatetimeTZDtype) or column.dtype.kind == "M":
        numbers = column.to_numpy(dtype="datetime64[s]").astype(np.float64)
        return np.where(column.isna(), np.nan, numbers)
    if column.dtype.kind in "iufb":
        return np.asarray(column.to_numpy(dtype=np.float64))
    return np.full(len(column), np.nan)

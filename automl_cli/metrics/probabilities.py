"""Scores of probabilities.

In a binary task `p` holds the probability of the positive class, shape (rows,); in a multiclass
task one column a class, shape (rows, classes). A score that `y` leaves undefined (one class
only) is NaN, so that folds without it can be told apart from bad ones.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import FloatMatrix, FloatVector

Numbers = npt.NDArray[Any]

EPSILON = 1e-15  # the bound that competition servers use for the logarithm


def roc_auc(y: Numbers, p: Numbers) -> float:
    """Return the area under the ROC curve; multiclass: mean over classes, each against the rest.

    Exact, ties count one half. Sorting and searching the rarer class in the other one is several
    times faster than scikit-learn's curve, and ensembling calls it hundreds of times.

    Examples
    --------
    >>> roc_auc(np.array([0, 0, 1, 1]), np.array([0.1, 0.4, 0.35, 0.8]))
    0.75
    """
    if p.ndim == 1:
        return _auc(y == 1, p)
    areas = np.array([_auc(y == k, p[:, k]) for k in range(p.shape[1])])
    defined = areas[~np.isnan(areas)]
    return float(defined.mean()) if len(defined) else float("nan")


def gini(y: Numbers, p: Numbers) -> float:
    """Return the normalised Gini coefficient of a binary target, 2 AUC - 1."""
    return 2.0 * roc_auc(y, p) - 1.0


def average_precision(y: Numbers, p: Numbers) -> float:
    """Return the area under the precision-recall curve, as a sum of steps."""
    from sklearn.metrics import average_precision_score

    positive = y == 1
    return float(average_precision_score(positive, p)) if positive.any() else float("nan")


def log_loss(y: Numbers, p: Numbers) -> float:
    """Return the mean negative log probability of the true class.

    Examples
    --------
    >>> round(log_loss(np.array([1, 0]), np.array([0.5, 0.5])), 4)
    0.6931
    """
    return float(_row_losses(y, p).mean())


def balanced_log_loss(y: Numbers, p: Numbers) -> float:
    """Return the mean over the classes present in `y` of the log loss of their rows."""
    losses = _row_losses(y, p)
    counts = np.bincount(y)
    sums = np.bincount(y, weights=losses)
    return float((sums[counts > 0] / counts[counts > 0]).mean())


def brier(y: Numbers, p: Numbers) -> float:
    """Return the mean squared error of the probabilities; multiclass: summed over classes."""
    if p.ndim == 1:
        return float(np.mean((p - y) ** 2))
    truth = np.arange(p.shape[1]) == y[:, None]
    return float(((p - truth) ** 2).sum(axis=1).mean())


def _auc(positive: npt.NDArray[np.bool_], p: Numbers) -> float:
    above, below = np.sort(p[positive]), np.sort(p[~positive])
    if len(above) == 0 or len(below) == 0:
        return float("nan")
    few, many = (above, below) if len(above) <= len(below) else (below, above)
    smaller = np.searchsorted(many, few, side="left").mean()
    not_larger = np.searchsorted(many, few, side="right").mean()
    share = float(smaller + not_larger) / 2.0 / len(many)
    return share if few is above else 1.0 - share


def _row_losses(y: Numbers, p: Numbers) -> FloatVector:
    if p.ndim == 1:
        truth = np.where(y == 1, p, 1.0 - p)
        return np.asarray(-np.log(np.clip(truth, EPSILON, 1.0 - EPSILON)))
    bounded: FloatMatrix = np.clip(p, EPSILON, 1.0 - EPSILON)
    truth = bounded[np.arange(len(y)), y] / bounded.sum(axis=1)
    return np.asarray(-np.log(truth))

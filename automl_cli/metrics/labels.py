"""Scores of labels: class codes against class codes, both shape (rows,).

All but the kappa come from one confusion matrix made by a single bincount, because choosing
thresholds and class multipliers calls them hundreds of times.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import FloatMatrix, FloatVector

Numbers = npt.NDArray[Any]


def accuracy(y: Numbers, labels: Numbers) -> float:
    """Return the share of rows with the right label."""
    return float(np.mean(y == labels))


def balanced_accuracy(y: Numbers, labels: Numbers) -> float:
    """Return the mean recall of the classes present in `y`.

    Examples
    --------
    >>> balanced_accuracy(np.array([0, 0, 0, 1]), np.array([0, 0, 0, 0]))
    0.5
    """
    table = _confusion(y, labels)
    rows = table.sum(axis=1)
    return float((np.diag(table)[rows > 0] / rows[rows > 0]).mean())


def f1(y: Numbers, labels: Numbers) -> float:
    """Return the F1 score of the positive class (code 1)."""
    return float(_f1_by_class(_confusion(y, labels, at_least=2))[1])


def f1_macro(y: Numbers, labels: Numbers) -> float:
    """Return the mean F1 score of the classes present in `y` or in the prediction."""
    table = _confusion(y, labels)
    present = (table.sum(axis=0) + table.sum(axis=1)) > 0
    return float(_f1_by_class(table)[present].mean())


def mcc(y: Numbers, labels: Numbers) -> float:
    """Return Matthews' correlation coefficient; 0 when either side is constant."""
    table = _confusion(y, labels)
    truth, predicted, n = table.sum(axis=1), table.sum(axis=0), table.sum()
    covariance = np.trace(table) * n - truth @ predicted
    spread = (n**2 - predicted @ predicted) * (n**2 - truth @ truth)
    return float(covariance / np.sqrt(spread)) if spread > 0 else 0.0


def qwk(y: Numbers, labels: Numbers) -> float:
    """Return Cohen's kappa with quadratic weights on the class codes.

    The ratio of observed to expected squared distance needs means and variances only:
    ``1 - mean((a - b)²) / (var a + var b + (mean a - mean b)²)``.

    Examples
    --------
    >>> qwk(np.array([0, 1, 2, 2]), np.array([0, 1, 1, 2]))
    0.8
    """
    expected = np.var(y) + np.var(labels) + (np.mean(y) - np.mean(labels)) ** 2
    if expected == 0:
        return 1.0  # both sides name one and the same class throughout
    return float(1.0 - np.mean((y - labels) ** 2) / expected)


def _confusion(y: Numbers, labels: Numbers, at_least: int = 1) -> FloatMatrix:
    size = int(max(y.max(initial=0), labels.max(initial=0), at_least - 1)) + 1
    counts = np.bincount(y * size + labels, minlength=size * size)
    return counts.reshape(size, size).astype(np.float64)


def _f1_by_class(table: FloatMatrix) -> FloatVector:
    total = table.sum(axis=0) + table.sum(axis=1)
    return np.asarray(2.0 * np.diag(table) / np.maximum(total, 1.0))

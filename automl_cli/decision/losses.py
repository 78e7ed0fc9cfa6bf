"""The loss of each row: what two candidates on the same held-out rows are compared by."""

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import FloatMatrix, FloatVector, IntVector
from automl_cli.core.margins import TINY
from automl_cli.core.metric import Objective

RowLosses: TypeAlias = npt.NDArray[np.float32]


def row_losses(
    y: FloatVector | IntVector, predictions: FloatMatrix, objective: Objective
) -> RowLosses:
    """Return the loss that models are fitted with, row by row, shape (rows,).

    Parameters
    ----------
    y
        Class codes or values, shape (rows,).
    predictions
        Probabilities or values, shape (rows, n_outputs).
    objective
        The loss.

    Examples
    --------
    >>> row_losses(np.array([1.0, 4.0]), np.array([[2.0], [2.0]]), "squared_error").tolist()
    [1.0, 4.0]
    """
    if objective != "log_loss":
        errors = np.abs(y - predictions[:, 0])
        return (errors if objective == "absolute_error" else errors**2).astype(np.float32)
    if predictions.shape[1] == 1:
        right = np.where(y == 1, predictions[:, 0], 1 - predictions[:, 0])
    else:
        right = predictions[np.arange(len(y)), y.astype(np.int64)]
    return -np.log(np.maximum(right, TINY)).astype(np.float32)


def compare_losses(losses: RowLosses, others: RowLosses) -> tuple[float, float]:
    """Return by how much losses are above others on average, and the paired standard error."""
    differences = np.asarray(losses, dtype=np.float64) - np.asarray(others, dtype=np.float64)
    return float(differences.mean()), float(differences.std()) / math.sqrt(len(differences))

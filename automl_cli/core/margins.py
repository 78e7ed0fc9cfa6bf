"""From margins to predictions and back, the same everywhere."""

import numpy as np

from automl_cli.core.arrays import FloatMatrix
from automl_cli.core.metric import Objective

TINY = 1e-7  # float32 cannot tell probabilities closer to 0 or 1 apart


def make_predictions(margins: FloatMatrix, objective: Objective) -> FloatMatrix:
    """Return probabilities for ``log_loss``, else the margins themselves.

    Parameters
    ----------
    margins
        Shape (rows, n_outputs).

    Examples
    --------
    >>> make_predictions(np.array([[0.0], [2.0]]), "log_loss").round(3).tolist()
    [[0.5], [0.881]]
    """
    if objective != "log_loss":
        return margins
    if margins.shape[1] == 1:
        return 1.0 / (1.0 + np.exp(-np.clip(margins, -500, 500)))
    shifted = np.exp(margins - margins.max(axis=1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=1, keepdims=True))


def make_margins(predictions: FloatMatrix, objective: Objective) -> FloatMatrix:
    """Return log-odds or centred logits for ``log_loss``, else the predictions themselves.

    Examples
    --------
    >>> make_margins(np.array([[0.5]]), "log_loss").tolist()
    [[0.0]]
    """
    if objective != "log_loss":
        return predictions
    bounded = np.clip(predictions, TINY, 1.0 - TINY)
    if predictions.shape[1] == 1:
        return np.asarray(np.log(bounded / (1.0 - bounded)))
    logits = np.log(bounded)
    return np.asarray(logits - logits.mean(axis=1, keepdims=True))

"""What the mean of all folds' models is expected to score, from how much they differ on test rows.

The cross-fitted score is that of single fold models; the submission averages those of all folds.
For losses that are convex in the prediction the gain of a mean needs no labels: it is the variance
of what is averaged (squared error) or its divergence from the mean (log loss).
"""

import math
from collections.abc import Sequence

import numpy as np

from automl_cli.core.arrays import FloatMatrix
from automl_cli.core.candidate import Blend
from automl_cli.core.problem import Problem
from automl_cli.ensemble.combiners import COMBINERS
from automl_cli.metrics.probabilities import log_loss
from automl_cli.metrics.values import mse, r2, rmse, rmsle

_TINY = 1e-15
_SQUARED = (mse, rmse, rmsle, r2)


def is_expectable(problem: Problem) -> bool:
    """Return whether the gain of a mean over folds follows from the predictions alone.

    Models of a time plan learn from different lengths of the past: none speaks for the others.
    """
    metric = problem.metric
    if problem.folds.ordered or len(problem.folds) < 2:
        return False
    if problem.objective == "log_loss":
        return metric.score is log_loss
    is_fitted_scale = (metric.score is rmsle) == (metric.transform == "log1p")
    return metric.score in _SQUARED and is_fitted_scale


def expect_score(
    problem: Problem, blend: Blend, replicates: Sequence[Sequence[FloatMatrix]]
) -> float | None:
    """Return what the blend of the means is expected to score on test rows.

    Parameters
    ----------
    problem
        The target; its folds are those that all members share.
    blend
        The ensemble, with its cross-fitted score.
    replicates
        For each fold what the members (``blend.members``, in that order) predict for the same test
        rows: with repeats the mean of one fold of each, as in the score.

    Returns
    -------
    The expected score, never worse than the cross-fitted one; None where it does not follow from
    the predictions: fewer than two folds, or another metric.
    """
    if len(replicates) < 2 or not is_expectable(problem):
        return None
    apply = COMBINERS.get(blend.combiner).apply
    blends = np.stack([np.asarray(apply(blend.state, members)) for members in replicates])
    if problem.objective == "log_loss":
        return blend.score - measure_divergence(blends)
    return _lower_error(problem, blend.score, measure_variance(blends))


def measure_variance(blends: FloatMatrix) -> float:
    """Return the mean over rows of the variance over folds; shape (folds, rows, 1).

    Examples
    --------
    >>> measure_variance(np.array([[[0.0]], [[2.0]]]))
    1.0
    """
    return float(np.var(blends, axis=0).mean())


def measure_divergence(blends: FloatMatrix) -> float:
    """Return the mean divergence of folds' probabilities from their mean; (folds, rows, outputs).

    Examples
    --------
    >>> round(measure_divergence(np.array([[[0.25]], [[0.75]]])), 4)
    0.1438
    """
    if blends.shape[2] == 1:
        blends = np.concatenate([1.0 - blends, blends], axis=2)
    bounded = np.clip(blends, _TINY, 1.0)
    bounded = bounded / bounded.sum(axis=2, keepdims=True)
    mean = bounded.mean(axis=0)
    divergence = (mean * (np.log(mean) - np.log(bounded))).sum(axis=2)
    return max(float(divergence.mean()), 0.0)


def _lower_error(problem: Problem, score: float, variance: float) -> float:
    """Return the score whose squared error is lower by `variance`."""
    metric = problem.metric.score
    if metric is r2:
        spread = float(np.var(problem.y[problem.folds.covered()]))
        return min(score + variance / spread, 1.0) if spread > 0 else score
    if metric is mse:
        return max(score - variance, 0.0)
    return math.sqrt(max(score**2 - variance, 0.0))

"""Scores of out-of-fold predictions, and the loss by which models and blends are chosen.

What a competition scores is often a step function of the predictions; choosing by it means
choosing by chance. `selection_loss` is the smooth loss next to it, `score_candidate` the honest
number that people are shown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import FloatMatrix, IntVector
from automl_cli.core.keys import make_seed
from automl_cli.core.problem import Problem
from automl_cli.core.resampling import jackknife_error, make_parts
from automl_cli.decision import (
    decide_crossfitted,
    drop_axis,
    inverse_priors,
    restore_values,
    reweight,
)
from automl_cli.metrics.probabilities import balanced_log_loss, log_loss
from automl_cli.metrics.values import mae, mse, pearson, rmse, rmsle

SelectionLoss: TypeAlias = Callable[[FloatMatrix], float]

_N_PARTS = 20
_SMOOTH = (balanced_log_loss, mae, mse, rmse, rmsle)  # scores that order as the loss does
_MANY_ROWS = 200_000  # in each of 20 parts enough of them for a score of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateScore:
    """How good out-of-fold predictions are, as the competition shows it.

    Parameters
    ----------
    score
        The metric on all rows that some fold holds out, the decision cross-fitted.
    score_se
        Its jackknife standard error over 20 parts of the rows (over the blocks of a group plan);
        of many rows the error that the scores of these parts show; NaN if it is undefined.
    fold_scores
        The metric on each fold's held-out rows; NaN where it is undefined (one class only).
        The predictions are those given: with repeats, each row's mean over all of them, so that
        these are scores of the averaged predictions on a fold's rows and not of one fit.
    """

    score: float
    score_se: float
    fold_scores: tuple[float, ...]


def score_candidate(problem: Problem, oof: FloatMatrix) -> CandidateScore:
    """Return the scores of out-of-fold predictions, shape (rows, n_outputs)."""
    answers = decide_crossfitted(problem, oof)
    covered = np.flatnonzero(problem.folds.covered())
    return CandidateScore(
        score=score_answers(problem, answers, covered),
        score_se=_measure_error(problem, answers, covered),
        fold_scores=tuple(score_answers(problem, answers, fold.held_out) for fold in problem.folds),
    )


def _measure_error(problem: Problem, answers: npt.NDArray[Any], covered: IntVector) -> float:
    parts = make_row_parts(problem)[covered]
    numbers = np.unique(parts)
    if len(covered) <= _MANY_ROWS or problem.folds.grouped:
        without = (covered[parts != part] for part in numbers)
        return jackknife_error(np.array([score_answers(problem, answers, one) for one in without]))
    # Leaving a part out moves a score by as much as the part's own score differs, over their
    # number: of thousands of rows each, the parts alone say the same in a tenth of the time.
    alone = np.array([score_answers(problem, answers, covered[parts == part]) for part in numbers])
    known = alone[~np.isnan(alone)]
    return float(known.std(ddof=1) / np.sqrt(len(known))) if len(known) > 1 else float("nan")


def score_answers(problem: Problem, answers: npt.NDArray[Any], rows: IntVector) -> float:
    """Return the metric of decided answers on `rows`, NaN where it is undefined."""
    y = problem.y[rows]
    if len(y) == 0 or (not problem.metric.decomposable and (y == y[0]).all()):
        return float("nan")
    return problem.metric.score(y, answers[rows])


def make_row_parts(problem: Problem) -> IntVector:
    """Return the part of each row for error bars, -1 for rows that no fold holds out.

    Twenty random parts, or the plan's blocks if they keep groups together: rows of one group
    are not independent.
    """
    covered = problem.folds.covered()
    blocks = problem.folds.blocks[0].astype(np.int64)
    if problem.folds.grouped and len(np.unique(blocks[covered])) > 1:
        return np.where(covered, blocks, -1)
    parts = np.full(problem.folds.n_rows, -1, dtype=np.int64)
    seed = make_seed(problem.seed, "error bars")
    parts[covered] = make_parts(int(covered.sum()), _N_PARTS, seed)
    return parts


def selection_loss(
    problem: Problem, predictions: FloatMatrix, rows: IntVector | None = None
) -> float:
    """Return the smooth loss by which models and blends are chosen; lower is better.

    Parameters
    ----------
    problem
        The target and its metric.
    predictions
        Shape (rows, n_outputs), see `Candidate.oof`.
    rows
        Row numbers to look at; by default those that some fold holds out.
    """
    rows = np.flatnonzero(problem.folds.covered()) if rows is None else rows
    return make_selection_loss(problem, rows)(predictions[rows])


def name_selection_loss(problem: Problem) -> str:
    """Return the loss by which blends are chosen, in words; the metric's name if it is that."""
    metric = problem.metric
    if metric.selection == "metric":
        return metric.name
    if metric.selection == "rank_correlation":
        return "the correlation with ranks"
    if problem.objective == "log_loss":
        return "balanced log loss" if metric.balanced else "log loss"
    error = "mean absolute error" if problem.objective == "absolute_error" else "RMSE"
    return f"{error} of logarithms" if metric.transform == "log1p" else error


def is_chosen_by_metric(problem: Problem) -> bool:
    """Return whether the loss by which blends are chosen orders them as the metric does."""
    return problem.metric.selection == "metric" or problem.metric.score in _SMOOTH


def is_negated_score(problem: Problem) -> bool:
    """Return whether the selection loss is minus what `name_selection_loss` names."""
    metric = problem.metric
    if metric.selection == "metric":
        return metric.greater_is_better
    return metric.selection == "rank_correlation"


def make_selection_loss(problem: Problem, rows: IntVector) -> SelectionLoss:
    """Return the selection loss as a function of the predictions for `rows` alone.

    What does not depend on the predictions is computed once: a greedy ensemble calls the
    function a thousand times.
    """
    metric, y = problem.metric, problem.y[rows]
    if problem.objective != "log_loss":
        return _make_value_loss(problem, rows)
    if metric.balanced:
        factors = inverse_priors(problem, rows)
        return lambda p: balanced_log_loss(y, drop_axis(reweight(p, factors)))
    if metric.selection == "metric":
        return lambda p: metric.loss(y, drop_axis(p))
    return lambda p: log_loss(y, drop_axis(p))


def _make_value_loss(problem: Problem, rows: IntVector) -> SelectionLoss:
    metric, y, fit_y = problem.metric, problem.y[rows], problem.fit_y[rows]
    if metric.selection == "metric":
        return lambda values: metric.loss(y, restore_values(values, metric.transform))
    if metric.selection == "rank_correlation":  # sorting a blend's values too would take long
        ranks = _rank(y)
        return lambda values: -pearson(ranks, values[:, 0])
    error = mae if problem.objective == "absolute_error" else rmse
    return lambda values: error(fit_y, values[:, 0])


def _rank(y: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    from scipy.stats import rankdata

    return np.asarray(rankdata(y), dtype=np.float64)

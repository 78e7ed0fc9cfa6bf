"""Whether one candidate is better than another on the same rows and folds.

Two questions, which have different answers. *Are these models better on rows like these?* The
difference of the scores of all out-of-fold predictions, its error a jackknife over parts of the
rows (whole groups of a group plan). Its interval is valid for the models as they were fitted (Bayle
et al., 2020, Cross-validation confidence intervals for test error). *Would the same settings win
again, trained on other rows?* The differences by fold, whose training rows overlap: the corrected
resampled t-test of Nadeau and Bengio (2003, Inference for the generalization error).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import FloatMatrix, FloatVector, IntVector
from automl_cli.core.problem import Problem
from automl_cli.core.resampling import jackknife_error
from automl_cli.decision import decide_crossfitted
from automl_cli.decision.scoring import make_row_parts, score_answers

LEAST_FOLDS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """How much better the second is, with its certainty.

    Parameters
    ----------
    gain
        Positive if the second is better, whatever the metric's direction; in its units.
    error, low, high, p
        Standard error, interval and two-sided p-value of Student's t; NaN if they are undefined.
    df
        Degrees of freedom.
    """

    gain: float
    error: float
    low: float
    high: float
    p: float
    df: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """Two candidates compared.

    Parameters
    ----------
    first, second
        Their scores on the rows compared.
    n_rows
        How many.
    rows
        The gain of the models as they were fitted, by the chance in the rows.
    folds
        The mean gain of a fold, by the chance in rows and training; None for fewer than three.
    by_fold
        The gain on each fold.
    equal
        True if both answer the same for every row.
    """

    first: float
    second: float
    n_rows: int
    rows: Gain
    folds: Gain | None
    by_fold: tuple[float, ...]
    equal: bool


def compare_candidates(
    problem: Problem, first: FloatMatrix, second: FloatMatrix, level: float = 0.05
) -> Paired:
    """Compare two candidates by their out-of-fold predictions.

    Parameters
    ----------
    problem
        What both solve; its folds say which rows count.
    first, second
        Out-of-fold predictions, see `Candidate.oof`.
    level
        Intervals hold the truth in all but this share of cases.
    """
    answers = [decide_crossfitted(problem, oof) for oof in (first, second)]
    score = _make_gain(problem, answers[0], answers[1])
    parts = make_row_parts(problem)
    covered = np.flatnonzero(parts >= 0)
    without = np.array(
        [score(covered[parts[covered] != part]) for part in np.unique(parts[covered])]
    )
    known = int((~np.isnan(without)).sum())
    folds = [fold for fold in problem.folds if fold.repeat == problem.folds.folds[0].repeat]
    by_fold = np.array([score(fold.held_out) for fold in folds])
    is_odd = problem.folds.ordered or problem.folds.n_repeats > 1
    share = float(np.mean([len(fold.held_out) / len(fold.train) for fold in folds]))
    return Paired(
        first=score_answers(problem, answers[0], covered),
        second=score_answers(problem, answers[1], covered),
        n_rows=len(covered),
        rows=_make_interval(score(covered), jackknife_error(without), known - 1, level),
        # Of averaged repeats, or of folds of unequal length, the correction says nothing.
        folds=None if is_odd else correct_resampled(by_fold, share, level),
        by_fold=tuple(float(one) for one in by_fold),
        equal=bool(np.array_equal(answers[0][covered], answers[1][covered])),
    )


def correct_resampled(gains: FloatVector, share: float, level: float = 0.05) -> Gain | None:
    """Return the corrected resampled t-test of Nadeau and Bengio (2003).

    Parameters
    ----------
    gains
        Of each fold; NaN where undefined.
    share
        Held-out rows over training rows: overlapping training sets make folds alike, and the
        variance of their mean (1 / folds + share) times that of a fold.
    level
        Of the interval.

    Examples
    --------
    >>> gain = correct_resampled(np.array([1.0, 2.0, 3.0]), share=0.5)
    >>> round(gain.error, 6)  # the root of 1/3 + 1/2, instead of that of 1/3
    0.912871
    """
    known = gains[~np.isnan(gains)]
    if len(known) < LEAST_FOLDS:
        return None
    variance = (1 / len(known) + share) * float(known.var(ddof=1))
    return _make_interval(float(known.mean()), float(np.sqrt(variance)), len(known) - 1, level)


def _make_gain(
    problem: Problem, first: npt.NDArray[Any], second: npt.NDArray[Any]
) -> Callable[[IntVector], float]:
    sign = 1.0 if problem.metric.greater_is_better else -1.0

    def gain(rows: IntVector) -> float:
        better = score_answers(problem, second, rows) - score_answers(problem, first, rows)
        return sign * better

    return gain


def _make_interval(gain: float, error: float, df: int, level: float) -> Gain:
    from scipy.stats import t

    if df < 1 or not error > 0:  # NaN as well
        nan = float("nan")
        return Gain(gain=gain, error=error, low=nan, high=nan, p=nan, df=max(0, df))
    width = float(t.ppf(1 - level / 2, df)) * error
    p = float(2 * t.sf(abs(gain) / error, df))
    return Gain(gain=gain, error=error, low=gain - width, high=gain + width, p=p, df=df)

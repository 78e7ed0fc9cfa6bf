"""How much better one ensemble is than another, on the rows that both were held out of."""

from dataclasses import dataclass

import numpy as np

from automl_cli.core.arrays import IntVector
from automl_cli.core.resampling import jackknife_error
from automl_cli.decision.scoring import make_row_parts, score_answers
from automl_cli.report.data import ReportTarget
from automl_cli.report.pairs import measure_difference


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedDifference:
    """How much better the first of two answers is, on the rows that both were held out of.

    Parameters
    ----------
    scores
        Of both.
    gain, error
        The gain of the first on the metric's scale, positive if it is better, and its jackknife
        standard error, paired: both are scored without the same rows.
    loss_gain, loss_error
        The same for the smooth loss row by row.
    n_rows
        Rows that were compared.
    """

    scores: tuple[float, float]
    gain: float
    error: float
    loss_gain: float
    loss_error: float
    n_rows: int


def compare(first: ReportTarget, second: ReportTarget) -> PairedDifference | None:
    """Return the paired difference of two ensembles, or None if there is an obstacle."""
    if find_obstacle(first, second) is not None:
        return None
    mine, its = first.problem, second.problem
    rows = np.intersect1d(first.rows, second.rows)
    parts = make_row_parts(mine)[rows]
    sign = 1.0 if mine.metric.greater_is_better else -1.0

    def gain(chosen: IntVector) -> float:
        return sign * (
            score_answers(mine, first.answers, chosen) - score_answers(its, second.answers, chosen)
        )

    without = [gain(rows[parts != part]) for part in np.unique(parts)]
    losses = [
        dict(zip(one.rows.tolist(), one.losses.tolist(), strict=True)) for one in (first, second)
    ]
    differences = np.array([losses[1][row] - losses[0][row] for row in rows.tolist()])
    loss_gain, loss_error = measure_difference(differences, parts)
    return PairedDifference(
        scores=(
            score_answers(mine, first.answers, rows),
            score_answers(its, second.answers, rows),
        ),
        gain=gain(rows),
        error=jackknife_error(np.array(without)),
        loss_gain=loss_gain,
        loss_error=loss_error,
        n_rows=len(rows),
    )


def find_obstacle(first: ReportTarget, second: ReportTarget) -> str | None:
    """Return why two ensembles cannot be compared row by row, or None if they can."""
    mine, its = first.problem, second.problem
    if mine.metric.name != its.metric.name:
        return f"another metric ({mine.metric.name} and {its.metric.name})"
    if mine.objective != its.objective:
        names = " and ".join(one.objective.replace("_", " ") for one in (mine, its))
        return f"another scale (one is fitted by another loss: {names})"
    if mine.target.labels != its.target.labels:
        return "another scale (the classes differ)"
    return _find_other_rows(first, second)


def _find_other_rows(first: ReportTarget, second: ReportTarget) -> str | None:
    mine, its = first.problem, second.problem
    if len(mine.y) != len(its.y):
        return f"other rows ({len(mine.y):,} and {len(its.y):,})"
    if not np.array_equal(mine.y, its.y):
        return f"other rows, or the same in another order ({first.name} differs row by row)"
    if not len(np.intersect1d(first.rows, second.rows)):
        return "other rows: none is held out by both"
    return None

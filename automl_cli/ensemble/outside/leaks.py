"""Members whose score by fold looks as if their models had seen the rows that they predict.

A model is better than others by about as much on each fold. One that is far better on some folds
only has probably been trained on these, or carries their targets in a feature. One that is far
better than all others on every fold knows something that they do not, be it honest or not.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import FloatMatrix, FloatVector, IntVector, take_exact
from automl_cli.core.candidate import Candidate
from automl_cli.core.problem import Problem
from automl_cli.decision import decide_crossfitted, fit_decision
from automl_cli.decision.scoring import score_answers
from automl_cli.ensemble.outside.predictions import Outside

_CLEARLY = 5.0  # standard errors of a fold's score
_SHARE_LEFT = 0.9  # of the error there, against what the member leaves on its other folds
_HALF = 0.5  # of the error of the best other member, on every fold
_MANY = 3  # members, whose median says how hard a fold is


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspicion:
    """Why a member may have seen the rows that it predicts.

    Parameters
    ----------
    key
        The member.
    folds
        What the folds are called on which it is too good; empty: on all of them.
    scores
        Its scores on these folds and on the others.
    others
        The scores there of what it is compared with.
    by_file
        Whether the folds are those of its file and not the run's.
    """

    key: str
    folds: tuple[str, ...]
    scores: tuple[float, ...]
    others: tuple[float, ...]
    by_file: bool


@dataclass(frozen=True, slots=True)
class _Folds:
    names: tuple[str, ...]
    rows: tuple[IntVector, ...]
    by_file: bool


@dataclass(frozen=True, slots=True)
class _Scored:
    """Scores by fold."""

    own: FloatVector
    honest: FloatVector  # of the run
    others: FloatMatrix  # (members, folds)
    perfect: FloatVector  # of the truth
    errors: FloatVector  # standard errors


def find_suspicions(
    problem: Problem, members: Sequence[Outside], run: Candidate, others: Sequence[Candidate]
) -> tuple[Suspicion, ...]:
    """Return what is too good about members from outside.

    Parameters
    ----------
    problem
        What they answer.
    members
        Those from outside, which are compared with each other too.
    run
        The run's own answer, which is known to be honest, with its scores by fold.
    others
        All else that takes part.
    """
    folds = _list_folds(problem)
    if not members or len(folds.rows) < 2:
        return ()
    perfect = _score_perfect(problem, folds)
    everyone = [*(member.candidate for member in members), *others]
    table = np.array([_first_scores(one, folds) for one in everyone])
    own = _first_scores(run, folds)
    found = []
    for place, member in enumerate(members):
        suspicion = None
        if member.fold_names:
            suspicion = _find_suspicion_by_file(problem, member, run)
        if suspicion is None:
            rest = np.delete(table, place, axis=0)
            scored = _Scored(table[place], own, rest, perfect, _fold_errors(member, run, folds))
            suspicion = _find_suspicion(problem, member, folds, scored)
        if suspicion is not None:
            found.append(suspicion)
    return tuple(found)


def _find_suspicion_by_file(problem: Problem, member: Outside, run: Candidate) -> Suspicion | None:
    folds = _list_file_folds(problem, member)
    if len(folds.rows) < 2:
        return None
    scored = _Scored(
        own=_score(problem, member.candidate.oof, folds),
        honest=_score(problem, run.oof, folds),
        others=np.empty((0, len(folds.rows))),
        perfect=_score_perfect(problem, folds),
        errors=_fold_errors(member, run, folds),
    )
    return _find_suspicion_by_folds(problem, member, folds, scored)


def _find_suspicion(
    problem: Problem, member: Outside, folds: _Folds, scored: _Scored
) -> Suspicion | None:
    some = _find_suspicion_by_folds(problem, member, folds, scored)
    if some is not None:
        return some
    sign = -1.0 if problem.metric.greater_is_better else 1.0
    left = sign * (scored.own - scored.perfect)
    best = sign * (np.vstack([scored.honest, scored.others]) - scored.perfect)
    lowest = np.fmin.reduce(best)
    if not ((left < _HALF * lowest) & (lowest - left > _CLEARLY * scored.errors)).all():
        return None
    return Suspicion(
        key=member.candidate.spec.key,
        folds=(),
        scores=(float(scored.own.mean()),),
        others=(float((scored.perfect + sign * lowest).mean()),),
        by_file=False,
    )


def _find_suspicion_by_folds(
    problem: Problem, member: Outside, folds: _Folds, scored: _Scored
) -> Suspicion | None:
    sign = -1.0 if problem.metric.greater_is_better else 1.0
    left = sign * (scored.own - scored.perfect)  # the error on each fold, at least 0
    compared = sign * (scored.honest - scored.perfect)
    if len(scored.others) >= _MANY:  # what many members find easier on a fold is easier there
        middle = np.median(sign * (scored.others - scored.perfect), axis=0)
        compared = np.fmin(compared, middle)
    chosen = _choose_folds(left, compared, scored.errors)
    if not chosen.any():
        return None
    parts, shown = (chosen, ~chosen), scored.perfect + sign * compared
    return Suspicion(
        key=member.candidate.spec.key,
        folds=tuple(name for name, is_one in zip(folds.names, chosen, strict=True) if is_one),
        scores=tuple(float(scored.own[part].mean()) for part in parts),
        others=tuple(float(shown[part].mean()) for part in parts),
        by_file=folds.by_file,
    )


def _choose_folds(
    left: FloatVector, compared: FloatVector, errors: FloatVector
) -> npt.NDArray[np.bool_]:
    """Return the folds above the widest gap in how far the member is ahead, if it is a wide one."""
    ahead = compared - left
    order = np.argsort(ahead)
    gaps = np.diff(ahead[order])
    nothing = np.zeros(len(left), dtype=bool)
    if not np.isfinite(gaps).all():
        return nothing
    widest = int(gaps.argmax())
    chosen = nothing.copy()
    chosen[order[widest + 1 :]] = True
    error = float(errors.max())
    ratio = left / np.maximum(compared, 1e-12)
    is_wide = gaps[widest] > _CLEARLY * error and ahead[chosen].min() > _CLEARLY * error
    is_material = ratio[chosen].mean() < _SHARE_LEFT * ratio[~chosen].mean()
    return chosen if is_wide and is_material else nothing


def _list_folds(problem: Problem) -> _Folds:
    held_out = tuple(fold.held_out for fold in problem.folds if fold.repeat == 0)
    names = tuple(str(number + 1) for number in range(len(held_out)))
    return _Folds(names, held_out, by_file=False)


def _list_file_folds(problem: Problem, member: Outside) -> _Folds:
    covered = problem.folds.covered()
    parts = [np.flatnonzero(covered & (member.folds == i)) for i in range(len(member.fold_names))]
    return _Folds(member.fold_names, tuple(parts), by_file=True)


def _first_scores(candidate: Candidate, folds: _Folds) -> FloatVector:
    """Return the scores on the folds of the first repeat."""
    return np.array(candidate.fold_scores[: len(folds.rows)])


def _score(problem: Problem, oof: FloatMatrix, folds: _Folds) -> FloatVector:
    answers = decide_crossfitted(problem, take_exact(oof, slice(None)))
    return np.array([score_answers(problem, answers, rows) for rows in folds.rows])


def _score_perfect(problem: Problem, folds: _Folds) -> FloatVector:
    """Return the score of the truth itself on each fold."""
    if problem.objective == "log_loss":
        truth = np.eye(problem.target.n_classes)[problem.y.astype(np.int64)]
        truth = truth[:, 1:] if problem.n_outputs == 1 else truth
    else:
        truth = problem.fit_y.astype(np.float64)[:, None]
    answers = fit_decision(problem, truth).apply(truth)
    return np.array([score_answers(problem, answers, rows) for rows in folds.rows])


def _fold_errors(member: Outside, run: Candidate, folds: _Folds) -> FloatVector:
    """Return the standard error of a score on each fold, as the whole score's says."""
    n_rows = np.array([max(len(rows), 1) for rows in folds.rows])
    error = np.nanmax([member.candidate.score_se, run.score_se, 0.0])
    return np.asarray(error * np.sqrt(n_rows.sum() / n_rows))

"""What choosing the best of several candidates is worth, without the luck of the choice."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from automl_cli.core.arrays import IntVector
from automl_cli.core.candidate import Candidate
from automl_cli.core.judges import leave_judges_out
from automl_cli.core.problem import Problem
from automl_cli.decision.scoring import make_selection_loss, score_candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """The best of several candidates that a search has brought to as many folds as are enough.

    Parameters
    ----------
    best
        The key of the one that all folds choose together.
    score, score_se
        Of the choice: each fold's rows are scored with the candidate that the other folds choose.
        Judges, who had a say in which candidates there are at all, do not count.
    naive
        The score of the best one on all rows, those that it was chosen by among them: too good.
    """

    best: str
    score: float
    score_se: float
    naive: float


def choose_candidate(problem: Problem, candidates: Sequence[Candidate]) -> Choice:
    """Return the candidate with the lowest selection loss, and what the choice is worth.

    Parameters
    ----------
    problem
        The target, with the folds that all of them have.
    candidates
        One or more.
    """
    covered = problem.folds.covered()
    oof = candidates[0].oof.copy()
    for fold in problem.folds:
        others = covered.copy()
        others[fold.held_out] = False
        rows = np.flatnonzero(others)
        if len(rows):
            oof[fold.held_out] = _choose(problem, candidates, rows).oof[fold.held_out]
    best = _choose(problem, candidates, np.flatnonzero(covered))
    scored = score_candidate(replace(problem, folds=leave_judges_out(problem.folds)), oof)
    return Choice(
        best=best.spec.key, score=scored.score, score_se=scored.score_se, naive=best.score
    )


def _choose(problem: Problem, candidates: Sequence[Candidate], rows: IntVector) -> Candidate:
    measure = make_selection_loss(problem, rows)
    return min(candidates, key=lambda one: (measure(one.oof[rows]), one.spec.key))

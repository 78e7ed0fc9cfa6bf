"""On how many folds a blend is made: of all candidates on few rows, or of fewer on more.

A blend needs rows that all its members have predicted. Candidates have the first folds of the plan,
as many as they were found worth; so for each number of folds there is a blend of those that have
them. The blend on the most folds is taken, unless one of more members is clearly better on the rows
that both know.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from automl_cli.core.arrays import FloatMatrix, IntVector
from automl_cli.core.candidate import Candidate
from automl_cli.core.deadline import Deadline
from automl_cli.core.problem import Problem
from automl_cli.core.resampling import make_parts, thin_rows
from automl_cli.decision.losses import compare_losses, row_losses
from automl_cli.ensemble.combiners import COMBINERS

MOST_ROWS = 20_000  # tell the levels apart
N_PARTS = 5  # by which weights are cross-fitted
# Error by which more members have to be better. A member with more folds predicts test rows better
# than these rows show, by the mean of its models.
CLEARLY = 1.0


def choose_level(problem: Problem, candidates: Mapping[str, Candidate]) -> int:
    """Return the number of folds that the blend's members share.

    Parameters
    ----------
    problem
        The target, with all its folds.
    candidates
        By key; each has some of the first folds.
    """
    n_blended = problem.folds.n_blended  # further folds make a member steadier, no better
    levels = sorted({min(one.n_folds, n_blended) for one in candidates.values()})
    level = levels[0] if len(levels) == 1 else _choose(problem, candidates, levels)
    # All folds that the members share count.
    return min(one.n_folds for one in list_members(candidates, level))


def list_members(candidates: Mapping[str, Candidate], level: int) -> list[Candidate]:
    """Return the candidates that have so many folds, in key order."""
    return [one for _, one in sorted(candidates.items()) if one.n_folds >= level]


def _choose(problem: Problem, candidates: Mapping[str, Candidate], levels: Sequence[int]) -> int:
    """Return the level of the best blend, the most folds that are not clearly worse."""
    rows = np.flatnonzero(problem.folds.first(levels[0]).covered())
    rows = thin_rows(rows, MOST_ROWS, problem.seed)
    parts = make_parts(len(rows), N_PARTS, problem.seed)
    blends = [
        _blend(problem, [one.oof for one in list_members(candidates, level)], rows, parts)
        for level in levels
    ]
    losses = [row_losses(problem.fit_y[rows], blend, problem.objective) for blend in blends]
    best = int(np.argmin([own.mean() for own in losses]))
    for place in range(len(levels) - 1, best, -1):
        behind, error = compare_losses(losses[place], losses[best])
        if behind <= CLEARLY * error:
            return levels[place]
    return levels[best]


def _blend(
    problem: Problem, members: Sequence[FloatMatrix], rows: IntVector, parts: IntVector
) -> FloatMatrix:
    """Return what greedy blends that were made on the other parts predict for `rows`."""
    greedy = COMBINERS.get("greedy")
    blended = np.empty((len(rows), members[0].shape[1]))
    for part in range(N_PARTS):
        inside = parts == part
        state = greedy.fit(problem, members, rows[~inside], Deadline(None))
        blended[inside] = greedy.apply(state, [member[rows[inside]] for member in members])
    return blended

"""What each candidate is worth to the blend, by the judges alone."""

from collections.abc import Hashable, Mapping
from typing import TypeVar

import numpy as np

from automl_cli.core.candidate import Candidate
from automl_cli.core.deadline import Deadline
from automl_cli.core.judges import judge_rows
from automl_cli.core.problem import Problem
from automl_cli.core.resampling import thin_rows
from automl_cli.core.threads import limit_blas
from automl_cli.decision.scoring import make_selection_loss
from automl_cli.ensemble.combiners import COMBINERS, get_weights
from automl_cli.train.losses import RowLosses, row_losses

Tried = TypeVar("Tried", bound=Hashable)

MOST_ROWS = 20_000  # tell weights of a few hundredths
MOST_MEMBERS = 40


def measure_losses(problem: Problem, candidates: Mapping[str, Candidate]) -> dict[str, float]:
    """Return the selection loss of each candidate on the judges that the first folds hold out."""
    rows = judge_rows(problem.folds.first(problem.folds.n_first))
    measure = make_selection_loss(problem, rows)
    return {key: float(measure(candidate.oof[rows])) for key, candidate in candidates.items()}


def measure_row_losses(
    problem: Problem, candidates: Mapping[Tried, Candidate]
) -> dict[Tried, RowLosses]:
    """Return the loss of each of these judges, row by row, by what a candidate tries."""
    rows = judge_rows(problem.folds.first(problem.folds.n_first))
    return {
        tried: row_losses(problem.fit_y[rows], candidate.oof[rows], problem.objective)
        for tried, candidate in candidates.items()
    }


def weigh_candidates(
    problem: Problem, candidates: Mapping[str, Candidate], losses: Mapping[str, float]
) -> tuple[dict[str, float], float]:
    """Return the weight of each candidate in a greedy blend, and the loss of that blend.

    Parameters
    ----------
    problem
        The target, with all its folds.
    candidates
        By key; each has at least the first folds.
    losses
        Of each; the best ones alone take part.
    """
    keys = sorted(sorted(losses, key=lambda key: losses[key])[:MOST_MEMBERS])
    rows = judge_rows(problem.folds.first(problem.folds.n_first))
    rows = thin_rows(rows, MOST_ROWS, problem.seed)
    members = [candidates[key].oof for key in keys]
    greedy = COMBINERS.get("greedy")
    with limit_blas():
        state = greedy.fit(problem, members, rows, Deadline(None))
        blend = greedy.apply(state, [member[rows] for member in members])
    loss = float(make_selection_loss(problem, rows)(blend))
    weights = np.asarray(get_weights(state))
    return dict(zip(keys, weights.tolist(), strict=True)), loss

"""What each candidate is worth to the blend, by the judges alone."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Weighing:
    """A greedy blend of candidates.

    Parameters
    ----------
    weights
        Of each candidate, by key.
    loss
        The mean of the loss that models are fitted with, of the blend.
    chance
        By how much a candidate that knows nothing lowers it on the rows that weights are learned
        from: what each of them can do to its own weights.
    """

    weights: Mapping[str, float]
    loss: float
    chance: float


def weigh_candidates(
    problem: Problem, candidates: Mapping[str, Candidate], losses: Mapping[str, float]
) -> Weighing:
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
    by_row = row_losses(problem.fit_y[rows], blend, problem.objective)
    # Half a unit of log-likelihood for one more weight, as in Akaike's criterion.
    scale = 0.5 if problem.objective == "log_loss" else float(by_row.mean())
    weights = np.asarray(get_weights(state)).tolist()
    return Weighing(
        weights=dict(zip(keys, weights, strict=True)),
        loss=float(by_row.mean()),
        chance=scale / len(rows),
    )

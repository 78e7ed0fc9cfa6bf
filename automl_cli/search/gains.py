"""What each candidate is worth to the blend, by the judges alone."""

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from automl_cli.core.arrays import FloatMatrix, IntVector
from automl_cli.core.candidate import Candidate
from automl_cli.core.deadline import Deadline
from automl_cli.core.judges import judge_rows
from automl_cli.core.problem import Problem
from automl_cli.core.resampling import thin_rows
from automl_cli.core.threads import limit_blas
from automl_cli.decision.losses import RowLosses, compare_losses, row_losses
from automl_cli.decision.scoring import make_selection_loss
from automl_cli.ensemble.combiners import COMBINERS, CombinerState, get_weights

Tried = TypeVar("Tried", bound=Hashable)

MOST_ROWS = 20_000  # tell weights of a few hundredths
MOST_MEMBERS = 40
HOPELESS = 2.0  # errors by which one is worse than the blend that it does not lower the loss of
SHARES = (0.1, 0.25, 0.5, 0.75, 1.0)  # of a blend that a candidate may get in it


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
    rows = _draw_rows(problem, problem.folds.n_first)
    state, blend = _blend(problem, [candidates[key].oof for key in keys], rows)
    loss = float(_row_losses(problem, blend, rows).mean())
    weights = np.asarray(get_weights(state)).tolist()
    return Weighing(
        weights=dict(zip(keys, weights, strict=True)),
        loss=loss,
        chance=_find_chance(problem, loss, len(rows)),
    )


def measure_additions(problem: Problem, candidates: Mapping[str, Candidate]) -> dict[str, float]:
    """Return what those that lack folds are expected to add to a blend of those that have enough.

    That is by how much they lower its loss if they enter it, on the judges that they know; while
    there is no such blend, by how much they are better than a constant. They enter only if they
    lower it, so the expectation is of what is above zero: few judges leave more to hope for, as in
    the expected improvement of Bayesian optimisation (Jones and others 1998). Nothing is hoped for
    where they show that a candidate is worse than the blend and of no use in it.

    Parameters
    ----------
    problem
        The target, with all its folds.
    candidates
        By key; each has at least the first folds.
    """
    n_blended = problem.folds.n_blended
    settled = [one for _, one in sorted(candidates.items()) if one.n_folds >= n_blended]
    lacking = {key: one for key, one in candidates.items() if one.n_folds < n_blended}
    added = {}
    for n_folds in sorted({one.n_folds for one in lacking.values()}):
        rows = _draw_rows(problem, n_folds)
        alike = {key: one.oof[rows] for key, one in lacking.items() if one.n_folds == n_folds}
        if settled:
            blend = _blend(problem, [one.oof for one in settled], rows)[1]
        else:
            example = next(iter(alike.values()))
            blend = np.broadcast_to(np.mean([*alike.values()], axis=(0, 1)), example.shape)
        before = _row_losses(problem, blend, rows)
        for key, one in alike.items():
            after = [_row_losses(problem, blend + share * (one - blend), rows) for share in SHARES]
            behind, error = compare_losses(after[-1], before)  # alone
            mean, spread = compare_losses(before, min(after, key=lambda own: float(own.mean())))
            is_hopeless = mean <= 0 and behind > HOPELESS * error
            added[key] = 0.0 if is_hopeless else _expect_improvement(mean, spread)
    return added


def _expect_improvement(mean: float, error: float) -> float:
    """Return what is expected of a normal variable above zero."""
    if error <= 0:
        return max(0.0, mean)
    z = mean / error
    density = math.exp(-0.5 * z**2) / math.sqrt(2 * math.pi)
    return 0.5 * mean * (1 + math.erf(z / math.sqrt(2))) + error * density


def _draw_rows(problem: Problem, n_folds: int) -> IntVector:
    rows = judge_rows(problem.folds.first(n_folds))
    return thin_rows(rows, MOST_ROWS, problem.seed)


def _blend(
    problem: Problem, members: Sequence[FloatMatrix], rows: IntVector
) -> tuple[CombinerState, FloatMatrix]:
    greedy = COMBINERS.get("greedy")
    with limit_blas():
        state = greedy.fit(problem, members, rows, Deadline(None))
        return state, greedy.apply(state, [member[rows] for member in members])


def _row_losses(problem: Problem, predictions: FloatMatrix, rows: IntVector) -> RowLosses:
    return row_losses(problem.fit_y[rows], predictions, problem.objective)


def _find_chance(problem: Problem, loss: float, n_rows: int) -> float:
    # Half a unit of log-likelihood for one more weight, as in Akaike's criterion.
    return (0.5 if problem.objective == "log_loss" else loss) / n_rows

"""Ways to combine the predictions of candidates; the table COMBINERS.

A combiner is two functions: one learns a state of plain numbers from some rows, the other combines
any rows with it, one by one or as a batch.

>>> members = np.array([[[0.2]], [[0.4]]])
>>> COMBINERS.get("mean").apply({"weights": [0.5, 0.5]}, members).round(2).tolist()
[[0.3]]
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from automl_cli.core.arrays import FloatMatrix, FloatVector, IntVector, take_exact
from automl_cli.core.deadline import Deadline
from automl_cli.core.margins import make_margins, make_predictions
from automl_cli.core.metric import Objective, find_lowest
from automl_cli.core.problem import Problem
from automl_cli.core.registry import Registry
from automl_cli.core.resampling import thin_rows
from automl_cli.decision.scoring import SelectionLoss, make_selection_loss
from automl_cli.ensemble.linear import MemberMargins, fit_linear

CombinerState: TypeAlias = Mapping[str, object]

_STEPS = 50  # of the greedy combiner: weights in steps of 2 %
_PATIENCE = 10
_ROWS_TO_TRUST = 2_000  # with so many rows the greedy weights count as much as equal ones
_MAX_ROWS = 20_000  # resolves weights of 2 %, and keeps thirty members under two seconds
_MAX_BEST_ROWS = 100_000  # tell single members apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Combiner:
    """An entry of COMBINERS.

    Parameters
    ----------
    name
        Its name in tables and in the stored blend.
    fit
        ``fit(problem, members, rows, deadline) -> state``: each of `members` has shape (rows,
        n_outputs) and holds all rows, `rows` are the numbers of those to learn from. The state is
        plain JSON; its ``weights`` has one number a member. A fit that the deadline ends early
        returns the best it has, at worst equal weights.
    apply
        ``apply(state, members) -> predictions``, shape (rows, n_outputs), on the members' scale.
    effort
        Those of less effort enter the tournament first; the clock may end it before the others.
    objectives
        The objectives it is meant for.
    is_sum
        True if it adds members with their weights, so that light ones may be left out where the
        others are scaled.
    """

    name: str
    fit: Callable[[Problem, MemberMargins, IntVector, Deadline], CombinerState]
    apply: Callable[[CombinerState, MemberMargins], FloatMatrix]
    effort: int = 0
    objectives: frozenset[Objective] = frozenset({"log_loss", "squared_error", "absolute_error"})
    is_sum: bool = False


def get_weights(state: CombinerState) -> FloatVector:
    """Return the weight of each member."""
    return np.asarray(state["weights"], dtype=np.float64)


def _fit_best(
    problem: Problem, members: MemberMargins, rows: IntVector, deadline: Deadline
) -> CombinerState:
    """Find the member with the lowest loss."""
    if len(members) == 1:
        return {"weights": [1.0]}
    rows = thin_rows(rows, _MAX_BEST_ROWS, problem.seed)
    loss = make_selection_loss(problem, rows)
    losses = _measure(loss, (take_exact(member, rows) for member in members), deadline)
    if losses is None:
        return _weigh_equally(len(members))
    return {"weights": np.eye(len(members))[find_lowest(losses)].tolist()}


def _fit_equal(
    problem: Problem,  # noqa: ARG001 - nothing to learn
    members: MemberMargins,
    rows: IntVector,  # noqa: ARG001
    deadline: Deadline,  # noqa: ARG001
) -> CombinerState:
    """Weigh all members equally."""
    return _weigh_equally(len(members))


def _fit_greedy(
    problem: Problem, members: MemberMargins, rows: IntVector, deadline: Deadline
) -> CombinerState:
    """Add the member that helps the blend most, again and again, with replacement."""
    # Caruana et al. (2004): add, with replacement, the member that helps the blend most; the
    # best blend on the way counts.
    rows = thin_rows(rows, _MAX_ROWS, problem.seed)
    loss = make_selection_loss(problem, rows)
    known = [take_exact(member, rows) for member in members]
    total, chosen, lowest, best = np.zeros_like(known[0]), [], np.inf, 0
    for size in range(1, _STEPS + 1):
        losses = _measure(loss, ((total + member) / size for member in known), deadline)
        if losses is None:
            break
        chosen.append(find_lowest(losses))
        total += known[chosen[-1]]
        if losses[chosen[-1]] < lowest:
            lowest, best = losses[chosen[-1]], size
        elif size - best >= _PATIENCE:
            break
    if best == 0:  # no time, or no loss that is defined
        return _weigh_equally(len(members))
    counts = np.bincount(chosen[:best], minlength=len(members))
    return {"weights": (counts / best).tolist()}


def _fit_linear(
    problem: Problem, members: MemberMargins, rows: IntVector, deadline: Deadline
) -> CombinerState:
    """Fit weights on logits or values, pulled towards the greedy ones."""
    # A third of the time for where it starts from: the greedy weights are already a blend.
    first_end = deadline.earlier(deadline.seconds_left() * 2 / 3)
    greedy = get_weights(_fit_greedy(problem, members, rows, first_end))
    # Few rows say little about weights: there the pull is towards equal ones.
    trust = len(rows) / (len(rows) + _ROWS_TO_TRUST)
    prior = trust * greedy + (1.0 - trust) / len(members)
    weights, bias = fit_linear(problem, members, rows, prior, deadline)
    return {"weights": weights.tolist(), "bias": bias.tolist(), "objective": problem.objective}


def _measure(
    loss: SelectionLoss, blends: Iterable[FloatMatrix], deadline: Deadline
) -> list[float] | None:
    """Return the loss of each of the blends, or None if the time is up before the last one."""
    losses = []
    for blend in blends:
        if deadline.seconds_left() <= 0:
            return None
        losses.append(loss(blend))
    return losses


def _weigh_equally(n_members: int) -> CombinerState:
    return {"weights": [1.0 / n_members] * n_members}


def _apply_average(state: CombinerState, members: MemberMargins) -> FloatMatrix:
    """Return the weighted mean of the predictions."""
    return _add_weighted(state, members)


def _add_weighted(state: CombinerState, members: Iterable[FloatMatrix]) -> FloatMatrix:
    # Summed member by member, so that one row alone gives the same number as in a batch.
    total: FloatMatrix | None = None
    for weight, member in zip(get_weights(state), members, strict=True):
        if total is None:
            total = np.zeros(member.shape)
        if weight:
            total += weight * member.astype(np.float64, copy=False)
    if total is None:
        raise AssertionError("a blend has members")
    return total


def _apply_median(state: CombinerState, members: MemberMargins) -> FloatMatrix:  # noqa: ARG001 - holds nothing
    """Return the median of the predictions."""
    return np.asarray(np.median(np.asarray(members, dtype=np.float64), axis=0))


def _apply_linear(state: CombinerState, members: MemberMargins) -> FloatMatrix:
    """Return the weighted sum, back from logits to probabilities."""
    objective: Objective = "log_loss" if state["objective"] == "log_loss" else "squared_error"
    margins = (make_margins(np.asarray(one, dtype=np.float64), objective) for one in members)
    bias = np.asarray(state["bias"], dtype=np.float64)
    return make_predictions(_add_weighted(state, margins) + bias, objective)


# The tournament prefers the earlier one among those it cannot tell apart.
_TABLE = (
    Combiner(name="greedy", fit=_fit_greedy, apply=_apply_average, effort=2, is_sum=True),
    Combiner(name="linear", fit=_fit_linear, apply=_apply_linear, effort=3, is_sum=True),
    Combiner(name="mean", fit=_fit_equal, apply=_apply_average, is_sum=True),
    Combiner(
        name="median",
        fit=_fit_equal,
        apply=_apply_median,
        objectives=frozenset({"absolute_error"}),
    ),
    Combiner(name="best", fit=_fit_best, apply=_apply_average, effort=1, is_sum=True),
)

COMBINERS: Registry[Combiner] = Registry(
    "combiners", {combiner.name: combiner for combiner in _TABLE}
)

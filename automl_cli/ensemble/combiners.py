"""Ways to combine the predictions of candidates; the table COMBINERS.

A combiner is two functions: one learns a state of plain numbers from some rows, the other combines
any rows with it, one by one or as a batch.

>>> members = np.array([[[0.2]], [[0.4]]])
>>> COMBINERS.get("mean").apply({"weights": [0.5, 0.5]}, members).round(2).tolist()
[[0.3]]
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from automl_cli.core.arrays import FloatMatrix, FloatVector, IntVector
from automl_cli.core.margins import make_margins, make_predictions
from automl_cli.core.metric import Objective
from automl_cli.core.problem import Problem
from automl_cli.core.registry import Registry
from automl_cli.core.resampling import thin_rows
from automl_cli.ensemble.linear import fit_linear
from automl_cli.scoring import make_selection_loss

State: TypeAlias = Mapping[str, object]

_STEPS = 50  # of the greedy combiner: weights in steps of 2 %
_PATIENCE = 10
_MAX_ROWS = 20_000  # resolves weights of 2 %, and keeps thirty members under two seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Combiner:
    """An entry of COMBINERS.

    Parameters
    ----------
    name
        Its name in tables and in the stored blend.
    fit
        ``fit(problem, members, rows) -> state``: `members` has shape (members, rows, n_outputs)
        and holds all rows, `rows` are the numbers of those to learn from. The state is plain
        JSON; its ``weights`` has one number a member.
    apply
        ``apply(state, members) -> predictions``, shape (rows, n_outputs), on the members' scale.
    objectives
        The objectives it is meant for.
    """

    name: str
    fit: Callable[[Problem, FloatMatrix, IntVector], State]
    apply: Callable[[State, FloatMatrix], FloatMatrix]
    objectives: frozenset[Objective] = frozenset({"log_loss", "squared_error", "absolute_error"})


def get_weights(state: State) -> FloatVector:
    """Return the weight of each member."""
    return np.asarray(state["weights"], dtype=np.float64)


def _fit_best(problem: Problem, members: FloatMatrix, rows: IntVector) -> State:
    loss = make_selection_loss(problem, rows)
    losses = [loss(member[rows]) for member in members]
    return {"weights": np.eye(len(members))[int(np.argmin(losses))].tolist()}


def _fit_equal(problem: Problem, members: FloatMatrix, rows: IntVector) -> State:  # noqa: ARG001 - nothing to learn
    return {"weights": [1.0 / len(members)] * len(members)}


def _fit_greedy(problem: Problem, members: FloatMatrix, rows: IntVector) -> State:
    # Caruana et al. (2004): add, with replacement, the member that helps the blend most; the
    # best blend on the way counts.
    rows = thin_rows(rows, _MAX_ROWS, problem.seed)
    loss, known = make_selection_loss(problem, rows), members[:, rows]
    total, chosen, lowest, best = np.zeros_like(known[0]), [], np.inf, 0
    for size in range(1, _STEPS + 1):
        losses = [loss((total + member) / size) for member in known]
        chosen.append(int(np.argmin(losses)))
        total += known[chosen[-1]]
        if min(losses) < lowest:
            lowest, best = min(losses), size
        elif size - best >= _PATIENCE:
            break
    counts = np.bincount(chosen[:best], minlength=len(members))
    return {"weights": (counts / best).tolist()}


def _fit_linear(problem: Problem, members: FloatMatrix, rows: IntVector) -> State:
    weights, bias = fit_linear(problem, members, rows)
    return {"weights": weights.tolist(), "bias": bias.tolist(), "objective": problem.objective}


def _apply_average(state: State, members: FloatMatrix) -> FloatMatrix:
    # Summed member by member, so that one row alone gives the same number as in a batch.
    total = np.zeros(members.shape[1:])
    for weight, member in zip(get_weights(state), members, strict=True):
        if weight:
            total += weight * member
    return total


def _apply_median(state: State, members: FloatMatrix) -> FloatMatrix:  # noqa: ARG001 - holds nothing
    return np.asarray(np.median(members, axis=0))


def _apply_linear(state: State, members: FloatMatrix) -> FloatMatrix:
    objective: Objective = "log_loss" if state["objective"] == "log_loss" else "squared_error"
    margins = np.stack([make_margins(member, objective) for member in members])
    bias = np.asarray(state["bias"], dtype=np.float64)
    return make_predictions(_apply_average(state, margins) + bias, objective)


# The tournament prefers the earlier one among those it cannot tell apart.
_TABLE = (
    Combiner(name="greedy", fit=_fit_greedy, apply=_apply_average),
    Combiner(name="linear", fit=_fit_linear, apply=_apply_linear),
    Combiner(name="mean", fit=_fit_equal, apply=_apply_average),
    Combiner(
        name="median",
        fit=_fit_equal,
        apply=_apply_median,
        objectives=frozenset({"absolute_error"}),
    ),
    Combiner(name="best", fit=_fit_best, apply=_apply_average),
)

COMBINERS: Registry[Combiner] = Registry(
    "combiners", {combiner.name: combiner for combiner in _TABLE}
)

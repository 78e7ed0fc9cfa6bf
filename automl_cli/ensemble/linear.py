"""A linear combination of logits or values that is pulled towards equal weights.

Minimised is the mean loss of ``mean(z) + sum d_m z_m + b`` plus ``strength / 2 * mean(z²) * sum
d_m²``: with a strong pull the members' mean, with a weak one whatever the rows say. Members are
alike, so that shrinking their weights towards zero would cost calibration, and shrinking them
towards each other costs next to nothing. The classes share the weights; each has its own bias.
"""

from dataclasses import dataclass, replace

import numpy as np

from automl_cli.core.arrays import FloatMatrix, FloatVector, IntVector
from automl_cli.core.keys import make_seed
from automl_cli.core.margins import make_margins
from automl_cli.core.metric import Objective
from automl_cli.core.problem import Problem
from automl_cli.core.resampling import make_parts, thin_rows
from automl_cli.decision import BALANCED, inverse_priors, make_blocks

STRENGTHS = (1.0, 0.1, 0.01, 0.001)  # strongest first: each fit starts from the one before
_MAX_ROWS = 100_000  # as many as the weights of sixty members need
_MAX_TRIAL_ROWS = 20_000  # … and as the choice among four strengths needs
_MAX_STEPS = 25
_TINY = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class _System:
    """The rows of a fit: prediction = offset + design @ theta, theta = (d_1 … d_m, b_1 … b_k)."""

    design: FloatMatrix  # (rows, k, m + k); k is 1 for values, and 2 in a binary task
    offset: FloatMatrix  # (rows, k)
    truth: FloatMatrix  # (rows, k): one-hot, or the value
    weight: FloatVector  # (rows,)
    penalty: FloatVector  # (m + k,), at strength 1
    objective: Objective
    level: float  # values are fitted as (value - level) / spread
    spread: float


def fit_linear(
    problem: Problem, members: FloatMatrix, rows: IntVector
) -> tuple[FloatVector, FloatVector]:
    """Return the weights, shape (members,), and the biases, shape (n_outputs,).

    Parameters
    ----------
    problem
        Target, objective and blocks; the strength is chosen by leaving out one block at a time.
    members
        Predictions, shape (members, all rows, n_outputs).
    rows
        Row numbers to learn from.
    """
    strength = _choose_strength(problem, members, thin_rows(rows, _MAX_TRIAL_ROWS, problem.seed))
    system = _make_system(problem, members, thin_rows(rows, _MAX_ROWS, problem.seed))
    theta = np.zeros(system.design.shape[2])
    for weaker in STRENGTHS[: STRENGTHS.index(strength) + 1]:
        theta = _solve(system, weaker, theta)
    change, bias = theta[: len(members)], theta[len(members) :]
    bias = system.spread * bias - system.level * change.sum()
    if problem.objective == "log_loss" and problem.n_outputs == 1:
        bias = bias[1:] - bias[:1]
    return 1.0 / len(members) + change, bias


def _choose_strength(problem: Problem, members: FloatMatrix, rows: IntVector) -> float:
    system = _make_system(problem, members, rows)
    blocks = make_blocks(problem)[rows]
    if len(np.unique(blocks)) < 2:
        blocks = make_parts(len(rows), 5, make_seed(problem.seed, "linear"))
    losses = np.zeros(len(STRENGTHS))
    for block in np.unique(blocks):
        known, unknown = _take(system, blocks != block), _take(system, blocks == block)
        theta = np.zeros(system.design.shape[2])
        for i, strength in enumerate(STRENGTHS):
            theta = _solve(known, strength, theta)
            losses[i] += _loss(unknown, theta)
    return STRENGTHS[int(np.argmin(losses))]


def _make_system(problem: Problem, members: FloatMatrix, rows: IntVector) -> _System:
    z = members[:, rows].astype(np.float64)
    weight, level, spread = np.ones(len(rows)), 0.0, 1.0
    if problem.objective == "log_loss":
        z = np.stack([_make_logits(member) for member in z])
        truth = np.eye(z.shape[2])[problem.y[rows].astype(np.int64)]
    else:
        level, spread = float(z.mean()), max(float(z.std()), _TINY)
        z = (z - level) / spread
        values = problem.fit_y[rows].astype(np.float64)
        truth = ((values - level) / spread)[:, None]
    offset: FloatMatrix = np.mean(z, axis=0)
    if problem.metric.name in BALANCED:
        # Rows weigh as the metric weighs them; the logits of so weighted rows lie higher by
        # log(weight), which the decision layer adds to the result.
        factors = inverse_priors(problem, rows)
        weight = factors[problem.y[rows].astype(np.int64)]
        offset += np.log(factors)
    n_rows, k = offset.shape
    biases = np.broadcast_to(np.eye(k), (n_rows, k, k))
    penalty = np.full(len(z), max(float(np.mean(z**2)), _TINY))
    return _System(
        design=np.concatenate([np.moveaxis(z, 0, 2), biases], axis=2),
        offset=offset,
        truth=truth,
        weight=weight,
        penalty=np.concatenate([penalty, np.full(k, 1e-6)]),
        objective=problem.objective,
        level=level,
        spread=spread,
    )


def _make_logits(p: FloatMatrix) -> FloatMatrix:
    z = make_margins(p, "log_loss")
    return np.hstack([-z / 2.0, z / 2.0]) if z.shape[1] == 1 else z


def _take(system: _System, rows: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> _System:
    return replace(
        system,
        design=system.design[rows],
        offset=system.offset[rows],
        truth=system.truth[rows],
        weight=system.weight[rows],
    )


def _solve(system: _System, strength: float, start: FloatVector) -> FloatVector:
    # Newton's method, the step halved until it descends; for absolute errors the quadratic that
    # touches the loss from above (iteratively reweighted least squares).
    penalty, n_effective = strength * system.penalty, float(system.weight.sum())

    def total(theta: FloatVector) -> float:
        return _loss(system, theta) / n_effective + float(np.dot(penalty, theta**2)) / 2.0

    theta, value = start, total(start)
    for _ in range(_MAX_STEPS):
        gradient, curvature = _expand(system, theta)
        step = np.linalg.solve(curvature + np.diag(penalty), gradient + penalty * theta)
        for _ in range(10):
            moved = theta - step
            if (after := total(moved)) <= value:
                break
            step = step / 2.0
        else:
            break
        done = value - after < 1e-7 * abs(value)
        theta, value = moved, after
        if done:
            break
    return theta


def _loss(system: _System, theta: FloatVector) -> float:
    eta = system.offset + system.design @ theta
    if system.objective == "log_loss":
        peak = eta.max(axis=1)
        norm = peak + np.log(np.exp(eta - peak[:, None]).sum(axis=1))
        losses = norm - (eta * system.truth).sum(axis=1)
    else:
        error = (eta - system.truth)[:, 0]
        losses = np.abs(error) if system.objective == "absolute_error" else error**2 / 2.0
    return float(np.dot(system.weight, losses))


def _expand(system: _System, theta: FloatVector) -> tuple[FloatVector, FloatMatrix]:
    """Return the gradient and the curvature of the mean loss at `theta`."""
    design, weight = system.design, system.weight / system.weight.sum()
    eta = system.offset + design @ theta
    n_params = design.shape[2]
    if system.objective == "log_loss":
        p = np.exp(eta - eta.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        pull, each = weight[:, None] * (p - system.truth), weight[:, None] * p
        middle = np.einsum("nk,nkp->np", p, design)
        shared = (middle * weight[:, None]).T @ middle
    else:
        error = eta - system.truth
        flat = np.maximum(np.abs(error), 1e-4) if system.objective == "absolute_error" else 1.0
        each = weight[:, None] / flat * np.ones_like(error)
        pull, shared = each * error, np.zeros((n_params, n_params))
    flat_design = design.reshape(-1, n_params)
    curvature = (flat_design * each.reshape(-1, 1)).T @ flat_design - shared
    return flat_design.T @ pull.ravel(), curvature

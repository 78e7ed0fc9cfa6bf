"""A linear combination of logits or values that is pulled towards given weights.

Minimised is the mean loss of ``sum (p_m + d_m) z_m + b`` plus ``strength / 2 * mean(z²) * sum
d_m²`` for given weights p: with a strong pull their blend, with a weak one whatever the rows say.
Members are alike, so that shrinking their weights towards zero would cost calibration. The classes
share the weights; each has its own bias.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from automl_cli.core.arrays import BoolVector, FloatMatrix, FloatVector, IntVector, take_exact
from automl_cli.core.deadline import Deadline
from automl_cli.core.keys import make_seed
from automl_cli.core.margins import make_margins
from automl_cli.core.metric import Objective, find_lowest
from automl_cli.core.problem import Problem
from automl_cli.core.resampling import make_parts, thin_rows
from automl_cli.decision import inverse_priors, make_blocks

STRENGTHS = (1.0, 0.1, 0.01, 0.001)  # strongest first: each fit starts from the one before
_MAX_ROWS = 100_000  # as many as the weights of sixty members need
_MAX_TRIAL_ROWS = 20_000  # … and as the choice among four strengths needs
_MAX_CELLS = 50_000_000  # of predictions: 400 MB
_CHUNK_CELLS = 2_000_000  # of the design at one time; more leave the processor's cache
_MAX_STEPS = 25
_TINY = 1e-9

# One array or a list of them: many members are not copied into one.
MemberMargins: TypeAlias = FloatMatrix | Sequence[FloatMatrix]


@dataclass(frozen=True, slots=True, kw_only=True)
class _System:
    """The rows of a fit: prediction = offset + z @ d + b, theta = (d_1 … d_m, b_1 … b_k)."""

    z: FloatMatrix  # (rows, k, m); k is 1 for values, and 2 in a binary task
    offset: FloatMatrix  # (rows, k)
    truth: FloatMatrix  # (rows, k): one-hot, or the value
    weight: FloatVector  # (rows,)
    penalty: FloatVector  # (m + k,), at strength 1
    objective: Objective
    level: float  # values are fitted as (value - level) / spread
    spread: float

    def predict(self, theta: FloatVector) -> FloatMatrix:
        n_members = self.z.shape[2]
        change = self.z.reshape(-1, n_members) @ theta[:n_members]
        return np.asarray(self.offset + change.reshape(self.offset.shape) + theta[n_members:])


def fit_linear(
    problem: Problem,
    members: MemberMargins,
    rows: IntVector,
    prior: FloatVector,
    deadline: Deadline,
) -> tuple[FloatVector, FloatVector]:
    """Return the weights, shape (members,), and the biases, shape (n_outputs,).

    Parameters
    ----------
    problem
        Target, objective and blocks; the strength is chosen by leaving out one block at a time.
    members
        Predictions, each of shape (all rows, n_outputs).
    rows
        Row numbers to learn from.
    prior
        The weights that it is pulled towards, shape (members,).
    deadline
        Where the search stops at what it has; it starts at `prior`.
    """
    trial_rows = _thin(problem, members, rows, _MAX_TRIAL_ROWS)
    strength = _choose_strength(problem, members, trial_rows, prior, deadline)
    if deadline.seconds_left() <= 0:
        return prior, np.zeros(members[0].shape[1])
    system = _make_system(problem, members, _thin(problem, members, rows, _MAX_ROWS), prior)
    theta = np.zeros(len(system.penalty))
    for weaker in STRENGTHS[: STRENGTHS.index(strength) + 1]:
        theta = _solve(system, weaker, theta, deadline)
    change, bias = theta[: len(members)], theta[len(members) :]
    bias = system.spread * bias - system.level * change.sum()
    if problem.objective == "log_loss" and problem.n_outputs == 1:
        bias = bias[1:] - bias[:1]
    return prior + change, bias


def _thin(problem: Problem, members: MemberMargins, rows: IntVector, limit: int) -> IntVector:
    cells = len(members) * max(members[0].shape[1], problem.target.n_classes)
    return thin_rows(rows, min(limit, _MAX_CELLS // cells), problem.seed)


def _choose_strength(
    problem: Problem,
    members: MemberMargins,
    rows: IntVector,
    prior: FloatVector,
    deadline: Deadline,
) -> float:
    if deadline.seconds_left() <= 0:
        return STRENGTHS[0]
    system = _make_system(problem, members, rows, prior)
    blocks = make_blocks(problem)[rows]
    if len(np.unique(blocks)) < 2:
        blocks = make_parts(len(rows), 5, make_seed(problem.seed, "linear"))
    losses = np.zeros(len(STRENGTHS))
    for block in np.unique(blocks):
        if deadline.seconds_left() <= 0:
            break
        known, unknown = _take(system, blocks != block), _take(system, blocks == block)
        theta = np.zeros(len(system.penalty))
        for i, strength in enumerate(STRENGTHS):
            theta = _solve(known, strength, theta, deadline)
            losses[i] += _loss(unknown, theta)
    return STRENGTHS[find_lowest(losses)]


def _make_system(
    problem: Problem, members: MemberMargins, rows: IntVector, prior: FloatVector
) -> _System:
    z, truth = _read(problem, members, rows)
    weight, level, spread = np.ones(len(rows)), 0.0, 1.0
    if problem.objective != "log_loss":
        level, spread = float(z.mean()), max(float(z.std()), _TINY)
        z -= level  # in place: it may fill hundreds of megabytes
        z /= spread
        truth = (truth - level) / spread
    offset: FloatMatrix = z @ prior
    if problem.metric.balanced:
        # Rows weigh as the metric weighs them; the logits of so weighted rows lie higher by
        # log(weight), which the decision layer adds to the result.
        factors = inverse_priors(problem, rows)
        weight = factors[problem.y[rows].astype(np.int64)]
        offset += np.log(factors)
    penalty = np.full(len(members), max(float(np.vdot(z, z)) / z.size, _TINY))
    return _System(
        z=z,
        offset=offset,
        truth=truth,
        weight=weight,
        penalty=np.concatenate([penalty, np.full(z.shape[1], 1e-6)]),
        objective=problem.objective,
        level=level,
        spread=spread,
    )


def _read(
    problem: Problem, members: MemberMargins, rows: IntVector
) -> tuple[FloatMatrix, FloatMatrix]:
    """Return logits or values, shape (rows, k, members), and the truth, shape (rows, k)."""
    if problem.objective == "log_loss":
        truth = np.eye(problem.target.n_classes)[problem.y[rows].astype(np.int64)]
    else:
        truth = problem.fit_y[rows].astype(np.float64)[:, None]
    z = np.empty((*truth.shape, len(members)))
    for i, member in enumerate(members):
        margins = make_margins(take_exact(member, rows), problem.objective)
        binary = truth.shape[1] > margins.shape[1]
        z[:, :, i] = np.hstack([-margins / 2.0, margins / 2.0]) if binary else margins
    return z, truth


def _take(system: _System, rows: BoolVector | slice) -> _System:
    return replace(
        system,
        z=system.z[rows],
        offset=system.offset[rows],
        truth=system.truth[rows],
        weight=system.weight[rows],
    )


def _solve(system: _System, strength: float, start: FloatVector, deadline: Deadline) -> FloatVector:
    # Newton's method, the step halved until it descends; for absolute errors the quadratic that
    # touches the loss from above (iteratively reweighted least squares).
    penalty, n_effective = strength * system.penalty, float(system.weight.sum())

    def total(theta: FloatVector) -> float:
        return _loss(system, theta) / n_effective + float(np.dot(penalty, theta**2)) / 2.0

    if deadline.seconds_left() <= 0:
        return start
    theta, value = start, total(start)
    for _ in range(_MAX_STEPS):
        if deadline.seconds_left() <= 0:
            break
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
    eta = system.predict(theta)
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
    n_params = len(theta)
    gradient, curvature = np.zeros(n_params), np.zeros((n_params, n_params))
    for part in _chunks(system):
        slope, bend = _expand_part(part, theta)
        gradient += slope
        curvature += bend
    scale = system.weight.sum()
    return gradient / scale, curvature / scale


def _chunks(system: _System) -> Iterator[_System]:
    n_rows, k, n_members = system.z.shape
    size = max(1, _CHUNK_CELLS // (k * (n_members + k)))
    for first in range(0, n_rows, size):
        yield _take(system, slice(first, first + size))


def _expand_part(system: _System, theta: FloatVector) -> tuple[FloatVector, FloatMatrix]:
    weight, n_params = system.weight[:, None], len(theta)
    eta = system.predict(theta)
    n_rows, k = eta.shape
    biases = np.broadcast_to(np.eye(k), (n_rows, k, k))
    design = np.concatenate([system.z, biases], axis=2)
    if system.objective == "log_loss":
        p = np.exp(eta - eta.max(axis=1, keepdims=True))
        p /= p.sum(axis=1, keepdims=True)
        pull, each = weight * (p - system.truth), weight * p
        middle = np.einsum("nk,nkp->np", p, design)
        shared = (middle * weight).T @ middle
    else:
        error = eta - system.truth
        flat = np.maximum(np.abs(error), 1e-4) if system.objective == "absolute_error" else 1.0
        each = weight / flat * np.ones_like(error)
        pull, shared = each * error, np.zeros((n_params, n_params))
    flat_design = design.reshape(-1, n_params)
    curvature = (flat_design * each.reshape(-1, 1)).T @ flat_design - shared
    return flat_design.T @ pull.ravel(), curvature

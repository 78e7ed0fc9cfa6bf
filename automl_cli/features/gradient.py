"""What a column would add to a model: its gain along the model's gradient.

A boosting step on a coded column gives each code the weight w = G / (H + smoothing), where G and H
are the sums of the loss's negative gradient and of its hessian over the rows of the code. With
weights from other rows, the sum of w * G is what the step gains, and it is near 0 for a column that
says nothing new. One table of sums by part and code serves all folds: each fold leaves its own
held-out part away, and among the others each part is weighed by the weights of the rest.

The statistic is the gain over its standard deviation at fixed weights. Without an effect its spread
depends on the number of codes (1 for two codes, near the square root of 2 for many), so it is
calibrated with permuted gradients.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from automl_cli.core.arrays import (
    BoolVector,
    ByteVector,
    CodeVector,
    FloatMatrix,
    FloatVector,
    IntVector,
)
from automl_cli.core.foldplan import FoldPlan
from automl_cli.core.margins import TINY
from automl_cli.core.metric import Objective

FEWEST_PARTS = 4  # plans of fewer blocks are halved, so that each fold can split what it may see


@dataclass(frozen=True, slots=True, kw_only=True)
class Gradient:
    """What a model has not explained, row by row.

    Parameters
    ----------
    gradient, hessian
        Shapes (n_outputs, rows), float64: derivatives of the loss by the margin, the first with
        the sign turned, so that it points to where the margin should go.
    """

    gradient: FloatMatrix
    hessian: FloatMatrix

    def take(self, rows: IntVector) -> "Gradient":
        """Return some of the rows."""
        return Gradient(gradient=self.gradient[:, rows], hessian=self.hessian[:, rows])


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenParts:
    """Which rows each fold may look at.

    Parameters
    ----------
    part
        The part of each row, shape (rows,).
    seen
        For each fold the parts it may look at, shape (folds, parts).
    """

    part: IntVector
    seen: BoolVector


def make_gradient(y: FloatVector | IntVector, oof: FloatMatrix, objective: Objective) -> Gradient:
    """Return the gradient of a loss at out-of-fold predictions.

    Parameters
    ----------
    y
        What models are fitted on, shape (rows,).
    oof
        Shape (rows, n_outputs); rows that no fold holds out are NaN and get the mean of y.
    objective
        The loss.

    Examples
    --------
    >>> made = make_gradient(np.array([1, 0]), np.array([[0.75], [0.5]]), "log_loss")
    >>> made.gradient, made.hessian
    (array([[ 0.25, -0.5 ]]), array([[0.1875, 0.25  ]]))
    """
    n_outputs = oof.shape[1]
    outputs = (y == np.arange(n_outputs)[:, None]) if n_outputs > 1 else y[None]
    outputs = outputs.astype(np.float64)
    predicted = oof.T.copy()
    unknown = np.isnan(oof[:, 0])
    if unknown.any():
        predicted[:, unknown] = outputs[:, unknown].mean(axis=1, keepdims=True)
    gradient = outputs - predicted
    if objective == "log_loss":
        return Gradient(gradient=gradient, hessian=np.maximum(predicted * (1 - predicted), TINY))
    if objective == "absolute_error":
        gradient = np.sign(gradient)
    return Gradient(gradient=gradient, hessian=np.ones_like(gradient))


def make_screen_parts(plan: FoldPlan, repeat: int, rows: IntVector | None = None) -> ScreenParts:
    """Return the parts of one repeat, and for each of its folds those it may look at.

    A part is looked at only if all its rows are training rows of the fold: neither the held-out
    block nor, in a time plan, later ones or one that a gap cuts. Blocks of a grouped plan stay
    whole: in half of a group a column that names it would explain the other half.

    Parameters
    ----------
    plan
        All folds.
    repeat
        Which one.
    rows
        The rows that are looked at; None: all.
    """
    looked = np.arange(plan.n_rows) if rows is None else rows
    part = np.unique(plan.blocks[repeat][looked], return_inverse=True)[1].astype(np.int64)
    if part.max() + 1 < FEWEST_PARTS and not plan.grouped:
        part = 2 * part + np.arange(len(part)) % 2
    n_parts = int(part.max()) + 1
    sizes = np.bincount(part, minlength=n_parts)
    known = []
    for fold in plan:
        if fold.repeat == repeat:
            is_train = np.zeros(plan.n_rows, dtype=bool)
            is_train[fold.train] = True
            known.append(np.bincount(part[is_train[looked]], minlength=n_parts))
    return ScreenParts(part=part, seen=(np.stack(known) == sizes) & (sizes > 0))


def score_codes(
    codes: CodeVector | ByteVector,
    n_levels: int,
    smoothing: float,
    gradient: Gradient,
    parts: ScreenParts,
) -> FloatVector:
    """Return the gain of a coded column over its standard deviation, shape (folds,).

    Parameters
    ----------
    codes, n_levels
        Shape (rows,), from 0 to `n_levels` - 1.
    smoothing
        How many rows of no effect each code is given.
    gradient
        What is to be explained.
    parts
        Which rows each fold may look at; 0 for a fold that sees fewer than two parts.
    """
    gain, variance = np.zeros(len(parts.seen)), np.zeros(len(parts.seen))
    for sums, curvatures, squares in sum_codes(codes, n_levels, gradient, parts):
        weights = weigh_codes(sums, curvatures, parts.seen, smoothing)
        gain += np.einsum("fpc,pc->f", weights, sums)
        variance += np.einsum("fpc,fpc,pc->f", weights, weights, squares)
    return gain / np.sqrt(np.where(variance > 0, variance, np.inf))


def sum_codes(
    codes: CodeVector | ByteVector, n_levels: int, gradient: Gradient, parts: ScreenParts
) -> Iterator[tuple[FloatMatrix, FloatMatrix, FloatMatrix]]:
    """Return for each output the sums of gradient, hessian and squared gradient.

    Each has the shape (parts, codes). Hessians are divided by their mean, so that they count rows.
    """
    n_parts = parts.seen.shape[1]
    key = parts.part * n_levels + codes
    for slope, curvature in zip(gradient.gradient, gradient.hessian, strict=True):
        sums, curvatures, squares = (
            np.bincount(key, weights=np.asarray(values), minlength=n_parts * n_levels)
            .astype(np.float64, copy=False)
            .reshape(n_parts, n_levels)
            for values in (slope, curvature / curvature.mean(), slope * slope)
        )
        yield sums, curvatures, squares


def weigh_codes(
    sums: FloatMatrix, curvatures: FloatMatrix, seen: BoolVector, smoothing: float
) -> FloatMatrix:
    """Return for each fold and part the weights that the fold's other parts give each code.

    Parameters
    ----------
    sums, curvatures
        Of gradient and hessian, shape (parts, codes).
    seen
        Which parts each fold looks at, shape (folds, parts).
    smoothing
        Added to the curvatures: rows of no effect.

    Returns
    -------
    FloatMatrix
        Shape (folds, parts, codes); 0 for parts that the fold does not look at.
    """
    mask = seen.astype(np.float64)
    others = (mask @ sums)[:, None] - sums
    known = (mask @ curvatures)[:, None] - curvatures + smoothing
    wanted = seen & (seen.sum(axis=1, keepdims=True) > 1)
    return np.divide(others, known, out=np.zeros_like(others), where=wanted[:, :, None])

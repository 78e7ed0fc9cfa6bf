"""The metric's decision layer: from probabilities and values to what the submission holds.

Models give calibrated probabilities or values on the transformed scale; what a metric rewards is
often something else. A `Decision` is the fitted step between them: a threshold for F1, class
multipliers for balanced accuracy, cut-points for the quadratic kappa, the way back from log1p.

>>> decision = Decision(kind="threshold", numbers=(0.3,))
>>> decision.apply(np.array([[0.2], [0.4]])).tolist()
[0, 1]
"""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import FloatMatrix, FloatVector, IntVector
from automl_cli.core.keys import make_seed
from automl_cli.core.metric import Transform
from automl_cli.core.problem import Problem
from automl_cli.core.resampling import make_parts, thin_rows
from automl_cli.decision.labels import (
    fit_cuts,
    fit_multipliers,
    fit_threshold,
    label_above,
    label_between,
)

DecisionKind: TypeAlias = Literal[
    "probability", "reweighted", "value", "threshold", "multipliers", "cuts", "ranking"
]
Answers: TypeAlias = npt.NDArray[Any]

_ENOUGH = 5_000  # rows of the rarest class at which tuning can improve on the likeliest label
_MAX_ROWS = 100_000  # more rows move no threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """How predictions become answers; plain numbers, so that it can be stored as JSON.

    Parameters
    ----------
    kind
        What is done, and with it what `numbers` mean: ``probability`` none; ``reweighted``
        probabilities times a factor a class; ``value`` lowest value, highest value and a factor;
        ``threshold`` the probability above which the label is 1; ``multipliers`` a factor a class
        before the likeliest label is taken; ``cuts`` the values between neighbouring labels;
        ``ranking`` the number of classes listed.
    numbers
        What was fitted.
    transform
        The scale that predicted values are on.
    """

    kind: DecisionKind
    numbers: tuple[float, ...] = ()
    transform: Transform = "identity"

    def apply(self, predictions: FloatMatrix) -> Answers:
        """Return the answers as `Metric.score` takes them.

        Parameters
        ----------
        predictions
            Shape (rows, n_outputs), see `Candidate.oof`.
        """
        numbers = np.asarray(self.numbers)
        answers: Answers
        match self.kind:
            case "probability":
                answers = drop_axis(predictions)
            case "reweighted":
                answers = drop_axis(reweight(predictions, numbers))
            case "value":
                low, high, factor = self.numbers
                answers = np.clip(factor * restore_values(predictions, self.transform), low, high)
            case "threshold":
                answers = label_above(predictions[:, 0], self.numbers[0])
            case "multipliers":
                answers = np.argmax(predictions * numbers, axis=1).astype(np.int64)
            case "cuts":
                answers = label_between(predictions[:, 0], numbers)
            case "ranking":
                best_first = np.argsort(-predictions, axis=1, kind="stable")
                answers = best_first[:, : int(self.numbers[0])].astype(np.int64)
        return answers


def fit_decision(
    problem: Problem, predictions: FloatMatrix, rows: IntVector | None = None
) -> Decision:
    """Return the decision that suits the problem's metric.

    Parameters
    ----------
    problem
        The target and its metric.
    predictions
        Shape (rows, n_outputs), see `Candidate.oof`.
    rows
        Row numbers to learn from; by default those that some fold holds out.
    """
    rows = np.flatnonzero(problem.folds.covered()) if rows is None else rows
    metric = problem.metric
    match metric.wants:
        case "probability" if metric.balanced:
            return Decision(kind="reweighted", numbers=_plain(inverse_priors(problem, rows)))
        case "probability":
            return Decision(kind="probability")
        case "ranking":
            return Decision(kind="ranking", numbers=(float(metric.k),))
        case "value":
            return _fit_value(problem, predictions, rows)
        case "label":
            return _fit_label(problem, predictions, thin_rows(rows, _MAX_ROWS, problem.seed))


def decide_crossfitted(problem: Problem, predictions: FloatMatrix) -> Answers:
    """Return answers in which no row's own block took part in the decision.

    Rows that no fold holds out are filled with NaN, or -1 for labels and rankings.
    """
    blocks = make_blocks(problem)
    rows = np.flatnonzero(blocks >= 0)
    # Time plans learn from later blocks too: a decision is a handful of numbers, and the first
    # block would otherwise have none.
    parts: list[tuple[IntVector, Answers]] = []
    for block in np.unique(blocks[rows]):
        inside = np.flatnonzero(blocks == block)
        decision = fit_decision(problem, predictions, rows[blocks[rows] != block])
        parts.append((inside, decision.apply(predictions[inside])))
    first = parts[0][1]
    gap = -1 if first.dtype.kind == "i" else np.nan
    answers = np.full((len(blocks), *first.shape[1:]), gap, dtype=first.dtype)
    for inside, part in parts:
        answers[inside] = part
    return answers


def make_blocks(problem: Problem) -> IntVector:
    """Return the block of each row for cross-fitting, -1 for rows that no fold holds out.

    These are the blocks of the plan's first repeat, or five random parts when the plan holds
    out a single block. Every row that is not -1 has other blocks to learn from.
    """
    covered = problem.folds.covered()
    blocks = np.where(covered, problem.folds.blocks[0], -1).astype(np.int64)
    if len(np.unique(blocks[covered])) == 1:
        seed = make_seed(problem.seed, "blocks")
        blocks[covered] = make_parts(int(covered.sum()), 5, seed)
    return blocks


def restore_values(predictions: FloatMatrix, transform: Transform) -> FloatVector:
    """Return predicted values on the competition's scale, shape (rows,).

    Examples
    --------
    >>> restore_values(np.array([[0.0]]), "log1p").tolist()
    [0.0]
    """
    values = predictions[:, 0]
    # Extrapolation may leave the range in which the exponential is a number.
    return np.expm1(np.minimum(values, 700.0)) if transform == "log1p" else values


def reweight(p: FloatMatrix, factors: FloatVector) -> FloatMatrix:
    """Return the probabilities that calibrated `p` become when classes are reweighted.

    Parameters
    ----------
    p
        Shape (rows, n_outputs): one column (the positive class) or one a class.
    factors
        Shape (classes,).

    Examples
    --------
    >>> reweight(np.array([[0.1]]), np.array([1.0, 9.0])).tolist()
    [[0.5]]
    """
    every = np.hstack([1.0 - p, p]) if p.shape[1] == 1 else p
    weighted = every * factors
    weighted /= np.maximum(weighted.sum(axis=1, keepdims=True), 1e-300)
    return weighted[:, 1:] if p.shape[1] == 1 else weighted


def inverse_priors(problem: Problem, rows: IntVector) -> FloatVector:
    """Return a weight for each class that gives all classes the same total, mean 1 over rows."""
    n_classes = problem.target.n_classes
    counts = np.bincount(problem.y[rows].astype(np.int64), minlength=n_classes)
    return np.asarray(len(rows) / (n_classes * np.maximum(counts, 1.0)))


def drop_axis(p: FloatMatrix) -> FloatMatrix | FloatVector:
    """Return probabilities as metrics take them: one column of shape (rows,), several as they are.

    Examples
    --------
    >>> drop_axis(np.array([[0.1], [0.2]])).tolist()
    [0.1, 0.2]
    """
    return p[:, 0] if p.shape[1] == 1 else p


def _plain(numbers: FloatVector) -> tuple[float, ...]:
    return tuple(float(number) for number in numbers)


def _fit_value(problem: Problem, predictions: FloatMatrix, rows: IntVector) -> Decision:
    y, transform = problem.y[rows], problem.metric.transform
    factor = 1.0
    if problem.metric.relative:
        factor = _fit_factor(y, restore_values(predictions[rows], transform))
    # Trees stay within the range of y by themselves, linear models and blends need not.
    numbers = (float(y.min()), float(y.max()), factor)
    return Decision(kind="value", numbers=numbers, transform=transform)


def _fit_factor(y: npt.NDArray[Any], values: FloatVector) -> float:
    # sum |y - c v| / y = sum (v / y) |y / v - c|: the best c is a weighted median of y / v.
    positive = (y > 0) & (values > 0)
    if not positive.any():
        return 1.0
    ratios = np.sort(y[positive] / values[positive])
    weights = np.cumsum(1.0 / ratios)
    return float(ratios[np.searchsorted(weights, weights[-1] / 2.0)])


def _fit_label(problem: Problem, predictions: FloatMatrix, rows: IntVector) -> Decision:
    metric, n_classes = problem.metric, problem.target.n_classes
    y, known = problem.y[rows].astype(np.int64), predictions[rows]
    rarest = np.bincount(y, minlength=n_classes).min()
    tuned = not metric.likeliest or rarest > _ENOUGH
    if problem.objective != "log_loss":
        cuts = fit_cuts(metric, y, known[:, 0], n_classes) if metric.ordinal else _middles(problem)
        return Decision(kind="cuts", numbers=_plain(cuts))
    if problem.n_outputs == 1:
        threshold = fit_threshold(metric, y, known[:, 0]) if tuned else 0.5
        return Decision(kind="threshold", numbers=(threshold,))
    if not tuned:
        return Decision(kind="multipliers", numbers=(1.0,) * n_classes)
    # Balanced metrics want exactly the inverse priors of calibrated probabilities.
    powers = (1.0,) if metric.balanced else (0.0, 0.5, 1.0)
    factors = fit_multipliers(metric, y, known, powers)
    return Decision(kind="multipliers", numbers=_plain(factors))


def _middles(problem: Problem) -> FloatVector:
    grades = problem.target.grades
    return np.asarray((grades[1:] + grades[:-1]) / 2.0)  # the nearest label

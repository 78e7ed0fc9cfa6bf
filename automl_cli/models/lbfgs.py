"""Minimise a penalised loss of a linear model by L-BFGS, under a clock."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from automl_cli.core.arrays import FloatMatrix, FloatVector
from automl_cli.models.progress import is_over

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult
    from scipy.sparse import csr_array

Loss: TypeAlias = Callable[[FloatMatrix, FloatMatrix], tuple[FloatVector, FloatMatrix]]
"""(margins, target) -> loss of each row (rows,), its slope by the margins (rows, outputs)."""

ROUNDED = 0.05  # residuals around 0 for which the absolute loss is rounded off


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearProblem:
    """Minimise mean(weight · loss) + penalty / 2 · |slopes|², the intercepts being free.

    Parameters
    ----------
    values, indicators
        The features, shapes (rows, p) dense and (rows, levels) sparse.
    target
        Shape (rows, outputs): indicators of the classes, or values with standard deviation 1.
    start
        Margins that are added, shape (rows, outputs).
    weight
        Shape (rows,), with mean 1.
    loss
        One of the losses below.
    penalty
        Positive.
    """

    values: FloatMatrix
    indicators: "csr_array"
    target: FloatMatrix
    start: FloatMatrix
    weight: FloatVector
    loss: Loss
    penalty: float

    @property
    def shape(self) -> tuple[int, int]:
        """Rows (values, levels, intercept) and columns (outputs) of the coefficients."""
        return self.values.shape[1] + self.indicators.shape[1] + 1, self.target.shape[1]

    def evaluate(self, flat: FloatVector) -> tuple[float, FloatVector]:
        """Return the objective at the coefficients `flat` and its gradient."""
        coefficients = flat.reshape(self.shape)
        p, n_rows = self.values.shape[1], len(self.target)
        margins = self.start + self.values @ coefficients[:p] + coefficients[-1]
        margins += self.indicators @ coefficients[p:-1]
        losses, slopes = self.loss(margins, self.target)
        slopes *= self.weight[:, None] / n_rows
        gradient = np.empty_like(coefficients)
        gradient[:p] = self.values.T @ slopes
        gradient[p:-1] = self.indicators.T @ slopes
        gradient[-1] = slopes.sum(axis=0)
        gradient[:-1] += self.penalty * coefficients[:-1]
        size = self.penalty / 2 * float((coefficients[:-1] ** 2).sum())
        return float(losses @ self.weight) / n_rows + size, gradient.ravel()


def minimise(
    problem: LinearProblem, *, max_iter: int, stop_at: float | None
) -> tuple[FloatMatrix, bool]:
    """Return the coefficients, shape `problem.shape`, and True if the clock ended the search."""
    from scipy.optimize import minimize

    def check(intermediate_result: "OptimizeResult") -> None:  # scipy looks at this name
        del intermediate_result
        if is_over(stop_at):
            raise StopIteration

    found = minimize(
        problem.evaluate,
        np.zeros(problem.shape[0] * problem.shape[1]),
        jac=True,
        method="L-BFGS-B",
        callback=check,
        options={"maxiter": max_iter, "gtol": 1e-5, "ftol": 1e-9, "maxcor": 20},
    )
    return np.asarray(found.x).reshape(problem.shape), found.status == _STOPPED


def measure_log_loss(margins: FloatMatrix, target: FloatMatrix) -> tuple[FloatVector, FloatMatrix]:
    """Return loss and slope of log-odds (one output) or logits (one a class).

    Examples
    --------
    >>> loss, slope = measure_log_loss(np.zeros((1, 2)), np.array([[1.0, 0.0]]))
    >>> loss.round(3).tolist(), slope.tolist()
    ([0.693], [[-0.5, 0.5]])
    """
    from scipy.special import expit

    if margins.shape[1] == 1:
        return (np.logaddexp(0.0, margins) - target * margins)[:, 0], expit(margins) - target
    total = np.logaddexp.reduce(margins, axis=1, keepdims=True)
    losses = total[:, 0] - (margins * target).sum(axis=1)
    return losses, np.exp(margins - total) - target


def measure_squared_error(
    margins: FloatMatrix, target: FloatMatrix
) -> tuple[FloatVector, FloatMatrix]:
    """Return half the squared residuals and the residuals."""
    residual = margins - target
    return (residual**2).sum(axis=1) / 2, residual


def measure_absolute_error(
    margins: FloatMatrix, target: FloatMatrix
) -> tuple[FloatVector, FloatMatrix]:
    """Return the absolute residuals, rounded off around 0 to have a slope there, and the slope."""
    residual = margins - target
    length = np.sqrt(residual**2 + ROUNDED**2)
    return length.sum(axis=1), residual / length


_STOPPED = 99  # scipy's status for a callback that raised StopIteration

"""The loss of a row by which importance is measured: the smooth one that models are chosen by."""

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from automl_cli.core.arrays import FloatMatrix, FloatVector, IntVector
from automl_cli.core.problem import Problem
from automl_cli.decision import inverse_priors, reweight
from automl_cli.decision.losses import row_losses

RowLoss: TypeAlias = Callable[[IntVector, FloatMatrix], FloatVector]


def make_row_loss(problem: Problem) -> RowLoss:
    """Return ``loss(rows, predictions)``, shape (rows,), for row numbers of the training table.

    Where every class weighs the same for the metric, so it does here.
    """
    y, objective = problem.fit_y, problem.objective
    if objective != "log_loss" or not problem.metric.balanced:
        return lambda rows, p: row_losses(y[rows], p, objective).astype(np.float64)
    factors = inverse_priors(problem, np.flatnonzero(problem.folds.covered()))

    def measure(rows: IntVector, p: FloatMatrix) -> FloatVector:
        own = y[rows].astype(np.int64)
        return factors[own] * row_losses(own, reweight(p, factors), objective)

    return measure


def name_loss(problem: Problem) -> str:
    """Return what people call it."""
    name = problem.objective.replace("_", " ")
    if problem.metric.balanced and problem.objective == "log_loss":
        return f"balanced {name}"
    return f"{name} of log(1 + y)" if problem.metric.transform == "log1p" else name

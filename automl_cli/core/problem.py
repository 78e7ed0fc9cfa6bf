"""One target of a run: everything that candidates of one competition problem share."""

from dataclasses import dataclass, replace

from automl_cli.core.arrays import FloatVector, IntVector
from automl_cli.core.dataset import Target, Task
from automl_cli.core.foldplan import FoldPlan
from automl_cli.core.metric import Metric, Objective


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A target, its folds and its metric.

    Parameters
    ----------
    target
        Name, task and labels.
    y
        What the metric is given: class codes (int64) or values on the competition's scale.
    fit_y
        What models are fitted on: `y`, its log1p, or the label values of an ordinal problem.
    objective
        The loss that models are fitted with.
    n_outputs
        Columns of a candidate's predictions: 1 for regression, ordinal and binary.
    metric
        How it is scored.
    folds
        Which rows train and which are held out.
    seed
        The run's seed.
    original_y
        `fit_y` of the rows of the original data set, or None without one.
    """

    target: Target
    y: FloatVector | IntVector
    fit_y: FloatVector | IntVector
    objective: Objective
    n_outputs: int
    metric: Metric
    folds: FoldPlan
    seed: int
    original_y: FloatVector | IntVector | None = None

    @property
    def fitted_task(self) -> Task:
        """The task that models are fitted with."""
        # Ordinal labels are classes to the metric, but fitted as a regression.
        return "regression" if self.objective != "log_loss" else self.target.task

    def first_folds(self, n_folds: int) -> "Problem":
        """Return the problem with the first folds alone: its scores are of the rows they hold out.

        Parameters
        ----------
        n_folds
            How many; candidates that have these, and perhaps others, can be compared and blended.
        """
        return replace(self, folds=self.folds.first(n_folds))

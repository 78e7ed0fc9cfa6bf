"""Splitters that deal shuffled rows: plain and stratified k-fold."""

import numpy as np

from automl_cli.core.arrays import FloatVector, IntVector
from automl_cli.core.dataset import Task
from automl_cli.core.errors import PlanError
from automl_cli.core.foldplan import FoldPlan
from automl_cli.splits.request import SplitRequest, make_plan

MAX_STRATA = 20  # quantile bins of a regression target; finer ones leave no chance to chance


def split_kfold(request: SplitRequest) -> FoldPlan:
    """Assign shuffled rows to folds, without using the target."""
    return _assign_rows("kfold", request, np.zeros(request.n_rows, dtype=np.int64))


def split_stratified(request: SplitRequest) -> FoldPlan:
    """Assign shuffled rows to folds, class by class or by quantiles of a regression target.

    Both the fold sizes and the members of each class differ by at most one between folds; a
    class with fewer members than folds is spread over as many folds as it has members.
    """
    strata = make_strata(request.y, request.task, request.options.folds)
    return _assign_rows("stratified", request, strata)


def make_strata(y: FloatVector | IntVector, task: Task, n_folds: int) -> IntVector:
    """Return the stratum of each row, shape (rows,): its class, or its quantile bin.

    Examples
    --------
    >>> make_strata(np.array([0.1, 9.0, 0.2, 8.0]), "regression", n_folds=2).tolist()
    [0, 1, 0, 1]
    """
    if task != "regression":
        return np.asarray(y, dtype=np.int64)
    n_bins = int(np.clip(len(y) // n_folds, 1, MAX_STRATA))
    edges = np.quantile(y, np.linspace(0, 1, n_bins + 1)[1:-1])
    return np.searchsorted(edges, y, side="right")


def _assign_rows(name: str, request: SplitRequest, strata: IntVector) -> FoldPlan:
    n_rows, n_folds = request.n_rows, request.options.folds
    if n_rows < n_folds:
        raise PlanError(
            f"validation.folds: {n_folds} folds of {n_rows} rows.",
            hint=f"Set `validation.folds` to at most {n_rows}.",
        )
    partitions = []
    for repeat in range(request.options.repeats):
        shuffled = request.rng(repeat).permutation(n_rows)
        # One round of dealing runs through all strata, so a small stratum starts where the one
        # before it ended and the folds stay equally large.
        order = shuffled[np.argsort(strata[shuffled], kind="stable")]
        blocks = np.empty(n_rows, dtype=np.int64)
        blocks[order] = np.arange(n_rows) % n_folds
        partitions.append(blocks)
    return make_plan(name, partitions)

"""From a target and the validation's columns to a fold plan; the table SPLITTERS."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from automl_cli.core.arrays import FloatVector, IntVector
from automl_cli.core.counts import format_count
from automl_cli.core.dataset import Task
from automl_cli.core.errors import PlanError
from automl_cli.core.foldplan import FoldPlan
from automl_cli.core.registry import Registry
from automl_cli.core.user_file import is_in_file
from automl_cli.splits.files import split_by_file
from automl_cli.splits.forward import split_time
from automl_cli.splits.given import split_column
from automl_cli.splits.grouped import split_group, split_stratified_group
from automl_cli.splits.request import MAX_FOLDS, SplitOptions, SplitRequest, Splitter
from automl_cli.splits.shuffled import split_kfold, split_stratified

LEAST_FITTED = 2  # folds: each takes its rounds from the others

__all__ = ["SPLITTERS", "SplitOptions", "SplitRequest", "Splitter", "make_fold_plan"]


def make_fold_plan(
    options: SplitOptions, y: FloatVector | IntVector, task: Task, extra: Mapping[str, pd.Series]
) -> FoldPlan:
    """Return which rows train and which are held out.

    Parameters
    ----------
    options
        What the user wants.
    y
        Encoded target, shape (rows,).
    task
        Classification targets are class codes, regression targets values.
    extra
        The columns that only validation reads, by name, each of shape (rows,).

    Raises
    ------
    PlanError
        If options and rows do not fit together; the hint says what to change.

    Examples
    --------
    >>> import numpy as np
    >>> plan = make_fold_plan(SplitOptions(folds=2), np.array([0, 0, 1, 1]), "binary", {})
    >>> plan.name, [len(fold.held_out) for fold in plan]
    ('stratified', [2, 2])
    """
    _check(options)
    if len(y) < 2:
        raise PlanError(
            f"train.csv: {format_count(len(y), 'row')} with a target; validation needs two.",
            hint="Give a table with more labelled rows.",
        )
    is_own = is_in_file(options.splitter)
    splitter = split_by_file if is_own else SPLITTERS.get(_choose(options))
    plan = splitter(SplitRequest(options=options, y=y, task=task, extra=extra))
    if options.only_first:
        plan = replace(plan, enough=sum(fold.repeat == 0 for fold in plan))
    return plan if options.held_out_rows is None else limit_folds(plan, options.held_out_rows)


def limit_folds(plan: FoldPlan, held_out_rows: int) -> FoldPlan:
    """Return the plan with the number of folds that hold out enough rows, two at least.

    No fold is left alone in its repeat, as each takes its rounds from the others.

    Examples
    --------
    >>> import numpy as np
    >>> plan = make_fold_plan(SplitOptions(folds=5), np.zeros(50, dtype=int), "binary", {})
    >>> limit_folds(plan, 25).n_enough
    3
    """
    held_out = np.cumsum([0, *(len(fold.held_out) for fold in plan)])[:-1]
    n_fitted = max(LEAST_FITTED, int((held_out < held_out_rows).sum()))
    repeats = [fold.repeat for fold in plan.folds[:n_fitted]]
    if n_fitted > LEAST_FITTED and repeats.count(repeats[-1]) < LEAST_FITTED:
        n_fitted -= 1
    return plan if plan.ordered else replace(plan, enough=min(n_fitted, plan.n_enough))


def _check(options: SplitOptions) -> None:
    limits = (
        ("folds", options.folds, 2, MAX_FOLDS),
        ("repeats", options.repeats, 1, MAX_FOLDS),
        ("gap", options.gap, 0, float("inf")),
    )
    for name, value, least, most in limits:
        if not least <= value <= most:
            raise PlanError(
                f"validation.{name}: {value} is out of range.",
                hint=f"Set it to a number from {least} to {most}.",
            )


def _choose(options: SplitOptions) -> str:
    if options.splitter != "auto":
        return options.splitter
    given = {"group": options.group, "time": options.time, "column": options.column}
    return next((name for name, column in given.items() if column is not None), "stratified")


SPLITTERS: Registry[Splitter] = Registry(
    "splitters",
    {
        "kfold": split_kfold,
        "stratified": split_stratified,
        "group": split_group,
        "stratified_group": split_stratified_group,
        "time": split_time,
        "column": split_column,
    },
)

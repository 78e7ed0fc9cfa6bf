"""The judges: rows by which a planner chooses among candidates, and which then tell no score.

Every fold holds out judges and others, half and half, so that a candidate with a single fold can
be judged, and told honestly. Where blocks keep groups together the first two blocks are judges
whole: half of a group would know the other half.
"""

from dataclasses import replace

import numpy as np

from automl_cli.core.arrays import BoolVector, IntVector
from automl_cli.core.foldplan import FoldPlan
from automl_cli.core.resampling import make_parts

MOST_BLOCKS = 2  # of a grouped plan that are judges
_SEED = 0  # of the halves: rows are dealt alike in every run


def mark_judges(plan: FoldPlan) -> BoolVector:
    """Return which rows are judges, shape (rows,).

    Examples
    --------
    >>> from automl_cli.core.foldplan import FoldPlan
    >>> blocks = np.zeros((1, 8), dtype=np.int16)
    >>> plan = FoldPlan(name="one", n_rows=8, blocks=blocks, folds=())
    >>> int(mark_judges(plan).sum())
    4
    """
    if plan.grouped:
        n_judges = min(MOST_BLOCKS, len(np.unique(plan.blocks[0])) - 1)
        return np.asarray(plan.blocks[0] < n_judges)
    return np.asarray(make_parts(plan.n_rows, 2, _SEED) == 0)


def judge_rows(plan: FoldPlan) -> IntVector:
    """Return the sorted numbers of the judges that some fold holds out."""
    return np.flatnonzero(mark_judges(plan) & plan.covered())


def leave_judges_out(plan: FoldPlan) -> FoldPlan:
    """Return the plan without its judges: what it is scored on after they have chosen.

    If all rows that are held out are judges, as in the first fold of a grouped plan, it stays.
    """
    judges = mark_judges(plan)
    folds = [replace(fold, held_out=fold.held_out[~judges[fold.held_out]]) for fold in plan]
    others = tuple(fold for fold in folds if len(fold.held_out))
    return replace(plan, folds=others) if others else plan

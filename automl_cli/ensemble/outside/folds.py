"""Folds that cannot be honest: they divide what the run keeps together."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from automl_cli.core.errors import DataError
from automl_cli.core.problem import Problem

HINT = "Make the predictions with the run's folds (problems/TARGET in the run directory)."


def check_folds(
    problem: Problem, source: Path, blocks: npt.NDArray[np.integer], *, ordered: bool = False
) -> None:
    """Refuse folds that divide what the run keeps together: predictions from them are too good.

    Parameters
    ----------
    problem
        With the run's folds.
    source
        What has other folds, for the message.
    blocks
        The fold of each row, shape (rows,).
    ordered
        Whether they follow time.

    Raises
    ------
    DataError
        If the run validates in time and the others do not, or by groups and in other parts.
    """
    plan = problem.folds
    if plan.ordered and not (ordered and np.array_equal(blocks, plan.blocks[0])):
        raise DataError(
            f"{source}: other folds than the run, which validates in time.",
            hint=HINT,
        )
    # Rows of one group share a block. If a block's rows lie in several folds, groups may be
    # divided; equal partitions are the one case that is certainly right.
    n_pairs = np.unique(np.stack([plan.blocks[0], blocks]), axis=1).shape[1]
    if plan.grouped and n_pairs > len(np.unique(plan.blocks[0])):
        raise DataError(
            f"{source}: its folds are not those of the run, which keeps groups together.",
            hint=HINT,
        )

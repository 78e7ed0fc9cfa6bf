"""Rows whose targets nothing of a run sees before its end: a strict hold-out.

They follow the test table, so that whatever predicts it predicts them as well, and like test rows
they take part in what needs no target (`data.transductive`). Their targets stay aside until the
last blend is made.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.core.arrays import IntVector
from automl_cli.core.dataset import Dataset
from automl_cli.core.foldplan import FoldPlan
from automl_cli.core.keys import make_key, make_seed
from automl_cli.core.problem import Problem
from automl_cli.core.resampling import jackknife_error, make_parts
from automl_cli.planning.validation import Validation
from automl_cli.splits import make_fold_plan

_Table = TypeVar("_Table", pd.DataFrame, pd.Series)

PRECISION = 20  # parts of which a share is made up
N_PARTS = 20  # of the rows, for the error


@dataclass(frozen=True, slots=True, kw_only=True)
class Holdout:
    """A data set without the rows that are held out, and these.

    Parameters
    ----------
    dataset
        The rows that are left. Its test table is the given one, if any, and then the rows held out.
    validation
        How the rows that are left are split.
    targets
        For each target's name its encoded values of the rows held out.
    n_rows
        How many are held out; 0 without a hold-out.
    left
        The numbers of the rows that are left in the table they were taken from, ascending.
    """

    dataset: Dataset
    validation: Validation
    targets: Mapping[str, npt.NDArray[Any]]
    n_rows: int
    left: IntVector


def hold_out(dataset: Dataset, validation: Validation, share: float | None) -> Holdout:
    """Return the data set without a share of its rows, drawn as the validation draws its folds.

    Whole groups stay together, and of a time plan the latest rows are held out (with its gap before
    them); of a fold column it is the last folds. So the share is kept as nearly as these allow.

    Parameters
    ----------
    dataset
        The tables.
    validation
        How their rows are split.
    share
        Of the rows, from .01 to .5; None: nothing is held out.
    """
    if share is None:
        every = np.arange(dataset.n_rows)
        return Holdout(dataset=dataset, validation=validation, targets={}, n_rows=0, left=every)
    first = dataset.schema.targets[0]
    n_folds = min(dataset.n_rows, max(PRECISION, round(1 / share)))
    options = replace(validation.options, folds=n_folds, repeats=1, held_out_rows=None)
    plan = make_fold_plan(options, dataset.targets[first.name], first.task, validation.extra)
    left, held_out = _divide(plan, share)
    return Holdout(
        dataset=replace(
            dataset,
            train=_take(dataset.train, left),
            targets={name: y[left] for name, y in dataset.targets.items()},
            test=_join(dataset.test, _take(dataset.train, held_out)),
            extra={name: _take(column, left) for name, column in dataset.extra.items()},
            key=make_key([dataset.key, "holdout", share]),
        ),
        validation=replace(
            validation,
            extra={name: _take(column, left) for name, column in validation.extra.items()},
        ),
        targets={name: y[held_out] for name, y in dataset.targets.items()},
        n_rows=len(held_out),
        left=left,
    )


def _divide(plan: FoldPlan, share: float) -> tuple[IntVector, IntVector]:
    """Return the rows that are left, and those that the last folds hold out together."""
    n_blocks = len(np.unique(plan.blocks[0]))  # of a time plan one more than folds
    last = plan.folds[-max(1, min(len(plan) - 1, round(share * n_blocks))) :]
    held_out = np.sort(np.concatenate([fold.held_out for fold in last]))
    if plan.ordered:
        return last[0].train, held_out
    return np.setdiff1d(np.arange(plan.n_rows), held_out), held_out


def describe_holdout(holdout: Holdout) -> Iterator[tuple[str, str, str]]:
    """Yield the line about the rows held out, if there are any, for the table before the run."""
    if holdout.n_rows:
        reason = "requested; nothing sees their targets before the end"
        yield "hold-out", f"{holdout.n_rows} rows", reason


def score_holdout(
    holdout: Holdout, problem: Problem, answers: npt.NDArray[Any] | None
) -> dict[str, float | None] | None:
    """Return the score of the answers for the rows held out, its jackknife error and their number.

    None without a hold-out.

    Parameters
    ----------
    holdout
        The rows.
    problem
        One of the targets.
    answers
        For the whole test table; those for the rows held out come last.
    """
    if answers is None or not holdout.n_rows:
        return None
    y, own = holdout.targets[problem.target.name], answers[-holdout.n_rows :]
    parts = make_parts(len(y), N_PARTS, make_seed(problem.seed, "holdout"))
    without = [problem.metric.score(y[parts != k], own[parts != k]) for k in np.unique(parts)]
    score, error = problem.metric.score(y, own), jackknife_error(np.array(without))
    return {
        "score": score if np.isfinite(score) else None,
        "score_se": error if np.isfinite(error) else None,
        "rows": holdout.n_rows,
    }


def _take(table: _Table, rows: IntVector) -> _Table:
    return table.iloc[rows].reset_index(drop=True)


def _join(test: pd.DataFrame | None, held_out: pd.DataFrame) -> pd.DataFrame:
    if test is None:
        return held_out
    return pd.concat([test, held_out], ignore_index=True).astype(held_out.dtypes.to_dict())

"""Fixtures that tests of several packages use."""

from collections.abc import Callable, Iterator
from functools import cache
from importlib import metadata
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from warm import WarmPools

from automl_cli.core.candidate import Candidate, CandidateSpec
from automl_cli.core.dataset import Target, Task
from automl_cli.core.foldplan import Fold, FoldPlan
from automl_cli.core.problem import Problem
from automl_cli.metrics import choose_objective, get_metric

MakeProblem = Callable[..., Problem]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with files that take long, so that no process has one left when the others are done."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is None)


@pytest.fixture(scope="session", autouse=True)
def _warm_pools() -> Iterator[None]:
    """Let runs of this process use the workers of the run before."""
    pools = WarmPools()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("automl_cli.train.executor.LocalPool", pools.lend)
        yield
    pools.end()


@pytest.fixture(scope="session", autouse=True)
def _known_versions() -> Iterator[None]:
    """Read the version of an installed package once in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(metadata, "version", cache(metadata.version))
        yield


@pytest.fixture(scope="session")
def make_problem() -> MakeProblem:
    return _make_problem


@pytest.fixture(scope="session")
def make_candidate() -> Callable[..., Candidate]:
    return _make_candidate


def _make_problem(
    metric: str,
    y: npt.NDArray[Any],
    *,
    labels: tuple[str, ...] = (),
    blocks: npt.NDArray[Any] | None = None,
    grouped: bool = False,
) -> Problem:
    """Return a problem with five blocks (or `blocks`; rows of block -1 are never held out)."""
    found = get_metric(metric)
    task: Task = "regression" if not labels else "binary" if len(labels) == 2 else "multiclass"
    target = Target(name="y", task=task, labels=labels, reason="given")
    objective = choose_objective(found, target)
    ordinal = task != "regression" and objective != "log_loss"
    fit_y = np.array([float(label) for label in labels])[y] if ordinal else y
    n = len(y)
    blocks = np.arange(n) % 5 if blocks is None else blocks
    held_out = [np.flatnonzero(blocks == block) for block in np.unique(blocks[blocks >= 0])]
    folds = tuple(
        Fold(repeat=0, train=np.setdiff1d(np.arange(n), rows), held_out=rows) for rows in held_out
    )
    return Problem(
        target=target,
        y=y,
        fit_y=np.log1p(y) if found.transform == "log1p" else fit_y,
        objective=objective,
        n_outputs=len(labels) if objective == "log_loss" and len(labels) > 2 else 1,
        metric=found,
        folds=FoldPlan(
            name="kfold",
            n_rows=n,
            blocks=np.maximum(blocks, 0)[None].astype(np.int16),
            folds=folds,
            grouped=grouped,
        ),
        seed=0,
    )


def _make_candidate(
    model: str, oof: npt.NDArray[Any], test: npt.NDArray[Any] | None = None
) -> Candidate:
    spec = CandidateSpec(
        target="y", model=model, recipe=(), params=(), seed=0, max_rounds=1, patience=1, n_threads=1
    )
    return Candidate(
        spec=spec,
        oof=oof,
        test=test,
        fold_scores=(),
        score=0.0,
        score_se=0.0,
        rounds=(),
        fit_seconds=0.0,
        cut=False,
    )

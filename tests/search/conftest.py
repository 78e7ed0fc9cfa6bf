"""Fixtures for the search."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from sites import Site, make_site

from automl_cli.core.candidate import Candidate
from automl_cli.core.problem import Problem
from automl_cli.planning import growth
from automl_cli.splits import SplitOptions, make_fold_plan

N_ROWS = 3_000
MakeTried = Callable[..., Candidate]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return make_site(tmp_path)


@pytest.fixture
def problem(site: Site) -> Problem:
    """Return a regression of so many rows that one fold tells candidates apart."""
    y = np.random.default_rng(0).normal(size=N_ROWS)
    plan = make_fold_plan(SplitOptions(folds=5), y, "regression", {})
    return replace(site.problem, y=y, fit_y=y, objective="squared_error", n_outputs=1, folds=plan)


@pytest.fixture
def make_tried(site: Site, problem: Problem) -> MakeTried:
    """Return what makes a candidate of its errors."""

    def make(errors: npt.NDArray[np.float64], seed: int = 0) -> Candidate:
        return Candidate(
            spec=replace(site.specs[0], seed=seed),
            oof=(problem.y + errors)[:, None],
            test=None,
            fold_scores=(0.0,) * 5,
            score=0.0,
            score_se=0.0,
            rounds=(),
            fit_seconds=1.0,
            cut=False,
        )

    return make


@pytest.fixture
def many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the example a table of more rows than the list is for."""
    monkeypatch.setattr(growth, "LISTED_FOR", 150)

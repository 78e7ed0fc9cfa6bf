"""Which rows columns are screened by."""

from dataclasses import replace

import numpy as np
import pytest

from automl_cli.core.foldplan import FoldPlan
from automl_cli.splits import SplitOptions, make_fold_plan
from automl_cli.train import screening
from automl_cli.train.screening import find_screened_rows


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch) -> FoldPlan:
    monkeypatch.setattr(screening, "MANY_ROWS", 20)
    return make_fold_plan(SplitOptions(folds=10), np.zeros(100), "regression", {})


def predict(plan: FoldPlan, n_folds: int) -> np.ndarray:
    oof = np.full((100, 1), np.nan)
    oof[plan.first(n_folds).covered()] = 0.5
    return oof


def test_rows_without_a_prediction_are_left_out_if_the_others_are_many(plan: FoldPlan) -> None:
    found = find_screened_rows(plan, predict(plan, 2))
    assert found is not None
    assert np.array_equal(found, np.flatnonzero(plan.first(2).covered()))
    assert find_screened_rows(plan, predict(plan, 1)) is None  # too few
    assert find_screened_rows(plan, predict(plan, 10)) is None  # there are no others


def test_of_groups_each_fold_has_to_see_two_blocks_whole(plan: FoldPlan) -> None:
    grouped = replace(plan, grouped=True)
    assert find_screened_rows(grouped, predict(plan, 3)) is None
    assert find_screened_rows(grouped, predict(plan, 4)) is not None

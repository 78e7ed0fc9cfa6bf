"""Folds as a fidelity: how many tell the hopeless, and how many a blend needs."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl_cli.core.foldplan import LEAST_BLENDED, LEAST_JUDGED, MOST_FIRST, FoldPlan
from automl_cli.splits import SplitOptions, make_fold_plan


def make_plan(n_rows: int, folds: int = 10, repeats: int = 1, splitter: str = "kfold") -> FoldPlan:
    options = SplitOptions(splitter=splitter, folds=folds, repeats=repeats, only_first=True)
    return make_fold_plan(options, np.zeros(n_rows), "regression", {})


@pytest.mark.parametrize(
    ("n_rows", "n_first", "n_blended"),
    [(500, 5, 10), (5_000, 4, 8), (50_000, 1, 3), (300_000, 1, 3)],
)
def test_the_more_rows_the_fewer_folds_are_needed(
    n_rows: int, n_first: int, n_blended: int
) -> None:
    plan = make_plan(n_rows)
    assert (plan.n_first, plan.n_blended) == (n_first, n_blended)


@given(n_rows=st.integers(20, 30_000), folds=st.integers(2, 10), repeats=st.integers(1, 3))
def test_rungs_end_with_whole_repeats_and_hold_out_enough_rows(
    n_rows: int, folds: int, repeats: int
) -> None:
    plan = make_plan(n_rows, folds, repeats)
    assert plan.n_first <= plan.n_blended <= plan.n_enough == folds
    assert {plan.n_first, plan.n_blended, plan.n_enough} <= set(plan.rungs)
    assert [n for n in plan.rungs if n > folds] == [folds * k for k in range(2, repeats + 1)]
    held_out = np.cumsum([len(fold.held_out) for fold in plan.folds])
    assert held_out[plan.n_first - 1] >= min(LEAST_JUDGED, n_rows) or plan.n_first == MOST_FIRST
    assert held_out[plan.n_blended - 1] >= min(LEAST_BLENDED, n_rows)


def test_rows_of_further_repeats_are_no_further_rows() -> None:
    whole = make_plan(1_000, repeats=3)
    assert (whole.n_first, whole.n_blended) == (5, 10)

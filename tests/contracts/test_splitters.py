"""What every entry of SPLITTERS must keep to, plug-ins included."""

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.dataset import Task
from automl_cli.core.foldplan import FoldPlan
from automl_cli.splits import SPLITTERS, SplitOptions, make_fold_plan

N_ROWS = 120


def plan_of(
    name: str, task: Task = "binary", seed: int = 0, held_out_rows: int | None = None
) -> FoldPlan:
    rng = np.random.default_rng(7)
    extra = {
        "g": pd.Series(rng.integers(0, 25, N_ROWS).astype(str)),
        "t": pd.Series(rng.permutation(N_ROWS)),
        "f": pd.Series(rng.integers(0, 4, N_ROWS)),
    }
    columns = {"group": "g", "time": "t", "column": "f"}
    options = SplitOptions(
        splitter=name, folds=4, repeats=2, seed=seed, held_out_rows=held_out_rows, **columns
    )
    y = rng.random(N_ROWS) if task == "regression" else rng.integers(0, 3, N_ROWS) // 2
    return make_fold_plan(options, y, task, extra)


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
@pytest.mark.parametrize("name", SPLITTERS.names())
class TestEverySplitter:
    def test_blocks_are_a_dense_partition_for_each_repeat(self, name: str, task: Task):
        plan = plan_of(name, task)
        assert plan.blocks.dtype == np.int16
        assert plan.blocks.shape == (plan.n_repeats, N_ROWS)
        for partition in plan.blocks:
            assert set(partition) == set(range(partition.max() + 1))

    def test_rows_are_held_out_once_a_repeat_and_never_trained_on(self, name: str, task: Task):
        plan = plan_of(name, task)
        for repeat in range(plan.n_repeats):
            held_out = [fold.held_out for fold in plan if fold.repeat == repeat]
            rows = np.concatenate(held_out)
            assert len(np.unique(rows)) == len(rows)
            assert plan.ordered or len(rows) == N_ROWS
        for fold in plan:
            assert len(fold.train)
            assert not np.intersect1d(fold.train, fold.held_out).size
            assert np.array_equal(fold.train, np.unique(fold.train))
            assert np.array_equal(fold.held_out, np.unique(fold.held_out))

    def test_a_fold_holds_out_whole_blocks(self, name: str, task: Task):
        plan = plan_of(name, task)
        for fold in plan:
            blocks = plan.blocks[fold.repeat]
            assert not np.intersect1d(blocks[fold.train], blocks[fold.held_out]).size

    def test_enough_held_out_rows_end_the_fitting_with_two_folds_at_least(
        self, name: str, task: Task
    ):
        whole, few = plan_of(name, task), plan_of(name, task, held_out_rows=1)
        some = plan_of(name, task, held_out_rows=N_ROWS)
        assert np.array_equal(few.blocks, whole.blocks)
        assert whole.n_enough == len(whole)
        assert few.ordered or few.n_enough == 2
        assert few.ordered or some.n_enough == len(whole) / whole.n_repeats
        for fold, same in zip(few, whole, strict=True):
            assert np.array_equal(fold.train, same.train)

    def test_no_fitted_fold_is_alone_in_its_repeat(self, name: str, task: Task):
        for held_out_rows in range(1, 2 * N_ROWS, N_ROWS // 5):
            plan = plan_of(name, task, held_out_rows=held_out_rows)
            repeats = [fold.repeat for fold in plan.folds[: plan.n_enough]]
            assert plan.ordered or min(repeats.count(repeat) for repeat in repeats) >= 2

    def test_time_plans_never_train_on_later_blocks(self, name: str, task: Task):
        plan = plan_of(name, task)
        for fold in plan:
            blocks = plan.blocks[fold.repeat]
            assert not plan.ordered or blocks[fold.train].max() < blocks[fold.held_out].min()

    def test_equal_seeds_give_equal_plans(self, name: str, task: Task):
        assert np.array_equal(plan_of(name, task).blocks, plan_of(name, task).blocks)

    def test_repeats_and_seeds_differ_where_there_is_a_choice(self, name: str, task: Task):
        plan = plan_of(name, task)
        if plan.n_repeats > 1:
            assert not np.array_equal(plan.blocks[0], plan.blocks[1])
            assert not np.array_equal(plan.blocks, plan_of(name, task, seed=1).blocks)

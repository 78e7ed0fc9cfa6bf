from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike

from automl_cli.core.arrays import IntVector
from automl_cli.core.dataset import Task
from automl_cli.core.errors import PlanError
from automl_cli.core.foldplan import FoldPlan
from automl_cli.splits import SplitOptions, make_fold_plan


def make_plan(
    n_rows: int = 60,
    y: ArrayLike | None = None,
    task: Task = "binary",
    extra: dict[str, Any] | None = None,
    **options: Any,
) -> FoldPlan:
    target = np.arange(n_rows) % 2 if y is None else np.asarray(y)
    columns = {name: pd.Series(values) for name, values in (extra or {}).items()}
    return make_fold_plan(SplitOptions(**options), target, task, columns)


def assert_same(one: FoldPlan, other: FoldPlan) -> None:
    assert np.array_equal(one.blocks, other.blocks)
    for fold, twin in zip(one, other, strict=True):
        assert np.array_equal(fold.train, twin.train)
        assert np.array_equal(fold.held_out, twin.held_out)


def spread(plan: FoldPlan, labels: ArrayLike) -> IntVector:
    """Rows of each label (axis 1) in each block (axis 0) of the first repeat."""
    table = pd.crosstab(plan.blocks[0], np.asarray(labels))
    return table.to_numpy()


class TestShuffled:
    @settings(max_examples=40, deadline=None)
    @given(
        st.lists(st.integers(0, 4), min_size=10, max_size=80),
        st.integers(2, 10),
        st.integers(0, 99),
    )
    def test_folds_and_classes_are_balanced_to_one_row(self, y: list[int], folds: int, seed: int):
        plan = make_plan(
            y=y, task="multiclass", splitter="stratified", folds=folds, repeats=2, seed=seed
        )
        assert np.ptp(np.bincount(plan.blocks[0], minlength=folds)) <= 1
        assert np.ptp(spread(plan, y), axis=0).max() <= 1
        assert plan.n_repeats == 2
        assert len(plan) == 2 * folds

    def test_a_class_with_fewer_members_than_folds_is_spread(self):
        y = np.zeros(50, dtype=np.int64)
        y[[3, 7]] = 1
        plan = make_plan(y=y, splitter="stratified", folds=5)
        assert plan.blocks[0, 3] != plan.blocks[0, 7]

    def test_regression_folds_have_nearly_the_same_distribution(self):
        y = np.random.default_rng(0).lognormal(size=400)
        plan = make_plan(y=y, task="regression", splitter="stratified", folds=4)
        medians = [np.median(y[fold.held_out]) for fold in plan]
        assert np.ptp(medians) < 0.12 * np.median(y)

    def test_constant_regression_target_can_be_split(self):
        plan = make_plan(y=np.ones(20), task="regression", splitter="stratified", folds=4)
        assert np.bincount(plan.blocks[0]).tolist() == [5, 5, 5, 5]

    def test_kfold_does_not_look_at_the_target(self):
        y = np.random.default_rng(1).integers(0, 2, 60)
        assert_same(make_plan(y=y, splitter="kfold"), make_plan(y=1 - y, splitter="kfold"))

    def test_fewer_rows_than_folds_are_refused(self):
        with pytest.raises(PlanError, match=r"^validation.folds: 5 folds of 3 rows.$") as caught:
            make_plan(n_rows=3, splitter="kfold")
        assert caught.value.hint == "Set `validation.folds` to at most 3."


class TestGrouped:
    @settings(max_examples=40, deadline=None)
    @given(
        st.lists(st.integers(0, 12), min_size=5, max_size=80).filter(lambda g: len(set(g)) > 1),
        st.sampled_from(["group", "stratified_group"]),
        st.integers(2, 6),
    )
    def test_rows_of_one_group_share_a_fold_and_no_fold_is_empty(
        self, groups: list[int], splitter: str, folds: int
    ):
        plan = make_plan(
            len(groups), splitter=splitter, group="g", folds=folds, extra={"g": groups}
        )
        for fold in plan:
            held_out = {groups[i] for i in fold.held_out}
            assert held_out.isdisjoint(groups[i] for i in fold.train)
            assert held_out
        assert len(plan) == min(folds, len(set(groups)))
        assert plan.grouped

    def test_folds_do_not_depend_on_the_order_of_rows(self):
        groups = np.random.default_rng(0).integers(0, 30, 200).astype(str)
        order = np.random.default_rng(1).permutation(200)
        options = {"splitter": "group", "group": "g"}
        plan = make_plan(200, extra={"g": groups}, **options)
        shuffled = make_plan(200, extra={"g": groups[order]}, **options)
        assert np.array_equal(plan.blocks[0, order], shuffled.blocks[0])

    def test_sizes_stay_balanced_when_groups_differ_in_size(self):
        groups = np.repeat(np.arange(40), np.arange(1, 41))
        plan = make_plan(len(groups), splitter="group", group="g", extra={"g": groups})
        assert np.ptp(np.bincount(plan.blocks[0])) <= 10

    def test_classes_of_groups_are_balanced(self):
        rng = np.random.default_rng(0)
        groups = rng.integers(0, 100, 1000)
        y = (rng.random(100) < 0.2)[groups].astype(np.int64)  # the class is the group's
        plan = make_plan(y=y, splitter="stratified_group", group="g", extra={"g": groups})
        shares = [y[fold.held_out].mean() for fold in plan]
        assert np.ptp(shares) < 0.05

    def test_folds_shrink_to_the_number_of_groups(self):
        plan = make_plan(9, splitter="group", group="g", repeats=3, extra={"g": list("aabbbcccc")})
        assert [len(fold.held_out) for fold in plan] == [2, 3, 4]
        assert plan.n_repeats == 1  # there is no other partition

    def test_one_group_is_refused(self):
        with pytest.raises(PlanError, match=r"^validation.group: 'g' holds one value;"):
            make_plan(4, splitter="group", group="g", extra={"g": list("aaaa")})

    def test_missing_groups_are_refused(self):
        with pytest.raises(PlanError, match="1 of 4 rows have no value in 'g'"):
            make_plan(4, splitter="group", group="g", extra={"g": ["a", None, "b", "c"]})

    def test_unknown_column_is_refused_with_the_known_ones(self):
        with pytest.raises(PlanError, match=r"no column 'usr' among .* \('user'\)"):
            make_plan(4, splitter="group", group="usr", extra={"user": list("abcd")})

    def test_splitter_without_its_column_is_refused(self):
        with pytest.raises(PlanError, match=r"^validation.group: this splitter needs a column"):
            make_plan(4, splitter="stratified_group")


class TestTime:
    @settings(max_examples=40, deadline=None)
    @given(
        st.lists(st.integers(0, 40), min_size=10, max_size=60).filter(lambda t: len(set(t)) > 8),
        st.integers(2, 4),
        st.integers(0, 1),
    )
    def test_nothing_after_the_gap_trains(self, times: list[int], folds: int, gap: int):
        moments = np.array(times) * 2.0  # two units apart: a gap of one takes nobody's rows
        plan = make_plan(
            len(times), splitter="time", time="t", gap=gap, folds=folds, extra={"t": moments}
        )
        assert plan.ordered
        for fold in plan:
            assert moments[fold.train].max() < moments[fold.held_out].min() - gap

    def test_blocks_follow_time_and_ties_stay_together(self):
        times = [3, 1, 2, 1, 3, 2, 4, 4]
        plan = make_plan(8, splitter="time", time="t", folds=3, extra={"t": times})
        assert plan.blocks[0].tolist() == [2, 0, 1, 0, 2, 1, 3, 3]
        assert [fold.train.tolist() for fold in plan] == [
            [1, 3],
            [1, 2, 3, 5],
            [0, 1, 2, 3, 4, 5],
        ]

    def test_the_first_block_is_never_held_out(self):
        plan = make_plan(60, splitter="time", time="t", folds=5, extra={"t": np.arange(60)})
        assert plan.covered().sum() == 50
        assert not plan.covered()[:10].any()

    def test_a_gap_of_dates_is_in_days(self):
        days = pd.date_range("2024-01-01", periods=20)
        plan = make_plan(20, splitter="time", time="t", folds=1 + 1, gap=3, extra={"t": days})
        for fold in plan:
            assert fold.held_out.min() - fold.train.max() == 4

    def test_dates_as_text_are_read(self):
        days = pd.Series(pd.date_range("2024-01-01", periods=20))
        plan = make_plan(20, splitter="time", time="t", extra={"t": days})
        assert_same(plan, make_plan(20, splitter="time", time="t", extra={"t": days.astype(str)}))

    def test_few_moments_give_fewer_folds(self):
        plan = make_plan(6, splitter="time", time="t", folds=5, extra={"t": [1, 1, 2, 2, 3, 3]})
        assert len(plan) == 2

    def test_one_moment_is_refused(self):
        with pytest.raises(PlanError, match="cannot be cut into an earlier and a later part"):
            make_plan(4, splitter="time", time="t", extra={"t": [7, 7, 7, 7]})

    def test_a_gap_that_takes_all_training_rows_is_refused(self):
        with pytest.raises(PlanError, match="a gap of 30 leaves fold 1 without training rows"):
            make_plan(60, splitter="time", time="t", gap=30, extra={"t": np.arange(60)})

    def test_text_that_is_no_date_is_refused(self):
        with pytest.raises(PlanError, match="'t' holds 'soon', neither a number nor a date"):
            make_plan(2, splitter="time", time="t", extra={"t": ["2024-01-01", "soon"]})


class TestColumn:
    def test_each_value_is_held_out_once_in_its_order(self):
        plan = make_plan(4, splitter="column", column="fold", extra={"fold": [10, 2, 2, 10]})
        assert [fold.held_out.tolist() for fold in plan] == [[1, 2], [0, 3]]

    @pytest.mark.parametrize(("values", "came"), [([1] * 200, "one value"), (range(200), "200 v")])
    def test_a_column_that_is_no_fold_column_is_refused(self, values: Iterable[int], came: str):
        with pytest.raises(PlanError, match=f"'fold' holds {came}"):
            make_plan(200, splitter="column", column="fold", extra={"fold": list(values)})


class TestChoice:
    @pytest.mark.parametrize(
        ("options", "name"),
        [
            ({}, "stratified"),
            ({"column": "c"}, "column"),
            ({"time": "c", "column": "c"}, "time"),
            ({"group": "c", "time": "c"}, "group"),
        ],
    )
    def test_auto_follows_the_columns_given(self, options: dict[str, Any], name: str):
        assert make_plan(60, extra={"c": np.arange(60) // 10}, **options).name == name

    def test_unknown_splitter_is_refused_with_the_closest(self):
        with pytest.raises(PlanError) as caught:
            make_plan(splitter="stratifed")
        assert "Did you mean 'stratified'?" in caught.value.hint

    @pytest.mark.parametrize("options", [{"folds": 1}, {"repeats": 0}, {"gap": -1.0}])
    def test_numbers_out_of_range_are_refused(self, options: dict[str, Any]):
        with pytest.raises(PlanError, match="is out of range"):
            make_plan(**options)

    def test_one_row_is_refused(self):
        with pytest.raises(PlanError, match="validation needs two"):
            make_plan(1)

# ruff: noqa: PD011  # Matrix.values is an array, not a frame's attribute
import dataclasses
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.candidate import Step
from automl_cli.core.dataset import Dataset, Original
from automl_cli.core.foldplan import FoldPlan
from automl_cli.core.matrix import Matrix
from automl_cli.features import GROUPS
from automl_cli.features.encoder import Encoder
from automl_cli.features.matrix import (
    FoldMatrices,
    apply_features,
    make_fold_matrices,
    make_prediction_matrices,
)
from automl_cli.features.state import FeatureState, prepare_features
from automl_cli.features.target_encoding import EncodingTarget, OriginalRows
from automl_cli.splits import SplitOptions, make_fold_plan

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

ALL = tuple(Step(name=name) for name in GROUPS)
SPLITTERS = ["stratified", "group", "time"]


def make_plan(dataset: Dataset, splitter: str = "stratified") -> FoldPlan:
    rng = np.random.default_rng(5)
    extra = {
        "g": pd.Series(rng.integers(0, 12, dataset.n_rows)),
        "t": pd.Series(rng.permutation(dataset.n_rows)),
    }
    options = SplitOptions(splitter=splitter, folds=3, repeats=2, group="g", time="t", gap=5)
    return make_fold_plan(options, dataset.targets["y"], "binary", extra)


def target_of(dataset: Dataset, n_outputs: int = 1) -> EncodingTarget:
    return EncodingTarget(y=dataset.targets["y"], n_outputs=n_outputs)


@pytest.fixture
def state(dataset: Dataset, tmp_path: Path) -> FeatureState:
    return prepare_features(dataset, ALL, tmp_path, transductive=True)


def assert_same(one: Matrix, other: Matrix) -> None:
    assert (one.value_names, one.category_names) == (other.value_names, other.category_names)
    assert one.levels == other.levels
    np.testing.assert_array_equal(one.values, other.values)
    np.testing.assert_array_equal(one.categories, other.categories)


@pytest.mark.parametrize("splitter", SPLITTERS)
def test_a_held_out_target_changes_nothing_in_its_fold(
    dataset: Dataset, state: FeatureState, splitter: str
):
    plan = make_plan(dataset, splitter)
    y = dataset.targets["y"]
    for number, fold in enumerate(plan):
        changed = y.copy()
        changed[fold.held_out] = 1 - changed[fold.held_out]
        one = make_fold_matrices(state, EncodingTarget(y=y, n_outputs=2), plan, number)
        other = make_fold_matrices(state, EncodingTarget(y=changed, n_outputs=2), plan, number)
        assert_same(one.train, other.train)
        assert_same(one.held_out, other.held_out)
        np.testing.assert_array_equal(one.encoder.means, other.encoder.means)


@pytest.mark.parametrize("n_outputs", [1, 2])
def test_new_rows_get_what_the_fold_gave_them_together_and_one_by_one(
    dataset: Dataset, state: FeatureState, n_outputs: int
):
    plan = make_plan(dataset)
    made = make_fold_matrices(state, target_of(dataset, n_outputs), plan, 1)
    held_out, test = make_prediction_matrices(state, made.encoder, plan.folds[1])
    assert dataset.test is not None
    assert test is not None
    assert_same(held_out, made.held_out)
    rows = dataset.train.iloc[plan.folds[1].held_out]
    assert_same(apply_features(state, made.encoder, rows), made.held_out)
    for row in range(len(dataset.test)):
        alone = apply_features(state, made.encoder, dataset.test.iloc[[row]])
        np.testing.assert_array_equal(alone.values[0], test.values[row])
        np.testing.assert_array_equal(alone.categories[0], test.categories[row])


def test_rows_stand_in_the_order_of_the_fold(dataset: Dataset, state: FeatureState):
    plan = make_plan(dataset)
    made = make_fold_matrices(state, target_of(dataset), plan, 0)
    ages = dataset.train["age"].to_numpy()
    column = made.train.value_names.index("age")
    assert np.array_equal(made.train.values[:, column], ages[plan.folds[0].train])
    assert np.array_equal(made.held_out.values[:, column], ages[plan.folds[0].held_out])


def test_matrices_are_new_float32_and_contiguous_by_column(dataset: Dataset, state: FeatureState):
    made = make_fold_matrices(state, target_of(dataset), make_plan(dataset), 0)
    for matrix in (made.train, made.held_out):
        assert matrix.values.dtype == np.float32
        assert matrix.categories.dtype == np.int32
        assert matrix.values.flags.f_contiguous
        assert matrix.values.flags.writeable
        assert matrix.values.shape == (matrix.n_rows, len(matrix.value_names))
        assert matrix.categories.shape == (matrix.n_rows, len(matrix.category_names))
        assert (matrix.categories.max(axis=0) < matrix.levels).all()


def test_names_are_unique_and_say_what_the_columns_are(dataset: Dataset, state: FeatureState):
    made = make_fold_matrices(state, target_of(dataset), make_plan(dataset), 0).train
    names = (*made.value_names, *made.category_names)
    assert len(set(names)) == len(names)
    assert {"age", "age__2", "city", "city__te_mean", "city__log_count"} <= set(names)


def test_each_class_has_a_column_even_if_it_is_absent(dataset: Dataset, state: FeatureState):
    made = make_fold_matrices(state, target_of(dataset, 3), make_plan(dataset), 0).train
    absent = made.values[:, made.value_names.index("city__te_mean_2")]
    assert not absent.any()


def test_repeats_have_their_own_tables(dataset: Dataset, state: FeatureState):
    plan = make_plan(dataset)
    one, other = (make_fold_matrices(state, target_of(dataset), plan, k) for k in (0, 3))
    assert not np.array_equal(one.encoder.means, other.encoder.means)


def test_smoothing_of_the_step_is_used(dataset: Dataset, tmp_path: Path):
    def spread(smoothing: float) -> float:
        recipe = (Step(name="target_mean", params=(("smoothing", smoothing),)),)
        state = prepare_features(dataset, recipe, tmp_path, transductive=True)
        return float(make(dataset, state).train.values.std())

    assert spread(1000.0) < 0.1 * spread(1.0)


def test_an_encoder_survives_its_file(dataset: Dataset, state: FeatureState, tmp_path: Path):
    encoder = make(dataset, state).encoder
    encoder.save(tmp_path / "encoder.npz")
    loaded = Encoder.load(tmp_path / "encoder.npz")
    assert np.array_equal(loaded.means, encoder.means)
    assert np.array_equal(loaded.starts, encoder.starts)


def test_without_test_rows_and_target_means_the_rest_is_there(dataset: Dataset, tmp_path: Path):
    alone = dataclasses.replace(dataset, test=None)
    state = prepare_features(alone, (Step(name="native"),), tmp_path, transductive=True)
    made = make(alone, state)
    assert make_prediction_matrices(state, made.encoder, make_plan(alone).folds[0])[1] is None
    assert made.train.values.shape == (made.train.n_rows, 0)
    assert made.train.category_names == ("city", "street")


def make(dataset: Dataset, state: FeatureState) -> FoldMatrices:
    return make_fold_matrices(state, target_of(dataset), make_plan(dataset), 0)


def test_rows_of_the_original_data_set_follow_the_training_rows(
    dataset: Dataset, tmp_path: Path
) -> None:
    frame = dataset.train.iloc[::2].reset_index(drop=True)
    y = dataset.targets["y"][::2]
    given = dataclasses.replace(
        dataset, original=Original(frame=frame, targets={"y": y}), key="with the original"
    )
    state = prepare_features(given, ALL, tmp_path, transductive=True)
    plan, rows = make_plan(given), np.array([0, 3, 4])
    original = OriginalRows(rows=rows, y=y[rows])
    target = EncodingTarget(y=dataset.targets["y"], n_outputs=1, original=original)

    made = make_fold_matrices(state, target, plan, 0)
    plain = make_fold_matrices(state, target_of(dataset), plan, 0)

    n_own = len(plan.folds[0].train)
    assert made.train.n_rows == n_own + 3
    assert made.held_out.n_rows == plain.held_out.n_rows
    learned = [
        k for k, name in enumerate(made.train.value_names) if "te_mean" in name or "linear" in name
    ]
    others = np.setdiff1d(np.arange(len(made.train.value_names)), learned)
    np.testing.assert_array_equal(made.train.values[:n_own, others], plain.train.values[:, others])
    np.testing.assert_array_equal(made.train.categories[:n_own], plain.train.categories)
    # Their means are of other rows' targets, but they count in the means of all others.
    assert (made.train.values[:n_own, learned] != plain.train.values[:, learned]).any()


def test_a_row_of_the_original_data_set_does_not_tell_its_own_target(
    dataset: Dataset, tmp_path: Path
) -> None:
    y = dataset.targets["y"]
    given = dataclasses.replace(
        dataset, original=Original(frame=dataset.train, targets={"y": y}), key="itself"
    )
    state = prepare_features(given, ALL, tmp_path, transductive=True)
    plan, rows = make_plan(given), np.arange(len(y))

    def make(of: np.ndarray) -> Matrix:
        original = OriginalRows(rows=rows, y=of)
        target = EncodingTarget(y=y, n_outputs=1, original=original)
        return make_fold_matrices(state, target, plan, 0).train

    changed = y.copy()
    changed[7] = 1 - changed[7]
    place = len(plan.folds[0].train) + 7
    prior = abs(make(changed).values[place] - make(y).values[place])
    # The mean of all rows moves by one row's share, and nothing else of it moves.
    assert np.nanmax(prior) <= 2 / len(y)

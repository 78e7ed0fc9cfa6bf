# ruff: noqa: PD011  # Matrix.values is an array, not a frame's attribute
"""A shuffled target cannot be predicted, and this test notices when a feature lets it be."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from shuffles import LINEAR, N_ROWS, TREE, Model, is_free_of_leaks

from automl_cli.core.arrays import Float32Matrix, IntVector
from automl_cli.core.candidate import FeatureRecipe, Step
from automl_cli.core.dataset import Column, Dataset, Schema
from automl_cli.core.foldplan import FoldPlan
from automl_cli.features.matrix import make_fold_matrices
from automl_cli.features.state import prepare_features
from automl_cli.features.target_encoding import EncodingTarget

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

LEVELS = {"street": 500, "name": 1500}


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            name: pd.Categorical(rng.integers(0, n_levels, N_ROWS).astype(str))
            for name, n_levels in LEVELS.items()
        }
    )
    columns = tuple(Column(name=name, role="categorical", reason="made") for name in LEVELS)
    return Dataset(
        schema=Schema(targets=(), id=None, columns=columns, ignored=(), facts=()),
        train=frame,
        targets={},
        test=None,
        test_ids=None,
        sample=None,
        extra={},
        key="noise",
    )


@pytest.mark.parametrize("splitter", ["stratified", "group", "time"])
@pytest.mark.parametrize(
    "recipe",
    [
        (Step(name="target_mean"),),
        (Step(name="target_mean", params=(("smoothing", 0.5),)), Step(name="counts")),
    ],
)
@pytest.mark.parametrize("model", [LINEAR, TREE], ids=["linear", "tree"])
def test_noise_cannot_be_predicted_from_nested_means(
    dataset: Dataset, tmp_path: Path, recipe: FeatureRecipe, splitter: str, model: Model
):
    state = prepare_features(dataset, recipe, tmp_path, transductive=True)

    def nested(y: IntVector, plan: FoldPlan, number: int) -> tuple[Float32Matrix, Float32Matrix]:
        target = EncodingTarget(y=y, n_outputs=1)
        made = make_fold_matrices(state, target, plan, number)
        return made.train.values, made.held_out.values

    assert is_free_of_leaks(nested, model, splitter)


def test_an_encoder_fitted_on_all_rows_is_noticed(dataset: Dataset):
    def planted(y: IntVector, plan: FoldPlan, number: int) -> tuple[Float32Matrix, Float32Matrix]:
        targets = pd.Series(y)
        means = [targets.groupby(dataset.train[n], observed=True).transform("mean") for n in LEVELS]
        columns = np.column_stack(means).astype(np.float32)
        fold = plan.folds[number]
        return columns[fold.train], columns[fold.held_out]

    assert not is_free_of_leaks(planted, LINEAR)


def test_a_screen_that_saw_all_rows_is_noticed():
    noise = np.random.default_rng(1).normal(size=(N_ROWS, 1500)).astype(np.float32)

    def screened(
        y: IntVector, rows: IntVector, plan: FoldPlan, number: int
    ) -> tuple[Float32Matrix, Float32Matrix]:
        strength = np.abs((y[rows] - y[rows].mean()) @ noise[rows])
        columns = noise[:, np.argsort(strength)[-20:]]
        fold = plan.folds[number]
        return columns[fold.train], columns[fold.held_out]

    def planted(y: IntVector, plan: FoldPlan, number: int) -> tuple[Float32Matrix, Float32Matrix]:
        return screened(y, np.arange(N_ROWS), plan, number)

    def honest(y: IntVector, plan: FoldPlan, number: int) -> tuple[Float32Matrix, Float32Matrix]:
        return screened(y, plan.folds[number].train, plan, number)

    assert not is_free_of_leaks(planted, LINEAR)
    assert is_free_of_leaks(honest, LINEAR)

# ruff: noqa: PD011  # Matrix.values is an array, not a frame's attribute
"""A shuffled target cannot be predicted, and this test notices when a feature lets it be."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from automl_cli.core.arrays import Float32Matrix, IntVector
from automl_cli.core.candidate import FeatureRecipe, Step
from automl_cli.core.dataset import Column, Dataset, Schema
from automl_cli.core.foldplan import FoldPlan
from automl_cli.features.matrix import make_fold_matrices
from automl_cli.features.state import prepare_features
from automl_cli.features.target_encoding import EncodingTarget
from automl_cli.splits import SplitOptions, make_fold_plan

N_ROWS, N_SHUFFLES = 2000, 20
LEVELS = {"street": 500, "name": 1500}

# (target, plan, fold number) -> features of the training rows and of the held-out rows
MakeFeatures: TypeAlias = Callable[[IntVector, FoldPlan, int], tuple[Float32Matrix, Float32Matrix]]
Model: TypeAlias = LogisticRegression | DecisionTreeClassifier
LINEAR = LogisticRegression(solver="newton-cholesky")  # the fastest for a few columns
TREE = DecisionTreeClassifier(max_depth=4, random_state=0)


def is_free_of_leaks(
    make_features: MakeFeatures, model: Model, splitter: str = "stratified"
) -> bool:
    scores = [score_shuffle(make_features, model, splitter, seed) for seed in range(N_SHUFFLES)]
    error = np.std(scores, ddof=1) / np.sqrt(N_SHUFFLES)
    return bool(abs(np.mean(scores) - 0.5) < 3 * error)


def score_shuffle(make_features: MakeFeatures, model: Model, splitter: str, seed: int) -> float:
    """Return the mean AUC by fold of a model of noise."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(N_ROWS) % 10 < 3).astype(np.int64)
    extra = {"t": pd.Series(rng.permutation(N_ROWS)), "g": pd.Series(rng.integers(0, 99, N_ROWS))}
    options = SplitOptions(splitter=splitter, group="g", time="t", gap=50, seed=seed)
    plan = make_fold_plan(options, y, "binary", extra)
    scores = []
    for number, fold in enumerate(plan):
        train, held_out = make_features(y, plan, number)
        prediction = model.fit(train, y[fold.train]).predict_proba(held_out)[:, 1]
        scores.append(roc_auc_score(y[fold.held_out], prediction))
    return float(np.mean(scores))


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

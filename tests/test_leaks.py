"""With a shuffled target there is nothing to learn: models with default features find nothing."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.arrays import FloatVector, IntVector
from automl_cli.core.dataset import Column, Dataset, Schema, Target
from automl_cli.core.foldplan import FoldPlan
from automl_cli.core.matrix import Matrix
from automl_cli.core.model import FitJob, ModelSpec, Watch
from automl_cli.features.matrix import make_fold_matrices, make_prediction_matrices
from automl_cli.features.state import FeatureState, prepare_features
from automl_cli.features.target_encoding import EncodingTarget
from automl_cli.metrics.probabilities import roc_auc
from automl_cli.models import MODELS
from automl_cli.splits import SplitOptions, make_fold_plan
from automl_cli.train.rounds import choose_rounds

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

N_ROWS, N_SHUFFLES, N_FOLDS = 1_200, 12, 5
QUICK = {"learning_rate": 0.1, "n_estimators": 30, "landmarks": 200, "gamma": 0.3, "width": 32}

# (features, target, plan, fold number) -> training and held-out matrix
MakeMatrices = Callable[[FeatureState, IntVector, FoldPlan, int], tuple[Matrix, Matrix]]


def make_honest(
    state: FeatureState, y: IntVector, plan: FoldPlan, number: int
) -> tuple[Matrix, Matrix]:
    made = make_fold_matrices(state, EncodingTarget(y=y, n_outputs=1), plan, number)
    return made.train, made.held_out


def encode_with_all_rows(
    state: FeatureState, y: IntVector, plan: FoldPlan, number: int
) -> tuple[Matrix, Matrix]:
    """Plant a leak: target means that have seen the held-out rows."""
    fold = plan.folds[number]
    every = replace(fold, train=np.arange(N_ROWS))
    seen = replace(plan, folds=(*plan.folds[:number], every, *plan.folds[number + 1 :]))
    made = make_fold_matrices(state, EncodingTarget(y=y, n_outputs=1), seen, number)
    held_out, _ = make_prediction_matrices(state, made.encoder, fold)
    train, _ = make_prediction_matrices(state, made.encoder, replace(fold, held_out=fold.train))
    return train, held_out


def screen_with_all_rows(
    state: FeatureState,  # noqa: ARG001  # the plant has columns of its own
    y: IntVector,
    plan: FoldPlan,
    number: int,
) -> tuple[Matrix, Matrix]:
    """Plant a leak: the 20 of 1,500 noise columns that go best with the target of all rows."""
    columns = np.random.default_rng(0).normal(size=(N_ROWS, 1_500)).astype(np.float32)
    best = np.argsort(-np.abs(columns.T @ (y - y.mean())))[:20]
    fold = plan.folds[number]

    def make(rows: IntVector) -> Matrix:
        return Matrix(
            values=columns[rows][:, best],
            categories=np.empty((len(rows), 0), dtype=np.int32),
            value_names=tuple(f"noise{column}" for column in best),
            category_names=(),
            levels=(),
        )

    return make(fold.train), make(fold.held_out)


@pytest.fixture(scope="module")
def noise() -> Dataset:
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(
        {
            "few": pd.Categorical(rng.integers(0, N_ROWS // 4, N_ROWS).astype(str)),
            "many": pd.Categorical(rng.integers(0, 3 * N_ROWS // 4, N_ROWS).astype(str)),
            "size": rng.normal(size=N_ROWS),
            "rate": rng.exponential(size=N_ROWS).round(1),
        }
    )
    roles = {"few": "categorical", "many": "categorical", "size": "numeric", "rate": "numeric"}
    schema = Schema(
        targets=(Target(name="y", task="binary", labels=("0", "1"), reason="given"),),
        id=None,
        columns=tuple(Column(name=name, role=role, reason="given") for name, role in roles.items()),  # type: ignore[arg-type]
        ignored=(),
        facts=(),
    )
    return Dataset(
        schema=schema,
        train=frame,
        targets={"y": np.zeros(N_ROWS, dtype=np.int64)},
        test=None,
        test_ids=None,
        sample=None,
        extra={},
        key="noise",
    )


@pytest.mark.parametrize("name", list(MODELS))
def test_a_shuffled_target_cannot_be_predicted(name: str, noise: Dataset, tmp_path: Path) -> None:
    model = MODELS.get(name)
    state = prepare_features(noise, model.recipe, tmp_path, transductive=True)

    mean, limit = measure(model, state, make_honest)

    assert abs(mean - 0.5) <= limit


@pytest.mark.parametrize("plant", [encode_with_all_rows, screen_with_all_rows])
def test_a_planted_leak_is_found(plant: MakeMatrices, noise: Dataset, tmp_path: Path) -> None:
    model = MODELS.get("linear")
    state = prepare_features(noise, model.recipe, tmp_path, transductive=True)

    mean, limit = measure(model, state, plant)

    assert mean - 0.5 > limit


def measure(model: ModelSpec, state: FeatureState, make: MakeMatrices) -> tuple[float, float]:
    """Return the mean AUC by fold over all shuffles, and how far from .5 it may lie."""
    y = (np.arange(N_ROWS) < N_ROWS // 3).astype(np.int64)
    means = []
    for shuffle in range(N_SHUFFLES):
        shuffled = np.random.default_rng(shuffle).permutation(y)
        means.append(np.mean(_fold_aucs(model, state, shuffled, make, seed=shuffle)))
    return float(np.mean(means)), float(3 * np.std(means, ddof=1) / np.sqrt(N_SHUFFLES))


def _fold_aucs(
    model: ModelSpec, state: FeatureState, y: IntVector, make: MakeMatrices, seed: int
) -> list[float]:
    plan = make_fold_plan(SplitOptions(folds=N_FOLDS, seed=seed), y, "binary", {})
    own = {param: value for param, value in QUICK.items() if param in model.known_params}
    fits, watched = [], []
    for number, fold in enumerate(plan):
        train, held_out = make(state, y, plan, number)
        job = FitJob(
            matrix=train,
            y=y[fold.train],
            weight=None,
            offset=None,
            watch=Watch(matrix=held_out, y=y[fold.held_out], offset=None),
            objective="log_loss",
            n_outputs=1,
            params=model.make_params("binary", own),
            max_rounds=25,
            patience=20,
            seed=number,
            n_threads=1,
            stop_at=None,
        )
        fits.append(model.fit(job))
        watched.append((held_out, y[fold.held_out]))
    curves: list[FloatVector] = [fit.curve for fit in fits if fit.curve is not None]
    rounds = choose_rounds(curves, [0] * N_FOLDS) if model.has_rounds else (None,) * N_FOLDS
    return [
        roc_auc(labels, fit.model.predict(matrix, rounds=best)[:, 0])
        for fit, best, (matrix, labels) in zip(fits, rounds, watched, strict=True)
    ]

"""With a shuffled target there is nothing to learn: every model with its own features says so."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.arrays import FloatVector, IntVector
from automl_cli.core.dataset import Column, Dataset, Schema, Target
from automl_cli.core.model import FitJob, ModelSpec, Watch
from automl_cli.features.matrix import make_fold_matrices
from automl_cli.features.state import FeatureState, prepare_features
from automl_cli.features.target_encoding import EncodingTarget
from automl_cli.metrics.probabilities import roc_auc
from automl_cli.models import MODELS
from automl_cli.splits import SplitOptions, make_fold_plan
from automl_cli.train.rounds import choose_rounds

N_ROWS, N_SHUFFLES, N_FOLDS = 2_000, 20, 5
QUICK = {"learning_rate": 0.1, "n_estimators": 30}


@pytest.fixture(scope="module")
def noise() -> Dataset:
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(
        {
            "few": pd.Categorical(rng.integers(0, 500, N_ROWS).astype(str)),
            "many": pd.Categorical(rng.integers(0, 1_500, N_ROWS).astype(str)),
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
    y = (np.arange(N_ROWS) < 700).astype(np.int64)
    means = []
    for shuffle in range(N_SHUFFLES):
        shuffled = np.random.default_rng(shuffle).permutation(y)
        means.append(np.mean(_fold_aucs(model, state, shuffled, seed=shuffle)))

    limit = 3 * np.std(means, ddof=1) / np.sqrt(N_SHUFFLES)
    assert abs(np.mean(means) - 0.5) <= limit, (np.mean(means), limit)


def _fold_aucs(model: ModelSpec, state: FeatureState, y: IntVector, seed: int) -> list[float]:
    plan = make_fold_plan(SplitOptions(folds=N_FOLDS, seed=seed), y, "binary", {})
    target = EncodingTarget(y=y, n_outputs=1)
    own = {param: value for param, value in QUICK.items() if param in model.known_params}
    fits, watched = [], []
    for number, fold in enumerate(plan):
        made = make_fold_matrices(state, target, plan, number)
        job = FitJob(
            matrix=made.train,
            y=y[fold.train],
            weight=None,
            offset=None,
            watch=Watch(matrix=made.held_out, y=y[fold.held_out], offset=None),
            objective="log_loss",
            n_outputs=1,
            params=model.make_params("binary", own),
            max_rounds=40,
            patience=20,
            seed=number,
            n_threads=1,
            stop_at=None,
        )
        fits.append(model.fit(job))
        watched.append((made.held_out, y[fold.held_out]))
    curves: list[FloatVector] = [fit.curve for fit in fits if fit.curve is not None]
    rounds = choose_rounds(curves, [0] * N_FOLDS) if model.has_rounds else (None,) * N_FOLDS
    return [
        roc_auc(labels, fit.model.predict(matrix, rounds=best)[:, 0])
        for fit, best, (matrix, labels) in zip(fits, rounds, watched, strict=True)
    ]

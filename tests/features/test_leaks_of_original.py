"""An original data set that holds the rows of train as well does not tell their targets."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.tree import DecisionTreeClassifier

from automl_cli.core.candidate import Step
from automl_cli.core.dataset import Dataset, Original
from automl_cli.data.files import find_files
from automl_cli.data.infer import infer_dataset
from automl_cli.data.options import DataOptions
from automl_cli.features.group import Features
from automl_cli.features.matrix import make_fold_matrices
from automl_cli.features.state import prepare_features
from automl_cli.features.target_encoding import EncodingTarget
from automl_cli.splits import SplitOptions, make_fold_plan

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

N_ROWS, N_MORE, N_SHUFFLES = 600, 400, 12
STEPS = ["original_mean", "original_teacher"]


def make_noise(n_rows: int, rng: np.random.Generator) -> pd.DataFrame:
    """Make rows with values that are seldom the same, and a target that hangs on nothing."""
    return pd.DataFrame(
        {
            "size": rng.normal(size=n_rows).round(3),
            "rate": rng.exponential(size=n_rows).round(2),
            "street": [f"street {number}" for number in rng.integers(0, 200, n_rows)],
            "y": rng.permutation(np.arange(n_rows) % 3 == 0).astype(int),
        }
    )


def read(folder: Path, seed: int) -> Dataset:
    """Read a train whose rows are all in the original data set, among others."""
    rng = np.random.default_rng(seed)
    folder.mkdir()
    train, more = make_noise(N_ROWS, rng), make_noise(N_MORE, rng)
    both = pd.concat([more, train]).sample(frac=1, random_state=seed)
    train.rename_axis("id").to_csv(folder / "train.csv")
    both.to_csv(folder / "original.csv", index=False)
    files = find_files([folder / "train.csv"], original="original.csv")
    return infer_dataset(files, DataOptions(target=("y",))).dataset


def score(dataset: Dataset, step: str, folder: Path, seed: int) -> float:
    """Return the mean AUC by fold of a model that is given the step alone."""
    state = prepare_features(dataset, (Step(step),), folder, transductive=True)
    y = dataset.targets["y"]
    plan = make_fold_plan(SplitOptions(folds=5, seed=seed), y, "binary", {})
    scores = []
    for number, fold in enumerate(plan):
        made = make_fold_matrices(state, EncodingTarget(y=y, n_outputs=1), plan, number)
        model = DecisionTreeClassifier(max_depth=4, random_state=0)
        model.fit(made.train.values, y[fold.train])
        predicted = model.predict_proba(made.held_out.values)[:, 1]
        scores.append(roc_auc_score(y[fold.held_out], predicted))
    return float(np.mean(scores))


@pytest.mark.parametrize("step", STEPS)
def test_rows_of_train_in_the_original_data_set_tell_nothing(step: str, tmp_path: Path) -> None:
    scores = []
    for seed in range(N_SHUFFLES):
        dataset = read(tmp_path / str(seed), seed)
        assert dataset.original is not None
        assert len(dataset.original.frame) == N_MORE
        scores.append(score(dataset, step, tmp_path / f"{seed}" / "features", seed))
    error = np.std(scores, ddof=1) / np.sqrt(N_SHUFFLES)
    assert abs(np.mean(scores) - 0.5) < 3 * error


@pytest.mark.parametrize("step", STEPS)
def test_they_would_tell_if_they_were_not_left_out(step: str, tmp_path: Path) -> None:
    dataset = read(tmp_path / "task", 0)
    copied = Original(frame=dataset.train, targets=dataset.targets)
    leaking = replace(dataset, original=copied, key="with all rows of train")
    assert score(leaking, step, tmp_path / "features", 0) > 0.65


def test_rows_of_the_original_data_set_are_not_told_their_own_targets(tmp_path: Path) -> None:
    own, new = [], []
    for seed in range(N_SHUFFLES):
        dataset = read(tmp_path / str(seed), seed)
        assert dataset.original is not None
        folder = tmp_path / f"{seed}" / "features"
        state = prepare_features(dataset, (Step("original_mean"),), folder, transductive=True)
        (step,), y = state.steps, dataset.original.targets["y"]
        own.append(_judge(next(step.load("original")), y))
        new.append(_judge(next(step.transform(dataset.original.frame)), y))
    assert abs(np.mean(own) - 0.5) < 3 * np.std(own, ddof=1) / np.sqrt(N_SHUFFLES)
    assert np.mean(new) > 0.65


def _judge(made: Features, y: np.ndarray) -> float:
    """Return the mean AUC of the mean targets."""
    means = [k for k, name in enumerate(made.names) if name.endswith("__original_mean")]
    return float(np.mean([roc_auc_score(y, made.array[k]) for k in means]))

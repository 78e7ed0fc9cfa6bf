"""Choices under a clock on pure noise: what is told of them is what chance gives."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import automl_cli

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

N_TRAIN, N_TEST = 12_000, 500  # so many rows that a candidate starts on a single fold


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("noise")
    rng = np.random.default_rng(3)
    n_rows = N_TRAIN + N_TEST
    frame = pd.DataFrame({f"n{k}": rng.normal(size=n_rows).round(2) for k in range(4)})
    frame["many"] = rng.integers(0, 400, n_rows).astype(str)
    frame["y"] = rng.integers(0, 2, n_rows)
    frame[:N_TRAIN].to_csv(folder / "train.csv", index=False)
    frame[N_TRAIN:].drop(columns="y").to_csv(folder / "test.csv", index=False)
    return folder


def test_the_score_of_what_was_chosen_under_a_clock_is_that_of_chance(
    table: Path, tmp_path: Path
) -> None:
    overrides = ["data.target=y", "budget=25s", "run.report=false"]
    overrides += ["search.trials=12", "search.models=[lightgbm, linear]", "limits.rounds=60"]
    summary = automl_cli.fit(table, preset="smoke", overrides=overrides, out=tmp_path / "run")
    folds = [len(candidate["fold_scores"]) for candidate in summary["candidates"]]
    assert min(folds) == 1
    assert len(folds) > 8
    assert abs(summary["score"] - 0.5) < 3 * summary["score_se"]

"""A competition with four finished runs, which no test changes."""

from pathlib import Path

import numpy as np
import pytest
from blended import N_TRAIN, make_frame

import automl_cli


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a competition, and runs of it with other settings each."""
    place = tmp_path_factory.mktemp("blend")
    frame, hidden = make_frame()
    folder = place / "task"
    folder.mkdir()
    frame[:N_TRAIN].to_csv(folder / "train.csv", index=False)
    frame[N_TRAIN:].drop(columns="sold").to_csv(folder / "test.csv", index=False)
    np.save(place / "hidden.npy", hidden)
    small = ["limits.rounds=20", "metric=log_loss", "data.target=sold"]
    automl_cli.fit(folder, preset="smoke", overrides=small, out=place / "run")
    other = [*small, "seed=1", "validation.folds=4"]
    automl_cli.fit(folder, preset="smoke", overrides=other, out=place / "other")
    grouped = [*small, "validation.group=shop"]
    automl_cli.fit(folder, preset="smoke", overrides=grouped, out=place / "grouped")
    mean = [*small, "ensemble.combiners=[mean]"]
    automl_cli.fit(folder, preset="smoke", overrides=mean, out=place / "mean")
    return place

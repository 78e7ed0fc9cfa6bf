"""A table of which the truth is known, and a run on it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import automl_cli

N = 600


def make_frame() -> pd.DataFrame:
    """Return columns of which size, city and gap tell something, and noise nothing."""
    rng = np.random.default_rng(0)
    shop = rng.integers(0, 60, N)
    frame = pd.DataFrame(
        {
            "id": np.arange(N) + 10,
            "size": rng.normal(100, 5, N).round(3),
            "noise": rng.normal(size=N).round(4),
            "city": rng.choice(["Bern", "Genf", "Zug"], N, p=[0.5, 0.3, 0.2]),
            "shop": shop,
        }
    )
    signal = (frame["size"] - 100) / 5 + 1.5 * (frame["city"] == "Zug") + rng.logistic(size=N)
    frame["price"] = (100 + signal + rng.normal(size=60)[shop]).round(4)
    frame["sold"] = np.where(signal > 0.3, "yes", "no")
    frame["grade"] = np.digitize(signal, [-0.5, 1.0])
    return frame


@pytest.fixture
def frame() -> pd.DataFrame:
    """Return the table, to be changed."""
    return make_frame()


@pytest.fixture(scope="session")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("tables") / "train.csv"
    make_frame().to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("run")
    frame = make_frame().drop(columns=["price", "grade", "shop"])
    frame[:500].to_csv(folder / "train.csv", index=False)
    frame[500:].drop(columns="sold").to_csv(folder / "test.csv", index=False)
    overrides = ["limits.rounds=20", "metric=log_loss"]
    automl_cli.fit(folder, preset="smoke", overrides=overrides, out=folder / "run")
    return folder / "run"

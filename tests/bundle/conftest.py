"""A competition and a finished run of it, for each task."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import automl_cli

N_TRAIN, N_TEST = 241, 60  # folds of unequal size count by their rows
SMALL = ["limits.rounds=15", "budget=null", "features.groups.crosses={top: 5}"]
SMALL += ["run.report=false", "validation.folds=3", "run.workers=1"]
SEARCHED = ["search.trials=3", "search.models=[lightgbm]"]
Make = Callable[..., tuple[Path, Path]]


def make_tables(folder: Path, task: str) -> None:
    rng = np.random.default_rng(0)
    n = N_TRAIN + N_TEST
    words = np.array([f"word{k}" for k in range(30)])
    frame = pd.DataFrame(
        {
            "row": np.arange(n) + 1000,
            "size": np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n).round(3)),
            "count": rng.integers(0, 9, n),
            "city": rng.choice(["Bern", "Genf", "Zug", "Thun"], n),
            "bought": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 300, n), "D"),
            "note": [" ".join(rng.choice(words, 5)) for _ in range(n)],
        }
    )
    signal = frame["size"].fillna(0) + frame["count"] / 4 + rng.normal(size=n)
    codes = pd.qcut(signal, 2 if task == "binary" else 3, labels=False)
    frame["sold"] = signal.round(4) if task == "regression" else codes.map("class{}".format)
    frame["sold"] += 10 if task == "regression" else ""  # no value lies below 0
    folder.mkdir()
    frame[:N_TRAIN].to_csv(folder / "train.csv", index=False)
    frame[N_TRAIN:].drop(columns="sold").to_csv(folder / "test.csv", index=False)


@pytest.fixture(scope="module")
def make_run(tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Return a function that gives a competition and a finished run, made once for each case."""
    root = tmp_path_factory.mktemp("bundles")

    def make(task: str, preset: str = "fast", metric: str = "") -> tuple[Path, Path]:
        folder, run = root / task, root / f"run-{task}-{preset}-{metric}"
        if not folder.exists():
            make_tables(folder, task)
        if not run.exists():
            overrides = [*SMALL, "data.target=sold", "data.id=row", "limits.candidates=5"]
            overrides += SEARCHED if preset in {"medium", "best"} else []
            overrides += [f"metric={metric}"] if metric else []
            overrides += ["ensemble.combiners=[mean]"]  # of every kind of model
            automl_cli.fit(folder, preset=preset, overrides=overrides, out=run)
        return folder, run

    return make


@pytest.fixture
def bundle(make_run: Make, tmp_path: Path) -> Path:
    """Return a copy of a run that may be damaged."""
    _, run = make_run("binary")
    return Path(shutil.copytree(run, tmp_path / "bundle"))

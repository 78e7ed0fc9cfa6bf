"""Finished runs that the tests of the report share."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import automl_cli

SCRIPT = "<script>alert(1)</script>"  # a column that anybody may have named
N_TRAIN, N_TEST = 300, 120
SMALL = ["limits.rounds=20", "limits.candidates=3", "run.workers=1"]


def make_frame() -> pd.DataFrame:
    """Return rows whose target is undecided where `shop` is b, and whose test part has drifted."""
    rng = np.random.default_rng(0)
    n = N_TRAIN + N_TEST
    frame = pd.DataFrame(
        {
            "id": np.arange(n) + 10,
            SCRIPT: rng.normal(size=n).round(3),
            "shop": rng.choice(["a", "b", "c & d"], n),
            "drifting": rng.normal(size=n) + 3 * (np.arange(n) >= N_TRAIN),
        }
    )
    signal = 4 * frame[SCRIPT] * (frame["shop"] != "b") + rng.normal(size=n)
    frame["sold"] = np.where(signal > 0, "yes", "no")
    frame["grade"] = np.digitize(signal, [-1.5, 1.5])
    frame["price"] = (np.exp(signal / 3) * 100).round(2)
    return frame


def write_task(folder: Path, target: str) -> Path:
    """Write a competition with one of the three targets."""
    folder.mkdir(parents=True)
    frame = make_frame().drop(columns=[name for name in TARGETS if name != target])
    frame[:N_TRAIN].to_csv(folder / "train.csv", index=False)
    frame[N_TRAIN:].drop(columns=target).to_csv(folder / "test.csv", index=False)
    return folder


TARGETS = {"sold": "roc_auc", "grade": "log_loss", "price": "rmsle"}


@pytest.fixture(scope="session")
def report_runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a finished run of each task, called by its target, and `other`."""
    place = tmp_path_factory.mktemp("report")
    for target, metric in TARGETS.items():
        task = write_task(place / f"task-{target}", target)
        overrides = [
            *SMALL,
            f"metric={metric}",
            f"data.target={target}",
            "features.groups={crosses: {}, arithmetic: {}}",
            "candidates=[{model: linear, generated: false}]",
        ]
        overrides += ["data.task=multiclass"] * (target == "grade")
        automl_cli.fit(task, preset="smoke", overrides=overrides, out=place / target)
    overrides = [*SMALL, "metric=roc_auc", "data.target=sold", "seed=1"]
    task = place / "task-sold"
    automl_cli.fit(task, preset="smoke", overrides=overrides, out=place / "other")
    return place

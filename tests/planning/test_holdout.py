"""A strict hold-out: nothing of a run sees it before the end."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import automl_cli
from automl_cli.config.load import load_config
from automl_cli.core.dataset import Dataset
from automl_cli.data.files import find_files
from automl_cli.data.infer import infer_dataset
from automl_cli.planning.holdout import Holdout, hold_out
from automl_cli.planning.problems import make_data_options
from automl_cli.planning.validation import choose_validation

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

N_ROWS = 400
SMALL = ["limits.rounds=20", "data.target=y", "data.drop=[g, t]", "data.id=id"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "id": np.arange(N_ROWS),
            "x": rng.normal(size=N_ROWS),
            "c": rng.choice(list("abc"), N_ROWS),
            "g": rng.integers(0, 40, N_ROWS),
            "t": rng.permutation(N_ROWS),
        }
    )
    frame["y"] = (frame["x"] + (frame["c"] == "a") + rng.normal(size=N_ROWS) > 0).astype(int)
    folder = tmp_path / "task"
    folder.mkdir()
    frame[:300].to_csv(folder / "train.csv", index=False)
    frame[300:].drop(columns="y").to_csv(folder / "test.csv", index=False)
    return folder


def split(folder: Path, *overrides: str) -> tuple[Dataset, Holdout]:
    config = load_config(preset="smoke", overrides=[*SMALL, *overrides]).config
    dataset = infer_dataset(find_files([folder]), make_data_options(config)).dataset
    return dataset, hold_out(dataset, choose_validation(dataset, config), config.validation.holdout)


@pytest.mark.parametrize("share", [0.01, 0.1, 0.25, 0.4, 0.45, 0.5])
def test_rows_are_left_or_held_out_and_follow_the_test_table(folder: Path, share: float) -> None:
    dataset, rows = split(folder, "validation.splitter=kfold", f"validation.holdout={share}")

    assert rows.dataset.test is not None
    assert rows.n_rows == pytest.approx(share * 300, abs=2)
    assert len(rows.dataset.train) == 300 - rows.n_rows
    assert len(rows.dataset.test) == 100 + rows.n_rows
    assert rows.dataset.test.dtypes.equals(dataset.train.dtypes)
    seen = [*rows.dataset.train["x"], *rows.dataset.test["x"][100:]]
    assert sorted(seen) == sorted(dataset.train["x"])
    assert len(rows.targets["y"]) == rows.n_rows
    assert rows.dataset.key != dataset.key


def test_rows_of_one_group_are_held_out_together(folder: Path) -> None:
    _, rows = split(folder, "validation.group=g", "validation.holdout=0.2")
    _, again = split(folder, "validation.group=g")

    left, every = rows.validation.extra["g"], again.validation.extra["g"]
    held_out = every.value_counts().sub(left.value_counts(), fill_value=0)
    held_out = held_out[held_out > 0]
    assert set(held_out.index).isdisjoint(left)
    assert held_out.sum() == rows.n_rows == pytest.approx(60, abs=15)
    assert len(rows.validation.extra["g"]) == len(rows.dataset.train)


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5])
def test_of_a_time_plan_the_latest_rows_are_held_out(folder: Path, share: float) -> None:
    dataset, rows = split(folder, "validation.time=t", f"validation.holdout={share}")

    assert rows.n_rows == pytest.approx(share * 300, abs=15)
    assert rows.validation.extra["t"].max() < np.sort(dataset.extra["t"])[-rows.n_rows]


def test_rows_in_the_gap_before_the_latest_are_neither_left_nor_held_out(folder: Path) -> None:
    own = ("validation.time=t", "validation.gap=10", "validation.holdout=0.2")
    dataset, rows = split(folder, *own)

    times = np.sort(dataset.extra["t"])
    begin = times[-rows.n_rows]
    assert begin - rows.validation.extra["t"].max() >= 10
    in_gap = int(((times < begin) & (times > begin - 10)).sum())
    assert len(rows.left) + rows.n_rows == pytest.approx(300 - in_gap, abs=1)


def test_without_a_share_nothing_is_held_out(folder: Path) -> None:
    dataset, rows = split(folder)

    assert rows.dataset is dataset
    assert rows.n_rows == 0


def test_a_run_tells_the_score_of_the_rows_held_out_and_answers_the_test_rows_alone(
    folder: Path, tmp_path: Path
) -> None:
    overrides = [*SMALL, "validation.holdout=0.2", "validation.splitter=kfold", "metric=roc_auc"]
    summary = automl_cli.fit(folder, preset="smoke", overrides=overrides, out=tmp_path / "run")

    figures = summary["targets"][0]["holdout"]
    assert figures["rows"] == 60
    assert 0.5 < figures["score"] < 1
    assert figures["score_se"] > 0
    assert [
        "hold-out",
        "60 rows",
        "requested; nothing sees their targets before the end",
    ] in summary["facts"]
    submission = pd.read_csv(summary["submission"])
    assert submission["id"].tolist() == list(range(300, 400))


def test_the_targets_of_the_rows_held_out_change_no_prediction(
    folder: Path, tmp_path: Path
) -> None:
    overrides = [*SMALL, "validation.holdout=0.2", "validation.splitter=kfold", "metric=roc_auc"]
    first = automl_cli.fit(folder, preset="smoke", overrides=overrides, out=tmp_path / "one")
    dataset, rows = split(folder, *overrides[len(SMALL) :])
    train = pd.read_csv(folder / "train.csv")
    held = ~train["x"].isin(rows.dataset.train["x"])
    train.loc[held, "y"] = 1 - train.loc[held, "y"]
    train.to_csv(folder / "train.csv", index=False)
    second = automl_cli.fit(folder, preset="smoke", overrides=overrides, out=tmp_path / "two")

    one, two = (pd.read_csv(run["submission"]) for run in (first, second))
    assert len(dataset.train) == 300
    pd.testing.assert_frame_equal(one, two)
    assert second["targets"][0]["holdout"]["score"] < first["targets"][0]["holdout"]["score"]


def test_without_a_test_table_the_hold_out_is_predicted_all_the_same(
    folder: Path, tmp_path: Path
) -> None:
    (folder / "test.csv").unlink()
    overrides = [*SMALL, "validation.holdout=0.2", "validation.splitter=kfold", "metric=roc_auc"]
    summary = automl_cli.fit(folder, preset="smoke", overrides=overrides, out=tmp_path / "run")

    assert summary["submission"] is None
    assert summary["targets"][0]["holdout"]["rows"] == 60


def test_the_targets_of_the_rows_held_out_do_not_make_numbers_labels(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    effect = rng.normal(size=300)
    shop = rng.integers(0, 300, 6_000)
    sold = (effect[shop] + rng.normal(size=6_000) > 0).astype(int)
    table = pd.DataFrame({"shop": rng.permutation(100_000)[:300][shop], "sold": sold})
    table.to_csv(tmp_path / "train.csv", index=False)
    for share, expected in ((None, ["shop", "shop.category"]), (0.2, ["shop"])):
        said = [] if share is None else [f"validation.holdout={share}"]
        config = load_config(preset="smoke", overrides=["data.target=sold", *said]).config
        options = make_data_options(config)
        found = infer_dataset(find_files([tmp_path / "train.csv"]), options)
        assert list(found.dataset.train.columns) == expected

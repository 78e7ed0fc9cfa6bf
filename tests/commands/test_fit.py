"""Whole runs on small real tables: each shape of a competition ends in a right submission."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_diabetes, load_iris, load_wine

import automl_cli
from automl_cli.commands.predict import PredictRequest, predict
from automl_cli.core.errors import ConfigError, PlanError

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

QUICK = ["limits.rounds=40", "limits.candidates=2", "validation.folds=3"]


def write(folder: Path, frame: pd.DataFrame, targets: list[str], *, sample: bool = True) -> Path:
    """Write a competition: the last fifth of the rows is the test table."""
    frame = frame.reset_index(drop=True)
    frame.insert(0, "id", [f"{number:03d}" for number in range(len(frame))])
    mixed = frame.sample(frac=1, random_state=0)
    cut = len(frame) // 5
    mixed[cut:].to_csv(folder / "train.csv", index=False)
    mixed[:cut].drop(columns=targets).to_csv(folder / "test.csv", index=False)
    if sample:
        empty = mixed[:cut][["id"]].assign(**dict.fromkeys(targets, 0))
        empty.to_csv(folder / "sample_submission.csv", index=False)
    return folder


def run(folder: Path, *more: str) -> tuple[dict[str, Any], pd.DataFrame]:
    """Fit and return summary and submission, all columns as text but those of numbers."""
    summary = automl_cli.fit(folder, preset="smoke", overrides=[*QUICK, *more], out=folder / "run")
    submission = summary["submission"]
    assert submission is not None
    return summary, pd.read_csv(submission, dtype={"id": str})


def warnings_of(run_folder: Path) -> list[str]:
    events = map(json.loads, (run_folder / "events.jsonl").read_text().splitlines())
    return [event["message"] for event in events if event["kind"] == "warning"]


@pytest.fixture
def diabetes() -> pd.DataFrame:
    frame: pd.DataFrame = load_diabetes(as_frame=True).frame
    return frame


def test_ids_come_back_byte_for_byte(tmp_path: Path, diabetes: pd.DataFrame) -> None:
    _, submission = run(write(tmp_path, diabetes, ["target"]))

    test = pd.read_csv(tmp_path / "test.csv", dtype=str)
    assert submission["id"].tolist() == test["id"].tolist()
    assert submission["id"].str.len().unique().tolist() == [3]


def test_a_regression_stays_in_the_range_of_its_target(
    tmp_path: Path, diabetes: pd.DataFrame
) -> None:
    summary, submission = run(write(tmp_path, diabetes, ["target"]), "metric=mae")

    assert summary["metric"] == "mae"
    assert submission["target"].between(diabetes["target"].min(), diabetes["target"].max()).all()


def test_several_targets_are_predicted_in_one_run(tmp_path: Path, diabetes: pd.DataFrame) -> None:
    frame = diabetes.assign(double=diabetes["target"] * 2 + diabetes["bmi"])
    summary, submission = run(write(tmp_path, frame, ["target", "double"]), "metric=mcrmse")

    assert [target["target"] for target in summary["targets"]] == ["target", "double"]
    assert summary["score"] == pytest.approx(np.mean([t["score"] for t in summary["targets"]]))
    assert submission.columns.tolist() == ["id", "target", "double"]
    assert np.corrcoef(submission["target"], submission["double"])[0, 1] > 0.9


def test_targets_of_different_tasks_keep_their_own_metrics(
    tmp_path: Path, diabetes: pd.DataFrame
) -> None:
    frame = diabetes.assign(high=(diabetes["target"] > 140).astype(int))
    summary, submission = run(write(tmp_path, frame, ["high", "target"]))

    assert [target["metric"] for target in summary["targets"]] == ["roc_auc", "rmse"]
    for name in ("task", "metric", "score", "score_se", "in_sample"):
        assert summary[name] is None
    assert submission["high"].between(0, 1).all()
    assert submission["target"].between(20, 400).all()


def test_labels_are_spelled_as_in_train(tmp_path: Path) -> None:
    iris = load_iris(as_frame=True)
    frame = iris.frame.assign(target=iris.target_names[iris.frame["target"]])
    folder = write(tmp_path, frame, ["target"])
    sample = pd.read_csv(folder / "sample_submission.csv", dtype=str).assign(target="setosa")
    sample.to_csv(folder / "sample_submission.csv", index=False)

    summary, submission = run(folder)

    assert summary["metric"] == "accuracy"
    assert set(submission["target"]) <= set(iris.target_names)
    assert summary["score"] > 0.8


def test_ordinal_labels_are_cut_from_a_regression(tmp_path: Path) -> None:
    wine = load_wine(as_frame=True).frame
    summary, submission = run(
        write(tmp_path, wine.assign(target=wine["target"] + 3), ["target"]), "metric=qwk"
    )

    assert summary["score"] > 0.7
    assert set(submission["target"]) <= {3, 4, 5}


@pytest.mark.parametrize("names", [["grade 9", "grade 10", "grade 11"], ["low", "mid", "high"]])
def test_ordinal_texts_are_cut_from_a_regression_in_their_order(
    tmp_path: Path, names: list[str]
) -> None:
    wine = load_wine(as_frame=True).frame
    frame = wine.assign(target=np.array(names)[wine["target"]])
    folder = write(tmp_path, frame, ["target"])
    summary, submission = run(folder, "metric=qwk")
    shutil.rmtree(folder / "run")
    as_numbers, _ = run(write(tmp_path, wine, ["target"]), "metric=qwk", "run.report=false")

    assert set(submission["target"]) == set(names)
    # The same rows as numbers from 0: nothing is lost by their being texts.
    assert summary["score"] == pytest.approx(as_numbers["score"], abs=1e-9)
    assert summary["score"] > 0.7
    order = {what: value for what, value, _ in summary["facts"]}["order"]
    assert order == " < ".join(names)


def test_an_order_that_nothing_tells_is_asked_for(tmp_path: Path) -> None:
    wine = load_wine(as_frame=True).frame
    names = np.array(["red", "green", "blue"])[wine["target"]]
    folder = write(tmp_path, wine.assign(target=names), ["target"])
    run(folder, "metric=qwk", "run.report=false")
    told = warnings_of(folder / "run")
    assert told == [
        (
            "qwk counts how far apart classes are, and the order of the classes of 'target' is "
            "not known: they are taken alphabetically (blue, green, red). List them from lowest "
            "to highest in data.order."
        )
    ]

    shutil.rmtree(folder / "run")
    _, submission = run(folder, "metric=qwk", "run.report=false", "data.order=[red, green, blue]")
    assert warnings_of(folder / "run") == []
    assert set(submission["target"]) == {"red", "green", "blue"}


def test_new_rows_are_spelled_as_the_submission_is(tmp_path: Path) -> None:
    iris = load_iris(as_frame=True)
    frame = iris.frame.assign(target=iris.target_names[iris.frame["target"]])
    folder = write(tmp_path, frame, ["target"])
    sample = pd.read_csv(folder / "sample_submission.csv", dtype=str)
    shown = np.char.upper(iris.target_names)[np.arange(len(sample)) % 3]
    sample.assign(target=shown)[["target", "id"]].to_csv(
        folder / "sample_submission.csv", index=False
    )
    summary, submission = run(folder)
    predicted = predict(
        PredictRequest(run=folder / "run", rows=folder / "test.csv", out=tmp_path / "new.csv")
    )

    assert summary["metric"] == "accuracy"
    assert submission.columns.tolist() == ["target", "id"]
    assert set(submission["target"]) == {"SETOSA", "VERSICOLOR", "VIRGINICA"}
    again = pd.read_csv(predicted["predictions"], dtype=str)
    assert again["target"].tolist() == submission["target"].tolist()


def test_two_columns_name_the_rows_of_the_submission_and_of_new_ones(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    days = pd.date_range("2024-01-01", periods=70).strftime("%Y-%m-%d")
    frame = pd.DataFrame([(day, shop) for day in days for shop in "ABC"], columns=["day", "shop"])
    frame["sales"] = 5.0 * (frame["shop"] == "B") + rng.normal(size=len(frame)).round(3)
    frame[:180].to_csv(tmp_path / "train.csv", index=False)
    test = frame[180:].drop(columns="sales")
    test.to_csv(tmp_path / "test.csv", index=False)
    sample = test.assign(sales=0.0)[["shop", "sales", "day"]][::-1]
    sample.to_csv(tmp_path / "sample_submission.csv", index=False)

    _, submission = run(tmp_path, "run.report=false")
    request = PredictRequest(run=tmp_path / "run", rows=tmp_path / "test.csv", out=tmp_path / "new")
    again = pd.read_csv(predict(request)["predictions"])

    names = ["shop", "day"]
    assert submission[names].to_numpy().tolist() == sample[names].to_numpy().tolist()
    assert submission.columns.tolist() == ["shop", "sales", "day"]
    means = submission.groupby("shop")["sales"].mean()
    assert means["B"] > means["A"] + 2
    assert again.columns.tolist() == ["shop", "day", "sales"]
    merged = submission.merge(again, on=names)
    assert len(merged) == len(test)
    assert merged["sales_x"].to_numpy() == pytest.approx(merged["sales_y"].to_numpy())


def test_a_loaded_config_is_not_changed_on_the_way() -> None:
    loaded = automl_cli.load_config(preset="smoke")

    for more in ({"preset": "fast"}, {"overrides": ["seed=5"]}):
        with pytest.raises(ConfigError, match="config is loaded already") as caught:
            automl_cli.fit("train.csv", config=loaded, **more)  # type: ignore[arg-type]
        assert caught.value.hint == "Give preset and overrides to load_config."


def test_without_a_test_table_there_is_no_submission(
    tmp_path: Path, diabetes: pd.DataFrame
) -> None:
    diabetes.to_csv(tmp_path / "train.csv", index=False)
    summary = automl_cli.fit(
        tmp_path / "train.csv", preset="smoke", overrides=QUICK, out=tmp_path / "run"
    )

    assert summary["submission"] is None
    assert not (tmp_path / "run" / "submission.csv").exists()
    assert (tmp_path / "run" / "summary.json").exists()


@pytest.mark.parametrize(
    ("splitter", "folds"),
    [
        (["validation.splitter=kfold"], 3),
        (["validation.splitter=kfold", "validation.repeats=2"], 6),
        (["validation.group=age"], 3),
        (["validation.time=bmi", "validation.gap=0.01"], 3),
        (["validation.column=part"], 4),
    ],
)
def test_every_way_to_validate_ends_in_a_submission(
    tmp_path: Path, diabetes: pd.DataFrame, splitter: list[str], folds: int
) -> None:
    frame = diabetes.assign(part=np.arange(len(diabetes)) % 4)
    summary, submission = run(write(tmp_path, frame, ["target"]), *splitter)

    assert summary["targets"][0]["folds"] == folds
    assert np.isfinite(summary["score"])
    assert submission["target"].notna().all()


def test_a_metric_from_a_file_scores_the_run(tmp_path: Path, diabetes: pd.DataFrame) -> None:
    file = tmp_path / "my_metric.py"
    file.write_text(
        "greater_is_better = False\n\n"
        "def score(y_true, y_pred):\n    return float(abs(y_true - y_pred).max())\n"
    )
    summary, _ = run(write(tmp_path, diabetes, ["target"]), f"metric={file}:score")

    assert 50 < summary["score"] < 400


def test_a_script_needs_no_main_guard(tmp_path: Path, diabetes: pd.DataFrame) -> None:
    folder = write(tmp_path, diabetes, ["target"], sample=False)
    script = tmp_path / "script.py"
    script.write_text(
        "import automl_cli\n"
        f"print(automl_cli.fit({str(folder)!r}, preset='smoke', overrides={QUICK!r})['task'])\n"
    )

    done = subprocess.run(
        [sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=True
    )

    assert done.stdout == "regression\n"
    assert len(list((tmp_path / "runs").iterdir())) == 1


def test_a_table_that_no_recipe_fits_is_refused(tmp_path: Path) -> None:
    frame = pd.DataFrame({"when": pd.date_range("2020-01-01", periods=60), "y": range(60)})
    frame.to_csv(tmp_path / "train.csv", index=False)
    overrides = [*QUICK, "features.recipes.lightgbm=[counts]", "models.linear=false"]

    with pytest.raises(PlanError, match="makes no feature"):
        automl_cli.fit(
            tmp_path / "train.csv", preset="smoke", overrides=overrides, out=tmp_path / "run"
        )

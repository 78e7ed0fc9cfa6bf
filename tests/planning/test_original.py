"""The original data set in a run: tried, weighed on the competition's rows, and told."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import automl_cli
from automl_cli.commands.predict import PredictRequest, predict
from automl_cli.config.load import load_config
from automl_cli.core.candidate import Candidate
from automl_cli.core.dataset import Dataset
from automl_cli.core.errors import ConfigError, PlanError
from automl_cli.core.problem import Problem
from automl_cli.data.files import find_files
from automl_cli.data.infer import infer_dataset
from automl_cli.explain import ExplainRequest, explain
from automl_cli.planning.original import compare_original, describe_gate, measure_original
from automl_cli.planning.plan import make_run_key
from automl_cli.planning.problems import make_data_options, make_problem

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

SETTINGS = ["data.target=y", "metric=roc_auc", "validation.splitter=kfold", "limits.rounds=60"]


def make_rows(n_rows: int, seed: int, *, turned: bool = False, moved: float = 0.0) -> pd.DataFrame:
    """Make rows whose class hangs on three columns, or on their opposites (`turned`)."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(n_rows, 4)), columns=list("abcd"))
    frame["kind"] = rng.choice(list("xyz"), n_rows)
    margin = frame["a"] + frame["b"] * frame["c"] + (frame["kind"] == "x")
    drawn = rng.random(n_rows) < 1 / (1 + np.exp(margin if turned else -margin))
    return frame.assign(y=drawn.astype(int), a=frame["a"] + moved)


def write(folder: Path, original: pd.DataFrame, n_rows: int = 200) -> Path:
    folder.mkdir(exist_ok=True)
    make_rows(n_rows, 0).rename_axis("id").to_csv(folder / "train.csv")
    make_rows(100, 1).drop(columns="y").rename_axis("id").to_csv(folder / "test.csv")
    original.to_csv(folder / "original.csv", index=False)
    return folder


def fit(folder: Path, *overrides: str) -> dict[str, Any]:
    return automl_cli.fit(
        folder,
        preset="smoke",
        overrides=[*SETTINGS, "data.original=original.csv", *overrides],
        out=folder / "run",
    )


def read(folder: Path, *overrides: str) -> tuple[Dataset, Any]:
    config = load_config(preset="smoke", overrides=[*SETTINGS, *overrides]).config
    files = find_files([folder], original="original.csv")
    return infer_dataset(files, make_data_options(config)).dataset, config


def test_rows_that_help_are_trained_on_and_the_summary_tells_what_they_brought(
    tmp_path: Path,
) -> None:
    target = fit(write(tmp_path / "task", make_rows(2000, 2)))["targets"][0]

    brought = target["original"]
    assert brought["score"] > brought["plain_score"]
    assert brought["gain"] == pytest.approx(brought["score"] - brought["plain_score"])
    assert brought["gain"] > 2 * brought["gain_se"] > 0
    assert brought["is_better"]
    leading = target["candidates"][0]
    assert leading["original"] == 1.0


def test_rows_that_mislead_are_left_out(tmp_path: Path) -> None:
    target = fit(write(tmp_path / "task", make_rows(2000, 2, turned=True)))["targets"][0]

    assert target["original"]["gain"] < 0
    assert not target["original"]["is_better"]
    weights = {one["key"]: one["weight"] for one in target["candidates"] if one["original"]}
    assert len(weights) == 2  # the small first candidate and the first full one
    assert all(weight is None or weight < 0.5 for weight in weights.values())


def test_rows_that_a_model_tells_apart_are_not_tried(tmp_path: Path) -> None:
    summary = fit(write(tmp_path / "task", make_rows(300, 2, moved=5.0)))

    facts = {what: value for what, value, _ in summary["facts"]}
    assert facts["original rows"] == "not used"
    assert summary["targets"][0]["original"] is None
    assert not any(one["original"] for one in summary["candidates"])


def test_too_few_rows_to_be_told_apart_are_tried(tmp_path: Path) -> None:
    dataset, _ = read(write(tmp_path / "task", make_rows(50, 2)))

    usable, facts = describe_gate(dataset, measure_original(dataset))
    assert usable
    assert facts == [("original rows", "tried", "too few rows to tell them from train's")]


def test_the_better_one_has_the_lower_loss_whatever_its_score(
    make_problem: Callable[..., Problem], make_candidate: Callable[..., Candidate]
) -> None:
    problem = make_problem("accuracy", np.arange(100) % 2, labels=("n", "y"))
    chance = np.where(problem.y == 1, 0.6, 0.4)
    sure = np.where(np.arange(100) < 90, problem.y, 1 - problem.y).clip(1e-6, 1 - 1e-6)
    calm, bold = (make_candidate("linear", oof[:, None]) for oof in (chance, sure))

    told = compare_original(problem, replace(bold, score=0.9), replace(calm, score=0.8))
    assert not told.is_better
    told = compare_original(problem, replace(calm, score=0.8), replace(bold, score=0.9))
    assert told.is_better


def test_out_of_fold_predictions_are_of_competition_rows_alone(tmp_path: Path) -> None:
    folder = write(tmp_path / "task", make_rows(400, 2))
    summary = fit(folder)

    for candidate in summary["candidates"]:
        oof = np.load(folder / "run" / "candidates" / candidate["key"] / "oof.npy")
        assert oof.shape == (200, 1)
        assert not np.isnan(oof).any()


def test_a_row_of_a_low_weight_changes_the_model_less(tmp_path: Path) -> None:
    folder = write(tmp_path / "task", make_rows(2000, 2, turned=True))
    gains = []
    for number, weight in enumerate(("1.0", "0.01")):
        summary = automl_cli.fit(
            folder,
            preset="smoke",
            overrides=[*SETTINGS, "data.original=original.csv", f"data.original_weight={weight}"],
            out=folder / f"run{number}",
        )
        gains.append(summary["targets"][0]["original"]["gain"])

    assert gains[0] < gains[1]


def test_a_repeated_command_finds_all_done_and_decides_alike(tmp_path: Path) -> None:
    folder = write(tmp_path / "task", make_rows(400, 2))
    first, again = fit(folder), fit(folder)

    assert first["score"] == again["score"]
    events = (folder / "run" / "events.jsonl").read_text().splitlines()
    starts = [k for k, line in enumerate(events) if json.loads(line)["kind"] == "started"]
    assert len(starts) == 2
    assert not any(json.loads(line)["kind"] == "fitted" for line in events[starts[1] :])


def test_original_rows_have_no_place_in_time(tmp_path: Path) -> None:
    folder = write(tmp_path / "task", make_rows(400, 2))
    dataset, config = read(folder, "validation.splitter=time", "validation.time=id")

    with pytest.raises(PlanError, match="the folds follow time, in which its rows have no place"):
        make_problem(dataset, dataset.schema.targets[0], config)


def test_a_run_that_learned_from_it_can_be_explained(tmp_path: Path) -> None:
    folder = write(tmp_path / "task", make_rows(600, 2))
    fit(folder, "limits.rounds=30")
    request = ExplainRequest(run=folder / "run", rows=50, tested_rows=100, drop_column=1)

    made = explain(request, lambda _: None)["targets"][0]
    assert {one["name"] for one in made["columns"]} == {"a", "b", "c", "d", "kind", "lunch"}
    assert len(made["dropped"]) == 1


def test_a_column_that_it_lacks_does_not_tell_it_from_train(tmp_path: Path) -> None:
    dataset, _ = read(write(tmp_path / "task", make_rows(400, 2).drop(columns="d")))

    usable, ((_, value, reason),) = describe_gate(dataset, measure_original(dataset))
    assert (usable, value) == (True, "tried")
    assert reason.startswith("a model tells them from train's rows with an AUC of 0.")


def test_original_rows_may_be_of_a_held_out_group(tmp_path: Path) -> None:
    folder = write(tmp_path / "task", make_rows(400, 2))
    dataset, config = read(
        folder, "validation.splitter=group", "validation.group=kind", "validation.folds=3"
    )

    with pytest.raises(PlanError, match="its rows may be of any of them"):
        make_problem(dataset, dataset.schema.targets[0], config)


def test_the_place_of_the_file_does_not_change_the_key_of_a_run(tmp_path: Path) -> None:
    folder = write(tmp_path / "task", make_rows(400, 2))
    dataset, config = read(folder, "data.original=original.csv")
    _, other = read(folder, f"data.original={folder / 'original.csv'}")

    assert make_run_key(dataset, config) == make_run_key(dataset, other)


LEARNING = "[numeric, native, original_mean, original_teacher]"


def predict_alike(folder: Path) -> None:
    """Compare what a run says of the test rows, read as new rows, with its submission."""
    out = folder / "predicted.csv"
    predict(PredictRequest(run=folder / "run", rows=folder / "test.csv", out=out))
    submitted = pd.read_csv(folder / "run" / "submission.csv")
    pd.testing.assert_frame_equal(pd.read_csv(out), submitted, rtol=0, atol=1e-9)


def test_new_rows_are_told_the_same_of_the_original_data_set(tmp_path: Path) -> None:
    folder = write(tmp_path / "task", make_rows(1000, 2))
    summary = fit(folder, f"features.recipes.lightgbm={LEARNING}", "models={lightgbm: {}}")

    predict_alike(folder)
    states = list((folder / "run" / "features").glob("original_*/state.json"))
    assert len(states) == 2
    bundled = json.loads((folder / "run" / "bundle.json").read_text())["files"]
    assert {path.relative_to(folder / "run").as_posix() for path in states} <= bundled.keys()
    assert summary["score"] > 0.7


def test_what_it_teaches_can_be_screened_and_explained(tmp_path: Path) -> None:
    folder = write(tmp_path / "task", make_rows(1000, 2))
    groups = "features.groups={original_mean: {top: 3}, original_teacher: {}}"
    fit(folder, groups, "models={lightgbm: {}}", "limits.rounds=30")

    assert list((folder / "run" / "features").glob("original_teacher-*/train-0.npy"))
    assert list((folder / "run" / "features").glob("original_mean-*/tried.json"))
    predict_alike(folder)
    request = ExplainRequest(run=folder / "run", rows=50, tested_rows=100, drop_column=1)
    assert explain(request, lambda _: None)["targets"][0]["columns"]


def test_each_target_of_it_has_columns_for_every_target(tmp_path: Path) -> None:
    folder = tmp_path / "task"
    folder.mkdir()
    for name, n_rows, seed in (("train", 300, 0), ("test", 100, 1), ("original", 600, 2)):
        rows = make_rows(n_rows, seed).rename_axis("id")
        rows["price"] = rows["a"] + rows["b"]
        dropped = ["y", "price"] if name == "test" else []
        rows.drop(columns=dropped).to_csv(folder / f"{name}.csv", index=name != "original")
    automl_cli.fit(
        folder,
        preset="smoke",
        overrides=[
            "data.target=[y, price]",
            "data.original=original.csv",
            "models={lightgbm: {}}",
            f"features.recipes.lightgbm={LEARNING}",
        ],
        out=folder / "run",
    )

    (path,) = (folder / "run" / "features").glob("original_teacher-*/features.json")
    (made,) = json.loads(path.read_text())["features"]
    assert made["names"] == ["original_teacher_y", "original_teacher_price"]
    predict_alike(folder)


def test_a_table_of_changed_copies_of_train_teaches_nothing(tmp_path: Path) -> None:
    rows, rng = make_rows(600, 0), np.random.default_rng(0)
    rows["y"] = rng.permutation(rows["y"])
    changed = rows.assign(**{name: rows[name] + rng.normal(0, 0.01, 600) for name in "abcd"})
    folder = tmp_path / "task"
    folder.mkdir()
    rows.rename_axis("id").to_csv(folder / "train.csv")
    make_rows(100, 1).drop(columns="y").rename_axis("id").to_csv(folder / "test.csv")
    changed.to_csv(folder / "original.csv", index=False)
    summary = fit(folder, f"features.recipes.lightgbm={LEARNING}", "models={lightgbm: {}}")

    assert abs(summary["score"] - 0.5) < 3 * np.sqrt(1 / 12 * (1 / 300 + 1 / 300))
    for path in (folder / "run" / "features").glob("original_*/state.json"):
        assert json.loads(path.read_text())["meta"] is None


@pytest.mark.parametrize(
    ("given", "place"),
    [
        ("features.recipes.lightgbm=[numeric, original_mean]", ""),
        ("features.groups={original_mean: {}}", "features.groups.original_mean: "),
        ("candidates=[{model: lightgbm, features: [original_mean]}]", "candidates[0]: "),
    ],
)
def test_a_step_that_learns_from_it_needs_one(tmp_path: Path, given: str, place: str) -> None:
    folder = write(tmp_path / "task", make_rows(400, 2))
    with pytest.raises(ConfigError) as caught:
        automl_cli.fit(folder, preset="smoke", overrides=[*SETTINGS, given], out=folder / "run")
    assert caught.value.message == (
        f"--set {given}: {place}original_mean learns from the original data set, and the run has "
        "none."
    )
    assert caught.value.hint == (
        "Name its table with data.original (--original), or leave the step out."
    )

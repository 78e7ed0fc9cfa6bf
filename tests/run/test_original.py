"""Columns that learn from the original data set, tried on the first candidate of a run."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import automl_cli
from automl_cli.config.load import load_config
from automl_cli.core.candidate import Step
from automl_cli.planning.original import add_steps, list_open_steps, list_variants

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

STEPS = ["original_mean", "original_teacher"]
SETTINGS = [
    "data.target=y",
    "metric=roc_auc",
    "validation.splitter=kfold",
    "limits.rounds=60",
    "data.original=original.csv",
]


def make_rows(n_rows: int, seed: int, *, turned: bool = False) -> pd.DataFrame:
    """Make rows whose class hangs on three columns, or on their opposites (`turned`)."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(rng.normal(size=(n_rows, 4)), columns=list("abcd"))
    margin = 2 * frame["a"] + 3 * frame["b"] * frame["c"]
    drawn = rng.random(n_rows) < 1 / (1 + np.exp(margin if turned else -margin))
    return frame.assign(y=drawn.astype(int))


def write(folder: Path, original: pd.DataFrame) -> Path:
    folder.mkdir()
    make_rows(300, 0).rename_axis("id").to_csv(folder / "train.csv")
    make_rows(100, 1).drop(columns="y").rename_axis("id").to_csv(folder / "test.csv")
    original.to_csv(folder / "original.csv", index=False)
    return folder


def fit(folder: Path, *overrides: str) -> dict[str, Any]:
    summary = automl_cli.fit(
        folder, preset="smoke", overrides=[*SETTINGS, *overrides], out=folder / "run"
    )
    return dict(summary["targets"][0])


def tell_what_helped(target: dict[str, Any]) -> dict[str, bool]:
    return {one["what"]: one["is_better"] for one in target["original_steps"]}


def test_a_teacher_is_kept_whose_rows_mislead(tmp_path: Path) -> None:
    target = fit(write(tmp_path / "task", make_rows(4000, 2, turned=True)))

    assert not target["original"]["is_better"]
    assert tell_what_helped(target)["original_teacher"]
    best = target["candidates"][0]
    assert "original_teacher" in best["features"]
    assert best["original"] == 0.0


def test_columns_of_other_numbers_are_left_out(tmp_path: Path) -> None:
    rows = make_rows(4000, 2)
    rows["y"] = np.random.default_rng(3).permutation(rows["y"])
    target = fit(write(tmp_path / "task", rows))

    assert {one["what"] for one in target["original_steps"]} == set(STEPS)
    assert all(one["gain"] < 2 * one["gain_se"] for one in target["original_steps"])
    others = [one for one in target["candidates"] if one["model"] != "lightgbm"]
    assert others
    assert not any(set(STEPS) & set(one["features"]) for one in others)


def test_what_helps_is_screened_like_any_group(tmp_path: Path) -> None:
    folder = write(tmp_path / "task", make_rows(4000, 2, turned=True))
    groups = "features.groups={arithmetic: {top: 5}}"
    target = fit(folder, groups, "features.screen=gradient", "models={lightgbm: {}}")

    assert "original_teacher" in target["candidates"][0]["features"]
    assert list((folder / "run" / "features").glob("arithmetic-*/tried.json"))


def test_each_target_is_told_what_it_teaches(tmp_path: Path) -> None:
    folder = write(tmp_path / "task", make_rows(1000, 2))
    for name in ("train", "original"):
        rows = pd.read_csv(folder / f"{name}.csv")
        rows.assign(price=rows["a"] + rows["b"]).to_csv(folder / f"{name}.csv", index=False)
    summary = automl_cli.fit(
        folder,
        preset="smoke",
        overrides=["data.target=[y, price]", "data.original=original.csv", "limits.rounds=30"],
        out=folder / "run",
    )

    for target in summary["targets"]:
        assert {one["what"] for one in target["original_steps"]} == set(STEPS)


def test_copies_of_training_rows_teach_nothing(tmp_path: Path) -> None:
    rows, rng = make_rows(300, 0), np.random.default_rng(0)
    changed = rows.assign(**{name: rows[name] + rng.normal(0, 0.01, 300) for name in "abcd"})
    target = fit(write(tmp_path / "task", changed))

    assert target["original_steps"] == []


def test_a_repeated_command_finds_all_done(tmp_path: Path) -> None:
    folder = write(tmp_path / "task", make_rows(4000, 2, turned=True))
    first, again = fit(folder), fit(folder)

    assert first["original_steps"] == again["original_steps"]
    assert first["score"] == again["score"]


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ([], STEPS),
        (["features.groups={original_mean: false}"], STEPS[1:]),
        (["features.recipes.lightgbm=[numeric, original_teacher]"], STEPS[:1]),
    ],
)
def test_what_the_user_has_said_of_a_step_holds(given: list[str], left: list[str]) -> None:
    config = load_config(preset="smoke", overrides=[*SETTINGS, *given]).config

    assert [step.name for step in list_open_steps(config)] == left


def test_without_an_original_data_set_no_step_is_tried() -> None:
    assert list_open_steps(load_config(preset="smoke").config) == []


def test_variants_are_all_choices_of_steps() -> None:
    config = load_config(preset="smoke", overrides=SETTINGS).config

    variants = [[*one.features.groups] for one in list_variants(config)]
    assert variants[0] == [*config.features.groups]
    added = [names[len(variants[0]) :] for names in variants]
    assert added == [[], STEPS[:1], STEPS[1:], STEPS]
    assert add_steps(config, [Step("original_mean")]).features.groups["original_mean"] == {}

"""What `--json` prints is what docs/json.md says, key by key."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import typer.main
from manual.payloads import make_payload_pages
from typer.testing import CliRunner

from automl_cli.cli.app import app
from automl_cli.payloads import PAYLOADS, VARIANTS

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

N_TRAIN = 160
NETWORKED = {"submit", "wheelhouse"}  # theirs are in tests of their own
LOCAL = [command for command in PAYLOADS if command not in NETWORKED]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a competition, two runs of it, a submission and rows that are odd."""
    place = tmp_path_factory.mktemp("json")
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"id": range(240), "size": rng.normal(size=240).round(3)})
    frame["shop"] = rng.choice(["a", "b", "c"], 240)
    frame["colour"] = rng.choice(["red", "blue"], 240)
    frame["sold"] = ((frame["size"] > 0) ^ (rng.random(240) < 0.2)).astype(int)
    (place / "task").mkdir()
    frame[:N_TRAIN].to_csv(place / "task" / "train.csv", index=False)
    test = frame[N_TRAIN:].drop(columns="sold")
    test.to_csv(place / "task" / "test.csv", index=False)
    odd = test.assign(size="large").rename(columns={"shop": "Shop"})
    odd.to_csv(place / "new.csv", index=False)
    for name, rows in (("oof", frame[:N_TRAIN]), ("outside", test)):
        predicted = pd.DataFrame({"ID": rows["id"], "sold": rng.random(len(rows)).round(3)})
        predicted.to_csv(place / f"{name}.csv", index=False)
    test[["id"]].assign(sold=0.5).to_csv(place / "mine.csv", index=False)
    small = ["--set", "limits.rounds=15", "--set", "search.trials=3", "--set", "budget=null"]
    small += ["--set", "features.groups.crosses={top: 3}", "--set", "search.models=[lightgbm]"]
    small += [
        "--set",
        "run.report=false",
        "--candidates",
        "3",
        "--folds",
        "3",
        "--preset",
        "fast",
        "--target",
        "sold",
    ]
    for name, more in (("first", ["--set", "validation.holdout=0.1"]), ("second", [])):
        words = ["fit", str(place / "task"), *small, *more, "--json"]
        result = CliRunner().invoke(app, [*words, "--out", str(place / "runs" / name)])
        assert result.exit_code == 0, result.stderr
        (place / f"{name}.json").write_text(result.stdout)
        CliRunner().invoke(app, ["track", "add", str(place / "runs" / name), "--public", "0.5"])
    return place


def show(place: Path, command: str) -> dict[str, Any]:
    """Return what a command prints."""
    task, run = place / "task", place / "runs" / "second"
    words = {
        "audit": [task],
        "predict": [run, place / "new.csv", "--out", place / "new_predictions.csv"],
        "blend": [
            run,
            run,
            place / "oof.csv",
            place / "outside.csv",
            "--submission",
            place / "blended.csv",
        ],
        "check": [place / "mine.csv", task],
        "leaderboard": [place / "runs" / "first"],
        "features": [run],
        "track show": [place / "runs"],
        "test": [task],
        "explain": [run, "--row", "3", "--drop-column", "1", "--rows", "40"],
    }
    if command == "fit":
        text = (place / "second.json").read_text()
    else:
        result = CliRunner().invoke(app, [*command.split(), *map(str, words[command]), "--json"])
        assert result.exit_code == 0, result.stderr
        text = result.stdout
    assert text.count("\n") == 1
    return dict(json.loads(text, parse_constant=pytest.fail))


@pytest.mark.parametrize("command", LOCAL)
def test_a_payload_is_what_its_model_says_and_nothing_more(place: Path, command: str) -> None:
    printed = show(place, command)
    read = PAYLOADS[command].model_validate_json(json.dumps(printed), strict=True)
    assert json.loads(read.model_dump_json(exclude_unset=True)) == printed


@pytest.mark.parametrize("command", LOCAL)
def test_no_list_of_a_payload_is_empty_here(place: Path, command: str) -> None:
    """Otherwise the test above would not see what the list holds."""
    printed = show(place, command)
    allowed = {"findings"} if command in {"fit", "leaderboard"} else set()
    empty = [key for key, value in printed.items() if value == [] and key not in allowed]
    assert not empty


@pytest.mark.parametrize("question", ["effects", "groups", "candidates"])
def test_each_question_has_the_keys_that_the_model_of_test_says(place: Path, question: str) -> None:
    run = place / "runs" / "second"
    keys = [one["key"] for one in show(place, "fit")["candidates"]]
    words = {
        "effects": [str(run)],
        "groups": [str(run), "--between", "shop"],
        "candidates": [str(run), "--compare", keys[0], "ensemble"],
    }
    result = CliRunner().invoke(app, ["test", *words[question], "--json"])
    assert result.exit_code == 0, result.stderr
    printed = json.loads(result.stdout, parse_constant=pytest.fail)
    assert printed["question"] == question
    read = PAYLOADS["test"].model_validate_json(result.stdout, strict=True)
    assert json.loads(read.model_dump_json(exclude_unset=True)) == printed


def test_all_about_a_candidate_is_what_its_model_says(place: Path) -> None:
    run = place / "runs" / "first"
    for one in show(place, "leaderboard")["candidates"]:
        words = ["leaderboard", str(run), "--candidate", one["key"].rpartition("-")[2], "--json"]
        result = CliRunner().invoke(app, words)
        assert result.exit_code == 0, result.stderr
        printed = json.loads(result.stdout, parse_constant=pytest.fail)
        read = VARIANTS["leaderboard --candidate"].model_validate_json(result.stdout, strict=True)
        assert json.loads(read.model_dump_json()) == printed
        figures = ("key", "score", "weight", "seconds", "predict_share", "description")
        assert [printed[name] for name in figures] == [one[name] for name in figures]
        assert [fold["score"] for fold in printed["folds"]] == one["fold_scores"]
        assert {param["name"]: param["value"] for param in printed["params"]} == one["params"]
        assert [step["step"] for step in printed["recipe"]] == one["features"]
        taken = sum(column["folds"] for column in printed["generated"])
        assert taken == pytest.approx(len(one["fold_scores"]) * sum(one["generated"].values()))


def find_json_commands(command: Any, words: tuple[str, ...] = ()) -> list[str]:
    below = getattr(command, "commands", None)
    if below is None:
        has_json = any("--json" in param.opts for param in command.params)
        return [" ".join(words)] if has_json else []
    return [found for name in below for found in find_json_commands(below[name], (*words, name))]


def test_every_command_with_json_has_a_payload() -> None:
    assert set(find_json_commands(typer.main.get_command(app))) == set(PAYLOADS)


def test_every_key_is_described() -> None:
    for name, text in make_payload_pages().items():
        if name.endswith(".json"):
            schema = json.loads(text)
            for model in (schema, *schema.get("$defs", {}).values()):
                for key, described in model["properties"].items():
                    assert described["description"], f"{name}: {key}"

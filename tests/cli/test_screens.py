"""`automl features`, and what a run with generated columns and a search shows."""

import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from automl_cli.cli.app import app
from automl_cli.cli.screens import print_screens

N_ROWS = 1200


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run on a target that two columns make together."""
    folder = tmp_path_factory.mktemp("generated")
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({name: rng.choice(list("pqrstuvwxyz"), N_ROWS) for name in "abc"})
    both = frame["a"] + frame["b"]
    effects = dict(zip(sorted(both.unique()), rng.normal(size=both.nunique()), strict=True))
    frame["y"] = (both.map(effects) + rng.normal(size=N_ROWS) > 0).astype(int)
    frame.to_csv(folder / "train.csv", index=False)
    frame.drop(columns="y")[:50].to_csv(folder / "test.csv", index=False)
    words = ["fit", str(folder), "--preset", "smoke", "--target", "y", "--out", str(folder / "run")]
    words += ["--set", "features.groups={crosses: {}, digits: {}}", "--set", "limits.rounds=30"]
    words += ["--set", "search.trials=4", "--set", "search.models=[lightgbm]"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.stderr
    (folder / "err.txt").write_text(result.stderr)
    return folder / "run"


def test_the_cross_that_makes_the_target_is_taken_in_every_fold(run: Path) -> None:
    printed = json.loads(CliRunner().invoke(app, ["features", str(run), "--json"]).stdout)
    (screen,) = printed["screens"]
    columns = {column["column"]: column for column in screen["columns"]}
    assert columns["a__x__b"]["taken"] == screen["folds"] == 3
    assert columns["a__x__b"]["reason"] == "taken"
    assert columns["a__x__c"]["taken"] < 3


def test_the_table_shows_what_was_taken_and_counts_what_was_not(run: Path) -> None:
    shown = CliRunner().invoke(app, ["features", str(run)]).stdout
    everything = CliRunner().invoke(app, ["features", str(run), "--all"]).stdout
    assert "a__x__b" in shown
    assert "crosses" in shown
    assert "columns tried; " in shown
    assert len(everything.splitlines()) > len(shown.splitlines())


def test_if_nothing_was_taken_all_shows_what_was_tried(capsys: pytest.CaptureFixture[str]) -> None:
    print_screens([{"columns": [{"stands_out": 0, "taken": 0}], "folds": 3}], every=False)
    assert " none of them stands out from chance in any fold (--all shows them)" in " ".join(
        capsys.readouterr().out.split()
    )


def test_a_run_without_generated_columns_has_nothing_to_show(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["features", str(tmp_path)])
    assert result.exit_code == 2
    assert result.stderr == (
        f"{tmp_path}: this run has screened no generated columns.\n"
        "  hint: Switch groups on under `features.groups`. If some are on already, there was not "
        "enough time to "
        "screen them: give more with --budget.\n"
    )


def test_the_leaderboard_says_what_the_search_has_chosen(run: Path) -> None:
    shown = CliRunner().invoke(app, ["leaderboard", str(run)]).stdout
    # Of few rows the first folds are all folds.
    assert re.search(r"search of lightgbm: 4 settings, [1-4] on all folds; best lightgbm-", shown)
    assert "cross-fitted" in shown
    stored = json.loads(CliRunner().invoke(app, ["leaderboard", str(run), "--json"]).stdout)
    (searched,) = stored["targets"][0]["search"]
    assert searched["model"] == "lightgbm"
    assert set(searched["tops"]) == {"crosses", "digits"}


def test_the_leaderboard_shows_what_each_model_takes(run: Path) -> None:
    shown = CliRunner().invoke(app, ["leaderboard", str(run)]).stdout
    table = shown[shown.index("generated columns in the best candidate of each model") :]
    header, *rows = table.splitlines()[1:3]
    stored = json.loads(CliRunner().invoke(app, ["leaderboard", str(run), "--json"]).stdout)
    best = {candidate["model"]: candidate for candidate in reversed(stored["candidates"])}
    assert header.split() == ["group", *dict.fromkeys(c["model"] for c in stored["candidates"])]
    crosses = [best[model]["generated"].get("crosses", 0) for model in header.split()[1:]]
    assert rows[0].split() == ["crosses", *(f"{count:g}" for count in crosses if count)]
    assert max(crosses) >= 1  # the one that makes the target


def test_every_searched_candidate_that_is_whole_may_join_the_ensemble(run: Path) -> None:
    stored = json.loads(CliRunner().invoke(app, ["leaderboard", str(run), "--json"]).stdout)
    keys = {candidate["key"] for candidate in stored["candidates"]}
    assert stored["targets"][0]["search"][0]["best"] in keys

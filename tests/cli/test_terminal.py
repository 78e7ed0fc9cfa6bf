"""Names and cells from anywhere are shown as they are, whatever a console could take them for."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from automl_cli.cli.app import app

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

TARGET, NUMBER, WORD = "y [/x]", "weight [/kg]", "size [red]big :smile:"
CELLS = ["text with [/b] tag", "[bold]", ":car:"]


def call(*words: object) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return " ".join(result.output.split())


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    site = tmp_path_factory.mktemp("runs") / "[kaggle]"
    site.mkdir()
    rng = np.random.default_rng(0)
    number = rng.normal(size=160)
    frame = pd.DataFrame({NUMBER: number, WORD: rng.choice(CELLS, 160)})
    frame[TARGET] = np.where(number + rng.normal(size=160) > 0, "[/yes]", "[no]")
    frame.to_csv(site / "train.csv", index=False)
    return site


@pytest.fixture(scope="module")
def shown(site: Path) -> str:
    words = ["--target", TARGET, "--preset", "smoke", "--set", "limits.rounds=10"]
    return call("fit", site / "train.csv", *words, "--out", site / "run")


def test_a_run_shows_its_target_and_its_folder(site: Path, shown: str) -> None:
    assert f"{TARGET}: roc_auc, higher is better" in shown
    assert f"run: {site / 'run'}" in shown
    assert f"{TARGET}: roc_auc, higher is better" in call("leaderboard", site / "run")


def test_an_explained_row_shows_its_cells(site: Path, shown: str) -> None:  # noqa: ARG001
    told = call("explain", site / "run", "--row", "0", "--tested-rows", "50", "--rows", "10")
    assert f"{TARGET}: mean log loss is" in told
    assert NUMBER in told
    assert "size [red]big :smile:" in told
    assert pd.read_csv(site / "train.csv")[WORD][0][:20] in told


@pytest.mark.parametrize("words", [("audit",), ("test", "--target", TARGET)])
def test_tables_are_asked_about_with_their_names(site: Path, words: tuple[str, ...]) -> None:
    told = call(words[0], site / "train.csv", "--target", TARGET)
    assert TARGET in told


def test_tracked_runs_have_their_folder(site: Path, shown: str) -> None:  # noqa: ARG001
    assert "[kaggle]" in call("track", "show", site)


def test_a_locale_without_a_sign_ends_no_command(site: Path, shown: str) -> None:  # noqa: ARG001
    words = [sys.executable, "-m", "automl_cli", "leaderboard", str(site / "run")]
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(words, capture_output=True, text=True, check=True, env=env)
    assert "? s.e." in done.stdout


def test_a_reader_who_leaves_is_no_mistake(site: Path, shown: str) -> None:  # noqa: ARG001
    words = [sys.executable, "-m", "automl_cli", "leaderboard", str(site / "run")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.wait() == 141
        assert process.stderr is not None
        assert process.stderr.read() == b""


def test_names_of_columns_stay_where_room_is_short(
    site: Path,
    shown: str,  # noqa: ARG001
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    told = call("explain", site / "run", "--tested-rows", "50", "--rows", "10")
    assert "weight [/kg]" in told

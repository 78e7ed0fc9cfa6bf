"""What a shell is offered."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from automl_cli.cli.completion import complete_metric, complete_run


def complete(words: str, place: Path) -> list[str]:
    """Return what bash is offered behind these words, the last of them unfinished."""
    given = words.split(" ")
    asked = {
        "_AUTOML_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(given) - 1),
    }
    script = "import sys; sys.argv[0] = 'automl'; from automl_cli.cli.app import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **asked},
        cwd=place,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.split()


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Return a folder with two runs and another folder."""
    for name in ("runs/titanic-1", "runs/titanic-2", "titanic"):
        (tmp_path / name).mkdir(parents=True)
    for name in ("runs/titanic-1", "runs/titanic-2"):
        (tmp_path / name / "run.json").write_text("{}")
    return tmp_path


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("automl lea", ["leaderboard"]),
        ("automl fit --preset m", ["medium"]),
        ("automl fit --metric rmsl", ["rmsle"]),
        ("automl leaderboard runs/tit", ["runs/titanic-1", "runs/titanic-2"]),
    ],
)
def test_a_shell_completes_commands_and_values(place: Path, words: str, offered: list[str]):
    assert complete(words, place) == offered


def test_runs_are_offered_before_anything_is_typed(place: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(place)
    assert complete_run("") == ["runs/", "titanic/", "runs/titanic-1", "runs/titanic-2"]
    assert complete_run("run") == ["runs/"]
    assert complete_run("./runs/titanic-2") == ["runs/titanic-2"]
    assert complete_run("nowhere/") == []


def test_metrics_are_offered_by_their_start():
    assert complete_metric("rms") == ["rmse", "rmsle"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_for_each_shell_is_shown(shell: str):
    undetected = {"_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}  # so that it is named
    done = subprocess.run(
        [sys.executable, "-m", "automl_cli", "--show-completion", shell],
        env={**os.environ, **undetected},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "_COMPLETE" in done.stdout

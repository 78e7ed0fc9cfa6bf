"""Commands whose answer cannot be written: one message, one hint, exit code 2, and nothing torn."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from automl_cli.cli.app import app

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

N_TRAIN, N_TEST = 120, 400  # predictions for so many rows take more than the disk has
FULL = Path("/dev/full")
STAGE = re.compile(r"^\d{4}-\d\d-\d\d .*\n", re.MULTILINE)  # shown where it takes long
NO_SPACE = (
    "the output cannot be written (no space left on device).\n"
    "  hint: Free some space, or redirect the output elsewhere.\n"
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with two competitions, a run of one and a submission."""
    place = tmp_path_factory.mktemp("no_room")
    rng = np.random.default_rng(0)
    n = N_TRAIN + N_TEST
    frame = pd.DataFrame({"id": range(n), "size": rng.normal(size=n).round(3)})
    frame["sold"] = (frame["size"] + rng.normal(size=n) > 0).astype(int)
    (place / "task").mkdir()
    frame[:N_TRAIN].to_csv(place / "task" / "train.csv", index=False)
    frame[N_TRAIN:].drop(columns="sold").to_csv(place / "task" / "test.csv", index=False)
    leaks = {f"a copy of the answer with a long name, {k}": frame["sold"] for k in range(80)}
    (place / "leaky").mkdir()  # the fix that drops all of them is long
    frame.assign(**leaks)[:N_TRAIN].to_csv(place / "leaky" / "train.csv", index=False)
    frame.assign(**leaks)[N_TRAIN:].drop(columns="sold").to_csv(
        place / "leaky" / "test.csv", index=False
    )
    mine = frame[N_TRAIN:][["id"]].assign(sold=rng.random(N_TEST))
    mine.to_csv(place / "mine.csv", index=False)
    words = ["fit", str(place / "task"), "--preset", "smoke", "--set", "limits.rounds=10", "-q"]
    result = CliRunner().invoke(app, [*words, "--out", str(place / "run")])
    assert result.exit_code == 0, result.output
    return place


def list_commands(place: Path, out: Path) -> dict[str, tuple[list[str | Path], Path]]:
    """Return commands that write a file, each with that file."""
    run, task = place / "run", place / "task"
    return {
        "predict": (["predict", run, task / "test.csv", "--out", out], out),
        "blend": (["blend", run, run, "--submission", out], out),
        "audit": (["audit", place / "leaky", "--fix", out], out),
        "track": (["track", "add", run, "--public", "0.5"], run / "leaderboard.jsonl"),
    }


@pytest.mark.parametrize("command", ["predict", "blend", "audit", "track"])
def test_a_full_disk_leaves_what_was_there(place: Path, tmp_path: Path, command: str) -> None:
    words, path = list_commands(place, tmp_path / "out.csv")[command]
    if command == "track":
        path.write_text('{"public": 0.5}\n' * 300)
    before = path.read_bytes() if path.exists() else None
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 2; exec "$0" "$@"', sys.executable, "-m", "automl_cli", *words],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=_ignore_signal,
    )
    assert done.returncode == 2, done.stderr
    assert re.sub(STAGE, "", done.stderr) == (
        f"{path}: cannot be written (file too large).\n"
        "  hint: Free some space, or give a folder that exists and that you may write to.\n"
    )
    assert (path.read_bytes() if path.exists() else None) == before
    assert not list(path.parent.glob("*.tmp-*"))


def _ignore_signal() -> None:
    import signal

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


@pytest.mark.skipif(not FULL.exists(), reason="the system has no device that is full")
@pytest.mark.parametrize("command", ["audit", "check", "predict", "blend", "track", "leaderboard"])
def test_output_that_has_no_place_is_told(place: Path, tmp_path: Path, command: str) -> None:
    words: list[str | Path] = {
        **{name: words for name, (words, _) in list_commands(place, tmp_path / "out.csv").items()},
        "audit": ["audit", place / "task", "--json"],
        "check": ["check", place / "mine.csv", place / "task", "--json"],
        "leaderboard": ["leaderboard", place / "run"],
    }[command]
    code, said = run_onto_full(words)
    assert code == 2
    assert said.endswith(NO_SPACE)
    assert "Traceback" not in said


@pytest.mark.skipif(not FULL.exists(), reason="the system has no device that is full")
@pytest.mark.parametrize("words", [["--help"], ["--version"], ["fit", "--help"]])
def test_help_that_has_no_place_is_told(words: list[str]) -> None:
    assert run_onto_full(words) == (2, NO_SPACE)


def run_onto_full(words: Sequence[str | Path]) -> tuple[int, str]:
    """Run a command whose output has no place; return its exit code and what it said."""
    with FULL.open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "automl_cli", *words],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    return done.returncode, done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="rights do not bind root")
@pytest.mark.parametrize("command", ["predict", "blend", "audit"])
def test_a_folder_without_rights_is_told(place: Path, tmp_path: Path, command: str) -> None:
    folder = tmp_path / "locked"
    folder.mkdir(mode=0o500)
    words, path = list_commands(place, folder / "out.csv")[command]
    result = CliRunner().invoke(app, list(map(str, words)))
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{path}: cannot be written (permission denied).\n  hint: ")

"""Killed at any moment and started again, a run ends with the same bytes."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

EXAMPLES = Path(__file__).parents[2] / "examples"
MOMENTS = 4


def make_command(out: Path, workers: int) -> list[str]:
    words = [sys.executable, "-m", "automl_cli", "fit", str(EXAMPLES / "penguins")]
    words += ["--preset", "fast", "--set", "budget=null", "--set", "limits.rounds=30"]
    words += ["--set", "run.report=false", "--set", "validation.repeats=1"]
    words += ["--folds", "3", "--candidates", "3"]
    words += ["--set", "search.trials=3", "--set", "search.models=[lightgbm]"]
    return [*words, "--out", str(out), "--workers", str(workers), "--quiet"]


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, float]:
    out = tmp_path_factory.mktemp("whole") / "run"
    began = time.time()
    subprocess.run(make_command(out, 2), check=True, capture_output=True)
    return (out / "submission.csv").read_bytes(), time.time() - began


def read_answers(out: Path) -> tuple[bytes, dict[str, Any]]:
    return (out / "submission.csv").read_bytes(), json.loads((out / "summary.json").read_text())


def test_without_time_left_the_submission_and_the_figures_stay(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "automl_cli", "fit", str(EXAMPLES / "penguins"), "--quiet"]
    words += ["--preset", "smoke", "--folds", "3", "--set", "validation.repeats=1"]
    words += ["--set", "search.models=[lightgbm]", "--set", "search.trials=1000"]
    for seconds in (12, 24, 48):  # a busy machine may be too slow for a short one
        out = tmp_path / f"run-{seconds}"
        timed = [*words, "--out", str(out), "--budget"]
        done = subprocess.run([*timed, f"{seconds}s"], check=False, capture_output=True)
        if done.returncode:
            continue
        first = read_answers(out)
        if first[1]["targets"][0]["search"]:
            break
    subprocess.run([*timed, f"{seconds / 4}s"], check=True, capture_output=True)
    again = read_answers(out)

    for summary in (first[1], again[1]):
        del summary["seconds"], summary["unused"]  # of the command, not of the run
    left_out = [
        {one["key"] for one in summary["targets"][0].pop("skipped")}
        for summary in (first[1], again[1])
    ]
    assert left_out[0] <= left_out[1]  # the second command has other reasons, and more to leave out
    assert first[1]["targets"][0]["search"]
    assert again == first


def test_a_run_with_a_budget_goes_on_without_one(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "automl_cli", "fit", str(EXAMPLES / "penguins"), "--quiet"]
    words += ["--preset", "smoke", "--set", "models.lightgbm=false", "--set", "search.trials=0"]
    words += ["--set", "validation.repeats=auto", "--out", str(tmp_path / "run")]
    subprocess.run([*words, "--budget", "60s"], check=True, capture_output=True)
    again = subprocess.run(words, check=False, capture_output=True)
    assert again.returncode == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_a_killed_run_ends_with_the_same_bytes(
    tmp_path: Path, uninterrupted: tuple[bytes, float], workers: int
) -> None:
    expected, seconds = uninterrupted
    moments = random.Random(workers)
    kills = 0
    out = tmp_path / "run"
    attempt = 0
    while kills < MOMENTS:
        command = make_command(out, workers)
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as run:
            try:
                run.wait(timeout=moments.uniform(0.3, 0.6 * seconds))
            except subprocess.TimeoutExpired:
                run.send_signal(signal.SIGKILL)
                kills += 1
                continue
        # It ended before the moment came: the next kills hit a fresh run.
        assert run.returncode == 0
        assert (out / "submission.csv").read_bytes() == expected
        attempt += 1
        out = tmp_path / f"run-{attempt}"
    subprocess.run(make_command(out, workers), check=True, capture_output=True)

    assert (out / "submission.csv").read_bytes() == expected

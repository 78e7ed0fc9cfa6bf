"""The workflow that the examples offer does what it says: its own steps are run here."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

ROOT = Path(__file__).parents[1]
WORKFLOW = ROOT / "examples" / "github-actions" / "competition.yml"


@pytest.fixture(scope="module")
def job() -> dict[str, Any]:
    return dict(yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["fit"])


def run_steps(job: dict[str, Any], folder: Path, competition: Path) -> Iterator[int]:
    """Run the steps that call the program, as the runner's shell does; yield their exit codes."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    own = {**job["env"], "COMPETITION": str(competition), "PRESET": "smoke", "PATH": path}
    for step in job["steps"]:
        if "automl " in step.get("run", ""):
            words = ["bash", "-eo", "pipefail", "-c", step["run"]]
            yield subprocess.run(
                words, cwd=folder, env={**os.environ, **own}, check=False
            ).returncode


def test_the_steps_audit_fit_and_check(job: dict[str, Any], tmp_path: Path):
    steps = run_steps(job, tmp_path, ROOT / "examples" / "breast_cancer")
    assert list(steps) == [0, 0, 0]
    submission = pd.read_csv(tmp_path / "submission.csv")
    assert len(submission) == len(pd.read_csv(ROOT / "examples/breast_cancer/test.csv"))
    assert json.loads((tmp_path / "audit.json").read_text())["version"] == 1
    kept = job["steps"][-1]["with"]["path"].split()
    assert all((tmp_path / name).exists() for name in kept)


def test_a_leak_ends_the_job_at_its_first_step(job: dict[str, Any], tmp_path: Path):
    competition = tmp_path / "competition"
    competition.mkdir()
    source = ROOT / "examples" / "breast_cancer"
    train, test = (pd.read_csv(source / f"{name}.csv") for name in ("train", "test"))
    train["diagnosed"], test["diagnosed"] = train["benign"] * 3, 0
    train.to_csv(competition / "train.csv", index=False)
    test.to_csv(competition / "test.csv", index=False)
    assert next(run_steps(job, tmp_path, competition)) == 2

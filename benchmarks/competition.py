"""A competition-shaped task: its problem, its submissions and their score; shared by benchmarks."""

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np

from automl_cli.config.schema import RunConfig
from automl_cli.core.arrays import FloatMatrix
from automl_cli.core.dataset import Dataset
from automl_cli.core.problem import Problem
from automl_cli.data.files import find_files
from automl_cli.data.infer import infer_dataset
from automl_cli.data.submission import make_submission, write_submission
from automl_cli.decision import fit_decision
from automl_cli.plan import make_data_options, make_problem


class Task(NamedTuple):
    """What was asked."""

    dataset: Dataset
    problem: Problem


def read_metric(source: Path) -> str:
    """Return the name of the metric that the task is scored by."""
    return str(json.loads((source / "meta.json").read_text())["metric"])


def load_task(source: Path, config: RunConfig) -> Task:
    """Return the task in a folder, as `automl fit` with this config sees it."""
    dataset = infer_dataset(find_files([source]), make_data_options(config)).dataset
    return Task(dataset, make_problem(dataset, dataset.schema.targets[0], config))


def submit(task: Task, oof: FloatMatrix, test: FloatMatrix, path: Path) -> None:
    """Write the submission that out-of-fold and test predictions make."""
    name, wants = task.problem.target.name, task.problem.metric.wants
    answers = {name: np.asarray(fit_decision(task.problem, oof).apply(test))}
    write_submission(make_submission(task.dataset, answers, {name: wants}), path)


def score(bench: Path, source: Path, *submissions: Path) -> dict[str, float]:
    """Return the loss of one submission, or the difference of two and its standard error."""
    words = [sys.executable, bench / "score.py", source, *submissions]
    scored = subprocess.run([str(w) for w in words], capture_output=True, text=True, check=True)
    return dict(json.loads(scored.stdout))

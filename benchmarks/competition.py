"""A competition-shaped task: its problem, its submissions and their score; shared by benchmarks."""

import argparse
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
from automl_cli.planning.problems import make_data_options, make_problem

EIGHT = [
    "playground-series-s3e5",
    "playground-series-s3e7",
    "playground-series-s3e14",
    "playground-series-s3e26",
    "playground-series-s4e2",
    "house-prices",
    "adult",
    "bike-sharing",
]


def make_parser(text: str, *folders: str) -> argparse.ArgumentParser:
    """Return a parser of folders and ``--tasks``, described by the first line of `text`."""
    parser = argparse.ArgumentParser(description=text.splitlines()[0])
    for folder in folders:
        parser.add_argument(folder, type=Path)
    parser.add_argument("--tasks", nargs="+", default=EIGHT)
    return parser


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

"""Small competitions and what their samples ask for: the cases, written, read and answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from automl_cli.config.load import load_config
from automl_cli.config.schema import RunConfig
from automl_cli.core.dataset import Target
from automl_cli.core.metric import Wants
from automl_cli.data.check import check_submission
from automl_cli.data.files import find_files
from automl_cli.data.infer import Inference, infer_dataset
from automl_cli.data.submission import make_submission, write_submission
from automl_cli.planning.problems import choose_metric, make_data_options

N_TRAIN, N_TEST = 120, 4
IDS = ("200", "201", "202", "203")
ZERO_ONE, YES_NO = ("0", "1"), ("No", "Yes")
MARKS = tuple("123456789")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Tables, and what a submission for them is.

    Parameters
    ----------
    labels
        The cells of train's target, over and over.
    sample
        Header and rows; cells of the test table are written with {0} to {3} for its ids.
    asks
        Task and metric.
    writes
        The submission: header and first row; classes take turns, numbers are .25 or 2.5.
    config
        Keys of the config.
    tells
        Facts that are told, by their name.
    test_ids
        As the test table has them.
    """

    labels: Sequence[str]
    sample: Sequence[str]
    asks: tuple[str, str]
    writes: tuple[str, str]
    config: Mapping[str, Any] = field(default_factory=dict)
    tells: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    test_ids: Sequence[str] = IDS


def column(*cells: str, header: str = "id,target", ids: Sequence[str] = IDS) -> list[str]:
    """Return a sample with ids and one column, whose cells are given over and over."""
    rows = [f"{one},{cells[place % len(cells)]}" for place, one in enumerate(ids)]
    return [header, *rows]


def write_tables(folder: Path, case: Case) -> None:
    """Write a competition of two features, of which one tells nothing."""
    train = ["id,width,colour,target"]
    for row in range(N_TRAIN):
        label = case.labels[row % len(case.labels)]
        train.append(f"{row},{row * 0.5},{'red' if row % 3 else 'blue'},{label}")
    test = ["id,width,colour", *(f"{one},{7.5},red" for one in case.test_ids)]
    tables = {"train": train, "test": test, "sample_submission": case.sample}
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")


def read(folder: Path, given: Mapping[str, Any]) -> tuple[Inference, RunConfig]:
    config = load_config(flags=dict(given)).config
    return infer_dataset(find_files([folder]), make_data_options(config)), config


def answer(target: Target, wants: Wants, n_rows: int) -> np.ndarray[Any, Any]:
    if wants == "label":
        return np.arange(n_rows) % target.n_classes
    if wants == "probability" and target.task == "multiclass":
        return np.full((n_rows, target.n_classes), 1 / target.n_classes)
    return np.full(n_rows, 0.25 if wants == "probability" else 2.5)


def submit(folder: Path, given: Mapping[str, Any]) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the lines of a submission that was checked, and task and metric of each target."""
    inference, config = read(folder, given)
    dataset = inference.dataset
    metrics = {one.name: choose_metric(dataset, one, config)[0] for one in dataset.schema.targets}
    wants = {name: metric.wants for name, metric in metrics.items()}
    answers = {
        one.name: answer(one, wants[one.name], len(np.asarray(dataset.test_ids)))
        for one in dataset.schema.targets
    }
    frame = make_submission(dataset, answers, wants)
    write_submission(frame, folder / "mine.csv")
    check_submission(folder / "mine.csv", dataset, wants)
    asked = [(one.task, metrics[one.name].name) for one in dataset.schema.targets]
    return (folder / "mine.csv").read_text().splitlines(), asked


ROC, ACCURACY, RMSE = ("binary", "roc_auc"), ("binary", "accuracy"), ("regression", "rmse")
CLASSES = ("multiclass", "accuracy")
CHANCE, LABEL = ("id,target", "200,0.25"), ("id,target", "200,0")


def check_form(folder: Path, case: Case) -> None:
    write_tables(folder, case)
    lines, asked = submit(folder, case.config)
    assert asked == [case.asks]
    assert (lines[0], lines[1]) == case.writes
    assert len(lines) == 1 + N_TEST
    told = {
        what: (value, why) for what, value, why in read(folder, case.config)[0].dataset.schema.facts
    }
    for what, fact in case.tells.items():
        assert told[what] == fact
    assert told.keys() & {"ids", "labels"} == case.tells.keys() & {"ids", "labels"}


def write(folder: Path, **tables: Sequence[str]) -> None:
    for name, lines in tables.items():
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")

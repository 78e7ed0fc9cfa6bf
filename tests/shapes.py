"""Small real runs of every shape that events allow, for tests of what reads runs."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from typer.testing import CliRunner, Result

from automl_cli.cli.app import app
from automl_cli.commands.fit import fit
from automl_cli.config.load import load_config
from automl_cli.core.events import Event
from automl_cli.run.session import FitRequest

N_TRAIN, N_TEST = 302, 60  # three folds train on 201, 201 and 202 rows
# A shell in the background may have switched Ctrl-C off.
HEEDING = """\
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from automl_cli.cli.app import main
main()
"""
SMALL = (
    "limits.rounds=15",
    "limits.candidates=null",
    "validation.splitter=kfold",
    "run.workers=1",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A run, and what it is expected to be.

    Parameters
    ----------
    task, run
        The folder of the tables, and the run directory.
    is_finished
        Whether its last command came to its end.
    failed
        How many candidates failed.
    n_targets
        How many columns are predicted.
    """

    task: Path
    run: Path
    is_finished: bool = True
    failed: int = 0
    n_targets: int = 1

    @property
    def has_test(self) -> bool:
        """Whether there are rows to predict."""
        return (self.task / "test.csv").exists()


def call(*words: object) -> Result:
    """Run a command in this process; what is no answer is raised."""
    result = CliRunner(env={"COLUMNS": "200"}).invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert "Traceback" not in result.output
    return result


def write_task(
    folder: Path, classes: int = 2, seed: int = 0, targets: tuple[str, ...] = ("y",)
) -> Path:
    """Write a competition with numbers and labels; only the last target has classes."""
    rng = np.random.default_rng(seed)
    n_rows = N_TRAIN + N_TEST
    frame = pd.DataFrame(rng.normal(size=(n_rows, 2)).round(4), columns=["a", "b"])
    frame["whole"], frame["kind"] = rng.integers(0, 30, n_rows), rng.choice(list("xyz"), n_rows)
    for number, target in enumerate(targets):
        found = frame["a"] * (1 - number) + frame["b"] * number + frame["whole"] / 15
        found = found + 0.5 * rng.normal(size=n_rows)
        is_classes = classes > 0 and target == targets[-1]
        frame[target] = find_classes(found, classes) if is_classes else found.round(5)
    folder.mkdir(parents=True)
    frame.insert(0, "id", np.arange(n_rows) + 1000)
    frame[:N_TRAIN].to_csv(folder / "train.csv", index=False)
    frame[N_TRAIN:].drop(columns=list(targets)).to_csv(folder / "test.csv", index=False)
    return folder


def write_whole(folder: Path, seed: int) -> Path:
    """Write a competition of three classes and six columns of whole numbers."""
    rng = np.random.default_rng(seed)
    highest = rng.choice([2, 4, 9, 40, 1000], 6)
    cells = rng.integers(0, highest, (N_TRAIN + N_TEST, 6))
    frame = pd.DataFrame(cells, columns=[f"n{k}" for k in range(6)])
    frame["y"] = find_classes((cells / highest).sum(axis=1) + 0.3 * rng.normal(size=len(frame)), 3)
    folder.mkdir(parents=True)
    frame[:N_TRAIN].to_csv(folder / "train.csv", index=False)
    frame[N_TRAIN:].drop(columns="y").to_csv(folder / "test.csv", index=False)
    return folder


def find_classes(values: "pd.Series | np.ndarray", classes: int) -> np.ndarray:
    """Return the class of each value: equal parts, by size."""
    return np.asarray(pd.qcut(np.asarray(values), classes, labels=False))


def make_words(task: Path, run: Path, settings: tuple[str, ...], *flags: object) -> list[str]:
    """Return the words of a fit of the smoke preset."""
    words = ["fit", str(task), "--preset", "smoke", "--out", str(run), "--quiet"]
    words += [str(flag) for flag in flags]
    return [*words, *(word for one in (*SMALL, *settings) for word in ("--set", one))]


def do_fit(task: Path, run: Path, *settings: str, flags: tuple[object, ...] = ()) -> Path:
    """Fit a run to its end; return its folder."""
    flags = flags or ("--target", "y")
    result = call(*make_words(task, run, settings, *flags))
    assert result.exit_code == 0, result.stderr
    return run


def fit_within(task: Path, run: Path, budget: str, *settings: str) -> Path:
    """Fit a run within a budget that begins now, not with this process; return its folder."""
    fit(_make_request(task, run, *settings, f"budget={budget}"), lambda _: None)
    return run


def fit_until(task: Path, run: Path, stops: Callable[[Event], bool], *settings: str) -> Path:
    """Fit a run and end it with Ctrl-C at an event; return its folder."""

    def stop(event: Event) -> None:
        if stops(event):
            raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        fit(_make_request(task, run, *settings), stop)
        raise AssertionError("the run came to its end before")
    return run


def is_blending(event: Event) -> bool:
    """Return whether the ensemble is about to be made."""
    return event.kind == "stage" and event.fields["name"] == "blending"


def is_patient(event: Event) -> bool:
    """Return whether a fit of the patient model is done."""
    return event.kind == "fitted" and str(event.fields["key"]).startswith("patient")


def is_searching() -> Callable[[Event], bool]:
    """Return what tells whether a search has fitted something."""
    listed: list[object] = []

    def tell(event: Event) -> bool:
        if event.kind == "planned":
            listed.extend(event.fields["candidates"])
        is_new = event.fields.get("key") not in listed
        return event.kind == "candidate" and bool(listed) and is_new

    return tell


def fit_and_signal(task: Path, run: Path, number: signal.Signals, *settings: str) -> Path:
    """Fit a run in a process of its own and send a signal once it has an answer; return it."""
    words = make_words(task, run, settings, "--target", "y")
    with subprocess.Popen(
        [sys.executable, "-c", HEEDING, *words],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=make_env(),
    ) as process:
        for _ in range(6_000):
            if (run / "summary.json").exists() or process.poll() is not None:
                break
            time.sleep(0.01)
        process.send_signal(number)
        _, said = process.communicate(timeout=30)
    assert process.returncode == (130 if number == signal.SIGINT else -number), said
    assert "Traceback" not in said
    return run


def make_env() -> Mapping[str, str]:
    """Return the environment of a process that finds what this one does."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def copy(shape: Shape, place: Path) -> tuple[Path, Path]:
    """Return the tables of a shape, and a copy of its run for a command that changes it."""
    return shape.task, Path(shutil.copytree(shape.run, place / "run"))


def explain(run: Path) -> list[str]:
    """Explain a run that predicts with one candidate; return the keys of what is explained."""
    result = call("explain", run, "--rows", 50, "--tested-rows", 50, "--json")
    assert result.exit_code == 0, result.stderr
    (told,) = json.loads(result.stdout)["targets"]
    assert told["probe"]["fitted_with"] == told["shap"]["members"][0]
    return list(told["shap"]["members"])


def find_only_member(run: Path) -> str:
    """Return the key of the one candidate of which the bundle has the models."""
    (part,) = json.loads((run / "bundle.json").read_text())["targets"]
    (key,) = {fold["folder"].split("/")[1] for folds in part["candidates"] for fold in folds}
    return str(key)


def _make_request(task: Path, run: Path, *settings: str) -> FitRequest:
    loaded = load_config(preset="smoke", overrides=["data.target=y", *SMALL, *settings])
    return FitRequest(paths=(task,), loaded=loaded, out=run, started_at=time.time())

"""The shapes that a run may have, each made once."""

import json
import signal
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

from shapes import (
    Shape,
    copy,
    do_fit,
    explain,
    find_only_member,
    fit_and_signal,
    fit_until,
    fit_within,
    is_blending,
    is_patient,
    is_searching,
    write_task,
    write_whole,
)

from automl_cli.core.errors import BudgetError

BROKEN = (
    "models={lightgbm: false, broken: {}}",
    "candidates=[{model: broken, params: {why: <&>}}]",
)
PATIENT = ("models={lightgbm: false, patient: {}}", "ensemble.combiners=[mean]")
TWO = "models={lightgbm: {num_leaves: 2}, linear: {}}"
MANY = "models={linear: {}, lightgbm: {}, xgboost: {}}"


def make_searched(place: Path) -> Shape:
    task = write_task(place / "task")
    words = ("search.trials=4", "search.models=[linear]", "features.groups={crosses: {top: 4}}")
    return Shape(task=task, run=do_fit(task, place / "run", *words))


def make_searched_in_vain(place: Path) -> Shape:
    """Every setting of the search fails on the last fold, and so does the candidate."""
    task = write_task(place / "task")
    words = ("models={picky: {rows: 202}}", "search.trials=3", "search.models=[picky]")
    run = do_fit(task, place / "run", *words)
    return Shape(task=task, run=run, failed=len(list((run / "failures").iterdir())))


def make_failed(place: Path) -> Shape:
    task = write_task(place / "task")
    run = do_fit(task, place / "run", *BROKEN)
    return Shape(task=task, run=run, failed=2)


def make_failed_and_interrupted(place: Path) -> Shape:
    """After the last better answer one candidate fails, and another one is worse."""
    task = write_task(place / "task")
    words = "models={linear: false, broken: {}, patient: {}}"
    run = fit_until(task, place / "run", is_blending, words)
    return Shape(task=task, run=run, is_finished=False, failed=1)


def make_cut(place: Path) -> Shape:
    task = write_task(place / "task")
    for seconds in (8, 16, 32):  # a busy machine may be too slow for a short one
        run = place / f"run-{seconds}"
        with suppress(BudgetError):
            fit_within(task, run, f"{seconds}s", *PATIENT)
        kept = [json.loads(path.read_text()) for path in run.glob("candidates/*/candidate.json")]
        if any(one["cut"] for one in kept):
            return Shape(task=task, run=run)
    raise AssertionError("no fit was cut")


def make_cut_and_resumed(place: Path) -> Shape:
    task, run = copy(build(place.parent, "cut"), place)
    return Shape(task=task, run=do_fit(task, run, *PATIENT))


def make_cut_and_interrupted(place: Path) -> Shape:
    """The fit that was cut is made again, and the run ends before there is a better answer."""
    task, run = copy(build(place.parent, "cut"), place)
    fit_until(task, run, is_patient, *PATIENT)
    return Shape(task=task, run=run, is_finished=False)


def make_resumed_and_interrupted(place: Path) -> Shape:
    """A better candidate is there than the explained ensemble has, and no ensemble with that."""
    task, run = copy(build(place.parent, "one candidate"), place)
    assert explain(run) == [find_only_member(run)]
    fit_until(task, run, is_blending, TWO)
    return Shape(task=task, run=run, is_finished=False)


def make_interrupted(place: Path) -> Shape:
    task = write_task(place / "task")
    run = fit_and_signal(task, place / "run", signal.SIGINT, MANY)
    return Shape(task=task, run=run, is_finished=False)


def make_killed(place: Path) -> Shape:
    task = write_task(place / "task", classes=0)
    run = fit_and_signal(task, place / "run", signal.SIGKILL, MANY)
    return Shape(task=task, run=run, is_finished=False)


def make_killed_and_resumed(place: Path) -> Shape:
    task, run = copy(build(place.parent, "killed"), place)
    return Shape(task=task, run=do_fit(task, run, MANY))


def make_targets(place: Path) -> Shape:
    """Numbers and classes are predicted together, each with a metric of its own."""
    task = write_task(place / "task", targets=("y", "z"))
    run = do_fit(task, place / "run", flags=("--target", "y", "--target", "z"))
    return Shape(task=task, run=run, n_targets=2)


def make_targets_and_interrupted(place: Path) -> Shape:
    """The ensemble of one target is about to be made; of the other there is one candidate."""
    task = write_task(place / "task", classes=0, targets=("y", "z"))
    run = fit_until(task, place / "run", is_blending, "data.target=[y, z]")
    return Shape(task=task, run=run, is_finished=False, n_targets=2)


def make_search_and_interrupted(place: Path) -> Shape:
    """Settings were tried, and the search has not said what came of them."""
    task = write_task(place / "task")
    words = ("models={lightgbm: false}", "search.trials=4", "search.models=[linear]")
    run = fit_until(task, place / "run", is_searching(), *words)
    return Shape(task=task, run=run, is_finished=False)


def make_without_test(place: Path) -> Shape:
    task = write_task(place / "task")
    (task / "test.csv").unlink()
    return Shape(task=task, run=do_fit(task, place / "run"))


def make_with_holdout(place: Path) -> Shape:
    task = write_task(place / "task", classes=3)
    return Shape(task=task, run=do_fit(task, place / "run", "validation.holdout=0.2"))


def make_with_original(place: Path) -> Shape:
    task = write_task(place / "task")
    other = write_task(place / "other", seed=1) / "train.csv"
    flags = ("--target", "y", "--original", other)
    return Shape(task=task, run=do_fit(task, place / "run", flags=flags))


def make_alone(place: Path) -> Shape:
    task = write_task(place / "task")
    return Shape(task=task, run=do_fit(task, place / "run", TWO, "limits.candidates=1"))


def make_whole(place: Path, seed: int) -> Shape:
    task = write_whole(place / "task", seed)
    metric = ("log_loss", "accuracy")[seed]
    return Shape(task=task, run=do_fit(task, place / "run", f"metric={metric}"))


SHAPES: Mapping[str, Callable[[Path], Shape]] = {
    "searched": make_searched,
    "searched in vain": make_searched_in_vain,
    "all failed but one": make_failed,
    "failed, interrupted": make_failed_and_interrupted,
    "cut": make_cut,
    "cut, resumed": make_cut_and_resumed,
    "cut, interrupted": make_cut_and_interrupted,
    "resumed, interrupted": make_resumed_and_interrupted,
    "interrupted": make_interrupted,
    "killed": make_killed,
    "killed, resumed": make_killed_and_resumed,
    "several targets": make_targets,
    "several targets, interrupted": make_targets_and_interrupted,
    "search, interrupted": make_search_and_interrupted,
    "no test table": make_without_test,
    "hold-out": make_with_holdout,
    "original": make_with_original,
    "one candidate": make_alone,
    **{f"whole numbers {n}": lambda place, n=n: make_whole(place, n) for n in range(2)},  # type: ignore[misc]
}


@cache
def build(root: Path, name: str) -> Shape:
    """Return the run of a shape, made once."""
    return SHAPES[name](root / name.replace(" ", "-").replace(",", ""))

"""What the live view knows of a run, from the events alone."""

import time
from pathlib import Path
from typing import Any

import pytest

from automl_cli.cli.standing import RunningTask, Standing, update_standing
from automl_cli.commands.fit import fit
from automl_cli.config.load import load_config
from automl_cli.core.events import Event, EventKind
from automl_cli.run.session import FitRequest

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

PENGUINS = Path(__file__).parents[2] / "examples" / "penguins"


def tell(standing: Standing, kind: EventKind, now: float = 0.0, **fields: Any) -> Standing:
    return update_standing(standing, Event(kind=kind, fields=fields), now)


def fit_of(key: str, fold: int, expected: float | None = None) -> dict[str, Any]:
    told = {"key": key, "does": "fit", "fold": fold, "folds": 5}
    return {**told, "expected_seconds": expected}


def run(standing: Standing, tasks: list[dict[str, Any]], now: float = 0.0) -> Standing:
    return tell(standing, "running", now, tasks=tasks, next=[], workers=2)


def test_a_task_keeps_its_worker_and_its_beginning_until_it_ends() -> None:
    first = run(Standing(), [fit_of("a", 0), fit_of("a", 1)], now=10)
    second = run(first, [fit_of("a", 1), fit_of("a", 2, expected=7.0)], now=20)
    assert second.tasks == (
        RunningTask(slot=0, key="a", part="fold 3 of 5", began_at=20, expected_seconds=7.0),
        RunningTask(slot=1, key="a", part="fold 2 of 5", began_at=10),
    )
    assert run(second, [], now=30).tasks == ()


def test_parts_are_told_apart() -> None:
    predicts = {**fit_of("a", 0), "does": "predict"}
    trial = {**fit_of("b", 0), "folds": 1}
    screen = {"key": "crosses-1a2b", "does": "screen", "expected_seconds": None}
    parts = [task.part for task in run(Standing(), [predicts, trial, screen]).tasks]
    assert parts == ["predicting fold 1 of 5", "fold 1 of 1", "screened"]


def test_candidates_that_ended_before_they_were_planned_are_done() -> None:
    standing = tell(Standing(), "candidate", key="first")
    standing = tell(standing, "planned", candidates=["first", "a", "b", "c"], finished=["a"])
    standing = tell(standing, "failed", key="b")
    standing = tell(standing, "skipped", key="c", reason="no time left")
    standing = tell(standing, "candidate", key="a setting of the search")
    assert (standing.done, len(standing.announced)) == (3, 4)


def test_a_stage_lasts_from_the_event_that_begins_it() -> None:
    standing = tell(Standing(), "stage", 5.0, name="blending")
    standing = tell(standing, "fitted", 9.0, key="a")
    assert (standing.stage, standing.stage_at, standing.fits) == ("blending", 5.0, 1)


def test_each_target_has_its_best() -> None:
    standing = Standing()
    for target, score in (("y1", 0.5), ("y2", 0.7), ("y1", 0.6)):
        told = {"target": target, "score": score, "score_se": 0.1, "holder": "a"}
        standing = tell(standing, "best", **told)
    assert {target: best.score for target, best in standing.best.items()} == {"y1": 0.6, "y2": 0.7}


def test_events_that_change_nothing_leave_it_as_it_is() -> None:
    standing = Standing()
    assert tell(standing, "working") is standing


def test_a_run_ends_with_everything_done_also_when_it_is_repeated(tmp_path: Path) -> None:
    overrides = ["limits.rounds=20", "run.report=false", "metric=log_loss"]
    loaded = load_config(preset="smoke", overrides=overrides)
    for _ in range(2):
        events: list[Event] = []
        request = FitRequest(
            paths=(PENGUINS,), loaded=loaded, started_at=time.time(), out=tmp_path / "run"
        )
        summary = fit(request, events.append)
        standing = Standing()
        for event in events:
            standing = update_standing(standing, event, 0.0)
        assert standing.stage == "done"
        assert standing.done == len(standing.announced) == 2
        assert standing.tasks == standing.upcoming == ()
        assert standing.best["species"].score == summary["score"]
        assert standing.best["species"].holder.startswith("ensemble (")

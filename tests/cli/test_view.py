"""The view of a run at the widths of terminals."""

import io
from dataclasses import replace

import pytest
from rich.cells import cell_len
from rich.console import Console, Group

from automl_cli.cli.live import Space
from automl_cli.cli.standing import Standing, update_standing
from automl_cli.cli.view import draw
from automl_cli.core.events import Event, JsonValue

NOW = 1_000.0
TASK: dict[str, JsonValue] = {
    "key": "lightgbm-f1e64252",
    "does": "fit",
    "fold": 1,
    "folds": 5,
    "expected_seconds": 40.0,
}
LONG = "a_column_with_a_name_that_is_much_longer_than_any_terminal_is_wide_" * 3
EVENTS = [
    Event(
        kind="started", fields={"started_at": NOW - 72, "spent_seconds": 0, "ends_at": NOW + 228}
    ),
    Event(kind="planned", fields={"candidates": list("abcdefghi"), "finished": ["a", "b"]}),
    Event(kind="fitted", fields={"key": "c", "fold": 0, "seconds": 1.0}),
    Event(
        kind="best",
        fields={"target": "y", "score": 0.0351618, "score_se": 0.0051, "holder": "linear-c667726f"},
    ),
    Event(
        kind="running",
        fields={
            "tasks": [TASK, {"key": LONG, "does": "screen", "expected_seconds": None}],
            "next": ["xgboost-0540520d", "catboost-ed02fea5", LONG],
            "workers": 3,
        },
    ),
]


def stand(events: list[Event]) -> Standing:
    standing = Standing()
    for event in events:
        standing = update_standing(standing, event, NOW - 12)
    return standing


def show(standing: Standing, columns: int, rows: int = 24, memory_bytes: int = 0) -> list[str]:
    file = io.StringIO()
    console = Console(file=file, width=columns, height=rows, force_terminal=True, color_system=None)
    console.print(Group(draw(standing, NOW, Space(columns, rows), memory_bytes)))
    lines = file.getvalue().splitlines()
    assert max(map(cell_len, lines)) <= columns
    return [line.rstrip() for line in lines]


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_the_table_shows_workers_best_time_and_what_is_next(columns: int) -> None:
    lines = show(stand(EVENTS), columns, memory_bytes=1_240_000_000)
    assert lines[0] == "fitting · 2 of 9 candidates · 1 fit · memory 1.2 GB"
    assert lines[1] == "━━━━━━────────────────── 1:12 used, 3:48 left"
    assert lines[2] == "best  0.0351618 ± 0.0051 (linear-c667726f)"
    assert lines[3].startswith("1  lightgbm-f1e64252")
    assert lines[3].endswith("12 s / ~40 s")
    assert "fold 2 of 5" in lines[3]
    assert lines[4].startswith("2  a_column_with_a_name")
    assert lines[4].endswith("12 s")
    assert lines[5] == "3  idle"
    assert lines[6].startswith("next  xgboost-0540520d, catboost-ed02fea5, ")
    assert lines[6].endswith("…")
    assert len(lines) == 7


@pytest.mark.parametrize(("columns", "rows"), [(40, 24), (59, 24), (80, 9)])
def test_a_small_terminal_gets_one_line(columns: int, rows: int) -> None:
    (line,) = show(stand(EVENTS), columns, rows)
    assert line.startswith("fitting · 3:48 left · best 0.0351618")


def test_before_there_is_a_worker_it_is_one_line_that_shows_that_time_passes() -> None:
    standing = update_standing(
        Standing(), Event(kind="stage", fields={"name": "reading a.csv"}), NOW - 9
    )
    assert show(standing, 80) == ["reading a.csv 9 s"]


def test_without_a_budget_the_bar_is_of_the_candidates() -> None:
    line = show(replace(stand(EVENTS), ends_at=None), 80)[1]
    assert line == "━━━━━─────────────────── 1:12 used, no budget"


def test_of_many_workers_the_busy_ones_are_shown_as_far_as_there_is_room() -> None:
    tasks: list[JsonValue] = [{**TASK, "fold": fold, "folds": 40} for fold in range(40)]
    told = Event(kind="running", fields={"tasks": tasks, "next": ["c"], "workers": 64})
    lines = show(update_standing(stand(EVENTS), told, NOW), 80, rows=14)
    assert len(lines) < 14
    assert lines[-3].startswith("7  lightgbm")
    assert lines[-2].strip() == "… and 33 more"


def test_several_targets_name_their_scores() -> None:
    other = {"target": "z", "score": 0.5, "score_se": None, "holder": "ensemble (mean)"}
    lines = show(update_standing(stand(EVENTS), Event(kind="best", fields=other), NOW), 120)
    assert lines[2] == (
        "best  y 0.0351618 ± 0.0051 (linear-c667726f), z 0.5 ± undefined (ensemble (mean))"
    )


def test_tasks_and_the_best_say_what_they_are_as_far_as_there_is_room() -> None:
    task = {**TASK, "description": "crosses (≤ 30); learning_rate .03, 31 leaves"}
    best = {"target": "y", "score": 0.5, "score_se": 0.1, "holder": "linear-1"}
    events = [
        Event(kind="best", fields={**best, "description": "default features"}),
        Event(kind="running", fields={"tasks": [task], "next": [], "workers": 1}),
    ]
    lines = show(stand([EVENTS[0], *events]), 120)
    assert "best  0.5 ± 0.1 (linear-1: default features)" in lines
    assert any("lightgbm-f1e64252 crosses (≤ 30); learning_rate .03, 31 leaves" in x for x in lines)
    narrow = show(stand([EVENTS[0], *events]), 80)
    assert any("lightgbm-f1e64252 crosses (≤ 30); " in x and "fold 2 of 5" in x for x in narrow)

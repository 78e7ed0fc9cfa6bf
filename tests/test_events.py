"""What happened in a run: a line an event, whatever became of the file, and the time it took."""

import json
from pathlib import Path

from full_disk import run_on_full_disk

from automl_cli.core.events import Event
from automl_cli.store import RunDirectory, clock_events


def test_an_event_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    run.append(Event(kind="started", fields={}))
    with (tmp_path / "events.jsonl").open("a") as file:
        file.write('{"time": 1, "ki')

    assert [event["kind"] for event in run.read_events()] == ["started"]


def test_time_spent_counts_from_the_start_of_each_command(tmp_path: Path) -> None:
    lines = [(100, "started"), (110, "fitted"), (115, "fitted"), (900, "started"), (904, "fitted")]
    events = [{"time": at, "kind": kind} for at, kind in lines]
    events[3]["started_at"] = 897
    text = "".join(json.dumps(event) + "\n" for event in events)
    (tmp_path / "events.jsonl").write_text(text)

    assert RunDirectory(tmp_path).seconds_spent() == 10 + 5 + 3 + 4


def test_a_clock_that_went_back_takes_no_work_away() -> None:
    lines = [(100, "started"), (110, "fitted"), (50, "fitted"), (55, "fitted")]
    events = [{"time": at, "kind": kind} for at, kind in lines]
    assert list(clock_events(events)) == [0, 10, 10, 15]


def test_a_start_that_is_no_number_is_that_of_the_event() -> None:
    events = [{"time": 100, "kind": "started", "started_at": None}, {"time": 104, "kind": "fitted"}]
    assert list(clock_events(events)) == [0, 4]


def test_an_event_after_a_torn_line_is_read(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    run.append(Event(kind="started", fields={}))
    with (tmp_path / "events.jsonl").open("a") as file:
        file.write('{"time": 1, "ki')

    run.append(Event(kind="finished", fields={}))

    assert [event["kind"] for event in run.read_events()] == ["started", "finished"]
    assert run.seconds_spent() < 60


def test_lines_that_never_were_events_are_left_out(tmp_path: Path) -> None:
    (tmp_path / "events.jsonl").write_bytes(
        b'{"time": 1, "ki{"time": 1, "kind": "started"}\n\0\0\0\n\xff\n'
        b'{"time": 2, "kind": "started"}\n'
    )

    assert RunDirectory(tmp_path).read_events() == [{"time": 2, "kind": "started"}]


def test_events_on_a_full_disk_are_a_user_error(tmp_path: Path) -> None:
    message = run_on_full_disk(
        f"""
from automl_cli.core.events import Event
from automl_cli.store import RunDirectory
run = RunDirectory(Path({str(tmp_path)!r}))
for number in range(1000):
    run.append(Event(kind="warning", fields={{"message": "x" * 70}}))
"""
    )

    assert message == f"{tmp_path / 'events.jsonl'}: cannot be written (file too large)."
    before = len(RunDirectory(tmp_path).read_events())
    assert before > 10
    RunDirectory(tmp_path).append(Event(kind="started", fields={}))
    assert len(RunDirectory(tmp_path).read_events()) == before + 1

import json
from pathlib import Path

import pytest

from automl_cli.core.errors import RunError
from automl_cli.core.events import Event
from automl_cli.store import RunDirectory, replaced, write_folder, write_json

FACTS = {"key": "abc"}


def test_a_folder_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    def fail(folder: Path) -> None:
        (folder / "half").write_text("x")
        raise ValueError("in the middle")

    with pytest.raises(ValueError, match="in the middle"):
        write_folder(tmp_path / "unit", fail)

    assert list(tmp_path.iterdir()) == []


def test_a_file_is_replaced_only_by_a_whole_one(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    write_json(path, {"n": 1})

    def write_half() -> None:
        with replaced(path) as beside:
            beside.write_text("half")
            raise ValueError("stop")

    with pytest.raises(ValueError, match="stop"):
        write_half()

    assert json.loads(path.read_text()) == {"n": 1}


def test_leftovers_of_a_killed_command_are_removed(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    leftover = run.root / "units" / "fold-0.tmp-0123456789ab"
    leftover.mkdir(parents=True)
    (leftover / "half").write_text("x")

    with run.use(FACTS, accept_versions=False):
        assert not leftover.exists()


def test_a_run_in_use_is_refused(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")

    with (
        run.use(FACTS, accept_versions=False),
        pytest.raises(RunError, match="another command is using this run"),
        run.use(FACTS, accept_versions=False),
    ):
        pass


def test_a_folder_of_another_run_is_refused(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    with run.use(FACTS, accept_versions=False):
        pass

    with (
        pytest.raises(RunError, match="other data or another config"),
        run.use({"key": "other"}, accept_versions=False),
    ):
        pass


def test_other_versions_are_refused_unless_accepted(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path / "run")
    with run.use(FACTS, accept_versions=False):
        pass
    known = json.loads((run.root / "run.json").read_text())
    known["versions"]["lightgbm"] = "0.1"
    (run.root / "run.json").write_text(json.dumps(known))

    with (
        pytest.raises(RunError, match=r"other versions \(lightgbm 0.1 -> "),
        run.use(FACTS, accept_versions=False),
    ):
        pass
    with run.use(FACTS, accept_versions=True):
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    run = RunDirectory(tmp_path / "file" / "run")

    with (
        pytest.raises(RunError, match="cannot be written") as caught,
        run.use(FACTS, accept_versions=False),
    ):
        pass

    assert caught.value.hint == "Free some space or give a folder you may write to with --out."


def test_an_event_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    run.append(Event(kind="started", fields={}))
    with (tmp_path / "events.jsonl").open("a") as file:
        file.write('{"time": 1, "ki')

    assert [event["kind"] for event in run.read_events()] == ["started"]


def test_time_spent_counts_from_the_start_of_each_command(tmp_path: Path) -> None:
    lines = [(100, "started"), (110, "fitted"), (115, "fitted"), (900, "started"), (904, "fitted")]
    text = "".join(json.dumps({"time": at, "kind": kind}) + "\n" for at, kind in lines)
    (tmp_path / "events.jsonl").write_text(text)

    assert RunDirectory(tmp_path).seconds_spent() == 19

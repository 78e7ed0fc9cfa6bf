import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from full_disk import run_on_full_disk
from hypothesis import given
from hypothesis import strategies as st

from automl_cli.core.errors import RunError
from automl_cli.store import (
    RunDirectory,
    check_writable,
    file_name,
    replaced,
    write_array,
    write_folder,
    write_json,
)

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

    assert caught.value.hint == (
        "Free some space, or give a folder that exists and that you may write to."
    )


@pytest.mark.parametrize(
    "texts",
    [
        ("log(price)", "log[price]", "log_price_"),
        ("x" * 80 + "1", "x" * 80 + "2", "x" * 80),
        ("..", ".", "", "_"),
    ],
)
def test_different_targets_have_different_file_names(tmp_path: Path, texts: tuple[str, ...]):
    names = {file_name(text) for text in texts}

    assert len(names) == len(texts)
    for name in names:
        (tmp_path / name).mkdir()  # ".." and "." are there already


@given(st.text())
def test_every_text_is_a_name_that_a_file_system_takes(text: str) -> None:
    name = file_name(text)

    assert name.strip(".")
    assert "/" not in name
    assert len(f"{name}.json.tmp-0123456789ab".encode()) <= 255


def test_a_folder_is_replaced_by_a_whole_one_though_the_command_is_killed(tmp_path: Path) -> None:
    run = RunDirectory(tmp_path)
    script = """
import itertools, os, signal, sys
from pathlib import Path
from automl_cli.store import write_folder

def fill(folder):
    for number in range(3):
        (folder / str(number)).write_text("x")

def die(event, _):
    if event == "os.remove" and next(removals) == 1:
        os.kill(os.getpid(), signal.SIGKILL)

removals = itertools.count()
folder = Path(sys.argv[1])
write_folder(folder, fill)
sys.addaudithook(die)
write_folder(folder, fill)
"""
    done = subprocess.run([sys.executable, "-c", script, run.candidate("a-1")], check=False)

    assert done.returncode == -signal.SIGKILL
    assert len(list(run.candidate("a-1").iterdir())) == 3
    with run.use(FACTS, accept_versions=False):
        assert list(run.candidate("a-1").parent.iterdir()) == [run.candidate("a-1")]


def test_a_file_does_not_replace_a_folder(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter").write_text("dear")

    with pytest.raises(RunError, match="is a directory"):
        write_json(tmp_path / "mine", {})

    assert (tmp_path / "mine" / "letter").read_text() == "dear"


@pytest.mark.parametrize(
    ("place", "reason"),
    [
        ("none/out.csv", "no such file or directory"),
        ("file/out.csv", "not a directory"),
        ("folder", "is a directory"),
    ],
)
def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path, place: str, reason: str) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "folder").mkdir()

    with pytest.raises(RunError) as caught:
        check_writable(tmp_path / place)

    assert caught.value.message == f"{tmp_path / place}: cannot be written ({reason})."


def test_a_place_that_can_be_written_is_left_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "old.csv").write_text("old")

    check_writable(tmp_path / "old.csv")
    check_writable(tmp_path / "new.csv")

    assert [path.name for path in tmp_path.iterdir()] == ["old.csv"]
    assert (tmp_path / "old.csv").read_text() == "old"


@pytest.mark.parametrize("n", [400, 5000])
def test_an_array_that_a_full_disk_cuts_off_is_an_error(tmp_path: Path, n: int) -> None:
    message = run_on_full_disk(
        f"""
import numpy as np
from automl_cli.store import write_array, write_folder
folder = Path({str(tmp_path / "unit")!r})
write_folder(folder, lambda beside: write_array(beside / "a.npy", np.zeros({n})))
"""
    )

    assert message == f"{tmp_path / 'unit'}: cannot be written (file too large)."
    assert not any(tmp_path.iterdir())


@pytest.mark.parametrize("order", ["C", "F"])
def test_arrays_come_back_as_they_were(tmp_path: Path, order: Literal["C", "F"]) -> None:
    array = np.array([[0.5, np.nan], [-0.0, 1.0]], order=order)

    write_array(tmp_path / "a.npy", array)

    found = np.load(tmp_path / "a.npy", mmap_mode="r")
    assert np.array_equal(found, array, equal_nan=True)
    assert found.flags.f_contiguous == array.flags.f_contiguous

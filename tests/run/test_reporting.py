"""The report at the end of a fit."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import automl_cli
from automl_cli.config.load import load_config
from automl_cli.config.presets import preset_names
from automl_cli.core.deadline import Deadline
from automl_cli.run.reporting import MARGIN_SECONDS, report_run
from automl_cli.store import RunDirectory

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

if TYPE_CHECKING:
    from automl_cli.core.events import Event

PENGUINS = Path(__file__).parents[2] / "examples" / "penguins"


def fit(folder: Path, *overrides: str) -> RunDirectory:
    small = ["limits.rounds=10", "limits.candidates=1", *overrides]
    automl_cli.fit(PENGUINS, preset="smoke", overrides=small, out=folder)
    return RunDirectory(folder)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> RunDirectory:
    return fit(tmp_path_factory.mktemp("reporting") / "run")


def list_kinds(run: RunDirectory) -> list[object]:
    return [event["kind"] for event in run.read_events()]


def test_a_fit_ends_with_its_report_if_it_is_told_to(tmp_path: Path):
    run = fit(tmp_path / "run", "run.report=true")
    assert run.report.read_text("utf-8").startswith("<!DOCTYPE html>")
    assert list_kinds(run)[-1] == "reported"


def test_the_smoke_preset_writes_none(run: RunDirectory):
    assert not run.report.exists()
    assert "reported" not in list_kinds(run)


def test_all_other_presets_end_with_a_report():
    others = [name for name in preset_names() if name != "smoke"]
    assert all(load_config(preset=name).config.run.report for name in others)


def test_the_report_is_no_part_of_what_a_run_is(run: RunDirectory):
    fit(run.root, "run.report=false")  # the same run directory: no other key


def test_too_little_time_leaves_the_report_out(run: RunDirectory):
    told: list[Event] = []
    report_run(run, Deadline.after(2.0), told.append)
    assert [event.kind for event in told] == ["warning"]
    message = str(told[0].fields["message"])
    assert message == (f"no report: not enough time is left; `automl report {run.root}` writes it")
    assert not run.report.exists()


def test_a_report_that_takes_too_long_is_given_up(
    run: RunDirectory, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("automl_cli.run.reporting.LEAST_SECONDS", 0.0)
    told: list[Event] = []
    deadline = Deadline.after(MARGIN_SECONDS + 0.1)
    report_run(run, deadline, told.append)
    assert deadline.seconds_left() > 0
    assert "it ran out of time" in str(told[-1].fields["message"])


def test_a_report_that_fails_does_not_fail_the_run_and_says_why(tmp_path: Path):
    told: list[Event] = []
    report_run(RunDirectory(tmp_path), Deadline(None), told.append)
    assert [event.kind for event in told] == ["stage", "warning"]
    failed = f"no report: it failed ({tmp_path}: no run in this folder)"
    expected = f"{failed}; `automl report {tmp_path}` writes it, or says more"
    assert told[1].fields["message"] == expected


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("kill -9 $$", "it failed (its process was killed, as systems do where memory is short)"),
        ("kill -15 $$", "it failed (its process was ended by signal 15)"),
        ("exit 3", "it failed (exit code 3)"),
        (None, "its process did not start (No such file or directory)"),
    ],
)
def test_the_reason_is_told_however_the_process_ends(
    run: RunDirectory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, reason: str
):
    program = tmp_path / "program"
    if script is not None:
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(program))
    told: list[Event] = []
    report_run(run, Deadline(None), told.append)
    assert str(told[-1].fields["message"]).startswith(f"no report: {reason}; `automl report ")

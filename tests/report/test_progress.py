"""What the time was used for."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from automl_cli.report.data import ReportData, read_report_data
from automl_cli.report.section import Paragraph, Pictures
from automl_cli.report.sections.progress import write_progress


@pytest.fixture(scope="module")
def data(report_runs: Path) -> ReportData:
    return read_report_data(report_runs / "sold")


def tell(data: ReportData, *told: tuple[float, str, dict[str, Any]]) -> tuple[str, str]:
    """Return the text and the caption of a run in which this happened."""
    events = [{"time": at, "kind": kind, **fields} for at, kind, fields in told]
    blocks = write_progress(replace(data, events=events)).blocks
    texts = [one.text for one in blocks if isinstance(one, Paragraph)]
    captions = [one.pictures[0].caption for one in blocks if isinstance(one, Pictures)]
    return texts[0], "".join(captions)


START = {"spent_seconds": 0.0}
DONE = {"target": "sold", "score": 0.8}


def test_a_command_that_came_to_nothing_does_not_count(data: ReportData):
    text, caption = tell(
        data,
        (100, "started", START),
        (160, "skipped", {"key": "linear-1"}),
        (900, "started", START),
        (920, "candidate", {"key": "linear-1", **DONE}),
        (930, "finished", {}),
    )
    assert "The run worked 30 s" in text
    assert "1 min before, in commands that ended without a candidate" in text
    assert "not fitted" not in text
    assert "after 20 s, the best" in caption


def test_later_commands_go_on_with_the_time(data: ReportData):
    text, caption = tell(
        data,
        (100, "started", START),
        (120, "candidate", {"key": "linear-1", **DONE}),
        (130, "skipped", {"key": "linear-2"}),
        (130, "skipped", {"key": "linear-3"}),
        (900, "started", {"spent_seconds": 30.0}),
        (905, "skipped", {"key": "linear-3"}),
        (910, "candidate", {"key": "linear-1", **DONE}),
        (940, "candidate", {"key": "linear-2", **DONE}),
    )
    assert "The run worked 1 min 10 s;" in text
    assert "ended without" not in text
    assert "made 2 candidates; 1 candidate not fitted for lack of time" in text
    assert "after 20 s, the best" in caption


def test_what_failed_once_and_was_fitted_then_has_not_failed(data: ReportData):
    text, _ = tell(
        data,
        (100, "started", START),
        (110, "failed", {"key": "linear-1"}),
        (110, "failed", {"key": "linear-2"}),
        (900, "started", START),
        (920, "candidate", {"key": "linear-1", **DONE}),
    )
    assert "; 1 failed" in text

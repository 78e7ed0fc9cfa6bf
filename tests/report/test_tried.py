"""What a budget went into, by model and reason."""

from pathlib import Path
from typing import Any

import pytest

from automl_cli.report.data import ReportData, read_report_data
from automl_cli.report.section import Paragraph, Pictures
from automl_cli.report.sections.tried import list_fits, list_tried


@pytest.fixture(scope="module")
def data(report_runs: Path) -> ReportData:
    return read_report_data(report_runs / "sold")


def propose(key: str, why: str) -> dict[str, Any]:
    return {"kind": "proposed", "target": "sold", "key": key, "why": why}


def fit(key: str, seconds: float) -> dict[str, Any]:
    return {"kind": "fitted", "key": key, "seconds": seconds}


EVENTS = [
    fit("lightgbm-0", 1.0),
    {"kind": "candidate", "target": "sold", "key": "lightgbm-0"},
    propose("lightgbm-1", "growth"),
    fit("lightgbm-1", 2.0),
    {"kind": "settled", "target": "sold", "growth": 4.0},
    {"kind": "settled", "target": "sold", "best": ["own", True], "lost": [["values", False]]},
    propose("xgboost-1", "planned"),
    fit("xgboost-1", 3.0),
    propose("xgboost-1", "promotion"),
    fit("xgboost-1", 4.0),
    fit("other-1", 50.0),  # of another target
]


def test_each_fit_counts_for_the_last_reason_that_its_candidate_was_proposed_for():
    assert [(fit.model, fit.reason, fit.seconds) for fit in list_fits("sold", EVENTS)] == [
        ("lightgbm", "first", 1.0),
        ("lightgbm", "growth", 2.0),
        ("xgboost", "planned", 3.0),
        ("xgboost", "promotion", 4.0),
    ]


def test_the_picture_and_what_was_settled_are_told(data: ReportData):
    pictures, text = list_tried(data.solved[0], EVENTS)
    assert isinstance(pictures, Pictures)
    assert pictures.pictures[0].caption == (
        "All fits together took 10 s: xgboost 70% of it, candidates without weight in the "
        "ensemble 100%."
    )
    assert isinstance(text, Paragraph)
    assert text.text == (
        "Trees of 4 times as many leaves as planned were better, and all got them. The best way "
        "of passing columns was `own` with generated columns; clearly worse, and not tried again: "
        "`values`."
    )


def test_without_a_planner_nothing_is_told(data: ReportData):
    assert not list(list_tried(data.solved[0], EVENTS[:2]))

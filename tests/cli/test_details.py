"""What ``--verbose`` adds to the lines of a run."""

import io
from typing import Any

from rich.console import Console

from automl_cli.cli.console import NOT_STARTED, RunConsole
from automl_cli.core.events import Event


def tell(*events: tuple[str, dict[str, Any]], verbose: bool = True) -> list[str]:
    """Return the lines of a terminal that is wide enough for all."""
    file = io.StringIO()
    console = Console(file=file, width=300, force_terminal=True, color_system=None)
    shown = RunConsole(console, is_dated=False, is_verbose=verbose)
    for kind, fields in events:
        shown.listen(Event(kind=kind, fields=fields))  # type: ignore[arg-type]
    return file.getvalue().splitlines()


def run(key: str, fold: int, expected: float | None = None, does: str = "fit") -> dict[str, Any]:
    task = {"key": key, "does": does, "fold": fold, "folds": 3}
    return {"tasks": [{**task, "expected_seconds": expected}], "next": [], "workers": 2}


DONE = {
    "target": "y",
    "key": "linear-1",
    "description": "counts",
    "score": 0.5,
    "score_se": 0.1,
    "fold_scores": [0.4, 0.6],
    "seconds": 1.0,
    "cut": False,
}
NOTE = {"severity": "note", "message": "free text: name.", "advice": "Words are used."}


def test_each_fit_is_shown_when_it_begins_and_when_it_is_done() -> None:
    fitted = {"key": "linear-1", "fold": 1, "seconds": 2.04, "peak_bytes": 217_000_000}
    begun = ("running", run("linear-1", 1, 3.0))
    assert tell(begun, begun, ("fitted", fitted)) == [
        "running: linear-1, fold 2 of 3, expected to take 3.0 s",
        "fitted: linear-1, fold 2 in 2.0 s, memory 217 MB",
    ]


def test_a_fit_that_nobody_can_forecast_has_no_expected_time() -> None:
    assert tell(("running", run("linear-1", 0))) == ["running: linear-1, fold 1 of 3"]


def test_a_prediction_is_not_worth_a_line() -> None:
    assert tell(("running", run("linear-1", 0, does="predict"))) == []


def test_a_candidate_is_followed_by_its_scores_by_fold() -> None:
    assert tell(("candidate", DONE)) == [
        "linear-1 (counts): 0.5 ± 0.1 (1.0 s)",
        "by fold: linear-1: 0.4, 0.6",
    ]


def test_the_best_answer_is_shown_when_it_changes() -> None:
    best = {"target": "y", "score": 0.5, "score_se": 0.1, "holder": "linear-1"}
    assert tell(("best", best), ("best", best)) == ["best so far for y: 0.5 (linear-1)"]


def test_a_plan_lists_its_candidates() -> None:
    fields = {"candidates": ["a", "b"], "finished": ["b"], "descriptions": {"a": "counts"}}
    assert tell(("planned", fields)) == [
        "plan: 2 candidates",
        "stage: fitting",
        "planned: a (counts)",
        "planned: b: finished before",
    ]


def test_notes_on_the_data_are_shown_and_not_counted() -> None:
    event = ("audited", {"findings": [NOTE]})
    assert tell(event) == ["note: free text: name. Words are used."]
    assert tell(event, verbose=False) == ["1 note on the data: `automl audit` shows it"]


def test_candidates_that_the_clock_left_out_are_named() -> None:
    skipped = ("skipped", {"target": "y", "key": "a", "reason": NOT_STARTED})
    assert tell(skipped) == [f"a skipped: {NOT_STARTED}"]
    assert tell(skipped, verbose=False) == []


def test_without_the_flag_nothing_is_added() -> None:
    events = (("running", run("linear-1", 0)), ("candidate", DONE))
    assert tell(*events, verbose=False) == ["linear-1 (counts): 0.5 ± 0.1 (1.0 s)"]


def test_the_end_is_no_stage() -> None:
    assert tell(("stage", {"name": "blending"}), ("finished", {"seconds": 1.0})) == [
        "stage: blending"
    ]

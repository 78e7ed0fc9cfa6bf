"""What a run's console tells line by line."""

import io
import time
from typing import Any

import pytest
from rich.console import Console

from automl_cli.cli.console import RunConsole
from automl_cli.core.events import Event


def tell(*events: tuple[str, dict[str, Any]], columns: int = 0) -> list[str]:
    """Return the lines; on a terminal if it has so many columns."""
    file = io.StringIO()
    console = Console(file=file, width=columns or None, force_terminal=columns > 0)
    shown = RunConsole(console, is_dated=not columns)
    for kind, fields in events:
        shown.listen(Event(kind=kind, fields=fields))  # type: ignore[arg-type]
    return file.getvalue().splitlines()


SUBMISSION = ("submission", {"path": "run/submission.csv", "best": None})


def start(spent: float, left: float) -> tuple[str, dict[str, Any]]:
    now = time.time()
    return "started", {"started_at": now, "spent_seconds": spent, "ends_at": now + left}


def test_a_first_command_tells_of_the_first_submission() -> None:
    (line,) = tell(start(0.0, 60.0), SUBMISSION)
    assert line.endswith(" first valid submission: run/submission.csv")


@pytest.mark.parametrize(
    ("left", "more"),
    [(9.0, ""), (-1.0, ", which is its whole budget; raise --budget to fit more")],
)
def test_a_later_command_tells_what_was_done_before(left: float, more: str) -> None:
    told, submission = tell(start(95.0, left), SUBMISSION)
    assert told.endswith(f" resuming this run: earlier commands took 1:35{more}")
    assert submission.endswith(" valid submission: run/submission.csv")
    assert "first" not in submission


def test_lines_are_broken_between_words_on_a_terminal_and_nowhere_else() -> None:
    fact = ["positive class", "Returned", "the rarer of the two, which is what is looked for"]
    event = ("inferred", {"facts": [fact], "ignored": []})
    whole = "positive class: Returned (the rarer of the two, which is what is looked for)"
    assert tell(event)[0].endswith(whole)
    lines = tell(event, columns=30)
    assert len(lines) == 3
    assert " ".join(line.strip() for line in lines) == whole


def test_one_candidate_is_planned_and_two_are() -> None:
    for keys, told in ((["a"], "plan: 1 candidate"), (["a", "b"], "plan: 2 candidates")):
        (line,) = tell(("planned", {"candidates": keys, "finished": []}))
        assert line.endswith(told)


def test_a_line_says_what_a_candidate_is() -> None:
    about = {"target": "y", "key": "linear-1", "description": "counts; C 3"}
    done = {**about, "score": 0.5, "score_se": 0.1, "seconds": 1.0, "cut": False}
    failed = {**about, "error": "ValueError: one line\nand more", "hint": ""}
    lines = tell(("candidate", done), ("failed", failed), ("skipped", {**about, "reason": "late"}))
    assert [line.partition("linear-1 ")[2] for line in lines] == [
        "(counts; C 3): 0.5 ± 0.1 (1.0 s)",
        "(counts; C 3) failed: ValueError: one line",
        "(counts; C 3) skipped: late",
    ]

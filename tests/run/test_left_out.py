"""What a run lacks, by its events."""

import pytest

from automl_cli.core.deadline import Deadline
from automl_cli.run.left_out import find_unused_time, list_failed, list_skipped

START = {"kind": "started"}


def make_event(kind: str, key: str, target: str = "y") -> dict[str, str]:
    return {
        "kind": kind,
        "key": key,
        "target": target,
        "description": "counts",
        "error": "KeyError: 1\n2",
        "reason": "no time left",
    }


def test_what_failed_is_listed_unless_a_later_command_has_finished_it() -> None:
    events = [START, make_event("failed", "a-1"), make_event("failed", "b-2")]
    assert [one["key"] for one in list_failed("y", events)] == ["a-1", "b-2"]
    later = [*events, START, make_event("candidate", "a-1")]
    assert list_failed("y", later) == [
        {
            "key": "b-2",
            "model": "b",
            "description": "counts",
            "error": "KeyError: 1",
            "hint": "",
            "file": "failures/b-2.json",
        }
    ]
    assert list_failed("z", later) == []


def test_events_that_name_no_target_belong_to_the_only_one() -> None:
    event = {"kind": "failed", "key": "a-1", "error": "KeyError: 1"}
    assert [one["key"] for one in list_failed("y", [event])] == ["a-1"]


def test_what_the_clock_left_out_is_listed_until_a_command_has_finished_it() -> None:
    late = {**make_event("skipped", "a-1"), "reason": "too late"}
    events = [START, late, START, make_event("skipped", "a-1"), make_event("skipped", "b-2")]
    told = [(one["key"], one["reason"]) for one in list_skipped("y", events)]
    assert told == [("a-1", "no time left"), ("b-2", "no time left")]
    later = [*events, START, make_event("candidate", "a-1"), make_event("failed", "b-2")]
    assert list_skipped("y", later) == []


@pytest.mark.parametrize(
    ("events", "reason"),
    [
        ([make_event("candidate", "a-1")], "every planned candidate was fitted"),
        ([make_event("failed", "a-1")], "every planned candidate was fitted or failed"),
        ([make_event("skipped", "a-1")], "1 planned candidate would have taken longer"),
    ],
)
def test_what_is_left_of_a_budget_has_a_reason(events: list[dict[str, str]], reason: str) -> None:
    unused = find_unused_time(Deadline.after(50.0), 300.0, [START, *events])
    assert unused is not None
    assert unused["reason"] == reason
    assert 49 < float(str(unused["seconds"])) <= 50


@pytest.mark.parametrize(("left", "budget"), [(29.0, 300.0), (7.0, 20.0), (1e9, None)])
def test_a_reserve_is_not_worth_a_word(left: float, budget: float | None) -> None:
    assert find_unused_time(Deadline.after(left), budget, [START]) is None

"""What a run lacks: candidates that failed, those that the clock left out, time that was not used.

Read from the events, so that later commands know it too.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, TypeAlias

from automl_cli.core.counts import format_count
from automl_cli.core.deadline import Deadline
from automl_cli.core.events import JsonValue

EventFields: TypeAlias = Mapping[str, Any]

LEAST_UNUSED, LEAST_SHARE = 8.0, 0.1  # seconds and share of the budget that are worth a word


def list_failed(target: str, events: Sequence[EventFields]) -> list[dict[str, JsonValue]]:
    """Return the candidates of a target that could not be fitted, by key.

    A candidate that a later command has finished is none of them.
    """
    last = _find_last(target, events, ("failed", "candidate"))
    return [
        {
            **_identify(event),
            "error": str(event["error"]).partition("\n")[0].strip(),
            "hint": str(event.get("hint", "")),
            "file": str(Path("failures") / f"{key}.json"),
        }
        for key, event in sorted(last.items())
        if event["kind"] == "failed"
    ]


def list_skipped(target: str, events: Sequence[EventFields]) -> list[dict[str, JsonValue]]:
    """Return the candidates of a target that the clock left out, with its last reason.

    What failed, or what any command has finished, is none of them.
    """
    others = _find_last(target, events, ("failed", "candidate"))
    last = _find_last(target, events, ("skipped",))
    return [
        {**_identify(event), "reason": str(event["reason"])}
        for key, event in last.items()
        if key not in others
    ]


def find_unused_time(
    deadline: Deadline, budget: float | None, events: Sequence[EventFields]
) -> dict[str, JsonValue] | None:
    """Return how much of the budget was left, and why; None if it is nothing to speak of.

    Parameters
    ----------
    deadline
        When the work had to be done.
    budget
        Seconds; None: there is none.
    events
        All events of the run.
    """
    left = deadline.seconds_left()
    if budget is None or left < max(LEAST_UNUSED, LEAST_SHARE * budget):
        return None
    own = _take_last_command(events)
    finished = {event["key"] for event in events if event["kind"] == "candidate"}
    skipped = {event["key"] for event in own if event["kind"] == "skipped"} - finished
    failed = {event["key"] for event in own if event["kind"] == "failed"} - finished
    if skipped:
        why = f"{format_count(len(skipped), 'planned candidate')} would have taken longer"
    elif failed:
        why = "every planned candidate was fitted or failed"
    else:
        why = "every planned candidate was fitted"
    return {"seconds": round(left, 1), "budget": budget, "reason": why}


def _take_last_command(events: Sequence[EventFields]) -> Sequence[EventFields]:
    starts = [place for place, event in enumerate(events) if event["kind"] == "started"]
    return events[starts[-1] :] if starts else events


def _find_last(
    target: str, events: Sequence[EventFields], kinds: tuple[str, ...]
) -> dict[str, EventFields]:
    """Return the last event of such a kind of each candidate of a target."""
    return {
        str(event["key"]): event
        for event in events
        # Events of earlier versions name no target: they belong to the only one.
        if event["kind"] in kinds and event.get("target", target) == target
    }


def _identify(event: EventFields) -> dict[str, JsonValue]:
    key = str(event["key"])
    return {
        "key": key,
        "model": key.rpartition("-")[0],
        "description": str(event.get("description", "")),
    }

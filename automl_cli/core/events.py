"""What happens in a run, as plain records that are shown and stored alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

EventKind: TypeAlias = Literal[
    "started",  # a command began to use the run directory
    "inferred",  # the guesses about the data, before anything is fitted
    "audited",  # what is wrong or remarkable about the data
    "planned",  # what will be tried
    "stage",  # what begins now and takes time, in a few words
    "running",  # what the workers have in hand, and the candidates that are next
    "best",  # the best answer to one target so far
    "working",  # a long fit is under way
    "proposed",  # the planner has decided what is next
    "settled",  # trials have shown the size of trees, or which ways pay
    "fitted",  # one unit (candidate, fold) is finished
    "candidate",  # a candidate has all its folds
    "failed",  # a candidate could not be fitted
    "skipped",  # a candidate was not started for want of time
    "searched",  # the search of one model came to its end
    "brought",  # the ensemble was compared with one without what searches found
    "original",  # a candidate that learned from the original data set was compared with one without
    "blended",  # the tournament is decided
    "submission",  # a submission file was written
    "explaining",  # something of an explanation that takes time
    "warning",  # something the user should know
    "fetched",  # a competition's files or metric came from Kaggle
    "uploaded",  # a submission is at Kaggle
    "reported",  # the report was written
    "finished",  # the command is done
]
PASSING: frozenset[EventKind] = frozenset({"stage", "running", "best"})  # shown, and not stored
JsonValue: TypeAlias = "str | int | float | bool | list[JsonValue] | dict[str, JsonValue] | None"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One message to whoever watches, and one line of ``events.jsonl`` unless it is `PASSING`.

    Parameters
    ----------
    kind
        What happened.
    fields
        Its facts, plain JSON values.
    """

    kind: EventKind
    fields: Mapping[str, JsonValue]


Listener: TypeAlias = Callable[[Event], None]


def emit_stage(listener: Listener, name: str) -> None:
    """Tell what begins now and takes time, in a few words."""
    listener(Event(kind="stage", fields={"name": name}))


def ignore(_: Event) -> None:
    """Let an event pass: the listener where nobody watches."""

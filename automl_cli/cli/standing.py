"""How far a run is, by the events so far: what the live view shows.

    standing = Standing()
    for event in events:
        standing = update_standing(standing, event, now)

A standing is never changed, only replaced, so that it can be drawn by another thread at any time.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from automl_cli.core.events import Event, EventKind

Fields: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningTask:
    """What a worker has in hand.

    Parameters
    ----------
    slot
        The number of the worker, from 0. A task keeps it until it ends.
    key
        The candidate, or the step that is screened.
    part
        Which part of it, in words.
    began_at
        Seconds since the epoch.
    expected_seconds
        What it will probably take in all; None: nobody knows.
    description
        What the candidate is in a few words.
    """

    slot: int
    key: str
    part: str
    began_at: float
    expected_seconds: float | None = None
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """The best answer to one target, whose it is, and what that is in a few words."""

    score: float | None
    score_se: float | None
    holder: str
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How far a run is.

    Parameters
    ----------
    stage, stage_at
        What is done now, and since when.
    started_at, ends_at
        When the command began and when it has to end, in seconds since the epoch; None: unknown,
        or no budget.
    announced, ended
        Keys of the candidates that were planned so far, and of those that came to an end; what
        the clock left out did not.
    fits
        Folds that were fitted.
    workers
        Tasks that may run at the same time.
    tasks
        What is running, by worker.
    upcoming
        The candidates that are next.
    best
        By target.
    """

    stage: str = "reading"
    stage_at: float | None = None
    started_at: float | None = None
    ends_at: float | None = None
    announced: frozenset[str] = frozenset()
    ended: frozenset[str] = frozenset()
    fits: int = 0
    workers: int = 0
    tasks: tuple[RunningTask, ...] = ()
    upcoming: tuple[str, ...] = ()
    best: Mapping[str, Best] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """How many of the planned candidates came to an end."""
        return len(self.announced & self.ended)


def update_standing(standing: Standing, event: Event, now: float) -> Standing:
    """Return the standing after one more event, told at `now` (seconds since the epoch)."""
    if event.kind not in NOTES:
        return standing
    after = NOTES[event.kind](standing, event.fields, now)
    return after if after.stage == standing.stage else replace(after, stage_at=now)


def _start(standing: Standing, fields: Fields, _: float) -> Standing:
    return replace(
        standing,
        stage="making features",
        started_at=fields["started_at"],
        ends_at=fields["ends_at"],
    )


def _plan(standing: Standing, fields: Fields, _: float) -> Standing:
    announced = standing.announced | set(fields["candidates"])
    ended = standing.ended | set(fields["finished"])
    return replace(standing, stage="fitting", announced=announced, ended=ended)


def _end_candidate(standing: Standing, fields: Fields, _: float) -> Standing:
    return replace(standing, ended=standing.ended | {fields["key"]})


def _run(standing: Standing, fields: Fields, now: float) -> Standing:
    running = [(one["key"], _format_part(one), one) for one in fields["tasks"]]
    before = {(task.key, task.part): task for task in standing.tasks}
    kept = [before[key, part] for key, part, _ in running if (key, part) in before]
    free = _list_free({task.slot for task in kept}, len(running))
    fresh = [
        RunningTask(
            slot=free.pop(0),
            key=key,
            part=part,
            began_at=now,
            expected_seconds=one["expected_seconds"],
            description=one.get("description", ""),
        )
        for key, part, one in running
        if (key, part) not in before
    ]
    tasks = tuple(sorted([*kept, *fresh], key=lambda task: task.slot))
    upcoming = tuple(fields["next"])
    return replace(standing, tasks=tasks, upcoming=upcoming, workers=fields["workers"])


def _list_free(taken: set[int], wanted: int) -> list[int]:
    return [slot for slot in range(len(taken) + wanted) if slot not in taken]


def _format_part(fields: Fields) -> str:
    if fields["does"] == "screen":
        return "screened"
    where = f"fold {fields['fold'] + 1} of {fields['folds']}"
    if fields["does"] == "predict":
        return f"predicting {where}"
    return where


def _take_best(standing: Standing, fields: Fields, _: float) -> Standing:
    best = Best(
        score=fields["score"],
        score_se=fields["score_se"],
        holder=fields["holder"],
        description=fields.get("description", ""),
    )
    return replace(standing, best={**standing.best, fields["target"]: best})


StandingUpdate: TypeAlias = Callable[[Standing, Fields, float], Standing]


def _begin(stage: str) -> StandingUpdate:
    return lambda standing, _, __: replace(standing, stage=stage)


STAGED: Sequence[tuple[EventKind, str]] = (
    ("fetched", "downloading, reading"),
    ("inferred", "auditing the tables"),
    ("uploaded", "waiting for the score"),
    ("finished", "done"),
)
NOTES: Mapping[EventKind, StandingUpdate] = {
    **{kind: _begin(stage) for kind, stage in STAGED},
    "stage": lambda standing, fields, _: replace(standing, stage=fields["name"]),
    "started": _start,
    "planned": _plan,
    "running": _run,
    "fitted": lambda standing, _, __: replace(standing, fits=standing.fits + 1),
    "candidate": _end_candidate,
    "failed": _end_candidate,
    "best": _take_best,
}

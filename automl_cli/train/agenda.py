"""What the workers do next, under the clock and within memory.

The agenda holds all candidates of an order: waiting, active and under way. It decides; `cross_fit`
hands out and settles.
"""

import math
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from automl_cli.core.candidate import CandidateSpec
from automl_cli.train.course import Course, FoldTask
from automl_cli.train.executor import Executor
from automl_cli.train.order import Crew, Order, Skipped
from automl_cli.train.pace import SHORTEST_SLICE

if TYPE_CHECKING:
    from concurrent.futures import Future

    from automl_cli.train.attempt import Crash

ENOUGH = 0.6  # of the seconds to the best round; with less a fit is hardly ever of use
NO_TIME = "no time left"
LATE = "its folds would not have finished in time"


@dataclass(slots=True)
class Agenda:
    """All candidates of an order and how far they are. `cross_fit` alone changes it.

    Parameters
    ----------
    order, crew
        What is to be done, and who does it.
    waiting, active
        Candidates that are not begun, and those that are.
    running
        What is in the hands of workers.
    suspects
        Tasks in flight when a pool broke as a whole, or that lacked memory beside others. Nobody
        knows whose fault it was, so they are repeated one at a time, and only a task that breaks
        the pool `alone` is counted.
    renewed
        The executor that replaced a broken one.
    bar
        The first fold's loss of the order's first candidate, once it is there.
    has_begun, has_finished
        Whether a candidate was begun, and whether one is complete.
    deferred
        Keys of candidates that wait at the end of the list, because cheaper ones come first.
    """

    order: Order
    crew: Crew
    waiting: deque[CandidateSpec]
    active: list[Course] = field(default_factory=list)
    running: dict["Future[str | Crash]", tuple[Course, FoldTask]] = field(default_factory=dict)
    suspects: deque[tuple[Course, FoldTask]] = field(default_factory=deque)
    alone: FoldTask | None = None
    renewed: Executor | None = None
    bar: float = math.inf
    has_begun: bool = False
    has_finished: bool = False
    deferred: set[str] = field(default_factory=set)


def has_free_worker(agenda: Agenda) -> bool:
    """Return whether one more task may be handed out."""
    if agenda.alone is not None:
        return False
    return len(agenda.running) < (1 if agenda.suspects else agenda.crew.pace.workers)


def has_memory(agenda: Agenda, course: Course) -> bool:
    """Return whether a task fits beside those under way; alone it always does."""
    room = agenda.crew.room
    if room is None or not agenda.running:
        return True
    together = [course.spec, *(other.spec for other, _ in agenda.running.values())]
    needed = sum(agenda.crew.forecast.peak_bytes(spec) or room.unit_bytes for spec in together)
    return needed <= room.left_bytes()


def next_task(agenda: Agenda) -> tuple[Course, FoldTask] | None:
    """Return a task that can be started now, or None."""
    if agenda.suspects:
        agenda.alone = agenda.suspects[0][1]
        return agenda.suspects.popleft()
    for course in agenda.active:
        task = course.next_task()
        if task is not None:
            return course, task
    return None


def next_course(agenda: Agenda) -> Course | Skipped | None:
    """Begin the next candidate; None if there is none.

    One that its slice is too short for waits until all others are through.
    """
    while agenda.waiting:
        course = _make_course(agenda, agenda.waiting.popleft())
        if course.is_complete or _has_time(agenda, course):
            if not course.is_complete:
                agenda.active.append(course)
            return course
        if course.spec.key in agenda.deferred or not agenda.waiting:
            return Skipped(spec=course.spec, reason=NO_TIME)
        agenda.deferred.add(course.spec.key)
        agenda.waiting.append(course.spec)
    return None


def _make_course(agenda: Agenda, spec: CandidateSpec) -> Course:
    pace, room = agenda.crew.pace, agenda.crew.room
    repeats = tuple(fold.repeat for fold in agenda.order.problem.folds)
    # The first one need not share: without it there may be no submission at all.
    sharing = len(agenda.waiting) + 1 if agenda.has_begun else 1
    agenda.has_begun = True
    course = Course(
        spec=spec,
        feature_set=agenda.order.feature_sets[spec.key],
        repeats=repeats,
        round_limit=spec.max_rounds,
        n_folds=min(agenda.order.n_folds or len(repeats), len(repeats)),
        row_share=1.0 if room is None else room.row_share(),
    )
    course.load_finished(agenda.crew.run)
    for record in course.fits.values():
        agenda.crew.forecast.record(spec, record)
    if pace.is_limited:
        course.slice_seconds = pace.slice_seconds(max(1, course.n_missing), sharing)
    return course


def _has_time(agenda: Agenda, course: Course) -> bool:
    if course.slice_seconds is None or not course.n_missing:
        return True
    if _is_last_hope(agenda) and not agenda.active:
        return True
    needed = ENOUGH * agenda.crew.forecast.fold_seconds(course.spec)
    return course.slice_seconds >= max(SHORTEST_SLICE, needed)


def _is_last_hope(agenda: Agenda) -> bool:
    """Return whether nothing is left to try that could still be handed in.

    Then no fit is given up early: what is fitted stays, and the same command goes on from there.
    """
    return agenda.order.is_needed and not agenda.has_finished and not agenda.waiting


def find_objection(agenda: Agenda, course: Course, task: FoldTask) -> str:
    """Return why the clock speaks against a fit, or nothing."""
    pace = agenda.crew.pace
    if not pace.is_limited or not task.is_fit:
        return ""
    if pace.fits_end.seconds_left() < SHORTEST_SLICE:
        # A fold that is cut after a round would only spoil the others.
        return LATE
    if len(course.fits) == 1 and not course.running and not _is_last_hope(agenda):
        seconds = next(iter(course.fits.values())).seconds
        # Half of it: a later fold that is cut has fewer rounds, but is there.
        if not pace.can_finish(0.5 * seconds, course.n_folds - 1):
            return LATE
    return ""


def is_useless(agenda: Agenda, course: Course) -> bool:
    """Return whether the clock cut the first fold short of what the first candidate reached."""
    record = course.fits.get(0)
    if course.slice_seconds is None or record is None or record.curve is None:
        return False
    lowest = float(record.curve.min())
    if course.spec.key == agenda.order.specs[0].key:
        agenda.bar = lowest
    return record.cut and len(course.fits) == 1 and lowest > agenda.bar


def drop_course(agenda: Agenda, course: Course) -> None:
    """Forget a candidate and stop what is under way for it."""
    agenda.active.remove(course)
    agenda.suspects = deque(pair for pair in agenda.suspects if pair[0] is not course)
    if agenda.alone is not None and agenda.alone.key == course.spec.key:
        agenda.alone = None
    for future, (owner, _) in list(agenda.running.items()):
        if owner is course and future.cancel():
            del agenda.running[future]

"""From units to candidates: the loop that keeps the workers busy.

    for outcome in cross_fit(order, crew):
        ...  # a Candidate, a Failure or a Skipped, in the order in which they end

The order in which units end never changes a candidate; only a clock does.
"""

import math
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from automl_cli.core.candidate import CandidateSpec, Failure
from automl_cli.core.events import Event, JsonValue
from automl_cli.train.collect import collect_course
from automl_cli.train.course import Course, Task
from automl_cli.train.executor import Executor, is_worker_death
from automl_cli.train.forecast import Forecast
from automl_cli.train.order import Crew, Order, Outcome, Skipped
from automl_cli.train.pace import HEARTBEAT, SHORTEST_SLICE
from automl_cli.train.unit import Crash, attempt, fit_unit, predict_unit, read_fit

MOST_DEATHS = 2  # a unit over which so many workers died is given up
ENOUGH = 0.6  # of the seconds to the best round; with less a fit is hardly ever of use
LATER_FOLDS = 1.5  # slices that a fold after the first may take
NO_TIME = "no time left"
LATE = "its folds would not have ended in time"


def cross_fit(order: Order, crew: Crew) -> Iterator[Outcome]:
    """Fit every candidate on every fold; yield each outcome as soon as it is known.

    Parameters
    ----------
    order
        The candidates of one problem.
    crew
        Executor and limits.

    Yields
    ------
    Candidate, Trial, Failure or Skipped
        One for each specification that was begun.
    """
    state = _State(order, crew, waiting=deque(order.specs))
    try:
        while state.waiting or state.active:
            yield from _start_tasks(state)
            if state.running:
                yield from _await_tasks(state)
            if crew.pace.work_end.seconds_left() <= 0:
                break
        yield from _give_up(state)
    finally:
        # Cancelling a future of the local pool kills its worker: nothing outlives the loop.
        for future in state.running:
            future.cancel()


@dataclass(slots=True)
class _State:
    order: Order
    crew: Crew
    waiting: deque[CandidateSpec]
    active: list[Course] = field(default_factory=list)
    running: dict["Future[str | Crash]", tuple[Course, Task]] = field(default_factory=dict)
    # Tasks in flight when a pool broke as a whole. Nobody knows whose fault it was, so they are
    # repeated one at a time, and only a task that breaks the pool `alone` is counted.
    suspects: deque[tuple[Course, Task]] = field(default_factory=deque)
    alone: Task | None = None
    renewed: Executor | None = None
    bar: float = math.inf  # the first fold's loss of the first candidate
    has_begun: bool = False
    forecast: Forecast = field(default_factory=Forecast)


def _start_tasks(state: _State) -> Iterator[Outcome]:
    while _has_room(state):
        found = _next_task(state)
        if found is None:
            course = _next_course(state)
            if course is None:
                return
            if isinstance(course, Skipped):
                yield course
            elif course.is_complete:
                yield collect_course(state.order.problem, course)
            continue
        course, task = found
        reason = _find_objection(state, course, task)
        if reason:
            _drop(state, course)
            yield Skipped(spec=course.spec, reason=reason)
            continue
        _submit(state, course, task)


def _has_room(state: _State) -> bool:
    if state.alone is not None:
        return False
    return len(state.running) < (1 if state.suspects else state.crew.pace.workers)


def _next_task(state: _State) -> tuple[Course, Task] | None:
    if state.suspects:
        state.alone = state.suspects[0][1]
        return state.suspects.popleft()
    for course in state.active:
        task = course.next_task()
        if task is not None:
            return course, task
    return None


def _next_course(state: _State) -> Course | Skipped | None:
    """Begin the next candidate; None if there is none."""
    if not state.waiting:
        return None
    pace = state.crew.pace
    repeats = tuple(fold.repeat for fold in state.order.problem.folds)
    spec = state.waiting.popleft()
    # The first one need not share: without it there may be no submission at all.
    sharing = len(state.waiting) + 1 if state.has_begun else 1
    state.has_begun = True
    n_folds = min(state.order.n_folds or len(repeats), len(repeats))
    seconds = pace.slice_seconds(n_folds, sharing) if pace.is_limited else None
    course = Course(
        spec=spec,
        feature_set=state.order.feature_sets[spec.key],
        repeats=repeats,
        slice_seconds=seconds,
        round_limit=spec.max_rounds,
        n_folds=n_folds,
    )
    course.load_finished(state.crew.run)
    if not course.is_complete:
        if seconds is not None and seconds < max(
            SHORTEST_SLICE, ENOUGH * state.forecast.fold_seconds(spec)
        ):
            return Skipped(spec=spec, reason=NO_TIME)
        state.active.append(course)
    return course


def _find_objection(state: _State, course: Course, task: Task) -> str:
    """Return why the clock speaks against a fit, or nothing."""
    pace = state.crew.pace
    if not pace.is_limited or not task.is_fit:
        return ""
    if pace.fits_end.seconds_left() < SHORTEST_SLICE:
        # A fold that is cut after a round would only spoil the others.
        return LATE
    if len(course.fits) == 1 and not course.running:
        seconds = next(iter(course.fits.values())).seconds
        # Half of it: a later fold that is cut has fewer rounds, but is there.
        if not pace.can_finish(0.5 * seconds, course.n_folds - 1):
            return LATE
    return ""


def _submit(state: _State, course: Course, task: Task) -> None:
    run, pace = state.crew.run, state.crew.pace
    if task.is_fit:
        seconds = course.slice_seconds
        if seconds is not None and course.fits:
            # The round limit comes from the first fold; time only guards against slow ones.
            seconds *= LATER_FOLDS
        unit = course.make_unit(run, task.fold, pace.stop_at(seconds))
        future = _hand_out(state, partial(fit_unit, judged=course.is_trial), unit)
    else:
        unit = course.make_unit(run, task.fold, None)
        name, rounds = course.fits[task.fold].folder.name, course.rounds[task.fold]
        future = _hand_out(state, predict_unit, unit, name, rounds)
    course.running.add(task)
    state.running[future] = (course, task)


def _hand_out(state: _State, work: Callable[..., str], *args: object) -> "Future[str | Crash]":
    executor = state.renewed or state.crew.executor
    try:
        return executor.submit(attempt, work, *args)
    except BrokenExecutor:
        if state.crew.renew is None:
            raise
        state.renewed = state.crew.renew()
        return state.renewed.submit(attempt, work, *args)


def _await_tasks(state: _State) -> Iterator[Outcome]:
    left = max(0.0, state.crew.pace.work_end.seconds_left())
    done, _ = wait(state.running, timeout=min(left, HEARTBEAT), return_when=FIRST_COMPLETED)
    if not done:
        # Time spent is counted from event to event, also when a fit takes minutes.
        state.crew.listener(Event(kind="working", fields={}))
    for future in done:
        if future not in state.running:
            continue  # its candidate was dropped a moment ago
        course, task = state.running.pop(future)
        course.running.discard(task)
        was_alone = state.alone == task
        state.alone = None if was_alone else state.alone
        if course in state.active:
            yield from _settle(state, course, task, _outcome(future), was_alone=was_alone)


def _outcome(future: "Future[str | Crash]") -> str | Crash | BaseException:
    with suppress(CancelledError):
        error = future.exception()
        return future.result() if error is None else error
    return CancelledError()


def _settle(
    state: _State,
    course: Course,
    task: Task,
    outcome: str | Crash | BaseException,
    *,
    was_alone: bool,
) -> Iterator[Outcome]:
    if isinstance(outcome, str):
        yield from _note(state, course, task)
    elif isinstance(outcome, Crash):
        if outcome.mistake is not None:
            raise outcome.mistake  # a full disk, say: no candidate's fault, and the user's to mend
        yield _fail(state, course, outcome.error, outcome.traceback)
    elif isinstance(outcome, BrokenExecutor) and not was_alone:
        state.suspects.append((course, task))
    elif isinstance(outcome, BrokenExecutor) or is_worker_death(outcome):
        course.deaths[task] = course.deaths.get(task, 0) + 1
        if course.deaths[task] >= MOST_DEATHS:
            hint = "It may need more memory than there is."
            yield _fail(state, course, "the worker process died twice over it", "", hint)
    else:
        raise outcome


def _note(state: _State, course: Course, task: Task) -> Iterator[Outcome]:
    if not task.is_fit:
        course.load_prediction(task.fold)
    else:
        record = read_fit(state.crew.run, course.spec.key, task.fold, judged=course.is_trial)
        if record is None:
            raise AssertionError(f"{task}: finished without a trace")
        course.add_fit(task.fold, record)
        state.forecast.note(course.spec, record)
        if _is_useless(state, course):
            _drop(state, course)
            yield Skipped(spec=course.spec, reason="the clock cut it before it was of use")
            return
        told: JsonValue = course.spec.key
        fields = {"key": told, "fold": task.fold, "seconds": record.seconds}
        state.crew.listener(Event(kind="fitted", fields=fields))
    if course.is_complete:
        state.active.remove(course)
        yield collect_course(state.order.problem, course)


def _is_useless(state: _State, course: Course) -> bool:
    """Return whether the clock cut the first fold short of what the first candidate reached."""
    record = course.fits.get(0)
    if course.slice_seconds is None or record is None or record.curve is None:
        return False
    lowest = float(record.curve.min())
    if math.isinf(state.bar):
        state.bar = lowest
    return record.cut and len(course.fits) == 1 and lowest > state.bar


def _fail(state: _State, course: Course, error: str, traceback: str, hint: str = "") -> Failure:
    _drop(state, course)
    return Failure(
        spec=course.spec,
        error=error,
        traceback=traceback,
        hint=hint or "The run goes on without it; the traceback is in the run directory.",
    )


def _drop(state: _State, course: Course) -> None:
    """Forget a candidate and stop what is under way for it."""
    state.active.remove(course)
    state.suspects = deque(pair for pair in state.suspects if pair[0] is not course)
    if state.alone is not None and state.alone.key == course.spec.key:
        state.alone = None
    for future, (owner, _) in list(state.running.items()):
        if owner is course and future.cancel():
            del state.running[future]


def _give_up(state: _State) -> Iterator[Outcome]:
    for course in state.active:
        yield Skipped(spec=course.spec, reason=LATE)
    for spec in state.waiting:
        yield Skipped(spec=spec, reason=NO_TIME)

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
from traceback import format_exception

from automl_cli.core.candidate import Candidate, CandidateSpec, Failure
from automl_cli.core.errors import AutomlError
from automl_cli.core.events import Event, JsonValue
from automl_cli.train.collect import collect_candidate
from automl_cli.train.course import Course, Task
from automl_cli.train.executor import Executor, is_worker_death
from automl_cli.train.order import Crew, Order, Outcome, Skipped
from automl_cli.train.pace import SHORTEST_SLICE
from automl_cli.train.unit import fit_unit, predict_unit, read_fit

MOST_DEATHS = 2  # a unit over which so many workers died is given up
LONGEST_WAIT = 3600.0


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
    Candidate, Failure or Skipped
        One for each specification that was begun.
    """
    state = _State(order, crew, waiting=deque(order.specs))
    try:
        while state.waiting or state.active:
            yield from _start_tasks(state)
            if not state.running:
                continue
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
    running: dict["Future[str]", tuple[Course, Task]] = field(default_factory=dict)
    suspects: deque[tuple[Course, Task]] = field(default_factory=deque)
    renewed: Executor | None = None
    bar: float = math.inf  # the first fold's loss of the first candidate


def _start_tasks(state: _State) -> Iterator[Outcome]:
    while len(state.running) < (1 if state.suspects else state.crew.pace.workers):
        found = _next_task(state)
        if found is None:
            course = _next_course(state)
            if course is None:
                return
            if isinstance(course, Skipped):
                yield course
            elif course.is_complete:
                yield _collect(state, course)
            continue
        course, task = found
        if _is_hopeless(state, course, task):
            state.active.remove(course)
            yield Skipped(spec=course.spec, reason="its folds would not have ended in time")
            continue
        _submit(state, course, task)


def _next_task(state: _State) -> tuple[Course, Task] | None:
    if state.suspects:
        return state.suspects.popleft()
    for course in state.active:
        task = course.next_task()
        if task is not None:
            return course, task
    return None


def _next_course(state: _State) -> Course | Skipped | None:
    """Begin the next candidate; None if there is none or no time for one."""
    if not state.waiting:
        return None
    pace = state.crew.pace
    repeats = tuple(fold.repeat for fold in state.order.problem.folds)
    spec = state.waiting.popleft()
    seconds = pace.slice_seconds(len(repeats), len(state.waiting) + 1) if pace.is_limited else None
    course = Course(
        spec=spec,
        feature_keys=state.order.feature_keys[spec.key],
        repeats=repeats,
        slice_seconds=seconds,
        round_limit=spec.max_rounds,
    )
    course.load_finished(state.crew.run)
    if not course.is_complete:
        if seconds is not None and seconds < SHORTEST_SLICE:
            return Skipped(spec=spec, reason="no time left")
        state.active.append(course)
    return course


def _is_hopeless(state: _State, course: Course, task: Task) -> bool:
    if course.slice_seconds is None or not task.is_fit or len(course.fits) != 1 or course.running:
        return False
    seconds = next(iter(course.fits.values())).seconds
    # Half of it: a later fold that is cut has fewer rounds, but is there.
    return not state.crew.pace.can_finish(0.5 * seconds, course.n_folds - 1)


def _submit(state: _State, course: Course, task: Task) -> None:
    run, pace = state.crew.run, state.crew.pace
    stop_at = pace.fits_end.ends_at
    if task.is_fit and not course.fits and course.slice_seconds is not None:
        left = pace.fits_end.seconds_left()
        stop_at = (stop_at or 0.0) - max(0.0, left - course.slice_seconds)
    unit = course.make_unit(run, task.fold, stop_at)
    if task.is_fit:
        future = _hand_out(state, fit_unit, unit)
    else:
        name, rounds = course.fits[task.fold].folder.name, course.rounds[task.fold]
        future = _hand_out(state, predict_unit, unit, name, rounds)
    course.running.add(task)
    state.running[future] = (course, task)


def _hand_out(state: _State, work: Callable[..., str], *args: object) -> "Future[str]":
    executor = state.renewed or state.crew.executor
    try:
        return executor.submit(work, *args)
    except BrokenExecutor:
        if state.crew.renew is None:
            raise
        state.renewed = state.crew.renew()
        return state.renewed.submit(work, *args)


def _await_tasks(state: _State) -> Iterator[Outcome]:
    left = state.crew.pace.work_end.seconds_left()
    done, _ = wait(
        state.running, timeout=min(max(0.0, left), LONGEST_WAIT), return_when=FIRST_COMPLETED
    )
    broken = [future for future in done if isinstance(_error(future), BrokenExecutor)]
    for future in done:
        course, task = state.running.pop(future)
        course.running.discard(task)
        if course not in state.active:
            continue  # its candidate has failed meanwhile
        error = _error(future)
        if error is None:
            yield from _note(state, course, task)
        elif isinstance(error, AutomlError):
            raise error  # a full disk, say: no candidate's fault, and the user's to mend
        elif is_worker_death(error):
            yield from _mourn(state, course, task, alone=len(broken) < 2)
        else:
            yield _fail(state, course, error)


def _error(future: "Future[str]") -> BaseException | None:
    with suppress(CancelledError):
        return future.exception()
    return CancelledError()


def _note(state: _State, course: Course, task: Task) -> Iterator[Outcome]:
    if not task.is_fit:
        course.load_prediction(task.fold)
    else:
        record = read_fit(state.crew.run, course.spec.key, task.fold)
        if record is None:
            raise AssertionError(f"{task}: finished without a trace")
        course.add_fit(task.fold, record)
        if _is_useless(state, course):
            state.active.remove(course)
            yield Skipped(spec=course.spec, reason="the clock cut it before it was of use")
            return
        fields: dict[str, JsonValue] = {
            "key": course.spec.key,
            "fold": task.fold,
            "seconds": record.seconds,
        }
        state.crew.listener(Event(kind="fitted", fields=fields))
    if course.is_complete:
        state.active.remove(course)
        yield _collect(state, course)


def _is_useless(state: _State, course: Course) -> bool:
    """Return whether the clock cut the first fold short of what the first candidate reached."""
    record = course.fits.get(0)
    if course.slice_seconds is None or record is None or record.curve is None:
        return False
    lowest = float(record.curve.min())
    if math.isinf(state.bar):
        state.bar = lowest
    return record.cut and len(course.fits) == 1 and lowest > state.bar


def _mourn(state: _State, course: Course, task: Task, *, alone: bool) -> Iterator[Outcome]:
    # In a pool that breaks as a whole nobody knows whose fault it was: the units in flight are
    # repeated one at a time, and only a unit that dies alone is counted.
    if alone:
        course.deaths[task] = course.deaths.get(task, 0) + 1
    if course.deaths.get(task, 0) >= MOST_DEATHS:
        error = RuntimeError("the worker process died twice over it")
        yield _fail(state, course, error, hint="It may need more memory than there is.")
        return
    state.suspects.append((course, task))


def _fail(state: _State, course: Course, error: BaseException, hint: str = "") -> Failure:
    state.active.remove(course)
    state.suspects = deque(pair for pair in state.suspects if pair[0] is not course)
    return Failure(
        spec=course.spec,
        error=f"{type(error).__name__}: {error}",
        traceback="".join(format_exception(error)),
        hint=hint or "The run goes on without it; the traceback is in the run directory.",
    )


def _collect(state: _State, course: Course) -> Candidate:
    return collect_candidate(state.order.problem, course)


def _give_up(state: _State) -> Iterator[Outcome]:
    for course in state.active:
        yield Skipped(spec=course.spec, reason="the time was over before its last fold")
    for spec in state.waiting:
        yield Skipped(spec=spec, reason="no time left")

"""From units to candidates: the loop that keeps the workers busy.

    for outcome in cross_fit(order, crew):
        ...  # a Candidate, a Failure or a Skipped, in the order in which they end

The order in which units end never changes a candidate; only a clock does, or a lack of memory.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from contextlib import suppress
from functools import partial

from automl_cli.core.candidate import Failure
from automl_cli.core.events import Event, JsonValue
from automl_cli.train.agenda import (
    LATE,
    NO_TIME,
    Agenda,
    drop_course,
    find_objection,
    has_free_worker,
    has_memory,
    is_useless,
    next_course,
    next_task,
)
from automl_cli.train.attempt import Crash, attempt
from automl_cli.train.collect import collect_course
from automl_cli.train.course import Course, FoldTask
from automl_cli.train.executor import is_worker_death
from automl_cli.train.order import Crew, Order, Outcome, Skipped
from automl_cli.train.pace import HEARTBEAT
from automl_cli.train.running import emit_running, emit_tasks
from automl_cli.train.unit import fit_unit, predict_unit, read_fit

MOST_DEATHS = 2  # a unit over which so many workers died is given up
LATER_FOLDS = 1.5  # slices that a fold after the first may take
SMALLER = 0.5  # of the rows, when a fit is repeated for want of memory
NO_MEMORY = "it needs more memory than there is"
MORE_MEMORY = "Give more with --memory, or close other programs."


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
    agenda = Agenda(order, crew, waiting=deque(order.specs))
    try:
        while agenda.waiting or agenda.active:
            yield from _start_tasks(agenda)
            emit_tasks(agenda)
            if agenda.running:
                yield from _await_tasks(agenda)
            if crew.pace.work_end.seconds_left() <= 0:
                break
        emit_running(crew, ())
        yield from _give_up(agenda)
    finally:
        # Cancelling a future of the local pool kills its worker: nothing outlives the loop.
        for future in agenda.running:
            future.cancel()


def _start_tasks(agenda: Agenda) -> Iterator[Outcome]:
    while has_free_worker(agenda):
        found = next_task(agenda)
        if found is None:
            course = next_course(agenda)
            if course is None:
                return
            if isinstance(course, Skipped):
                yield course
            elif course.is_complete:
                yield _collect(agenda, course)
            continue
        course, task = found
        reason = find_objection(agenda, course, task)
        if reason:
            drop_course(agenda, course)
            yield Skipped(spec=course.spec, reason=reason)
            continue
        if not has_memory(agenda, course):
            return
        _submit(agenda, course, task)


def _submit(agenda: Agenda, course: Course, task: FoldTask) -> None:
    run, pace = agenda.crew.run, agenda.crew.pace
    if task.is_fit:
        seconds = course.slice_seconds
        if seconds is not None and course.fits:
            # The round limit comes from the first fold; time only guards against slow ones.
            seconds *= LATER_FOLDS
        unit = course.make_unit(run, task.fold, pace.stop_at(seconds))
        future = _submit_job(agenda, partial(fit_unit, judged=course.is_trial), unit)
    else:
        unit = course.make_unit(run, task.fold, None)
        name, rounds = course.fits[task.fold].folder.name, course.rounds[task.fold]
        future = _submit_job(agenda, predict_unit, unit, name, rounds)
    course.running.add(task)
    agenda.running[future] = (course, task)


def _submit_job(agenda: Agenda, work: Callable[..., str], *args: object) -> "Future[str | Crash]":
    executor = agenda.renewed or agenda.crew.executor
    try:
        return executor.submit(attempt, work, *args)
    except BrokenExecutor:
        if agenda.crew.renew is None:
            raise
        agenda.renewed = agenda.crew.renew()
        return agenda.renewed.submit(attempt, work, *args)


def _await_tasks(agenda: Agenda) -> Iterator[Outcome]:
    left = max(0.0, agenda.crew.pace.work_end.seconds_left())
    done, _ = wait(agenda.running, timeout=min(left, HEARTBEAT), return_when=FIRST_COMPLETED)
    if not done:
        # Time spent is counted from event to event, also when a fit takes minutes.
        agenda.crew.listener(Event(kind="working", fields={}))
    for future in done:
        if future not in agenda.running:
            continue  # its candidate was dropped a moment ago
        course, task = agenda.running.pop(future)
        course.running.discard(task)
        was_alone = agenda.alone == task
        agenda.alone = None if was_alone else agenda.alone
        if course in agenda.active:
            yield from _finish_task(agenda, course, task, _outcome(future), was_alone=was_alone)


def _outcome(future: "Future[str | Crash]") -> str | Crash | BaseException:
    with suppress(CancelledError):
        error = future.exception()
        return future.result() if error is None else error
    return CancelledError()


def _finish_task(
    agenda: Agenda,
    course: Course,
    task: FoldTask,
    outcome: str | Crash | BaseException,
    *,
    was_alone: bool,
) -> Iterator[Outcome]:
    if isinstance(outcome, str):
        yield from _record(agenda, course, task)
    elif _lacks_memory(agenda, outcome):
        if was_alone or agenda.crew.pace.workers == 1:
            yield from _shrink(agenda, course, task)
        else:
            agenda.suspects.append((course, task))  # alone it may have enough
    elif isinstance(outcome, Crash):
        if outcome.mistake is not None:
            raise outcome.mistake  # a full disk, say: no candidate's fault, and the user's to mend
        yield _fail(agenda, course, outcome.error, outcome.traceback)
    elif isinstance(outcome, BrokenExecutor) and not was_alone:
        agenda.suspects.append((course, task))
    elif isinstance(outcome, BrokenExecutor) or is_worker_death(outcome):
        course.deaths[task] = course.deaths.get(task, 0) + 1
        if course.deaths[task] >= MOST_DEATHS:
            hint = "It may need more memory than there is."
            yield _fail(agenda, course, "the worker process died twice over it", "", hint)
    else:
        raise outcome


def _lacks_memory(agenda: Agenda, outcome: Crash | BaseException) -> bool:
    if isinstance(outcome, Crash):
        return outcome.out_of_memory
    return agenda.crew.ended_for_memory(outcome)


def _shrink(agenda: Agenda, course: Course, task: FoldTask) -> Iterator[Outcome]:
    """Repeat a fit that lacks memory even alone on fewer rows, once."""
    if course.is_shrunk or not task.is_fit:
        yield _fail(agenda, course, NO_MEMORY, "", MORE_MEMORY)
        return
    course.is_shrunk = True
    if agenda.crew.pace.workers > 1:
        agenda.suspects.append((course, task))
    course.row_share *= SMALLER
    text = (
        f"{course.spec.key}: too little memory; it continues with {course.row_share:.0%} "
        "of the rows"
    )
    agenda.crew.listener(Event(kind="warning", fields={"message": text}))


def _record(agenda: Agenda, course: Course, task: FoldTask) -> Iterator[Outcome]:
    if not task.is_fit:
        course.load_prediction(task.fold)
    else:
        record = read_fit(agenda.crew.run, course.spec.key, task.fold, judged=course.is_trial)
        if record is None:
            raise AssertionError(f"{task}: finished without a trace")
        course.add_fit(task.fold, record)
        agenda.crew.forecast.record(course.spec, record)
        if is_useless(agenda, course):
            drop_course(agenda, course)
            yield Skipped(spec=course.spec, reason="the budget was too short for a useful fit")
            return
        key: JsonValue = course.spec.key
        fields = {"key": key, "fold": task.fold, "seconds": record.seconds}
        fields |= {"peak_bytes": record.peak_bytes}
        agenda.crew.listener(Event(kind="fitted", fields=fields))
    if course.is_complete:
        agenda.active.remove(course)
        yield _collect(agenda, course)


def _collect(agenda: Agenda, course: Course) -> Outcome:
    agenda.has_finished = True
    return collect_course(agenda.order.problem, course)


def _fail(agenda: Agenda, course: Course, error: str, traceback: str, hint: str = "") -> Failure:
    drop_course(agenda, course)
    return Failure(
        spec=course.spec,
        error=error,
        traceback=traceback,
        hint=hint or "The run goes on without it; the traceback is in the run directory.",
    )


def _give_up(agenda: Agenda) -> Iterator[Outcome]:
    for course in agenda.active:
        yield Skipped(spec=course.spec, reason=LATE)
    for spec in agenda.waiting:
        yield Skipped(spec=spec, reason=NO_TIME)

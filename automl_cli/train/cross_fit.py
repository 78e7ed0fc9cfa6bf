"""From units to candidates: the loop that keeps the workers busy.

    for outcome in cross_fit(problem, planner, execution):
        ...  # a Candidate, a Failure or a Skipped, in the order in which they end

The order in which units end never changes a candidate; only a clock does, or a lack of memory.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from contextlib import suppress
from dataclasses import replace

from automl_cli.core.candidate import Failure
from automl_cli.core.events import Event, JsonValue
from automl_cli.core.problem import Problem
from automl_cli.train.attempt import Crash, attempt
from automl_cli.train.candidate_progress import CandidateProgress, FoldTask
from automl_cli.train.collect import collect_candidate
from automl_cli.train.execution import Execution
from automl_cli.train.executor import is_worker_death
from automl_cli.train.proposal import Outcome, Planner, Skipped
from automl_cli.train.running import emit_running, emit_tasks
from automl_cli.train.scheduler import (
    Scheduler,
    begin_candidate,
    drop_candidate,
    has_free_worker,
    has_memory,
    is_too_late,
    next_task,
)
from automl_cli.train.time_budget import HEARTBEAT
from automl_cli.train.unit import fit_unit, predict_unit, read_fit

MOST_DEATHS = 2  # a unit over which so many workers died is given up
LATER_FOLDS = 1.5  # slices that a fold after the first may take
SMALLER = 0.5  # of the rows, when a fit is repeated for want of memory
LATE = "its folds would not have finished in time"
NO_MEMORY = "it needs more memory than there is"
MORE_MEMORY = "Give more with --memory, or close other programs."


def cross_fit(problem: Problem, planner: Planner, execution: Execution) -> Iterator[Outcome]:
    """Fit what a planner proposes; yield each outcome as soon as it is known.

    Parameters
    ----------
    problem
        The target, with all its folds.
    planner
        Asked for the next candidate whenever a worker is free. Whoever takes an outcome may tell
        it: it is asked again after that.
    execution
        Executor and limits.

    Yields
    ------
    Candidate, Failure or Skipped
        One for each proposal. Once time is up a candidate has the folds that were fitted.
    """
    scheduler = Scheduler(problem, planner, execution)
    try:
        while True:
            yield from _start_tasks(scheduler)
            emit_tasks(scheduler)
            if not scheduler.running:
                break
            yield from _await_tasks(scheduler)
            if execution.time_budget.work_end.seconds_left() <= 0:
                break
        emit_running(execution, ())
        for progress in scheduler.active:
            yield Skipped(spec=progress.proposal.spec, reason=LATE)
    finally:
        # Cancelling a future of the local pool kills its worker: nothing outlives the loop.
        for future in scheduler.running:
            future.cancel()


def _start_tasks(scheduler: Scheduler) -> Iterator[Outcome]:
    while has_free_worker(scheduler):
        found = next_task(scheduler)
        if found is None:
            proposal = scheduler.planner.propose()
            if proposal is None:
                return
            progress = begin_candidate(scheduler, proposal)
            if progress.is_complete:
                yield collect_candidate(scheduler.problem, progress)
            continue
        progress, task = found
        if is_too_late(scheduler, progress, task):
            yield from _end_early(scheduler, progress)
            continue
        if not has_memory(scheduler, progress):
            return
        _submit(scheduler, progress, task)


def _end_early(scheduler: Scheduler, progress: CandidateProgress) -> Iterator[Outcome]:
    """Be content with the folds of a candidate that are there: they may still be predicted."""
    progress.is_late = True
    if progress.running:
        return
    if not progress.truncate():
        drop_candidate(scheduler, progress)
        yield Skipped(spec=progress.proposal.spec, reason=LATE)
    elif progress.is_complete:
        scheduler.active.remove(progress)
        yield collect_candidate(scheduler.problem, progress)


def _submit(scheduler: Scheduler, progress: CandidateProgress, task: FoldTask) -> None:
    run, budget = scheduler.execution.run, scheduler.execution.time_budget
    if task.is_fit:
        seconds = progress.proposal.slice_seconds
        if seconds is not None and progress.round_limit < progress.proposal.spec.max_rounds:
            # The round limit comes from the first fold; time only guards against slow ones.
            seconds *= LATER_FOLDS
        ends_at = budget.fits_end.ends_at
        unit = replace(progress.make_unit(run, task.fold), stop_at=ends_at, max_seconds=seconds)
        future = _submit_job(scheduler, fit_unit, unit)
    else:
        unit = progress.make_unit(run, task.fold)
        name, rounds = progress.fits[task.fold].folder.name, progress.rounds[task.fold]
        future = _submit_job(scheduler, predict_unit, unit, name, rounds)
    progress.running.add(task)
    scheduler.running[future] = (progress, task)


def _submit_job(
    scheduler: Scheduler, work: Callable[..., str], *args: object
) -> "Future[str | Crash]":
    executor = scheduler.renewed or scheduler.execution.executor
    try:
        return executor.submit(attempt, work, *args)
    except BrokenExecutor:
        if scheduler.execution.renew is None:
            raise
        scheduler.renewed = scheduler.execution.renew()
        return scheduler.renewed.submit(attempt, work, *args)


def _await_tasks(scheduler: Scheduler) -> Iterator[Outcome]:
    left = max(0.0, scheduler.execution.time_budget.work_end.seconds_left())
    done, _ = wait(scheduler.running, timeout=min(left, HEARTBEAT), return_when=FIRST_COMPLETED)
    if not done:
        # Time spent is counted from event to event, also when a fit takes minutes.
        scheduler.execution.listener(Event(kind="working", fields={}))
    for future in done:
        if future not in scheduler.running:
            continue  # its candidate was dropped a moment ago
        progress, task = scheduler.running.pop(future)
        progress.running.discard(task)
        was_alone = scheduler.alone == task
        scheduler.alone = None if was_alone else scheduler.alone
        if progress in scheduler.active:
            yield from _finish_task(
                scheduler, progress, task, _outcome(future), was_alone=was_alone
            )


def _outcome(future: "Future[str | Crash]") -> str | Crash | BaseException:
    with suppress(CancelledError):
        error = future.exception()
        return future.result() if error is None else error
    return CancelledError()


def _finish_task(
    scheduler: Scheduler,
    progress: CandidateProgress,
    task: FoldTask,
    outcome: str | Crash | BaseException,
    *,
    was_alone: bool,
) -> Iterator[Outcome]:
    if isinstance(outcome, str):
        yield from _record(scheduler, progress, task)
    elif _lacks_memory(scheduler, outcome):
        if was_alone or scheduler.execution.time_budget.workers == 1:
            yield from _shrink(scheduler, progress, task)
        else:
            scheduler.suspects.append((progress, task))  # alone it may have enough
    elif isinstance(outcome, Crash):
        if outcome.mistake is not None:
            raise outcome.mistake  # a full disk, say: no candidate's fault, and the user's to mend
        yield _fail(scheduler, progress, outcome.error, outcome.traceback)
    elif isinstance(outcome, BrokenExecutor) and not was_alone:
        scheduler.suspects.append((progress, task))
    elif isinstance(outcome, BrokenExecutor) or is_worker_death(outcome):
        progress.deaths[task] = progress.deaths.get(task, 0) + 1
        if progress.deaths[task] >= MOST_DEATHS:
            hint = "It may need more memory than there is."
            yield _fail(scheduler, progress, "the worker process died twice over it", "", hint)
    else:
        raise outcome


def _lacks_memory(scheduler: Scheduler, outcome: Crash | BaseException) -> bool:
    if isinstance(outcome, Crash):
        return outcome.out_of_memory
    return scheduler.execution.ended_for_memory(outcome)


def _shrink(scheduler: Scheduler, progress: CandidateProgress, task: FoldTask) -> Iterator[Outcome]:
    """Repeat a fit that lacks memory even alone on fewer rows, once."""
    if progress.is_shrunk or not task.is_fit:
        yield _fail(scheduler, progress, NO_MEMORY, "", MORE_MEMORY)
        return
    progress.is_shrunk = True
    if scheduler.execution.time_budget.workers > 1:
        scheduler.suspects.append((progress, task))
    progress.row_share *= SMALLER
    key, share = progress.proposal.spec.key, progress.row_share
    text = f"{key}: too little memory; it continues with {share:.0%} of the rows"
    scheduler.execution.listener(Event(kind="warning", fields={"message": text}))


def _record(scheduler: Scheduler, progress: CandidateProgress, task: FoldTask) -> Iterator[Outcome]:
    if not task.is_fit:
        progress.load_prediction(task.fold)
    else:
        spec = progress.proposal.spec
        record = read_fit(scheduler.execution.run, spec.key, task.fold)
        if record is None:
            raise AssertionError(f"{task}: finished without a trace")
        progress.add_fit(task.fold, record)
        scheduler.execution.forecast.record(spec, record)
        key: JsonValue = spec.key
        fields = {"key": key, "fold": task.fold, "seconds": record.seconds}
        fields |= {"peak_bytes": record.peak_bytes}
        scheduler.execution.listener(Event(kind="fitted", fields=fields))
    if progress.is_complete:
        scheduler.active.remove(progress)
        yield collect_candidate(scheduler.problem, progress)


def _fail(
    scheduler: Scheduler,
    progress: CandidateProgress,
    error: str,
    traceback: str = "",
    hint: str = "",
) -> Failure:
    drop_candidate(scheduler, progress)
    return Failure(
        spec=progress.proposal.spec,
        error=error,
        traceback=traceback,
        hint=hint or "The run goes on without it; the traceback is in the run directory.",
    )

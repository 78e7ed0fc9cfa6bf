"""Jobs for the workers: at most as many at once as the execution may, until the time is up.

A job whose worker died is repeated once, with nothing beside it. One that fails costs itself and a
warning.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from contextlib import suppress
from typing import TypeAlias

from automl_cli.core.deadline import Deadline
from automl_cli.core.events import Event
from automl_cli.train.attempt import Crash, attempt
from automl_cli.train.execution import Execution
from automl_cli.train.executor import is_worker_death
from automl_cli.train.running import describe_job, emit_running
from automl_cli.train.time_budget import HEARTBEAT

Job: TypeAlias = tuple[Callable[..., str], tuple[object, ...]]
Running: TypeAlias = "dict[Future[str | Crash], str]"


def run_jobs(jobs: Mapping[str, Job], execution: Execution, deadline: Deadline) -> Iterator[str]:
    """Yield the name of each job that comes to its end.

    Parameters
    ----------
    jobs
        By the name that warnings call them: what is done, and its arguments.
    execution
        Who works.
    deadline
        When what is not finished is given up.

    Raises
    ------
    RunError
        If the user has to mend something first, such as a full disk.
    """
    waiting, repeated = list(jobs), set[str]()
    running: Running = {}
    try:
        while waiting or running:
            _submit_jobs(jobs, waiting, running, execution, repeated)
            emit_running(execution, [describe_job(name) for name in running.values()], waiting)
            left = max(0.0, deadline.seconds_left())
            done, _ = wait(running, min(left, HEARTBEAT), return_when=FIRST_COMPLETED)
            for future in done:
                name = running.pop(future)
                if _has_died(future) and name not in repeated:
                    repeated.add(name)
                    waiting.append(name)
                elif reason := _find_reason(future, execution):
                    _warn(execution, f"{name} could not be screened: {reason}")
                else:
                    yield name
            if not done:
                execution.listener(Event(kind="working", fields={}))
            if deadline.seconds_left() <= 0:
                break
        emit_running(execution, ())
        if late := [*running.values(), *waiting]:
            _warn(execution, f"not screened in time, and so not used: {_name_groups(late)}")
    finally:
        for future in running:
            future.cancel()


def _name_groups(names: Iterable[str]) -> str:
    """Return the groups of jobs ``GROUP-KEY``, each once."""
    return ", ".join(dict.fromkeys(name.rpartition("-")[0] or name for name in names))


def _submit_jobs(
    jobs: Mapping[str, Job],
    waiting: list[str],
    running: Running,
    execution: Execution,
    repeated: set[str],
) -> None:
    while waiting and len(running) < (execution.screeners or execution.time_budget.workers):
        if running and (waiting[0] in repeated or not repeated.isdisjoint(running.values())):
            return
        name = waiting.pop(0)
        work, args = jobs[name]
        running[execution.executor.submit(attempt, work, *args)] = name


def _has_died(future: "Future[str | Crash]") -> bool:
    error = None if future.cancelled() else future.exception()
    return error is not None and (isinstance(error, BrokenExecutor) or is_worker_death(error))


def _find_reason(future: "Future[str | Crash]", execution: Execution) -> str:
    with suppress(CancelledError):
        error = future.exception()
        if error is not None and execution.ended_for_memory(error):
            return "it needs more memory than there is; give more with --memory"
        if error is not None:
            return "its worker died" if _has_died(future) else str(error)
        outcome = future.result()
        if isinstance(outcome, Crash):
            if outcome.mistake is not None:
                raise outcome.mistake
            return outcome.error
        return ""
    return "it was cancelled"


def _warn(execution: Execution, message: str) -> None:
    execution.listener(Event(kind="warning", fields={"message": message}))

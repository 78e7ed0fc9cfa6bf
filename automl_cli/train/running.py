"""What the workers have in hand, told to whoever watches.

It is told whole each time: who watches need not know how a task may end.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from statistics import median

from automl_cli.core.events import Event, JsonValue
from automl_cli.models.description import describe_candidate
from automl_cli.train.candidate_progress import CandidateProgress, FoldTask
from automl_cli.train.execution import Execution
from automl_cli.train.scheduler import Scheduler

MOST_NEXT = 3  # candidates that are told of in advance


def emit_tasks(scheduler: Scheduler) -> None:
    """Tell the tasks of a scheduler that are running, and the candidates that it begins next."""
    tasks = [
        _describe_task(scheduler, progress, task) for progress, task in scheduler.running.values()
    ]
    emit_running(scheduler.execution, tasks, scheduler.planner.upcoming())


def emit_running(
    execution: Execution, tasks: Sequence[dict[str, JsonValue]], waiting: Iterable[str] = ()
) -> None:
    """Tell what is running; `waiting` names what comes next, in order."""
    upcoming: list[JsonValue] = list(islice(waiting, MOST_NEXT))
    fields: dict[str, JsonValue] = {"tasks": list(tasks), "next": upcoming}
    fields["workers"] = execution.time_budget.workers
    execution.listener(Event(kind="running", fields=fields))


def describe_job(name: str) -> dict[str, JsonValue]:
    """Return a job ``GROUP-KEY`` of the screen as an event tells it: by its group."""
    return {"key": name.rpartition("-")[0] or name, "does": "screen", "expected_seconds": None}


def _describe_task(
    scheduler: Scheduler, progress: CandidateProgress, task: FoldTask
) -> dict[str, JsonValue]:
    return {
        "key": task.key,
        "description": describe_candidate(progress.proposal.spec, scheduler.problem.fitted_task),
        "does": "fit" if task.is_fit else "predict",
        "fold": task.fold,
        "folds": progress.n_folds,
        "expected_seconds": _expect_seconds(scheduler, progress) if task.is_fit else None,
    }


def _expect_seconds(scheduler: Scheduler, progress: CandidateProgress) -> float | None:
    """Return what a fit will probably take: what the candidate's others took, else the forecast."""
    known = [record.seconds for record in progress.fits.values()]
    seconds = (
        median(known)
        if known
        else scheduler.execution.forecast.fold_seconds(progress.proposal.spec)
    )
    if not seconds:
        return None
    return (
        seconds
        if progress.proposal.slice_seconds is None
        else min(seconds, progress.proposal.slice_seconds)
    )

"""What the workers have in hand, told to whoever watches.

It is told whole each time: who watches need not know how a task may end.
"""

from collections.abc import Iterable, Sequence
from itertools import islice
from statistics import median

from automl_cli.core.events import Event, JsonValue
from automl_cli.models.description import describe_candidate
from automl_cli.train.agenda import Agenda
from automl_cli.train.course import Course, FoldTask
from automl_cli.train.order import Crew

MOST_NEXT = 3  # candidates that are told of in advance


def emit_tasks(agenda: Agenda) -> None:
    """Tell the tasks of an agenda that are running, and the candidates that it begins next."""
    tasks = [_describe_task(agenda, course, task) for course, task in agenda.running.values()]
    emit_running(agenda.crew, tasks, (spec.key for spec in agenda.waiting))


def emit_running(
    crew: Crew, tasks: Sequence[dict[str, JsonValue]], waiting: Iterable[str] = ()
) -> None:
    """Tell what is running; `waiting` names what comes next, in order."""
    upcoming: list[JsonValue] = list(islice(waiting, MOST_NEXT))
    fields: dict[str, JsonValue] = {"tasks": list(tasks), "next": upcoming}
    fields["workers"] = crew.pace.workers
    crew.listener(Event(kind="running", fields=fields))


def describe_job(name: str) -> dict[str, JsonValue]:
    """Return a job ``GROUP-KEY`` of the screen as an event tells it: by its group."""
    return {"key": name.rpartition("-")[0] or name, "does": "screen", "expected_seconds": None}


def _describe_task(agenda: Agenda, course: Course, task: FoldTask) -> dict[str, JsonValue]:
    return {
        "key": task.key,
        "description": describe_candidate(course.spec, agenda.order.problem.fitted_task),
        "does": "fit" if task.is_fit else "predict",
        "fold": task.fold,
        "folds": course.n_folds,
        "is_trial": course.is_trial,
        "expected_seconds": _expect_seconds(agenda, course) if task.is_fit else None,
    }


def _expect_seconds(agenda: Agenda, course: Course) -> float | None:
    """Return what a fit will probably take: what the candidate's others took, else the forecast."""
    known = [record.seconds for record in course.fits.values()]
    seconds = median(known) if known else agenda.crew.forecast.fold_seconds(course.spec)
    if not seconds:
        return None
    return seconds if course.slice_seconds is None else min(seconds, course.slice_seconds)

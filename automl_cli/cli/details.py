"""What ``--verbose`` adds to the lines of a run: stages, single fits, scores by fold.

>>> standing = Standing()
>>> fields = {"key": "linear-1", "fold": 0, "seconds": 1.0, "peak_bytes": 2e8}
>>> list(list_details(standing, standing, Event(kind="fitted", fields=fields)))
['fitted: linear-1, fold 1 in 1.0 s, memory 200 MB']
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from automl_cli.cli.figures import format_bytes, format_candidate, format_number
from automl_cli.cli.standing import Fields, Standing
from automl_cli.core.events import Event, EventKind

Lines: TypeAlias = Callable[[Standing, Standing, Fields], Iterator[str]]


def list_details(before: Standing, after: Standing, event: Event) -> Iterator[str]:
    """Yield the lines that an event is worth to those who asked for more.

    Parameters
    ----------
    before, after
        The standings that the event lies between.
    event
        What happened.
    """
    if after.stage != before.stage and event.kind != "finished":  # a report may still follow
        yield f"stage: {after.stage}"
    if event.kind in DETAILS:
        yield from DETAILS[event.kind](before, after, event.fields)


def _list_planned(_: Standing, __: Standing, fields: Fields) -> Iterator[str]:
    descriptions = fields.get("descriptions", {})
    for key in fields["candidates"]:
        done = ": finished before" if key in fields["finished"] else ""
        yield f"planned: {format_candidate(key, descriptions.get(key))}{done}"


def _list_begun(before: Standing, after: Standing, _: Fields) -> Iterator[str]:
    known = {(task.key, task.part) for task in before.tasks}
    for task in after.tasks:
        if (task.key, task.part) not in known and not task.part.startswith("predicting"):
            seconds = task.expected_seconds
            about = "" if seconds is None else f", expected to take {seconds:.1f} s"
            yield f"running: {task.key}, {task.part}{about}"


def _list_fitted(_: Standing, __: Standing, fields: Fields) -> Iterator[str]:
    fit = f"{fields['key']}, fold {fields['fold'] + 1}"
    memory = format_bytes(fields["peak_bytes"])
    yield f"fitted: {fit} in {fields['seconds']:.1f} s, memory {memory}"


def _list_scores(_: Standing, __: Standing, fields: Fields) -> Iterator[str]:
    scores = fields.get("fold_scores", ())
    if scores:
        yield f"by fold: {fields['key']}: {', '.join(format_number(score) for score in scores)}"


def _list_best(before: Standing, after: Standing, fields: Fields) -> Iterator[str]:
    target = fields["target"]
    best = after.best[target]
    if best != before.best.get(target):
        yield f"best so far for {target}: {format_number(best.score)} ({best.holder})"


DETAILS: Mapping[EventKind, Lines] = {
    "planned": _list_planned,
    "running": _list_begun,
    "fitted": _list_fitted,
    "candidate": _list_scores,
    "best": _list_best,
}

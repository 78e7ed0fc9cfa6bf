"""The score over time against the budget."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from automl_cli.core.arrays import FloatVector
from automl_cli.core.counts import format_count
from automl_cli.report.data import ReportData, ReportTarget
from automl_cli.report.drawing import INK, MUTED, SERIES, add_legend, open_plot
from automl_cli.report.section import Block, Paragraph, Picture, Pictures, Section
from automl_cli.report.sections.tried import list_tried
from automl_cli.report.wording import format_float, format_seconds
from automl_cli.store import clock_events

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_COLORS = len(SERIES) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """Something that a run told, and how long it had worked then.

    Parameters
    ----------
    seconds
        Since the first command that counts began (see `_time_events`); the time between commands
        does not count.
    event
        What it told.
    """

    seconds: float
    event: Mapping[str, Any]


def write_progress(data: ReportData) -> Section:
    """Write the section about what the time was used for."""
    timeline, vain = _time_events(data.events)
    pictures = [
        picture
        for solved in data.solved
        if (picture := _draw_progress(data, solved, timeline)) is not None
    ]
    blocks: list[Block] = [Pictures(pictures=pictures)] if pictures else []
    blocks.append(Paragraph(text=_describe(data, timeline, vain)))
    for solved in data.solved:
        blocks += list_tried(solved, data.events)
    return Section(name="progress", title="Score over time", blocks=blocks)


def _time_events(events: Sequence[Mapping[str, Any]]) -> tuple[list[TimelineEntry], float]:
    """Return all events with their times, and the seconds that were spent in vain before.

    What a command takes without coming to a candidate is not taken from the budget: the next one
    begins anew, and says at its start that nothing is spent.
    """
    spent = list(clock_events(events))
    vain = 0.0
    for before, event in zip(spent, events[1:], strict=False):
        if event["kind"] == "started" and event.get("spent_seconds") == 0:
            vain = before
    timeline = [
        TimelineEntry(seconds=max(0.0, seconds - vain), event=event)
        for seconds, event in zip(spent, events, strict=True)
    ]
    return timeline, vain


def _draw_progress(
    data: ReportData, solved: ReportTarget, timeline: Sequence[TimelineEntry]
) -> Picture | None:
    message = [
        entry
        for entry in timeline
        if entry.event["kind"] == "candidate" and entry.event["target"] == solved.name
    ]
    known = [entry for entry in message if np.isfinite(entry.event["score"])]
    if not known:
        return None
    seconds = np.array([entry.seconds for entry in known])
    scores = np.array([entry.event["score"] for entry in known], dtype=np.float64)
    up = bool(solved.described["greater_is_better"])
    best = (np.maximum if up else np.minimum).accumulate(scores)
    models = [str(entry.event["key"]).rpartition("-")[0] for entry in known]
    end = max(entry.seconds for entry in timeline)
    with open_plot(300) as drawn:
        axes = drawn.axes
        axes.step([*seconds, end], [*best, best[-1]], where="post", color=MUTED, linewidth=1.5)
        for place, model in enumerate(dict.fromkeys(models)):
            chosen = np.array([one == model for one in models])
            color, marker = SERIES[place % MOST_COLORS], "osD^vP"[place % 6]
            axes.plot(seconds[chosen], scores[chosen], marker, color=color, ms=6, label=model)
        _mark_blend(axes, solved, timeline)
        _mark_budget(axes, data.run.config.budget)
        _limit(axes, scores, up=up)
        axes.set_xlabel("seconds of work")
        axes.set_ylabel(f"{solved.described['metric']}, cross-validated")
        add_legend(axes, columns=3)
        svg = drawn.svg()
    first, top = known[0], int(np.argmax(best == best[-1]))
    caption = (
        "Each point is a finished candidate; the line is the best score so far. The first "
        f"candidate scored {format_float(scores[0])} after {format_seconds(first.seconds)}, the "
        f"best {format_float(float(best[-1]))} after {format_seconds(float(seconds[top]))}."
    )
    return Picture(name=f"Score over time for {solved.name}", caption=caption, svg=svg)


def _mark_blend(axes: "Axes", solved: ReportTarget, timeline: Sequence[TimelineEntry]) -> None:
    seconds = [
        entry.seconds
        for entry in timeline
        if entry.event["kind"] == "blended" and entry.event.get("target") == solved.name
    ]
    if seconds:
        last, score = seconds[-1:], [solved.everywhere.score]
        axes.plot(last, score, "*", color=INK, markersize=14, label="ensemble")


def _mark_budget(axes: "Axes", budget: float | None) -> None:
    if budget is not None and np.isfinite(budget):
        axes.axvline(budget, color=INK, linewidth=1, linestyle="--", label="budget")


def _limit(axes: "Axes", scores: FloatVector, *, up: bool) -> None:
    """Leave out what is far worse than most: one bad candidate must not flatten all others."""
    low, high = axes.get_ylim()
    middle, spread = np.median(scores), np.ptp(np.quantile(scores, (0.1, 0.9)))
    if spread > 0 and up:
        low = max(low, middle - 4 * spread)
    elif spread > 0:
        high = min(high, middle + 4 * spread)
    axes.set_ylim(low, high)


def _describe(data: ReportData, timeline: Sequence[TimelineEntry], vain: float) -> str:
    n_fits = sum(entry.event["kind"] == "fitted" for entry in timeline)
    fates = list(_find_fates(timeline).values())
    budget = data.run.config.budget
    limit = "no budget was set" if budget is None else f"the budget was {format_seconds(budget)}"
    message = f"The run worked {format_seconds(timeline[-1].seconds if timeline else 0.0)}"
    if vain:
        message += f" ({format_seconds(vain)} before, in commands that ended without a candidate)"
    message += f"; {limit}. {format_count(n_fits, 'fit')} made "
    message += format_count(fates.count("candidate"), "candidate")
    if "skipped" in fates:
        message += (
            f"; {format_count(fates.count('skipped'), 'candidate')} not fitted for lack of time"
        )
    if "failed" in fates:
        message += f"; {fates.count('failed'):,} failed (their tracebacks are in `failures`)"
    warnings = [str(one.event["message"]) for one in timeline if one.event["kind"] == "warning"]
    said = [warning[:1].upper() + warning[1:] for warning in dict.fromkeys(warnings)]
    return ". ".join([message, *said]).rstrip(".") + "."


def _find_fates(timeline: Sequence[TimelineEntry]) -> dict[str, str]:
    """Return what became of each key in the end: a later command may fit what one left out."""
    fates: dict[str, str] = {}
    for entry in timeline:
        kind, key = str(entry.event["kind"]), str(entry.event.get("key"))
        if kind in {"candidate", "failed", "skipped"} and fates.get(key) != "candidate":
            fates[key] = kind
    return fates

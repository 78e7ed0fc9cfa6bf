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


def write_progress(material: ReportData) -> Section:
    """Write the section about what the time was used for."""
    moments, vain = _time_events(material.events)
    pictures = [
        picture
        for solved in material.solved
        if (picture := _draw_progress(material, solved, moments)) is not None
    ]
    blocks: list[Block] = [Pictures(pictures=pictures)] if pictures else []
    blocks.append(Paragraph(text=_describe(material, moments, vain)))
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
    moments = [
        TimelineEntry(seconds=max(0.0, seconds - vain), event=event)
        for seconds, event in zip(spent, events, strict=True)
    ]
    return moments, vain


def _draw_progress(
    material: ReportData, solved: ReportTarget, moments: Sequence[TimelineEntry]
) -> Picture | None:
    told = [
        moment
        for moment in moments
        if moment.event["kind"] == "candidate" and moment.event["target"] == solved.name
    ]
    known = [moment for moment in told if np.isfinite(moment.event["score"])]
    if not known:
        return None
    seconds = np.array([moment.seconds for moment in known])
    scores = np.array([moment.event["score"] for moment in known], dtype=np.float64)
    up = bool(solved.described["greater_is_better"])
    best = (np.maximum if up else np.minimum).accumulate(scores)
    models = [str(moment.event["key"]).rpartition("-")[0] for moment in known]
    end = max(moment.seconds for moment in moments)
    with open_plot(300) as drawn:
        axes = drawn.axes
        axes.step([*seconds, end], [*best, best[-1]], where="post", color=MUTED, linewidth=1.5)
        for place, model in enumerate(dict.fromkeys(models)):
            chosen = np.array([one == model for one in models])
            color, marker = SERIES[place % MOST_COLORS], "osD^vP"[place % 6]
            axes.plot(seconds[chosen], scores[chosen], marker, color=color, ms=6, label=model)
        _mark_blend(axes, solved, moments)
        _mark_budget(axes, material.run.config.budget)
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


def _mark_blend(axes: "Axes", solved: ReportTarget, moments: Sequence[TimelineEntry]) -> None:
    seconds = [
        moment.seconds
        for moment in moments
        if moment.event["kind"] == "blended" and moment.event.get("target") == solved.name
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


def _describe(material: ReportData, moments: Sequence[TimelineEntry], vain: float) -> str:
    n_fits = sum(moment.event["kind"] == "fitted" for moment in moments)
    fates = list(_find_fates(moments).values())
    budget = material.run.config.budget
    limit = "no budget was set" if budget is None else f"the budget was {format_seconds(budget)}"
    told = f"The run worked {format_seconds(moments[-1].seconds if moments else 0.0)}"
    if vain:
        told += f" ({format_seconds(vain)} before, in commands that ended without a candidate)"
    told += f"; {limit}. {format_count(n_fits, 'fit')} made "
    told += format_count(fates.count("candidate"), "candidate")
    if "skipped" in fates:
        told += f"; {format_count(fates.count('skipped'), 'candidate')} not fitted for lack of time"
    if "failed" in fates:
        told += f"; {fates.count('failed'):,} failed (their tracebacks are in `failures`)"
    warnings = [str(one.event["message"]) for one in moments if one.event["kind"] == "warning"]
    said = [warning[:1].upper() + warning[1:] for warning in dict.fromkeys(warnings)]
    return ". ".join([told, *said]).rstrip(".") + "."


def _find_fates(moments: Sequence[TimelineEntry]) -> dict[str, str]:
    """Return what became of each key in the end: a later command may fit what one left out."""
    fates: dict[str, str] = {}
    for moment in moments:
        kind, key = str(moment.event["kind"]), str(moment.event.get("key"))
        if kind in {"candidate", "failed", "skipped"} and fates.get(key) != "candidate":
            fates[key] = kind
    return fates

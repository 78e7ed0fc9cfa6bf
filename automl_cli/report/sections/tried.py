"""What a budget went into: the seconds of fits by model and by the reason of the planner."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from automl_cli.report.data import ReportTarget
from automl_cli.report.drawing import SERIES, add_legend, height_of, list_bars, open_plot
from automl_cli.report.section import Block, Paragraph, Picture, Pictures
from automl_cli.report.wording import format_seconds, format_share

REASONS = {
    "first": "first candidate",
    "growth": "trials of sizes and ways",
    "way": "trials of sizes and ways",
    "planned": "planned",
    "search": "search",
    "promotion": "further folds",
    "finer": "finer learning rate",
}


def list_tried(solved: ReportTarget, events: Sequence[Mapping[str, Any]]) -> Iterator[Block]:
    """Yield what the planner has tried for a target; nothing if there was no budget."""
    own = [event for event in events if event.get("target") == solved.name]
    if not any(event["kind"] == "proposed" for event in own):
        return
    fits = list_fits(solved.name, events)
    if fits:
        yield Pictures(pictures=[_draw_seconds(solved, fits)])
    settled = [_describe(event) for event in own if event["kind"] == "settled"]
    if settled:
        yield Paragraph(text=" ".join(settled))


@dataclass(frozen=True, slots=True)
class TriedFit:
    """One fit that the planner wanted.

    Parameters
    ----------
    key, reason
        Its candidate, and what this was last proposed for.
    seconds
        What it took.
    """

    key: str
    reason: str
    seconds: float

    @property
    def model(self) -> str:
        """The model of its candidate."""
        return self.key.rpartition("-")[0]


def list_fits(target: str, events: Sequence[Mapping[str, Any]]) -> list[TriedFit]:
    """Return the fits for a target; those before the planner began are of first candidates."""
    own = {event["key"] for event in events if event.get("target") == target and "key" in event}
    reasons: dict[str, str] = {}
    fits = []
    for event in events:
        key = str(event.get("key"))
        if event["kind"] == "proposed" and event["target"] == target:
            reasons[key] = str(event["why"])
        elif event["kind"] == "fitted" and key in own:
            fits.append(TriedFit(key, reasons.get(key, "first"), float(event["seconds"])))
    return fits


def _draw_seconds(solved: ReportTarget, fits: Sequence[TriedFit]) -> Picture:
    models = _order_models(fits)
    with open_plot(height_of(len(models) + 1)) as drawn:
        places = list_bars(drawn.axes, models)
        left = np.zeros(len(models))
        for label, color in zip(dict.fromkeys(REASONS.values()), SERIES, strict=True):
            seconds = np.array([_sum_seconds(fits, model, label) for model in models])
            if seconds.any():
                drawn.axes.barh(places, seconds, left=left, height=0.6, color=color, label=label)
            left += seconds
        drawn.axes.set_xlabel("seconds of fits")
        add_legend(drawn.axes, columns=3)
        svg = drawn.svg()
    name = f"Time by model and reason for {solved.name}"
    return Picture(name=name, caption=_describe_seconds(solved, fits, models[0]), svg=svg)


def _sum_seconds(fits: Sequence[TriedFit], model: str, label: str) -> float:
    return sum(fit.seconds for fit in fits if (fit.model, REASONS[fit.reason]) == (model, label))


def _order_models(fits: Sequence[TriedFit]) -> list[str]:
    spent: dict[str, float] = {}
    for fit in fits:
        spent[fit.model] = spent.get(fit.model, 0.0) + fit.seconds
    return sorted(spent, key=lambda model: -spent[model])


def _describe_seconds(solved: ReportTarget, fits: Sequence[TriedFit], first: str) -> str:
    members = {one["key"] for one in solved.described["candidates"] if one["weight"]}
    total = sum(fit.seconds for fit in fits)
    most = sum(fit.seconds for fit in fits if fit.model == first)
    unused = sum(fit.seconds for fit in fits if fit.key not in members)
    return (
        f"All fits together took {format_seconds(total)}: {first} {format_share(most / total)} of "
        f"it, candidates without weight in the ensemble {format_share(unused / total)}."
    )


def _describe(event: Mapping[str, Any]) -> str:
    if "growth" in event:
        return _describe_growth(float(event["growth"]))
    best, lost = _name(event["best"]), [_name(way) for way in event["lost"]]
    text = f"The best way of passing columns was {best}"
    if lost:
        return f"{text}; clearly worse, and not tried again: {', '.join(lost)}."
    return f"{text}; no other was clearly worse."


def _describe_growth(factor: float) -> str:
    if factor > 1:
        return f"Trees of {factor:g} times as many leaves as planned were better, and all got them."
    if factor < 1:
        return f"Trees of 1/{1 / factor:g} of the planned leaves were no worse, and all got them."
    return "Trees of the planned size were the best."


def _name(way: Sequence[Any]) -> str:
    name, generated = way
    return f"`{name}` with generated columns" if generated else f"`{name}`"

"""What the columns are worth, and how the answers depend on the leading ones.

Drawn from files that `automl explain` leaves in the run's folder. `Explained` is the seam: whoever
writes other files changes `read_explained` alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl_cli.core.errors import RunError
from automl_cli.report.drawing import MUTED, SERIES, height_of, list_bars, sheet
from automl_cli.report.material import Material
from automl_cli.report.section import (
    Block,
    Cell,
    Heading,
    Picture,
    Pictures,
    Section,
    Subtitle,
    Table,
    Text,
)
from automl_cli.report.wording import count, join_names, say, shorten, spell
from automl_cli.store import read_json

MOST_DRAWN, MOST_DEPENDENCES = 15, 6
TITLE = "Importance and dependence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Importance:
    """What the score loses without a column.

    Parameters
    ----------
    column, cluster
        The column, and the columns that say the same.
    importance, low, high
        The loss, and its 95 % interval.
    q
        The p-value adjusted for all columns.
    """

    column: str
    cluster: str
    importance: float
    low: float
    high: float
    q: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependence:
    """The mean answer as one column changes and all others stay.

    Parameters
    ----------
    column
        The column.
    places
        Numbers, or the names of levels.
    effect, low, high
        The mean answer at each place, and its interval.
    """

    column: str
    places: tuple[float | str, ...]
    effect: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What is known about the columns of one target."""

    target: str
    importances: tuple[Importance, ...]
    dependences: tuple[Dependence, ...]


def read_explained(run: Path) -> list[Explained]:
    """Return what `automl explain` has found, one entry a target; empty if it was not asked.

    Raises
    ------
    RunError
        If the file is damaged.
    """
    path = run / "explain" / "importance.json"
    if not path.exists():
        return []
    try:
        return [_make_explained(one) for one in read_json(path)["targets"]]  # type: ignore[union-attr]  # checked by the except
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(
            f"{path}: damaged ({type(error).__name__}: {error}).",
            hint="Remove it, or make it anew with `automl explain`.",
        ) from error


def write_importance(material: Material) -> Section:
    """Write the section about what the columns are worth."""
    root = material.run.directory.root
    explained = read_explained(root)
    blocks: list[Block] = []
    for one in explained:
        if len(explained) > 1:
            blocks.append(Subtitle(text=one.target))
        blocks += _write_target(one)
    if not blocks:
        told = f"Not measured yet. `automl explain {root}` measures it; then make the report anew."
        blocks = [Text(text=told)]
    return Section(name="importance", title=TITLE, blocks=blocks)


def _write_target(explained: Explained) -> list[Block]:
    ranked = sorted(explained.importances, key=lambda one: -one.importance)
    pictures = [_draw_importances(ranked)] if ranked else []
    pictures += [_draw_dependence(one) for one in explained.dependences[:MOST_DEPENDENCES]]
    return [Pictures(pictures=pictures), _list_importances(ranked)]


def _draw_importances(ranked: Sequence[Importance]) -> Picture:
    shown = ranked[:MOST_DRAWN]
    with sheet(height_of(len(shown))) as drawn:
        places = list_bars(drawn.axes, [shorten(one.column) for one in shown])
        for place, one in zip(places, shown, strict=True):
            width = [[one.importance - one.low], [one.high - one.importance]]
            color = SERIES[0] if one.q <= 0.05 else MUTED
            drawn.axes.errorbar(one.importance, place, xerr=width, fmt="o", color=color, ms=6)
        drawn.axes.axvline(0, color=MUTED, linewidth=1)
        drawn.axes.set_xlabel("importance, 95% interval")
        svg = drawn.svg()
    sure = [one.column for one in ranked if one.q <= 0.05]
    caption = (
        f"The {len(shown)} leading of {len(ranked)} columns. {len(sure)} are worth more than "
        f"chance" + (f", {join_names(sure, most=3)} first." if sure else ".")
    )
    return Picture(name="Importance of the columns", caption=caption, svg=svg)


def _draw_dependence(one: Dependence) -> Picture:
    is_number = not any(isinstance(place, str) for place in one.places)
    with sheet(280) as drawn:
        axes = drawn.axes
        x = np.array(one.places, dtype=np.float64) if is_number else np.arange(len(one.places))
        if is_number:
            axes.fill_between(x, one.low, one.high, color=SERIES[0], alpha=0.2, lw=0)
            axes.plot(x, one.effect, color=SERIES[0])
        else:
            widths = np.abs(np.array([one.low, one.high]) - np.array(one.effect))
            axes.errorbar(x, one.effect, yerr=widths, fmt="o", color=SERIES[0])
            axes.set_xticks(x, [shorten(str(place), 12) for place in one.places], rotation=45)
        axes.set_xlabel(shorten(one.column, 40))
        axes.set_ylabel("mean answer")
        svg = drawn.svg()
    low, high = int(np.argmin(one.effect)), int(np.argmax(one.effect))
    caption = (
        f"{one.column}: the mean answer goes from {spell(one.effect[low], 3)} at "
        f"{_spell_place(one.places[low])} to {spell(one.effect[high], 3)} at "
        f"{_spell_place(one.places[high])}, all other columns as they are."
    )
    return Picture(name=f"Dependence on {one.column}", caption=caption, svg=svg)


def _spell_place(place: float | str) -> str:
    return place if isinstance(place, str) else spell(place, 3)


def _list_importances(ranked: Sequence[Importance]) -> Table:
    return Table(
        caption="Importance of all columns",
        headings=[
            Heading(text="column", kind="code"),
            Heading(text="says the same as"),
            Heading(text="importance", kind="number"),
            Heading(text="95% interval", kind="number"),
            Heading(text="adjusted p", kind="number"),
        ],
        rows=[
            [
                say(one.column),
                say("" if one.cluster == one.column else one.cluster),
                count(one.importance, 3),
                Cell(text=f"{spell(one.low, 3)} to {spell(one.high, 3)}", order=one.low),
                count(one.q, 2),
            ]
            for one in ranked
        ],
        folded=len(ranked) > 2 * MOST_DRAWN,
    )


def _make_explained(stored: Mapping[str, Any]) -> Explained:
    fields = ("column", "cluster", "importance", "low", "high", "q")
    return Explained(
        target=str(stored["target"]),
        importances=tuple(
            Importance(**{name: one[name] for name in fields}) for one in stored["importances"]
        ),
        dependences=tuple(
            Dependence(
                column=one["column"],
                **{name: tuple(one[name]) for name in ("places", "effect", "low", "high")},
            )
            for one in stored.get("dependences", [])
        ),
    )

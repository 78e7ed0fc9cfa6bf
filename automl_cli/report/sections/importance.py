"""What the columns are worth, and how the answers depend on the leading ones.

Drawn from the files that `automl explain` leaves in the run's folder.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from automl_cli.core.arrays import FloatVector
from automl_cli.core.errors import RunError
from automl_cli.core.explanation import Importance
from automl_cli.ensemble.files import load_key
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
from automl_cli.store import RunDirectory, file_name, read_json

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_DRAWN, MOST_DEPENDENCES, MOST_LEVELS = 15, 6, 10
N_BINS = 12
TITLE = "Importance and dependence"
FIELDS = [field.name for field in fields(Importance)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dependence:
    """What a column contributes to the answers, row by row (SHAP values on the margin scale).

    Parameters
    ----------
    column, output
        The column, and what is answered.
    levels
        The column's values as text, shape (rows,).
    effects
        What it contributes, shape (rows,).
    """

    column: str
    output: str
    levels: "pd.Series[str]"
    effects: FloatVector


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """What is known about the columns of one target, and the key of the ensemble it is of."""

    target: str
    blend: str
    loss: str
    importances: tuple[Importance, ...]
    dependences: tuple[Dependence, ...]


def read_explained(run: RunDirectory) -> list[Explained]:
    """Return what `automl explain` has found, one entry a target; empty if it was not asked.

    Raises
    ------
    RunError
        If a file is damaged.
    """
    path = run.explanation
    if not path.exists():
        return []
    stored: Any = read_json(path)
    try:
        return [_make_explained(one, path.parent) for one in stored["targets"]]
    except (KeyError, TypeError, ValueError) as error:
        raise RunError(
            f"{path}: damaged ({type(error).__name__}: {error}).",
            hint=f"Make it anew: automl explain {run.root}",
        ) from error


def write_importance(material: Material) -> Section:
    """Write the section about what the columns are worth."""
    directory = material.run.directory
    explained = read_explained(directory)
    blocks: list[Block] = []
    for one in explained:
        if len(explained) > 1:
            blocks.append(Subtitle(text=one.target))
        if one.blend != load_key(directory.blend(one.target)):
            told = f"Of an earlier ensemble; `automl explain {directory.root}` measures this one."
            blocks.append(Text(text=told))
        blocks += _write_target(one)
    if not blocks:
        told = f"Not measured yet: `automl explain {directory.root}` does; then report again."
        blocks = [Text(text=told)]
    return Section(name="importance", title=TITLE, blocks=blocks)


def _write_target(explained: Explained) -> list[Block]:
    ranked = sorted(explained.importances, key=lambda one: -one.importance)
    pictures = [_draw_importances(explained, ranked)] if ranked else []
    pictures += [_draw_dependence(one) for one in explained.dependences[:MOST_DEPENDENCES]]
    return [Pictures(pictures=pictures), _list_importances(ranked)]


def _draw_importances(explained: Explained, ranked: Sequence[Importance]) -> Picture:
    shown = ranked[:MOST_DRAWN]
    with sheet(height_of(len(shown))) as drawn:
        places = list_bars(drawn.axes, [shorten(one.name) for one in shown])
        for place, one in zip(places, shown, strict=True):
            ends = [
                value if np.isfinite(value) else one.importance for value in (one.low, one.high)
            ]
            width = [[one.importance - ends[0]], [ends[1] - one.importance]]
            color, marker = (SERIES[0], "o") if one.found else (MUTED, "D")
            drawn.axes.errorbar(one.importance, place, xerr=width, fmt=marker, color=color, ms=6)
        drawn.axes.axvline(0, color=MUTED, linewidth=1)
        drawn.axes.set_xlabel(f"rise of the {explained.loss}, 95% interval")
        svg = drawn.svg()
    found = [one.name for one in ranked if one.found]
    told = f"Found to matter: {join_names(found, most=3)}." if found else "None surely matters."
    caption = (
        f"How much the loss of a held-out row rises without each column; the {len(shown)} leading "
        f"of {len(ranked)}. {told} Round: found; square: may be chance."
    )
    name = f"Importance of the columns for {explained.target}"
    return Picture(name=name, caption=caption, svg=svg)


def _draw_dependence(one: Dependence) -> Picture:
    numbers = pd.to_numeric(one.levels, errors="coerce")
    is_number = bool(numbers.notna().sum() >= one.levels.notna().sum() > 0)
    with sheet(280) as drawn:
        if is_number:
            places, means = _draw_numbers(drawn.axes, numbers, one.effects)
        else:
            places, means = _draw_levels(drawn.axes, one.levels.astype(str), one.effects)
        drawn.axes.axhline(0, color=MUTED, linewidth=1)
        drawn.axes.set_xlabel(shorten(one.column, 40))
        drawn.axes.set_ylabel("contribution")
        svg = drawn.svg()
    low, high = int(np.argmin(means)), int(np.argmax(means))
    caption = (
        f"What {one.column} contributes to {one.output}, on the scale of log-odds or values: from "
        f"{spell(means[low], 3)} at {places[low]} to {spell(means[high], 3)} at {places[high]} on "
        "average. The band holds 80% of the rows."
    )
    name = f"Dependence of {one.output} on {one.column}"
    return Picture(name=name, caption=caption, svg=svg)


def _draw_numbers(
    axes: "Axes", numbers: "pd.Series[float]", effects: FloatVector
) -> tuple[list[str], FloatVector]:
    known = np.flatnonzero(numbers.notna().to_numpy())
    order = known[np.argsort(numbers.to_numpy()[known], kind="stable")]
    parts = [part for part in np.array_split(order, N_BINS) if len(part)]
    middle = np.array([np.median(numbers.to_numpy()[part]) for part in parts])
    levels = np.array([np.quantile(effects[part], (0.1, 0.9)) for part in parts])
    means = np.array([effects[part].mean() for part in parts])
    axes.fill_between(middle, levels[:, 0], levels[:, 1], color=SERIES[0], alpha=0.2, lw=0)
    axes.plot(middle, means, "o-", color=SERIES[0], markersize=4)
    return [spell(place, 3) for place in middle], means


def _draw_levels(
    axes: "Axes", values: "pd.Series[str]", effects: FloatVector
) -> tuple[list[str], FloatVector]:
    names = [str(name) for name in values.value_counts().index[:MOST_LEVELS]]
    parts = [effects[(values == name).to_numpy()] for name in names]
    means = np.array([part.mean() for part in parts])
    ends = np.array([np.quantile(part, (0.1, 0.9)) for part in parts])
    widths = np.abs(ends.T - means)
    axes.errorbar(np.arange(len(names)), means, yerr=widths, fmt="o", color=SERIES[0])
    axes.set_xticks(np.arange(len(names)), [shorten(name, 12) for name in names], rotation=45)
    return names, means


def _list_importances(ranked: Sequence[Importance]) -> Table:
    return Table(
        caption="Importance of all columns",
        headings=[
            Heading(text="column", kind="code"),
            Heading(text="importance", kind="number"),
            Heading(text="95% interval", kind="number"),
            Heading(text="adjusted p", kind="number"),
            Heading(text="verdict"),
        ],
        rows=[
            [
                say(f"{one.name} (noise, to compare with)" if one.is_probe else one.name),
                count(one.importance, 3),
                Cell(text=f"{spell(one.low, 3)} to {spell(one.high, 3)}", order=one.low),
                count(one.q, 2),
                say("found" if one.found else "may be chance"),
            ]
            for one in ranked
        ],
        folded=len(ranked) > 2 * MOST_DRAWN,
    )


def _make_explained(stored: Mapping[str, Any], folder: Path) -> Explained:
    target = str(stored["target"])
    return Explained(
        target=target,
        blend=str(stored["blend"]),
        loss=str(stored["loss"]).replace("_", " "),
        importances=tuple(_make_importance(one) for one in stored["columns"]),
        dependences=tuple(_read_dependences(folder / file_name(target) / "dependence.csv")),
    )


def _make_importance(stored: Mapping[str, Any]) -> Importance:
    known = {name: stored[name] for name in FIELDS}
    known["columns"] = tuple(stored["columns"])
    for name, end in (("low", -np.inf), ("high", np.inf)):  # JSON has no infinite numbers
        known[name] = end if stored[name] is None else stored[name]
    return Importance(**known)


def _read_dependences(path: Path) -> list[Dependence]:
    if not path.exists():
        return []
    # Nothing but an empty cell is missing: there are levels, classes and columns called NA or None.
    table = pd.read_csv(
        path,
        dtype={"column": str, "output": str, "value": str},
        keep_default_na=False,
        na_values={"value": [""], "shap": [""]},
    )
    return [
        Dependence(
            column=str(column),
            output=str(output),
            levels=part["value"].reset_index(drop=True),
            effects=part["shap"].to_numpy(dtype=np.float64),
        )
        for (column, output), part in table.groupby(["column", "output"], sort=False)
    ]

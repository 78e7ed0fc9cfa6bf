"""How the answers depend on a column: what it contributes, over its numbers, dates or levels."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from automl_cli.core.arrays import FloatVector
from automl_cli.core.problem import Problem
from automl_cli.report.drawing import MUTED, SERIES, open_plot, read_days, show_dates
from automl_cli.report.section import Picture
from automl_cli.report.wording import format_float, shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_LEVELS = 10
N_BINS = 12


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


def read_dependences(path: Path) -> list[Dependence]:
    """Return what `automl explain` has written of one target's leading columns."""
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


def draw_dependence(one: Dependence, problem: Problem, *, is_date: bool = False) -> Picture:
    """Draw a line over a column's numbers or dates, or a point for each of its levels.

    Parameters
    ----------
    one
        What is drawn.
    problem
        The target; it says on which scale columns contribute.
    is_date
        Whether the column is one of dates.
    """
    numbers = _read_days(one.levels) if is_date else pd.to_numeric(one.levels, errors="coerce")
    is_line = bool(numbers.notna().sum() >= one.levels.notna().sum() > 0)
    with open_plot(280) as drawn:
        if is_line:
            middles, means = _draw_line(drawn.axes, numbers, one.effects)
            places = (
                _format_days(middles) if is_date else [format_float(place, 3) for place in middles]
            )
        else:
            places, means = _draw_levels(drawn.axes, one.levels.astype(str), one.effects)
        drawn.axes.axhline(0, color=MUTED, linewidth=1)
        drawn.axes.set_xlabel(shorten(one.column, 40))
        drawn.axes.set_ylabel("contribution")
        if is_line and is_date:
            show_dates(drawn.axes)
        svg = drawn.svg()
    ends = [
        f"{format_float(means[k], 3)} at {places[k]}" for k in (np.argmin(means), np.argmax(means))
    ]
    caption = (
        f"Contribution of {one.column} to {one.output}, on the scale of "
        f"{_name_scale(problem)}: from {ends[0]} to {ends[1]} on average. The band holds 80% "
        "of the rows."
    )
    name = f"Dependence of {one.output} on {one.column}"
    return Picture(name=name, caption=caption, svg=svg)


def _name_scale(problem: Problem) -> str:
    if problem.objective == "log_loss":
        return "log-odds" if problem.n_outputs == 1 else "logits"
    name = problem.target.name
    return f"log(1 + {name})" if problem.metric.transform == "log1p" else name


def _read_days(levels: "pd.Series[str]") -> "pd.Series[float]":
    dates = pd.to_datetime(levels, format="ISO8601", errors="coerce", utc=True)
    return pd.Series(read_days(dates.dt.tz_localize(None)))


def _format_days(days: FloatVector) -> list[str]:
    """Return dates, with the time where all lie within two days."""
    form = "%Y-%m-%d" if np.ptp(days) >= 2 else "%Y-%m-%d %H:%M"
    return [f"{date:{form}}" for date in pd.to_datetime(days, unit="D")]


def _draw_line(
    axes: "Axes", numbers: "pd.Series[float]", effects: FloatVector
) -> tuple[FloatVector, FloatVector]:
    known = np.flatnonzero(numbers.notna().to_numpy())
    order = known[np.argsort(numbers.to_numpy()[known], kind="stable")]
    parts = [part for part in np.array_split(order, N_BINS) if len(part)]
    middle = np.array([np.median(numbers.to_numpy()[part]) for part in parts])
    levels = np.array([np.quantile(effects[part], (0.1, 0.9)) for part in parts])
    means = np.array([effects[part].mean() for part in parts])
    axes.fill_between(middle, levels[:, 0], levels[:, 1], color=SERIES[0], alpha=0.2, lw=0)
    axes.plot(middle, means, "o-", color=SERIES[0], markersize=4)
    return middle, means


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

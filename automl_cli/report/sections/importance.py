"""What the columns are worth, and how the answers depend on the leading ones.

Drawn from the files that `automl explain` leaves in the run's folder.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl_cli.bundle.members import find_blend_key
from automl_cli.core.explanation import Importance
from automl_cli.report.data import ReportData
from automl_cli.report.dependence import Dependence, draw_dependence, read_dependences
from automl_cli.report.drawing import MUTED, SERIES, height_of, list_bars, open_plot
from automl_cli.report.section import (
    Block,
    Cell,
    Heading,
    Paragraph,
    Picture,
    Pictures,
    Section,
    Subtitle,
    Table,
)
from automl_cli.report.wording import (
    LONGEST_LABEL,
    count,
    format_float,
    join_first_names,
    make_text_cell,
    shorten,
)
from automl_cli.store import RunDirectory, file_name, read_json, understood

MOST_DRAWN, MOST_DEPENDENCES = 15, 6
TITLE = "Importance and dependence"
FIELDS = [field.name for field in fields(Importance)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainedColumns:
    """What is known about the columns of one target, and the key of the ensemble it is of."""

    target: str
    blend: str
    loss: str
    importances: tuple[Importance, ...]
    dependences: tuple[Dependence, ...]


def read_explained(run: RunDirectory) -> list[ExplainedColumns]:
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
    with understood(path, f"Measure it again: automl explain {run.root}"):
        return [_make_explained(one, path.parent) for one in stored["targets"]]


def write_importance(data: ReportData) -> Section:
    """Write the section about what the columns are worth."""
    directory = data.run.directory
    explained = read_explained(directory)
    blocks: list[Block] = []
    for one in explained:
        if len(explained) > 1:
            blocks.append(Subtitle(text=one.target))
        if one.blend != find_blend_key(directory, one.target):
            message = (
                "These figures are of an earlier ensemble. Run `automl explain "
                f"{directory.root}` to measure this one."
            )
            blocks.append(Paragraph(text=message))
        blocks += _write_target(data, one)
    if not blocks:
        message = (
            f"Not measured yet. Run `automl explain {directory.root}`, then write the report again."
        )
        blocks = [Paragraph(text=message)]
    return Section(name="importance", title=TITLE, blocks=blocks)


def _write_target(data: ReportData, explained: ExplainedColumns) -> list[Block]:
    ranked = sorted(explained.importances, key=lambda one: -one.importance)
    pictures = [_draw_importances(explained, ranked)] if ranked else []
    (problem,) = (one.problem for one in data.solved if one.name == explained.target)
    train = data.train
    dates = {name for name in train if pd.api.types.is_datetime64_any_dtype(train[name])}
    pictures += [
        draw_dependence(one, problem, is_date=one.column in dates)
        for one in explained.dependences[:MOST_DEPENDENCES]
    ]
    return [Pictures(pictures=pictures), _list_importances(ranked)]


def _draw_importances(explained: ExplainedColumns, ranked: Sequence[Importance]) -> Picture:
    shown = ranked[:MOST_DRAWN]
    with open_plot(height_of(len(shown))) as drawn:
        places = list_bars(drawn.axes, [_label(one) for one in shown])
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
    found = [one.name for one in ranked if one.found and not one.is_probe]
    message = (
        f"Significant: {join_first_names(found, most=3)}." if found else "None is significant."
    )
    caption = (
        f"Rise of the loss on held-out rows when a column is permuted, top {len(shown)} of "
        f"{len(ranked)}. {message} (Circle: significant; diamond: may be chance.)"
    )
    name = f"Importance of the columns for {explained.target}"
    return Picture(name=name, caption=caption, svg=svg)


def _label(one: Importance) -> str:
    """Return a label beside the axis; the made-up noise is not taken for a column of the table."""
    noise = " (noise)"
    if one.is_probe:
        return shorten(one.name, LONGEST_LABEL - len(noise)) + noise
    return shorten(one.name)


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
                make_text_cell(
                    f"{one.name} (noise, to compare with)" if one.is_probe else one.name
                ),
                count(one.importance, 3),
                Cell(
                    text=f"{format_float(one.low, 3)} to {format_float(one.high, 3)}",
                    order=one.low,
                ),
                count(one.q, 2),
                make_text_cell("found" if one.found else "may be chance"),
            ]
            for one in ranked
        ],
        folded=len(ranked) > 2 * MOST_DRAWN,
    )


def _make_explained(stored: Mapping[str, Any], folder: Path) -> ExplainedColumns:
    target = str(stored["target"])
    return ExplainedColumns(
        target=target,
        blend=str(stored["blend"]),
        loss=str(stored["loss"]).replace("_", " "),
        importances=tuple(_make_importance(one) for one in stored["columns"]),
        dependences=tuple(read_dependences(folder / file_name(target) / "dependence.csv")),
    )


def _make_importance(stored: Mapping[str, Any]) -> Importance:
    known = {name: stored[name] for name in FIELDS}
    known["columns"] = tuple(stored["columns"])
    for name, end in (("low", -np.inf), ("high", np.inf)):  # JSON has no infinite numbers
        known[name] = end if stored[name] is None else stored[name]
    return Importance(**known)

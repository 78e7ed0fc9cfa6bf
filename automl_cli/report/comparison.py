"""Two runs side by side: what they were told, what they came to, and whether the gap is chance."""

from collections.abc import Callable

import numpy as np

from automl_cli.report.configs import list_differences
from automl_cli.report.data import ReportData, ReportTarget
from automl_cli.report.difference import PairedDifference, compare, find_obstacle
from automl_cli.report.drawing import MUTED, SERIES, add_legend, height_of, list_bars, open_plot
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
from automl_cli.report.sections.leaderboard import make_leaderboard
from automl_cli.report.wording import (
    format_float,
    format_score,
    format_seconds,
    make_text_cell,
)

MOST_WEIGHTS = 16


def write_scores(first: ReportData, second: ReportData) -> Section:
    """Write the section with both scores and their paired difference."""
    blocks: list[Block] = [_list_runs(first, second)]
    others = {solved.name: solved for solved in second.solved}
    for solved in first.solved:
        if solved.name in others:
            blocks.append(Subtitle(text=solved.name))
            message = _describe(solved, others[solved.name], (first.name, second.name))
            blocks.append(Paragraph(text=message))
        else:
            blocks.append(Paragraph(text=f"{second.name} does not predict {solved.name}."))
    return Section(name="scores", title="Scores", blocks=blocks)


def write_config(first: ReportData, second: ReportData) -> Section:
    """Write the section about what both were told."""
    rows = [
        [make_text_cell(text) for text in message]
        for message in list_differences(
            *(one.run.config.model_dump(mode="json") for one in (first, second))
        )
    ]
    if not rows:
        blocks: list[Block] = [Paragraph(text="Both have the same config.")]
    else:
        differ = "keys of the config differ" if len(rows) > 1 else "key of the config differs"
        blocks = [_make_table(f"{len(rows)} {differ}", "key", (first, second), rows)]
    facts = [
        {str(what): str(value) for what, value, _ in one.summary["facts"]}
        for one in (first, second)
    ]
    message = [
        [
            make_text_cell(what),
            make_text_cell(facts[0].get(what, "-")),
            make_text_cell(facts[1].get(what, "-")),
        ]
        for what in dict.fromkeys([*facts[0], *facts[1]])
        if facts[0].get(what) != facts[1].get(what)
    ]
    if message:
        blocks.append(
            _make_table("What was inferred differently", "what", (first, second), message)
        )
    return Section(name="config", title="Differences of the config", blocks=blocks)


def write_leaderboards(first: ReportData, second: ReportData) -> Section:
    """Write the section with the candidates of both."""
    blocks: list[Block] = []
    for data in (first, second):
        for solved in data.solved:
            top = dict(solved.described) | {"candidates": solved.described["candidates"][:10]}
            caption = f"{data.name}: the leading candidates for {solved.name}"
            blocks.append(make_leaderboard(top, caption))
    return Section(name="leaderboards", title="Leaderboards", blocks=blocks)


def write_weights(first: ReportData, second: ReportData) -> Section:
    """Write the section with the weights of both ensembles."""
    others = {solved.name: solved for solved in second.solved}
    pictures = [
        _draw_weights(solved, others[solved.name], (first.name, second.name))
        for solved in first.solved
        if solved.name in others and solved.blend and others[solved.name].blend
    ]
    blocks: list[Block] = [Pictures(pictures=pictures)] if pictures else []
    if not pictures:
        blocks.append(Paragraph(text="There are no two ensembles to compare."))
    return Section(name="weights", title="Weights", blocks=blocks)


def _list_runs(first: ReportData, second: ReportData) -> Table:
    rows = []
    for data in (first, second):
        for solved in data.solved:
            message = solved.described
            best = solved.candidates[0]
            rows.append(
                [
                    make_text_cell(data.name),
                    make_text_cell(solved.name),
                    make_text_cell(message["metric"]),
                    Cell(
                        text=format_score(message["score"], message["score_se"]),
                        order=message["score"],
                    ),
                    Cell(text=format_score(best.score, best.score_se), order=best.score),
                    Cell(text=str(len(solved.candidates)), order=len(solved.candidates)),
                    make_text_cell(f"{message['validation']}, {message['folds']} folds"),
                    make_text_cell(format_seconds(data.seconds_spent)),
                ]
            )
    names = ("run", "target", "metric")
    numbers = ("ensemble", "best single", "candidates")
    return Table(
        caption="Both runs",
        headings=[
            *(Heading(text=name) for name in names),
            *(Heading(text=name, kind="number") for name in numbers),
            Heading(text="validation"),
            Heading(text="time"),
        ],
        rows=rows,
    )


def _describe(first: ReportTarget, second: ReportTarget, names: tuple[str, str]) -> str:
    found = compare(first, second)
    if found is None:
        obstacle = find_obstacle(first, second)
        return f"Their scores cannot be compared row by row; one run has {obstacle}."
    metric = first.described["metric"]
    message = (
        f"On the {found.n_rows:,} rows that both have held out, {metric} is "
        f"{format_float(found.scores[0], 5)} and {format_float(found.scores[1], 5)}. "
    )
    if found.gain == 0 and found.loss_gain == 0:
        return message + "Their predictions have the same loss in every row."
    return f"{message}{_describe_gain(found, metric, names)} {_describe_loss(found, names[0])}"


def _describe_gain(found: PairedDifference, metric: str, names: tuple[str, str]) -> str:
    if found.gain == 0:
        return f"They are equal in {metric}."
    if not np.isfinite(found.gain):
        return f"Which is better in {metric} cannot be told: it is undefined on these rows."
    better = names[0] if found.gain > 0 else names[1]
    message = f"{better} is better by {format_score(abs(found.gain), found.error)}"
    if not np.isfinite(found.error):
        return f"{message}, and whether that is chance cannot be told from so few rows."
    conclusion = (
        "which is more than chance explains"
        if abs(found.gain) > 2 * found.error
        else "which chance alone may explain"
    )
    return f"{message} (paired: both without the same rows, one standard error), {conclusion}."


def _describe_loss(found: PairedDifference, name: str) -> str:
    if not np.isfinite(found.loss_gain):
        return f"The smooth loss of {name} cannot be compared row by row."
    if found.loss_gain == 0:
        return "The smooth loss is the same on average."
    error = f" ± {format_float(found.loss_error, 2)}" if np.isfinite(found.loss_error) else ""
    side = "lower" if found.loss_gain > 0 else "higher"
    gain = format_float(abs(found.loss_gain), 3)
    return f"The smooth loss of {name} is {gain}{error} {side} row by row."


def _make_table(
    caption: str, what: str, both: tuple[ReportData, ReportData], rows: list[list[Cell]]
) -> Table:
    headings = [Heading(text=what, kind="code"), *(Heading(text=one.name) for one in both)]
    return Table(caption=caption, headings=headings, rows=rows)


def _draw_weights(first: ReportTarget, second: ReportTarget, names: tuple[str, str]) -> Picture:
    weights = [
        dict(zip(one.blend.members, one.blend.weights.tolist(), strict=True)) if one.blend else {}
        for one in (first, second)
    ]
    every = dict.fromkeys([*weights[0], *weights[1]])
    largest = sorted(every, key=lambda key: -max(abs(one.get(key, 0.0)) for one in weights))
    shown = largest[:MOST_WEIGHTS]
    with open_plot(height_of(len(shown)) + 30 + 10 * len(shown)) as drawn:
        places = list_bars(drawn.axes, shown)
        for offset, one, color, label in zip((-0.2, 0.2), weights, SERIES[:2], names, strict=True):
            values = [one.get(key, 0.0) for key in shown]
            drawn.axes.barh(places + offset, values, height=0.36, color=color, label=label)
        drawn.axes.axvline(0, color=MUTED, linewidth=1)
        drawn.axes.set_xlabel("weight")
        add_legend(drawn.axes, columns=1)
        svg = drawn.svg()
    common = len(weights[0].keys() & weights[1].keys())
    caption = (
        f"{len(shown)} of {len(every)} members, the largest weights first; {common} are in both."
    )
    return Picture(name=f"Weights of both ensembles for {first.name}", caption=caption, svg=svg)


COMPARED: tuple[Callable[[ReportData, ReportData], Section], ...] = (
    write_scores,
    write_config,
    write_leaderboards,
    write_weights,
)

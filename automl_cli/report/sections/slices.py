"""Where the answers are worst: errors by slice of the rows."""

from collections.abc import Iterator, Sequence

import numpy as np

from automl_cli.core.arrays import FloatVector
from automl_cli.report.data import ReportData, ReportTarget
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
from automl_cli.report.segments import SURE, Segment, find_worst
from automl_cli.report.wording import (
    count,
    format_float,
    format_share,
    make_text_cell,
    shorten,
)

MOST_ROWS = 200_000  # looked at; more move no mean that matters
LOSSES = {
    "log_loss": "log loss",
    "squared_error": "squared error",
    "absolute_error": "absolute error",
}


def write_slices(data: ReportData) -> Section:
    """Write the section about the worst segments."""
    blocks: list[Block] = []
    for solved in data.solved:
        if len(data.solved) > 1:
            blocks.append(Subtitle(text=solved.name))
        blocks += _write_target(data, solved)
    return Section(name="slices", title="Errors by slice", blocks=blocks)


def _write_target(data: ReportData, solved: ReportTarget) -> Iterator[Block]:
    rows = solved.rows
    rng = np.random.default_rng(0)
    places = np.arange(len(rows))
    if len(rows) > MOST_ROWS:
        places = np.sort(rng.choice(places, MOST_ROWS, replace=False))
    frame = data.train.iloc[rows[places]].reset_index(drop=True)
    folds = solved.problem.folds
    parts = folds.blocks[0].astype(np.int64)[rows[places]] if folds.grouped else None
    means = _find_means(solved)
    segments, n_tried = find_worst(
        frame,
        solved.losses[places],
        parts,
        means=None if means is None else (means[0][places], means[1][places]),
    )
    overall = float(solved.losses.mean())
    yield Paragraph(text=_describe(solved, segments, n_tried, overall))
    if segments:
        yield Pictures(pictures=[_draw(solved, segments)])
        yield _list_segments(solved, segments, overall)


def _find_means(solved: ReportTarget) -> tuple[FloatVector, FloatVector] | None:
    """Return predictions and truth of each row where their means can be compared."""
    if solved.problem.n_outputs > 1:
        return None
    return solved.oof[solved.rows, 0], solved.problem.fit_y[solved.rows].astype(np.float64)


def _describe(
    solved: ReportTarget, segments: Sequence[Segment], n_tried: int, overall: float
) -> str:
    if not segments:
        return "No slice is large enough to be examined, or none has a higher error than the rest."
    n_sure = sum(one.adjusted <= SURE for one in segments)
    loss = LOSSES[solved.problem.objective]
    unknown = (
        " A slice without ± lies in a single block of the validation, or all other rows do, so "
        "its error is unknown."
        if not all(np.isfinite(one.error) for one in segments)
        else ""
    )
    scale = " of log(1 + y)" if solved.problem.metric.transform == "log1p" else ""
    message = (
        f"{n_tried:,} slices were examined: levels and ranges of each column, and pairs of the "
        f"most uneven columns. The mean {loss}{scale} is {format_float(overall, 3)}. "
    )
    if n_sure == 0:
        return message + (
            f"None is significantly worse; the {len(segments)} below may look bad by chance."
            f"{unknown}"
        )
    return message + (
        f"Of the {len(segments)} below, {n_sure} {'is' if n_sure == 1 else 'are'} significantly "
        f"worse (false discovery rate {SURE:.0%}). A slice may be hard by nature; if its "
        f"predicted and true means differ, the models are biased there.{unknown}"
    )


def _draw(solved: ReportTarget, segments: Sequence[Segment]) -> Picture:
    with open_plot(height_of(len(segments)) + 16 * len(segments)) as drawn:
        names = [_fold(one.name) for one in segments]
        places = list_bars(drawn.axes, names)
        for place, one in zip(places, segments, strict=True):
            color = SERIES[1] if one.adjusted <= SURE else MUTED
            marker = "o" if one.adjusted <= SURE else "D"
            width = 1.96 * one.error
            drawn.axes.errorbar(one.excess, place, xerr=width, fmt=marker, color=color, ms=6)
        drawn.axes.axvline(0, color=MUTED, linewidth=1)
        drawn.axes.set_xlabel(f"excess {LOSSES[solved.problem.objective]}, 95% interval")
        svg = drawn.svg()
    caption = (
        f"Mean loss of each slice minus that of all other rows. {_describe_worst(segments)} "
        "Circle: significant; diamond: may be chance."
    )
    return Picture(name=f"{_name_parts(segments)}, for {solved.name}", caption=caption, svg=svg)


def _describe_worst(segments: Sequence[Segment]) -> str:
    """Name the part with the largest excess, and the surely worst one if that is another."""
    largest = max(segments, key=lambda one: one.excess)
    sure = [one for one in segments if one.adjusted <= SURE]
    message = (
        f"{largest.name} ({largest.n_rows:,} rows) with {format_float(largest.excess, 2)} more"
    )
    if largest in sure:
        message = f"Largest excess: {message}."
    else:
        message = f"Largest excess, which may be chance: {message}."
        if sure:
            excess = format_float(sure[0].excess, 2)
            message += f" Largest significant excess: {sure[0].name} with {excess} more."
    if len(sure) == len(segments):
        return message
    first = (
        "Significant ones come first, by excess; then the others," if sure else "They are ordered"
    )
    return f"{message} {first} by how far the excess is above its error."


def _name_parts(segments: Sequence[Segment]) -> str:
    is_any_sure = any(one.adjusted <= SURE for one in segments)
    return "The worst slices" if is_any_sure else "Slices that may look worse by chance"


def _fold(name: str) -> str:
    short = name.partition(" (the same rows")[0]
    return "\n".join(shorten(part, 30) for part in short.split(" and "))


def _list_segments(solved: ReportTarget, segments: Sequence[Segment], overall: float) -> Table:
    with_means = segments[0].predicted is not None
    n_rows = len(solved.rows)
    rows = []
    for one in segments:
        cells = [
            make_text_cell(one.name),
            count(one.n_rows),
            Cell(text=format_share(one.n_rows / n_rows), order=one.n_rows),
            Cell(text=_format_excess(one), order=one.excess),
            Cell(text=f"{one.excess / overall:+.0%}" if overall else "-", order=one.excess),
            Cell(text=_format_p(one.adjusted), order=one.adjusted),
        ]
        if with_means:
            cells += [count(one.predicted or 0.0, 4), count(one.observed or 0.0, 4)]
        rows.append(cells)
    names = ["rows", "share", "excess loss", "of the mean", "adjusted p"]
    names += ["mean predicted", "mean true"] if with_means else []
    return Table(
        caption=_name_parts(segments),
        headings=[Heading(text="part"), *(Heading(text=name, kind="number") for name in names)],
        rows=rows,
    )


def _format_excess(one: Segment) -> str:
    message = format_float(one.excess, 3)
    return f"{message} ± {format_float(one.error, 2)}" if np.isfinite(one.error) else message


def _format_p(p: float) -> str:
    return "< 0.001" if p < 0.001 else f"{p:.3f}"

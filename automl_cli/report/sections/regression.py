"""Values: predicted against true, residuals, and errors by size."""

from collections.abc import Iterator

import numpy as np

from automl_cli.core.arrays import FloatVector
from automl_cli.report.data import ReportTarget
from automl_cli.report.drawing import INK, MUTED, SERIES, add_legend, open_plot, thin
from automl_cli.report.section import Block, Cell, Heading, Paragraph, Picture, Pictures, Table
from automl_cli.report.wording import count, format_float, format_share

MOST_POINTS = 700
N_BINS = 10
WIDE = 50.0  # times the median: so skewed a target is drawn on a logarithmic axis


def write_regression(solved: ReportTarget) -> Iterator[Block]:
    """Yield the pictures and tables of a target of numbers."""
    y = solved.problem.y[solved.rows].astype(np.float64)
    predicted = np.asarray(solved.answers[solved.rows], dtype=np.float64)
    residuals = y - predicted
    explained = 1 - float(np.mean(residuals**2)) / max(float(np.var(y)), 1e-300)
    absolute = np.abs(residuals)
    yield Paragraph(
        text=f"{len(y):,} rows. Half of the predictions are within "
        f"{format_float(float(np.median(absolute)), 3)} of the truth, nine of ten within "
        f"{format_float(float(np.quantile(absolute, 0.9)), 3)}. They explain "
        f"{format_share(explained)} of the variance of {solved.name}."
        if explained > 0
        else f"{len(y):,} rows. The predictions explain none of the variance of {solved.name}."
    )
    yield Pictures(
        pictures=[
            _draw_against(solved, y, predicted),
            _draw_residuals(solved, predicted, residuals),
            _draw_heap(solved, residuals),
        ]
    )
    yield _list_bins(solved, y, predicted)


def _draw_against(solved: ReportTarget, y: FloatVector, predicted: FloatVector) -> Picture:
    chosen = thin(len(y), MOST_POINTS)
    is_skewed = bool(y.min() > 0 and predicted.min() > 0 and y.max() > WIDE * np.median(y))
    low, high = float(min(y.min(), predicted.min())), float(max(y.max(), predicted.max()))
    with open_plot(340) as drawn:
        axes = drawn.axes
        axes.plot(predicted[chosen], y[chosen], "o", color=SERIES[0], ms=3.5, mew=0, alpha=0.5)
        axes.plot([low, high], [low, high], color=INK, linewidth=1, linestyle="--", label="equal")
        if is_skewed:
            axes.set_xscale("log")
            axes.set_yscale("log")
        axes.set_xlabel(f"predicted {solved.name}")
        axes.set_ylabel(f"true {solved.name}")
        add_legend(axes)
        svg = drawn.svg()
    shown = "all rows" if len(chosen) == len(y) else f"{len(chosen):,} of {len(y):,} rows"
    correlation = float(np.corrcoef(y, predicted)[0, 1]) if np.ptp(predicted) else float("nan")
    caption = (
        f"Predicted and true values of {shown}; their correlation is "
        f"{format_float(correlation, 3)}. Predictions are too low for points above the line."
    )
    return Picture(name=f"Predicted against true {solved.name}", caption=caption, svg=svg)


def _draw_residuals(
    solved: ReportTarget, predicted: FloatVector, residuals: FloatVector
) -> Picture:
    parts = np.array_split(np.argsort(predicted, kind="stable"), min(20, len(predicted)))
    middle = np.array([np.median(predicted[part]) for part in parts])
    levels = np.array([np.quantile(residuals[part], (0.1, 0.25, 0.5, 0.75, 0.9)) for part in parts])
    with open_plot(340) as drawn:
        axes = drawn.axes
        axes.fill_between(middle, levels[:, 0], levels[:, 4], color=SERIES[0], alpha=0.16, lw=0)
        axes.fill_between(middle, levels[:, 1], levels[:, 3], color=SERIES[0], alpha=0.3, lw=0)
        axes.plot(middle, levels[:, 2], color=SERIES[0], label="median; bands hold 50% and 80%")
        axes.axhline(0, color=MUTED, linewidth=1, linestyle="--")
        axes.set_xlabel(f"predicted {solved.name}")
        axes.set_ylabel("true minus predicted")
        add_legend(axes, columns=1)
        svg = drawn.svg()
    spread = levels[:, 4] - levels[:, 0]
    caption = (
        "Residuals in 20 bins of the prediction with equal numbers of rows; a median away "
        "from 0 is a bias. The width of the 80% band ranges from "
        f"{format_float(float(spread.min()), 2)} to {format_float(float(spread.max()), 2)}."
    )
    return Picture(name=f"Residuals for {solved.name}", caption=caption, svg=svg)


def _draw_heap(solved: ReportTarget, residuals: FloatVector) -> Picture:
    low, high = np.quantile(residuals, (0.005, 0.995))
    inside = residuals[(residuals >= low) & (residuals <= high)]
    with open_plot(300) as drawn:
        heights, edges = np.histogram(inside, bins=40)
        drawn.axes.stairs(heights, edges, color=SERIES[0], fill=True, alpha=0.55)
        drawn.axes.axvline(0, color=INK, linewidth=1, linestyle="--")
        drawn.axes.set_xlabel("true minus predicted")
        drawn.axes.set_ylabel("rows")
        svg = drawn.svg()
    mean, deviation = float(residuals.mean()), float(residuals.std())
    largest = float(np.abs(residuals).max())
    caption = (
        f"The middle 99% of the residuals. Mean {format_float(mean, 2)}, standard deviation "
        f"{format_float(deviation, 3)}; the largest miss is {format_float(largest, 3)}."
    )
    return Picture(
        name=f"Distribution of the residuals for {solved.name}", caption=caption, svg=svg
    )


def _list_bins(solved: ReportTarget, y: FloatVector, predicted: FloatVector) -> Table:
    rows = []
    for part in np.array_split(np.argsort(predicted, kind="stable"), min(N_BINS, len(y))):
        errors = y[part] - predicted[part]
        numbers = [
            float(predicted[part].mean()),
            float(y[part].mean()),
            float(errors.mean()),
            float(np.abs(errors).mean()),
            float(np.sqrt((errors**2).mean())),
        ]
        low, high = float(predicted[part].min()), float(predicted[part].max())
        cells = [Cell(text=format_float(number, 4), order=number) for number in numbers]
        span = Cell(text=f"{format_float(low, 3)} to {format_float(high, 3)}", order=low)
        rows.append([span, count(len(part)), *cells])
    names = ("predicted", "rows", "mean predicted", "mean true", "bias", "mean absolute", "rmse")
    return Table(
        caption=f"By the size of the predicted {solved.name}",
        headings=[Heading(text=name, kind="number") for name in names],
        rows=rows,
        folded=True,
    )

"""Two classes: curves, calibration, the two heaps of predictions, and the confusion."""

from collections.abc import Iterator

import numpy as np

from automl_cli.core.arrays import BoolVector, FloatVector, IntVector
from automl_cli.report.data import ReportTarget
from automl_cli.report.drawing import MUTED, SERIES, add_legend, open_plot, thin
from automl_cli.report.section import Block, Cell, Heading, Paragraph, Picture, Pictures, Table
from automl_cli.report.sections.calibration import draw_calibration
from automl_cli.report.sections.confusion import draw_confusion
from automl_cli.report.wording import count, describe_lone_class, format_float, format_share

MOST_POINTS = 300  # of a curve
THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


def write_binary(solved: ReportTarget) -> Iterator[Block]:
    """Yield the pictures and tables of a binary target."""
    y = solved.problem.y[solved.rows] == 1
    p = solved.oof[solved.rows, 0]
    positive = solved.problem.target.labels[1]
    labels, message = _decide(solved, p)
    yield Paragraph(
        text=f"The positive class is {positive!r}: {format_share(float(y.mean()))} of "
        f"{len(y):,} rows. {message}"
    )
    both = not y.all() and y.any()
    if not both:
        yield Paragraph(text=describe_lone_class(solved.problem.target.labels[int(y[0])]))
    yield Pictures(
        pictures=[
            *([_draw_roc(solved, y, p), _draw_precision(solved, y, p)] if both else []),
            draw_calibration(
                p, y, name=f"Calibration for {solved.name}", what=f"{solved.name} = {positive}"
            ),
            _draw_heaps(solved, y, p),
            draw_confusion(solved, y.astype(np.int64), labels),
        ]
    )
    yield _list_thresholds(y, p)


def _decide(solved: ReportTarget, p: FloatVector) -> tuple[IntVector, str]:
    if solved.problem.metric.wants == "label":
        message = "Labels in the confusion are those of the submission's rule, cross-fitted."
        return solved.answers[solved.rows].astype(np.int64), message
    message = "The metric takes probabilities; the confusion is at a threshold of 0.5."
    return (p > 0.5).astype(np.int64), message


def _draw_roc(solved: ReportTarget, y: BoolVector, p: FloatVector) -> Picture:
    from sklearn.metrics import roc_auc_score, roc_curve

    false, true, _ = roc_curve(y, p)
    area = float(roc_auc_score(y, p))
    chosen = thin(len(false), MOST_POINTS)
    with open_plot(320) as drawn:
        drawn.axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle="--", label="chance")
        drawn.axes.plot(false[chosen], true[chosen], color=SERIES[0], label="out-of-fold")
        drawn.axes.set_xlabel("share of negatives called positive")
        drawn.axes.set_ylabel("share of positives found")
        add_legend(drawn.axes)
        svg = drawn.svg()
    found = float(np.interp(0.1, false, true))
    caption = (
        f"Area under the curve: {area:.4f}. At a false positive rate of 10%, "
        f"{format_share(found)} of the positives are found."
    )
    return Picture(name=f"ROC curve for {solved.name}", caption=caption, svg=svg)


def _draw_precision(solved: ReportTarget, y: BoolVector, p: FloatVector) -> Picture:
    from sklearn.metrics import average_precision_score, precision_recall_curve

    precision, recall, _ = precision_recall_curve(y, p)
    area, base = float(average_precision_score(y, p)), float(y.mean())
    chosen = thin(len(recall), MOST_POINTS)
    with open_plot(320) as drawn:
        axes = drawn.axes
        axes.axhline(base, color=MUTED, linewidth=1, linestyle="--", label="chance")
        axes.plot(recall[chosen], precision[chosen], color=SERIES[0], label="out-of-fold")
        axes.set_ylim(-0.03, 1.05)
        axes.set_xlabel("recall: share of positives found")
        axes.set_ylabel("precision: share of calls right")
        add_legend(axes)
        svg = drawn.svg()
    half = float(precision[recall >= 0.5].max())
    caption = (
        f"Average precision: {area:.4f} (chance: {base:.4f}). At a recall of 50%, precision "
        f"is {format_share(half)}."
    )
    return Picture(name=f"Precision and recall for {solved.name}", caption=caption, svg=svg)


def _draw_heaps(solved: ReportTarget, y: BoolVector, p: FloatVector) -> Picture:
    edges = np.linspace(0, 1, 31)
    labels = solved.problem.target.labels
    with open_plot(320) as drawn:
        for place in (0, 1):
            heights, _ = np.histogram(p[y == bool(place)], edges)
            share = heights / max(1, heights.sum())
            color, label = SERIES[place], f"{labels[place]}"
            drawn.axes.stairs(share, edges, color=color, fill=True, alpha=0.25)
            drawn.axes.stairs(share, edges, color=color, linewidth=1.8, label=label)
        drawn.axes.set_xlabel("predicted probability")
        drawn.axes.set_ylabel("share of the class")
        add_legend(drawn.axes)
        svg = drawn.svg()
    middle = float(((p > 0.3) & (p < 0.7)).mean())
    caption = (
        "Distribution of the predictions for the rows of each class. For "
        f"{format_share(middle)} of all rows the ensemble is unsure (0.3 to 0.7)."
    )
    return Picture(name=f"Predictions by class for {solved.name}", caption=caption, svg=svg)


def _list_thresholds(y: BoolVector, p: FloatVector) -> Table:
    rows = []
    for threshold in THRESHOLDS:
        called = p > threshold
        hits = int((called & y).sum())
        precision, recall = hits / max(1, called.sum()), hits / max(1, y.sum())
        f1 = 2 * hits / max(1, called.sum() + y.sum())
        right = float((called == y).mean())
        numbers = [precision if called.any() else float("nan"), recall, f1, right]
        rows.append(
            [
                Cell(text=f"{threshold}", order=threshold),
                count(int(called.sum())),
                *(Cell(text=format_float(number, 3), order=number) for number in numbers),
            ]
        )
    names = ("threshold", "called positive", "precision", "recall", "F1", "accuracy")
    return Table(
        caption="Other thresholds",
        headings=[Heading(text=name, kind="number") for name in names],
        rows=rows,
        folded=True,
    )

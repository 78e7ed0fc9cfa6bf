"""Several classes: one against the others, the confusion, and calibration."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import FloatMatrix, IntVector
from automl_cli.report.data import ReportTarget
from automl_cli.report.drawing import MUTED, SERIES, open_plot, thin
from automl_cli.report.section import Block, Cell, Heading, Paragraph, Picture, Pictures, Table
from automl_cli.report.sections.calibration import draw_calibration
from automl_cli.report.sections.confusion import draw_confusion
from automl_cli.report.wording import (
    count,
    describe_lone_class,
    format_float,
    make_text_cell,
    shorten,
)

MOST_CURVES = 5
MOST_POINTS = 200


def write_multiclass(solved: ReportTarget) -> Iterator[Block]:
    """Yield the pictures and tables of a target with classes, also of ordered ones."""
    rows, problem = solved.rows, solved.problem
    y = problem.y[rows].astype(np.int64)
    p = solved.oof[rows] if problem.n_outputs > 1 else None
    labels, message = _decide(solved, p)
    yield Paragraph(text=message)
    pictures = [draw_confusion(solved, y, labels)]
    if p is not None:
        top = p.argmax(axis=1)
        if (y == y[0]).all():
            yield Paragraph(text=describe_lone_class(problem.target.labels[y[0]]))
        else:
            pictures.append(_draw_curves(solved, y, p))
        pictures.append(
            draw_calibration(
                p.max(axis=1),
                top == y,
                name=f"Calibration for {solved.name}",
                what="the likeliest class",
            )
        )
    yield Pictures(pictures=pictures)
    yield _list_classes(solved, y, labels, p)


def _decide(solved: ReportTarget, p: FloatMatrix | None) -> tuple[npt.NDArray[np.int64], str]:
    wants, answers = solved.problem.metric.wants, solved.answers[solved.rows]
    if wants == "label":
        message = "Labels follow the decision rule of the submission, cross-fitted."
        return answers.astype(np.int64), message
    if wants == "ranking":
        return answers[:, 0].astype(np.int64), "Labels are the first of each ranking."
    if p is None:
        raise AssertionError("a metric of probabilities has a column a class")
    message = "The metric takes probabilities; labels in the confusion are the likeliest classes."
    return p.argmax(axis=1).astype(np.int64), message


def _draw_curves(solved: ReportTarget, y: IntVector, p: FloatMatrix) -> Picture:
    from sklearn.metrics import roc_auc_score, roc_curve

    labels = solved.problem.target.labels
    counts = np.bincount(y, minlength=len(labels))
    present = [int(code) for code in np.argsort(-counts, kind="stable") if counts[code]]
    areas = {code: float(roc_auc_score(y == code, p[:, code])) for code in present}
    with open_plot(340) as drawn:
        axes = drawn.axes
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle="--")
        for place, code in enumerate(present[:MOST_CURVES]):
            false, true, _ = roc_curve(y == code, p[:, code])
            chosen = thin(len(false), MOST_POINTS)
            color, line = SERIES[place], ("-", "--", "-.", ":", (0, (5, 1)))[place]
            label = f"{shorten(labels[code], 14)} {areas[code]:.3f}"
            axes.plot(false[chosen], true[chosen], color=color, linestyle=line, label=label)
        axes.set_xlabel("share of other classes called it")
        axes.set_ylabel("share of the class found")
        axes.legend(loc="lower right")
        svg = drawn.svg()
    best, worst = max(areas, key=areas.__getitem__), min(areas, key=areas.__getitem__)
    more = f" (the {MOST_CURVES} most frequent are drawn)" if len(present) > MOST_CURVES else ""
    caption = (
        f"Each class against all others{more}. Best: {labels[best]} (area "
        f"{areas[best]:.3f}); worst: {labels[worst]} ({areas[worst]:.3f})."
    )
    return Picture(name=f"ROC curves by class for {solved.name}", caption=caption, svg=svg)


def _list_classes(
    solved: ReportTarget, y: IntVector, labels: npt.NDArray[np.int64], p: FloatMatrix | None
) -> Table:
    names = solved.problem.target.labels
    rows = []
    for code, name in enumerate(names):
        is_it, called = y == code, labels == code
        hits = int((is_it & called).sum())
        precision = hits / called.sum() if called.any() else float("nan")
        recall = hits / is_it.sum() if is_it.any() else float("nan")
        f1 = 2 * hits / max(1, is_it.sum() + called.sum())
        numbers = [precision, recall, f1]
        if p is not None:
            numbers += [float(p[:, code].mean())]
        rows.append(
            [
                make_text_cell(name),
                count(int(is_it.sum())),
                Cell(text=format_float(float(is_it.mean()), 3), order=float(is_it.mean())),
                *(Cell(text=format_float(number, 3), order=number) for number in numbers),
            ]
        )
    wanted = ["rows", "share", "precision", "recall", "F1"]
    wanted += ["mean probability"] if p is not None else []
    return Table(
        caption="Class by class",
        headings=[
            Heading(text="class", kind="code"),
            *(Heading(text=text, kind="number") for text in wanted),
        ],
        rows=rows,
        folded=len(rows) > 15,
    )

"""What was taken for what."""

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import IntVector
from automl_cli.report.cells import fill_cells
from automl_cli.report.data import ReportTarget
from automl_cli.report.drawing import open_plot
from automl_cli.report.section import Picture
from automl_cli.report.wording import format_share

MOST_CLASSES = 10


def draw_confusion(solved: ReportTarget, y: IntVector, labels: npt.NDArray[np.int64]) -> Picture:
    """Draw the confusion of true and given labels, in shares of each true class."""
    names, true, given = merge_rare(solved.problem.target.labels, y, labels)
    counts = np.zeros((len(names), len(names)))
    np.add.at(counts, (true, given), 1)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    texts = [
        [_format(*cell) for cell in zip(*row, strict=True)]
        for row in zip(shares, counts, strict=True)
    ]
    height = 120.0 + max(200.0, 32.0 * len(names))
    with open_plot(height) as drawn:
        fill_cells(drawn.axes, shares, texts, names, font_size=12 if len(names) < 6 else 10)
        drawn.axes.set_xlabel("predicted class")
        drawn.axes.set_ylabel("true class")
        svg = drawn.svg()
    right = float((y == labels).mean())
    off = counts - np.diag(np.diag(counts))
    i, j = np.unravel_index(int(off.argmax()), off.shape)
    caption = (
        f"Accuracy: {format_share(right)}; each row sums to 100%. The most frequent mistake "
        f"is {names[int(i)]} predicted as {names[int(j)]}, {int(off[i, j]):,} times "
        f"({format_share(float(shares[i, j]))} of {names[int(i)]})."
    )
    return Picture(name=f"Confusion for {solved.name}", caption=caption, svg=svg)


def merge_rare(
    labels: tuple[str, ...], *codes: npt.NDArray[np.int64], most: int = MOST_CLASSES
) -> tuple[list[str], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return names and both vectors of codes with all but the most frequent classes in one.

    The first vector says what is frequent.

    Examples
    --------
    >>> names, true, given = merge_rare(("a", "b", "c"), np.array([2, 2, 0]), np.array([1, 2, 0]),
    ...                                 most=2)
    >>> names, true.tolist(), given.tolist()
    (['c', 'others'], [0, 0, 1], [1, 0, 1])
    """
    first, second = codes
    if len(labels) <= most:
        return list(labels), first, second
    counts = np.bincount(first, minlength=len(labels))
    kept = np.sort(np.argsort(-counts, kind="stable")[: most - 1])
    places = np.full(len(labels), most - 1)
    places[kept] = np.arange(most - 1)
    return [*(labels[code] for code in kept), "others"], places[first], places[second]


def _format(share: float, number: float) -> str:
    return f"{share:.0%}\n{number:,.0f}" if number else "0"

"""A grid of shaded cells with figures in them: correlations and confusions."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from automl_cli.core.arrays import FloatMatrix
from automl_cli.report.drawing import INK, SERIES
from automl_cli.report.wording import shorten

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FAINTEST, FULLEST = 0.04, 0.54  # of the colour: figures in it stay readable in both modes


def fill_cells(
    axes: "Axes",
    strength: FloatMatrix,
    texts: Sequence[Sequence[str]],
    names: Sequence[str],
    font_size: float = 10,
) -> None:
    """Draw a square grid.

    Parameters
    ----------
    axes
        Where to.
    strength
        How dark each cell is, from 0 to 1, shape (rows, columns).
    texts
        What stands in each.
    names
        Of the rows, and of the columns.
    font_size
        Of the texts.
    """
    from matplotlib.patches import Rectangle

    for (row, column), value in np.ndenumerate(strength):
        axes.add_patch(
            Rectangle(
                (column - 0.48, row - 0.48),
                0.96,
                0.96,
                facecolor=SERIES[0],
                alpha=FAINTEST + (FULLEST - FAINTEST) * float(value),
                linewidth=0,
            )
        )
        axes.text(
            column,
            row,
            texts[row][column],
            ha="center",
            va="center",
            color=INK,
            fontsize=font_size,
        )
    axes.set_xlim(-0.5, len(names) - 0.5)
    axes.set_ylim(len(names) - 0.5, -0.5)
    shown = [shorten(name, 18) for name in names]
    axes.set_yticks(np.arange(len(names)), shown)
    is_long = sum(len(name) for name in shown) > 40
    axes.set_xticks(np.arange(len(names)), shown, rotation=90 if is_long else 0)
    axes.tick_params(labelcolor=INK)
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(False)

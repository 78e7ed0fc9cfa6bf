"""Whether probabilities come true: the share of a class among rows with equal predictions."""

from dataclasses import dataclass

import numpy as np

from automl_cli.core.arrays import BoolVector, FloatVector
from automl_cli.report.drawing import MUTED, SERIES, add_legend, open_plot
from automl_cli.report.section import Picture
from automl_cli.report.wording import format_float

N_BINS = 10
Z = 1.96  # standard errors of a 95 % interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Bins:
    """Rows by their predicted probability, each bin with equally many rows.

    Parameters
    ----------
    predicted, observed
        Mean probability and share of hits, shape (bins,).
    low, high
        95 % interval of the share (Wilson).
    counts
        Rows of each.
    """

    predicted: FloatVector
    observed: FloatVector
    low: FloatVector
    high: FloatVector
    counts: FloatVector

    @property
    def gap(self) -> float:
        """Mean distance of both over the rows: the expected calibration error."""
        return float(np.average(np.abs(self.predicted - self.observed), weights=self.counts))


def make_bins(probabilities: FloatVector, hits: BoolVector, n_bins: int = N_BINS) -> Bins:
    """Return bins of equally many rows; equal probabilities share a bin.

    Examples
    --------
    >>> bins = make_bins(np.array([0.1, 0.1, 0.9, 0.9]), np.array([False, False, True, True]), 2)
    >>> bins.observed.tolist(), round(bins.gap, 3)
    ([0.0, 1.0], 0.1)
    """
    edges = np.unique(np.quantile(probabilities, np.linspace(0, 1, n_bins + 1)[1:-1]))
    codes = np.searchsorted(edges, probabilities, side="left")
    counts = np.bincount(codes)
    kept = counts > 0
    n = counts[kept].astype(np.float64)
    observed = np.bincount(codes, weights=hits)[kept] / n
    middle = (observed + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(observed * (1 - observed) / n + Z**2 / (4 * n**2))
    return Bins(
        predicted=np.bincount(codes, weights=probabilities)[kept] / n,
        observed=observed,
        low=middle - half,
        high=middle + half,
        counts=n,
    )


def draw_calibration(
    probabilities: FloatVector, hits: BoolVector, *, name: str, what: str
) -> Picture:
    """Draw predicted against observed shares.

    Parameters
    ----------
    probabilities, hits
        What was predicted, and whether it came true.
    name
        Of the picture.
    what
        The event, such as "the positive class".
    """
    bins = make_bins(probabilities, hits)
    with open_plot(320) as drawn:
        axes = drawn.axes
        axes.plot([0, 1], [0, 1], color=MUTED, linewidth=1, linestyle="--", label="perfect")
        errors = np.abs([bins.observed - bins.low, bins.high - bins.observed])
        axes.errorbar(
            bins.predicted,
            bins.observed,
            yerr=errors,
            fmt="o-",
            color=SERIES[0],
            markersize=5,
            linewidth=1.2,
            label="bins of equally many rows",
        )
        axes.set_xlabel(f"predicted probability of {what}")
        axes.set_ylabel("observed share")
        add_legend(axes)
        svg = drawn.svg()
    outside = int(((bins.predicted < bins.low) | (bins.predicted > bins.high)).sum())
    caption = (
        f"Predicted probability and observed share differ by {format_float(bins.gap, 2)} on "
        f"average. In {outside} of {len(bins.counts)} bins the difference is significant "
        "(outside the 95% interval)."
    )
    return Picture(name=name, caption=caption, svg=svg)

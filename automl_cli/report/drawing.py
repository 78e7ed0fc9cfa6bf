"""Plots as inline SVG that follows the page's colours, light or dark.

    with open_plot(220) as drawn:
        drawn.axes.plot(x, y, color=SERIES[0])
        picture = Picture(name=..., caption=..., svg=drawn.svg())

matplotlib draws in a few stand-in colours; in the markup each becomes a variable of the page's
style sheet. Texts stay texts. Every plot is as wide as a phone, and pages with more room put
several side by side, so that letters are of the page's own size everywhere.
"""

import io
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd

from automl_cli.core.arrays import FloatVector, IntVector
from automl_cli.core.keys import make_key

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 400  # units of the drawing; a phone shows them at nine tenths of a CSS pixel
FONT_SIZE = 13
NO_MARKUP = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # in XML 1.0
LONG = 10_000.0  # numbers beside an axis are shortened from here on

# Stand-ins: nothing else draws in these colours. The variables are in page.css.
INK, MUTED, GRID = "#010101", "#020202", "#030303"
SERIES = ("#100001", "#100002", "#100003", "#100004", "#100005", "#100006")
VARIABLES = {
    INK: "--ink",
    MUTED: "--muted",
    GRID: "--grid",
    **{stand_in: f"--series-{place}" for place, stand_in in enumerate(SERIES, start=1)},
}

STYLE: Any = {
    "svg.fonttype": "none",
    "svg.hashsalt": "report",  # names of clips and markers are random without; equal runs, pages
    "font.family": "sans-serif",
    "font.size": FONT_SIZE,
    "axes.labelsize": FONT_SIZE,
    "axes.titlesize": FONT_SIZE,
    "xtick.labelsize": FONT_SIZE - 1,
    "ytick.labelsize": FONT_SIZE - 1,
    "legend.fontsize": FONT_SIZE - 1,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": GRID,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "xaxis.labellocation": "right",  # below the names of rows there is room for the rest
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "lines.linewidth": 2,
    "text.parse_math": False,  # a dollar in a column's name is a dollar
}


@dataclass(frozen=True, slots=True)
class Plot:
    """A figure with one pair of axes."""

    figure: "Figure"
    axes: "Axes"

    def svg(self) -> str:
        """Return the markup, for inside of a page."""
        from matplotlib import rc_context
        from matplotlib.ticker import ScalarFormatter

        for axis in (self.axes.xaxis, self.axes.yaxis):
            is_plain = isinstance(
                axis.get_major_formatter(), ScalarFormatter
            )  # neither log nor dates
            if is_plain and np.abs(axis.get_view_interval()).max() >= LONG:
                axis.set_major_formatter(format_tick)
        with rc_context(STYLE), warnings.catch_warnings():
            # The font here only measures; the reader's own draws what it lacks.
            warnings.filterwarnings("ignore", "Glyph .* missing|Matplotlib currently does not")
            file = io.BytesIO()
            self.figure.savefig(file, format="svg", transparent=True, metadata={"Date": None})
        return clean(file.getvalue().decode())


@contextmanager
def open_plot(height: float) -> Iterator[Plot]:
    """Give an empty plot of this height, in units of which a phone's width has `WIDTH`."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure
    from matplotlib.ticker import MaxNLocator

    with rc_context(STYLE):
        figure = Figure(figsize=(WIDTH / 72, height / 72), layout="constrained")
        axes = figure.add_subplot()
        axes.xaxis.set_major_locator(MaxNLocator(5))  # more would touch each other
        yield Plot(figure, axes)


def format_tick(value: float, _: object = None) -> str:
    """Return a large number beside an axis.

    Examples
    --------
    >>> format_tick(250_000.0), format_tick(-1_500_000.0), format_tick(0.0)
    ('250k', '-1.5M', '0')
    """
    for size, name in ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size:
            return f"{value / size:.4g}{name}"
    return f"{value:.4g}"


def clean(svg: str) -> str:
    """Return matplotlib's markup with the page's colours and without what a page has no use for.

    Names within a drawing get a prefix of their own: two drawings of a page must not share them.
    Characters that no markup can hold, which a label may have brought, become U+FFFD.
    """
    svg = NO_MARKUP.sub("\ufffd", svg)
    root = ET.fromstring(svg.encode())  # noqa: S314 (our own drawing)
    width, height = root.get("viewBox", "0 0 0 0").split()[2:]
    prefix = f"p{make_key(svg)[:10]}-"
    wanted = set(re.findall(r"(?:url\(#|href=\"#)([^)\"]+)", svg))
    for element in list(root.iter()):
        element.tag = element.tag.rpartition("}")[2]  # markup within a page has no name spaces
        for child in list(element):
            if child.tag.rpartition("}")[2] in {"metadata", "style"}:
                element.remove(child)
        _rename(element, prefix, wanted)
    root.attrib.clear()
    root.attrib |= {"viewBox": f"0 0 {width} {height}", "aria-hidden": "true", "focusable": "false"}
    text = ET.tostring(root, encoding="unicode", short_empty_elements=True)
    text = re.sub(r' xmlns(:\w+)?="[^"]*"', "", text)
    for stand_in, variable in VARIABLES.items():
        text = text.replace(stand_in, f"var({variable})")
    return re.sub(r">\s+<", "><", text)


def list_bars(axes: "Axes", labels: Sequence[str]) -> FloatVector:
    """Prepare for one horizontal row a label, the first on top; return their places."""
    places = np.arange(len(labels), dtype=np.float64)
    axes.set_yticks(places, labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", labelcolor=INK)
    return places


def height_of(n_rows: int) -> float:
    """Return the height of a plot with so many horizontal rows."""
    return 70.0 + 22.0 * n_rows


def add_legend(
    axes: "Axes", *, columns: int = 2, place: Literal["above", "inside"] = "above"
) -> None:
    """Explain the colours, above the plot or where there is room."""
    if place == "inside":
        axes.legend(loc="best")
        return
    axes.legend(
        loc="lower left",
        bbox_to_anchor=(0.0, 1.0),
        ncols=columns,
        borderaxespad=0.2,
        handlelength=1.2,
        columnspacing=1.2,
    )


def read_days(dates: pd.Series) -> FloatVector:
    """Return dates as days since 1970, which matplotlib counts in, missing ones as NaN.

    Examples
    --------
    >>> read_days(pd.Series(pd.to_datetime(["1970-01-02 12:00", None])))
    array([1.5, nan])
    """
    ticks = dates.to_numpy().astype("datetime64[us]").astype(np.int64) / (24 * 3600 * 1e6)
    return np.where(dates.isna().to_numpy(), np.nan, ticks)


def show_dates(axes: "Axes") -> None:
    """Write dates below a plot over days since 1970, whose axis has its name."""
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    locator = AutoDateLocator(minticks=2, maxticks=5)  # type: ignore[no-untyped-call]  # no stub
    axes.xaxis.set_major_locator(locator)
    axes.set_xlabel(axes.get_xlabel(), loc="left")  # on the right stands the month or year of all
    formatter = ConciseDateFormatter(locator)  # type: ignore[no-untyped-call]  # no stub
    axes.xaxis.set_major_formatter(formatter)


def thin(n_rows: int, most: int) -> IntVector:
    """Return at most so many row numbers, evenly spread."""
    return np.unique(np.linspace(0, n_rows - 1, min(n_rows, most)).astype(np.int64))


def _rename(element: ET.Element, prefix: str, wanted: set[str]) -> None:
    for key, value in list(element.attrib.items()):
        name = key.rpartition("}")[2]
        if name == "id":
            del element.attrib[key]
            if value in wanted:
                element.attrib["id"] = prefix + value
        elif name == "href":
            del element.attrib[key]
            element.attrib["href"] = value.replace("#", f"#{prefix}", 1)
        elif "url(#" in value:
            element.attrib[key] = value.replace("url(#", f"url(#{prefix}")

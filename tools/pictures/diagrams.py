"""How a run works, as small drawings in SVG that need neither fonts nor scripts."""

from collections.abc import Callable, Iterable, Mapping
from html import escape

WIDTH = 760
INK, PALE, BLUE, GREEN, ORANGE = "#1f2933", "#eef2f6", "#cfe0f5", "#d3eddb", "#fbe0c3"


def draw_flow() -> str:
    """Return the way from the tables to the submission."""
    stages = [
        ("tables", "train, test, sample:\ntypes, roles, target", PALE),
        ("folds", "groups and time\nas test was split off", PALE),
        ("features", "made once without\nthe target", BLUE),
        ("candidates", "one model a fold,\nout-of-fold predictions", BLUE),
        ("ensemble", "combiners compete,\ncross-fitted", GREEN),
    ]
    parts = []
    for number, (title, text, colour) in enumerate(stages):
        x = 15 + number * 149
        parts.append(_box(x, 40, 134, 86, title, text, colour))
        if number:
            parts.append(_arrow(x - 15, 83, x - 1, 83))
    parts.append(_box(462, 186, 134, 60, "submission.csv", "after the first one", ORANGE))
    parts.append(_box(611, 186, 134, 60, "decision", "thresholds, scale", GREEN))
    parts += [_arrow(529, 126, 529, 185), _arrow(678, 126, 678, 185), _arrow(611, 216, 597, 216)]
    parts.append(_text(15, 200, "A first small candidate gives a valid submission within seconds;"))
    parts.append(_text(15, 220, "it is replaced whenever there is a better one."))
    return _page(270, "From the tables to the submission", parts)


def draw_folds() -> str:
    """Return which rows a fold learns from, and where means of the target come from."""
    parts = [_text(20, 38, "rows of train, in five parts", bold=True)]
    for fold in range(5):
        y = 52 + fold * 34
        for part in range(5):
            held_out = part == fold
            colour = ORANGE if held_out else BLUE
            parts.append(_rect(20 + part * 66, y, 62, 26, colour))
            if held_out:
                parts.append(_text(51 + part * 66, y + 17, "held out", centred=True))
        parts.append(_arrow(352, y + 13, 384, y + 13))
        parts.append(_rect(388, y, 62, 26, GREEN))
        parts.append(_text(419, y + 17, f"model {fold + 1}", centred=True))
    parts.append(_text(470, 64, "Each row is predicted by a model", bold=True))
    told = [
        "that has not seen it. Together the held-",
        "out predictions are what scores, blends",
        "and thresholds are made from.",
        "Test rows get the mean of all models.",
    ]
    parts += [_text(470, 84 + 20 * number, line) for number, line in enumerate(told)]
    nested = [
        "Means of the target (of a city, a value, a pair of columns) are made of a",
        "fold's blue parts alone. A row in a blue part gets the mean of the other",
        "blue parts, so that no row's own target is among what it is told.",
    ]
    parts += [_text(20, 250 + 20 * number, line) for number, line in enumerate(nested)]
    return _page(310, "Folds, and what each may see", parts)


def draw_clock() -> str:
    """Return how a budget is divided."""
    spans = [
        (70, "first\ncandidate", ORANGE),
        (80, "screen of\ncolumns", PALE),
        (70, "ways of\npassing\ncolumns", BLUE),
        (170, "every model once, then\nwhat gains most per\nsecond, on first folds", BLUE),
        (150, "more folds and\nrepeats for members\nof the ensemble", BLUE),
        (90, "ensemble", GREEN),
        (90, "writing,\nreport", PALE),
    ]
    parts, x = [_text(20, 36, "one deadline for the whole command", bold=True)], 20
    for width, text, colour in spans:
        parts.append(_rect(x, 50, width - 4, 58, colour))
        lines = text.split("\n")
        for number, line in enumerate(lines):
            y = 83 + 16 * number - 8 * (len(lines) - 1)
            parts.append(_text(x + width / 2 - 2, y, line, centred=True))
        x += width
    parts += [_arrow(20, 130, 740, 130), _text(20, 150, "start"), _text(690, 150, "deadline")]
    parts += [_arrow(88, 172, 88, 112), _text(96, 176, "first valid submission.csv")]
    parts.append(_text(20, 206, "Without a budget nothing depends on the clock: the same data,"))
    parts.append(_text(20, 226, "config and versions give the same numbers."))
    return _page(244, "How a budget is divided", parts)


def _page(height: int, title: str, parts: Iterable[str]) -> str:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'width="{WIDTH}" height="{height}" role="img" aria-label="{escape(title)}" '
        'font-family="system-ui, sans-serif" font-size="12">'
    )
    marker = (
        '<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" '
        f'markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z" fill="{INK}"/></marker></defs>'
    )
    ground = f'<rect width="{WIDTH}" height="{height}" rx="10" fill="#ffffff"/>'
    return "\n".join([head, f"<title>{escape(title)}</title>", marker, ground, *parts, "</svg>\n"])


def _box(x: float, y: float, width: float, height: float, title: str, text: str, fill: str) -> str:  # noqa: PLR0913, PLR0917  # a rectangle has four numbers
    middle = x + width / 2
    parts = [
        _rect(x, y, width, height, fill),
        _text(middle, y + 24, title, bold=True, centred=True),
    ]
    for number, line in enumerate(text.split("\n")):
        parts.append(_text(middle, y + 46 + 18 * number, line, centred=True))
    return "\n".join(parts)


def _rect(x: float, y: float, width: float, height: float, fill: str) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="6" '
        f'fill="{fill}" stroke="{INK}" stroke-opacity="0.35"/>'
    )


def _text(x: float, y: float, text: str, *, bold: bool = False, centred: bool = False) -> str:
    weight = ' font-weight="600"' if bold else ""
    anchor = ' text-anchor="middle"' if centred else ""
    return f'<text x="{x:g}" y="{y:g}" fill="{INK}"{weight}{anchor}>{escape(text)}</text>'


def _arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    return (
        f'<path d="M{x1:g} {y1:g}L{x2:g} {y2:g}" stroke="{INK}" stroke-width="1.5" fill="none" '
        'marker-end="url(#end)"/>'
    )


DIAGRAMS: Mapping[str, Callable[[], str]] = {
    "flow": draw_flow,
    "folds": draw_folds,
    "clock": draw_clock,
}

"""Numbers and names as a page shows them."""

import math
from collections.abc import Sequence

from automl_cli.report.section import Cell

LONGEST_LABEL = 26  # characters beside an axis


def format_float(value: float | None, digits: int = 4) -> str:
    """Return a number with so many significant digits; a dash if it is undefined.

    Examples
    --------
    >>> format_float(0.123456), format_float(1234567.0), format_float(None)
    ('0.1235', '1,234,567', '-')
    >>> format_float(0.00012, 2)
    '0.00012'
    """
    if value is None or not math.isfinite(value):
        return "-"
    if value != 0 and not 1e-5 <= abs(value) < 1e12:
        return f"{value:.{digits - 1}e}"
    places = digits - 1 - (math.floor(math.log10(abs(value))) if value else 0)
    return f"{value:,.{min(max(places, 0), 8)}f}"


def format_cell_value(value: float) -> str:
    """Return a value of a column: whole numbers as such, others with four digits at most.

    Examples
    --------
    >>> format_cell_value(114.0), format_cell_value(1.3), format_cell_value(2.54321)
    ('114', '1.3', '2.543')
    """
    is_whole = math.isfinite(value) and value == round(value) and abs(value) < 1e12
    if is_whole:
        return f"{value:.0f}"
    text = format_float(value)
    return text.rstrip("0").rstrip(".") if "." in text and "e" not in text else text


def format_score(score: float | None, error: float | None) -> str:
    """Return a score to the precision that its standard error gives it.

    Examples
    --------
    >>> format_score(0.9013669, 0.0014236), format_score(12345.6, 210.3), format_score(0.5, None)
    ('0.9014 ± 0.0014', '12,346 ± 210', '0.5000')
    """
    if score is None or error is None or not (math.isfinite(error) and error > 0):
        return format_float(score)
    places = max(0, 1 - math.floor(math.log10(error)))
    if places > 7:
        return f"{format_float(score)} ± {format_float(error, 2)}"
    return f"{score:,.{places}f} ± {error:,.{places}f}"


def format_share(share: float) -> str:
    """Return a share in percent.

    Examples
    --------
    >>> format_share(0.1234), format_share(0.00123), format_share(0)
    ('12%', '0.12%', '0%')
    """
    percent = 100 * share
    digits = 0 if percent == 0 or percent >= 9.5 else 1 if percent >= 0.95 else 2
    return f"{percent:.{digits}f}%"


def format_seconds(seconds: float) -> str:
    """Return a time span.

    Examples
    --------
    >>> format_seconds(4.26), format_seconds(75), format_seconds(3700)
    ('4.3 s', '1 min 15 s', '1 h 1 min')
    """
    if seconds < 60:
        return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min"


def shorten(text: str, longest: int = LONGEST_LABEL) -> str:
    """Return a text with its middle left out if it is too long for an axis.

    Examples
    --------
    >>> shorten("a_very_long_name_of_some_column", 15)
    'a_very_…_column'
    """
    if len(text) <= longest:
        return text
    head = longest // 2
    return f"{text[:head]}…{text[len(text) - (longest - head - 1) :]}"


def join_first_names(names: Sequence[str], most: int = 5) -> str:
    """Return names as a list in a sentence.

    Examples
    --------
    >>> join_first_names(["a", "b", "c"]), join_first_names(["a", "b", "c"], most=2)
    ('a, b and c', 'a, b and 1 more')
    """
    if len(names) > most:
        return f"{', '.join(names[:most])} and {len(names) - most} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))


def describe_lone_class(label: str) -> str:
    """Return what stands in place of curves that tell a class from others.

    Examples
    --------
    >>> describe_lone_class("yes")
    "Only 'yes' is among the held-out rows, so there are no curves that tell it from others."
    """
    return (
        f"Only {label!r} is among the held-out rows, so there are no curves that tell it from "
        "others."
    )


def make_text_cell(text: str) -> Cell:
    """Return a cell of text."""
    return Cell(text=text)


def count(number: float, digits: int | None = None) -> Cell:
    """Return a cell of a number, whole unless `digits` says how many are significant."""
    text = f"{round(number):,}" if digits is None else format_float(number, digits)
    return Cell(text=text, order=float(number))

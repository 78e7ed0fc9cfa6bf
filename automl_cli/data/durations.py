"""Durations: ``2h 50m``, ``1 day 03:20:00``, ``PT1H30M``, and ``59:30`` beside ``1:02:03``.

A column of ``18:22`` alone holds times of day. Where numbers before the first colon exceed a day's
hours and other cells have hours, minutes and seconds, two numbers are minutes and seconds.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import BoolVector, FloatVector
from automl_cli.data.text_columns import Texts, any_match

NUMBER = r"\d+(?:\.\d+)?"
WORDS = (
    rf"(?i)^(?:(?P<day>{NUMBER}) ?d(?:ays?)?,?)?"
    rf" ?(?:(?P<hour>{NUMBER}) ?h(?:(?:ou)?rs?)?,?)?"
    rf" ?(?:(?P<minute>{NUMBER}) ?m(?:ins?|inutes?)?,?)?"
    rf" ?(?:(?P<second>{NUMBER}) ?s(?:ecs?|econds?)?)?$"
)
ISO = (
    rf"^P(?:(?P<day>{NUMBER})D)?(?:T(?:(?P<hour>{NUMBER})H)?"
    rf"(?:(?P<minute>{NUMBER})M)?(?:(?P<second>{NUMBER})S)?)?$"
)
CLOCK = (
    r"^(?:(?P<day>\d+) days?,? )?(?:(?P<hour>\d+):)?"
    r"(?P<minute>\d{1,3}):(?P<second>[0-5]\d(?:\.\d+)?)$"
)
THREE, LONG = r"^\d+:\d\d:\d\d", r"^(2[5-9]|[3-9]\d|\d{3}):\d\d$"
# What tells a duration from a number with one unit, and from a time of day.
MIXED = r"(?i)^\d[\d.]* ?[dhm][a-z]*,? ?\d[\d.:]* ?[hms]?|^PT?\d"
SECONDS = {"day": 86_400, "hour": 3_600, "minute": 60, "second": 1}


def are_durations(texts: Texts) -> bool:
    """Return whether some of the texts can be nothing but durations.

    Examples
    --------
    >>> import pyarrow as pa
    >>> columns = (["2h 50m", "45m"], ["59:30", "1:02:03"], ["18:22", "9:05"], ["3d", "2h"])
    >>> [are_durations(pa.array(cells, pa.large_string())) for cells in columns]
    [True, True, False, False]
    """
    return any_match(texts, MIXED) or (any_match(texts, LONG) and any_match(texts, THREE))


def parse_durations(texts: Texts) -> FloatVector:
    """Return seconds, NaN where a text is no duration.

    Examples
    --------
    >>> import pyarrow as pa
    >>> cells = pa.array(["2h 50m", "45m", "59:30", "1:02:03", "1 day 00:00:01", "PT1H", "x"])
    >>> parse_durations(cells.cast(pa.large_string())).tolist()
    [10200.0, 2700.0, 3570.0, 3723.0, 86401.0, 3600.0, nan]
    """
    found = np.full(len(texts), np.nan)
    for pattern in (WORDS, ISO, CLOCK):
        seconds, is_one = _read(texts, pattern)
        found = np.where(np.isnan(found) & is_one, seconds, found)
    return found


def _read(texts: Texts, pattern: str) -> tuple[FloatVector, BoolVector]:
    import pyarrow as pa
    import pyarrow.compute as pc

    parts = pc.extract_regex(texts, pattern=pattern)
    total: npt.NDArray[Any] = np.zeros(len(texts))
    has_any = np.zeros(len(texts), dtype=bool)
    for name, size in SECONDS.items():
        cells = pc.fill_null(pc.struct_field(parts, name), "")
        has_any |= np.asarray(pc.not_equal(cells, ""))
        filled = pc.if_else(pc.equal(cells, ""), pa.scalar("0", pa.large_string()), cells)
        total = total + size * np.asarray(pc.cast(filled, pa.float64()))
    return total, has_any

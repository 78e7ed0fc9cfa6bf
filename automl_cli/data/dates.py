"""Texts to dates and times of day.

Year, month and day are numbers between ``-``, ``/`` or ``.`` in any order, padded or not, or hold
the month's English name; a time, AM or PM and a time zone may follow (zones are turned into UTC).
Whether 3/4/2014 is in March or April is decided once for the whole column.
"""

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import FloatVector
from automl_cli.data.words import Texts

if TYPE_CHECKING:
    import pyarrow as pa

Order: TypeAlias = Literal["ymd", "dmy", "mdy"]
Dates: TypeAlias = npt.NDArray[np.datetime64]

DATE = (
    r"^(?P<a>\d{1,4})(?P<mark>[-/.])(?P<b>\d{1,2})[-/.](?P<c>\d{1,4})"
    r"(?:(?:T|[ ,]+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}(?:\.\d+)?))?)?"
    r"(?: ?(?P<half>[AaPp])[Mm])?(?: ?(?P<zone>Z|UTC|[+-]\d{2}:?\d{2}))?$"
)
YEAR_FIRST = r"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(\D|$)"
YEAR_LAST = r"^\d{1,2}([-/.]\d{1,2}[-/.]\d{4}|/\d{1,2}/\d{2})(\D|$)"
TIME = r"^(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d(?:\.\d+)?))?$"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MICROSECONDS = 1_000_000


def find_order(texts: "pa.Array", counts: npt.NDArray[np.int64]) -> tuple[Order, Dates, bool]:
    """Return the order in which most rows are dates, the dates, and whether it is a guess.

    Parameters
    ----------
    texts
        Distinct texts.
    counts
        Rows of each text.

    Notes
    -----
    If every row is a date both ways, the part that never changes from 1 is the day; else a point
    between the parts means day first and anything else month first.
    """
    dates = parse_dates(texts, "ymd")
    n_ymd = _rows(dates, counts)
    if n_ymd * 2 > counts.sum():
        return "ymd", dates, False
    read: dict[Order, Dates] = {order: parse_dates(texts, order) for order in ("mdy", "dmy")}
    n_mdy, n_dmy = (_rows(found, counts) for found in read.values())
    if max(n_mdy, n_dmy) <= n_ymd:
        return "ymd", dates, False
    if n_mdy != n_dmy:
        order: Order = "mdy" if n_mdy > n_dmy else "dmy"
        return order, read[order], False
    order, is_guess = _choose_order(texts, counts)
    return order, read[order], is_guess


def parse_dates(texts: Texts, order: Order) -> Dates:
    """Return datetime64[us], NaT where a text is no date in this order.

    Examples
    --------
    >>> import pyarrow as pa
    >>> texts = pa.array(["2014/2/12 18:22", "2014-02-30", "12 Feb 2014"], pa.large_string())
    >>> parse_dates(texts, "ymd").astype(str).tolist()
    ['2014-02-12T18:22:00.000000', 'NaT', '2014-02-12T00:00:00.000000']
    """
    import pyarrow.compute as pc

    texts = _months_to_numbers(texts)
    shape = YEAR_FIRST if order == "ymd" else YEAR_LAST
    fits = np.array(pc.fill_null(pc.match_substring_regex(texts, pattern=shape), fill_value=False))
    parts = parse_parts(texts)
    year, month, day = (parts["abc"[order.index(part)]] for part in "ymd")
    year = np.where(year < 70, year + 2000, np.where(year < 100, year + 1900, year))
    fits &= (month >= 1) & (month <= 12) & (day >= 1)
    fits &= (parts["hour"] < 24) & (parts["minute"] < 60) & (parts["second"] < 60)
    months = ((year - 1970) * 12 + np.clip(month, 1, 12) - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    fits &= days.astype("datetime64[M]") == months  # the 30th of February is no date
    dates = days.astype("datetime64[us]") + _time_of_day(parts)
    return np.where(fits, dates, np.datetime64("NaT", "us"))


def parse_times(texts: Texts) -> FloatVector:
    """Return seconds since midnight of texts such as ``18:22``, NaN where there is no time."""
    import pyarrow.compute as pc

    parts = pc.extract_regex(texts, pattern=TIME)
    is_time = np.asarray(pc.is_valid(parts))
    hour, minute, second = (_floats(parts, name) for name in ("hour", "minute", "second"))
    return np.where(is_time, hour * 3600 + minute * 60 + second, np.nan)


def parse_parts(texts: Texts) -> dict[str, npt.NDArray[Any]]:
    """Return the parts a, b, c (int64), hour, minute, second, half and zone of each text."""
    import pyarrow.compute as pc

    parts = pc.extract_regex(texts, pattern=DATE)
    numbers = {
        name: _floats(parts, name).astype(np.int64) for name in ("a", "b", "c", "hour", "minute")
    }
    half = np.asarray(pc.fill_null(pc.utf8_lower(pc.struct_field(parts, "half")), ""))
    hour = numbers["hour"]
    hour = np.where((half == "p") & (hour < 12), hour + 12, hour)
    hour = np.where((half == "a") & (hour == 12), 0, hour)
    return {
        **numbers,
        "hour": hour,
        "second": _floats(parts, "second"),
        "offset_minutes": _offset_minutes(pc.struct_field(parts, "zone")),
    }


def _rows(dates: Dates, counts: npt.NDArray[np.int64]) -> int:
    return int(counts[~np.isnat(dates)].sum())


def _choose_order(texts: Texts, counts: npt.NDArray[np.int64]) -> tuple[Order, bool]:
    parts = parse_parts(texts)
    first, second = (set(parts[part][counts > 0]) for part in ("a", "b"))
    if first == {1} != second:
        return "dmy", False
    if second == {1} != first:
        return "mdy", False
    return ("dmy" if _share(texts, r"^\d{1,2}\.") > 0.5 else "mdy"), True


def _time_of_day(parts: dict[str, npt.NDArray[Any]]) -> npt.NDArray[np.timedelta64]:
    minutes = parts["hour"] * 60 + parts["minute"] - parts["offset_minutes"]
    seconds = minutes * 60 + parts["second"]
    return np.asarray(np.round(seconds * MICROSECONDS), dtype="timedelta64[us]")


def _offset_minutes(zones: Texts) -> npt.NDArray[np.int64]:
    import pyarrow.compute as pc

    encoded = pc.fill_null(zones, "").dictionary_encode()
    minutes = [_minutes(zone) for zone in encoded.dictionary.to_pylist()]
    return np.array(minutes, dtype=np.int64).take(np.asarray(encoded.indices))


def _minutes(zone: str) -> int:
    if zone[:1] not in {"+", "-"}:
        return 0
    size = int(zone[1:3]) * 60 + int(zone[-2:])
    return -size if zone[0] == "-" else size


def _floats(parts: Texts, name: str) -> FloatVector:
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.fill_null(pc.struct_field(parts, name), "")
    filled = pc.if_else(pc.equal(texts, ""), pa.scalar("0", pa.large_string()), texts)
    return np.asarray(pc.cast(filled, pa.float64()))


def _months_to_numbers(texts: Texts) -> Texts:
    """Rewrite ``12 Feb 2014`` and ``Feb 12, 2014`` as ``2014-2-12``."""
    import pyarrow.compute as pc

    if _share(texts, r"[A-Za-z]{3}") == 0:
        return texts
    for number, name in enumerate(MONTHS, start=1):
        day_first = rf"(?i)^(\d{{1,2}})[-/. ]+{name}[a-z]*[-/., ]+(\d{{4}})"
        month_first = rf"(?i)^{name}[a-z]*[-/. ]+(\d{{1,2}})[-/., ]+(\d{{4}})"
        for pattern in (day_first, month_first):
            texts = pc.replace_substring_regex(
                texts, pattern=pattern, replacement=rf"\2-{number}-\1"
            )
    return texts


def _share(texts: Texts, pattern: str) -> float:
    import pyarrow.compute as pc

    return float(pc.mean(pc.match_substring_regex(texts, pattern=pattern)).as_py() or 0.0)

"""Texts to dates and times of day.

Year, month and day are numbers between ``-``, ``/`` or ``.`` in any order, padded or not; a time,
AM or PM and a time zone may follow (zones are turned into UTC). Other spellings (names of months,
``20180101``, ``2018-01``) are rewritten first, by `automl_cli.data.calendars`. Whether 3/4/2014 is
in March or April is decided once for the whole column.
"""

from typing import TYPE_CHECKING, Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import BoolVector, FloatVector
from automl_cli.data.calendars import are_days, rewrite
from automl_cli.data.numbers import parse_numbers
from automl_cli.data.text_columns import Texts

if TYPE_CHECKING:
    import pyarrow as pa

DateOrder: TypeAlias = Literal["ymd", "yymd", "dmy", "mdy", "epoch"]  # yymd: 17/10/03
Dates: TypeAlias = npt.NDArray[np.datetime64]

DATE = (
    r"^(?P<a>\d{1,4})(?P<mark>[-/.])(?P<b>\d{1,2})[-/.](?P<c>\d{1,4})"
    r"(?:(?:T|[ ,]+)(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}(?:\.\d+)?))?)?"
    r"(?: ?(?P<half>[AaPp])[Mm])?(?: ?(?P<zone>Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?))?$"
)
YEAR_FIRST = r"^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(\D|$)"
YEAR_LAST = r"^\d{1,2}([-/.]\d{1,2}[-/.]\d{4}|/\d{1,2}/\d{2})(\D|$)"
TWO_DIGITS = r"^\d{1,2}/\d{1,2}/\d{1,2}(\D|$)"  # of the year, which may be first or last
MANY_DAYS, LAST_DAY = 20, 29  # distinct numbers that are days and no years, one of which is high
TIME = (
    r"^(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d(?:\.\d+)?))?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?$"
)
# 0000-00-00, and 0001-01-01, with which .NET programs begin.
ZERO = (
    r"^0{4}[-/.]?0{2}[-/.]?0{2}(\D|$)|^0{2}[-/.]0{2}[-/.]0{4}(\D|$)"
    r"|^0001[-/.]0?1[-/.]0?1(\D|$)|^0?1[-/.]0?1[-/.]0001(\D|$)"
)
YEARS = (1900, 2100)  # a number between them is a year, where dates are asked for
MICROSECONDS = 1_000_000
DAYS = r"^(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])$"
MONTHS_ONLY = r"^(19|20)\d{2}(0[1-9]|1[0-2])$"
EDGES = {1, 28, 29, 30, 31}  # first and last days of months: they alone say nothing of years
NEVER = np.datetime64("NaT", "us")
BOTH_WAYS = "every cell is a date both ways"
REVERSED = "some cells are dates only with day and month the other way round"
LEAST_COMPACT = 10  # distinct numbers


def find_date_order(
    texts: "pa.Array", counts: npt.NDArray[np.int64]
) -> tuple[DateOrder, Dates, str]:
    """Return the order in which most rows are dates, the dates, and why it is a guess, or nothing.

    Parameters
    ----------
    texts
        Distinct texts.
    counts
        Rows of each text.

    Notes
    -----
    If every row is a date both ways, the part that never changes from 1 is the day; else a point
    between the parts means day first and anything else month first. Of 17/10/03 the last number is
    the day if it changes as days do and the first one as years do.
    """
    if are_days(texts):
        return "ymd", np.full(len(texts), np.datetime64("NaT", "us")), ""
    plain = rewrite(texts)
    parts = parse_parts(plain)
    dates, mdy, dmy, yymd = (_join(plain, parts, order) for order in ("ymd", "mdy", "dmy", "yymd"))
    n_mdy, n_dmy = _rows(mdy, counts), _rows(dmy, counts)
    if max(n_mdy, n_dmy) == 0:
        return "ymd", dates, ""
    doubt = ""
    if _rows(yymd, counts) >= max(n_mdy, n_dmy) and _is_year_first(parts, counts):
        order: DateOrder = "yymd"
    elif n_mdy != n_dmy:
        order = "mdy" if n_mdy > n_dmy else "dmy"
        own, other = (mdy, dmy) if order == "mdy" else (dmy, mdy)
        doubt = REVERSED if _rows(np.where(np.isnat(own), other, NEVER), counts) else ""
    else:
        order, is_guess = _choose_order(plain, counts)
        doubt = BOTH_WAYS if is_guess else ""
    return order, parse_dates(texts, order), doubt


def parse_dates(texts: Texts, order: DateOrder) -> Dates:
    """Return datetime64[us], NaT where a text is no date in this order.

    A text that begins with the year is read in every order, and one that is a date in the opposite
    order of day and month only (13/4/2014 among months first) is read as that.

    Examples
    --------
    >>> import pyarrow as pa
    >>> texts = pa.array(["2014/2/12 18:22", "2014-02-30", "12 Feb 2014"], pa.large_string())
    >>> parse_dates(texts, "ymd").astype(str).tolist()
    ['2014-02-12T18:22:00.000000', 'NaT', '2014-02-12T00:00:00.000000']
    """
    if order == "epoch":
        return _parse_epochs(texts)
    texts = rewrite(texts)
    parts = parse_parts(texts)
    dates = _join(texts, parts, "ymd")
    others: dict[DateOrder, tuple[DateOrder, ...]] = {
        "dmy": ("dmy", "mdy"),
        "mdy": ("mdy", "dmy"),
        "yymd": ("yymd",),
    }
    for other in others.get(order, ()):
        dates = np.where(np.isnat(dates), _join(texts, parts, other), dates)
    return dates


def is_zero(texts: Texts) -> BoolVector:
    """Return where a text is a date of zeros, which programs write for a missing one."""
    import pyarrow.compute as pc

    return np.array(pc.fill_null(pc.match_substring_regex(texts, pattern=ZERO), fill_value=False))


def is_compact(texts: Texts) -> bool:
    """Return whether plain numbers are dates: 20180101, or 201801, over more than a month or year.

    Every text has to be one, and there have to be so many of them that this is no chance.
    """
    import pyarrow.compute as pc

    known = pc.drop_null(texts)
    for pattern, n_shared in ((DAYS, 6), (MONTHS_ONLY, 4)):
        if bool(pc.all(pc.match_substring_regex(known, pattern=pattern)).as_py()):
            starts = pc.utf8_slice_codeunits(known, 0, n_shared)
            return len(pc.unique(known)) >= LEAST_COMPACT and len(pc.unique(starts)) > 1
    return False


def parse_times(texts: Texts) -> FloatVector:
    """Return seconds since midnight of texts such as ``18:22``, NaN where there is no time."""
    import pyarrow.compute as pc

    parts = pc.extract_regex(texts, pattern=TIME)
    is_time = np.asarray(pc.is_valid(parts))
    hour, minute, second = (_floats(parts, name) for name in ("hour", "minute", "second"))
    half = np.asarray(pc.fill_null(pc.utf8_lower(pc.struct_field(parts, "half")), ""))
    is_time &= (half == "") | ((hour >= 1) & (hour <= 12))
    hour = _on_24_hours(hour, half)
    return np.where(is_time, hour * 3600 + minute * 60 + second, np.nan)


def parse_parts(texts: Texts) -> dict[str, npt.NDArray[Any]]:
    """Return the parts a, b, c (int64), hour, minute, second, half and zone of each text."""
    import pyarrow.compute as pc

    parts = pc.extract_regex(texts, pattern=DATE)
    numbers = {
        name: _floats(parts, name).astype(np.int64) for name in ("a", "b", "c", "hour", "minute")
    }
    half = np.asarray(pc.fill_null(pc.utf8_lower(pc.struct_field(parts, "half")), ""))
    return {
        **numbers,
        "hour": _on_24_hours(numbers["hour"], half),
        "second": _floats(parts, "second"),
        "offset_minutes": _offset_minutes(pc.struct_field(parts, "zone")),
    }


def _on_24_hours(hour: npt.NDArray[Any], half: npt.NDArray[np.object_]) -> npt.NDArray[Any]:
    hour = np.where((half == "p") & (hour < 12), hour + 12, hour)
    return np.where((half == "a") & (hour == 12), 0, hour)


def _join(texts: Texts, parts: dict[str, npt.NDArray[Any]], order: DateOrder) -> Dates:
    import pyarrow.compute as pc

    shape = {"ymd": YEAR_FIRST, "yymd": TWO_DIGITS}.get(order, YEAR_LAST)
    fits = np.array(pc.fill_null(pc.match_substring_regex(texts, pattern=shape), fill_value=False))
    year, month, day = (parts["abc"[order[-3:].index(part)]] for part in "ymd")
    is_short = pc.fill_null(pc.match_substring_regex(texts, pattern=TWO_DIGITS), fill_value=False)
    century = np.where(year < 70, 2000, 1900)
    year = np.where(np.array(is_short), year + century, year)
    fits &= (month >= 1) & (month <= 12) & (day >= 1)
    fits &= (parts["hour"] < 24) & (parts["minute"] < 60) & (parts["second"] < 60)
    months = ((year - 1970) * 12 + np.clip(month, 1, 12) - 1).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    fits &= days.astype("datetime64[M]") == months  # the 30th of February is no date
    fits &= days > np.datetime64("0001-01-01")  # see `ZERO`
    dates = days.astype("datetime64[us]") + _time_of_day(parts)
    return np.where(fits, dates, np.datetime64("NaT", "us"))


def _parse_epochs(texts: Texts) -> Dates:
    """Read years, and seconds since 1970 or thousandths, millionths or billionths of them."""
    values = parse_numbers(texts)
    is_year = (values >= YEARS[0]) & (values <= YEARS[1]) & (values == np.floor(values))
    size = np.abs(values)
    scale = np.select([size < 1e11, size < 1e14, size < 1e17], [1e6, 1e3, 1.0], 1e-3)
    known = ~np.isnan(values)
    moments = np.where(known, values * scale, 0).astype(np.int64).astype("datetime64[us]")
    starts = np.where(is_year, values - 1970, 0).astype(np.int64).astype("datetime64[Y]")
    dates = np.where(is_year, starts.astype("datetime64[us]"), moments)
    return np.where(known, dates, np.datetime64("NaT", "us"))


def _rows(dates: Dates, counts: npt.NDArray[np.int64]) -> int:
    return int(counts[~np.isnat(dates)].sum())


def _choose_order(texts: Texts, counts: npt.NDArray[np.int64]) -> tuple[DateOrder, bool]:
    parts = parse_parts(texts)
    # Those that begin with the year say nothing.
    known = (counts > 0) & (parts["a"] > 0) & (parts["a"] < 32)
    first, second = (set(parts[part][known]) for part in ("a", "b"))
    if first == {1} != second:
        return "dmy", False
    if second == {1} != first:
        return "mdy", False
    return ("dmy" if _share(texts, r"^\d{1,2}\.") > 0.5 else "mdy"), True


def _is_year_first(parts: dict[str, npt.NDArray[Any]], counts: npt.NDArray[np.int64]) -> bool:
    """Return whether the last part changes as days do, and the first one seldom, as years do."""
    first, last = (set(parts[part][(counts > 0) & (parts["b"] > 0)]) for part in ("a", "c"))
    are_days = len(last) >= MANY_DAYS and max(last) >= LAST_DAY
    return are_days and 2 * len(first) <= len(last) and not first <= EDGES


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
    size = int(zone[1:3]) * 60 + (int(zone[-2:]) if len(zone) > 3 else 0)
    return -size if zone[0] == "-" else size


def _floats(parts: Texts, name: str) -> FloatVector:
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pc.fill_null(pc.struct_field(parts, name), "")
    filled = pc.if_else(pc.equal(texts, ""), pa.scalar("0", pa.large_string()), texts)
    return np.asarray(pc.cast(filled, pa.float64()))


def _share(texts: Texts, pattern: str) -> float:
    import pyarrow.compute as pc

    return float(pc.mean(pc.match_substring_regex(texts, pattern=pattern)).as_py() or 0.0)

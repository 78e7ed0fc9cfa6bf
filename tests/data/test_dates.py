from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl_cli.data.dates import DateOrder, find_date_order, parse_dates, parse_times

DAYS = tuple((year, day % 12 + 1, day) for year in (17, 18) for day in range(1, 29 + 1))
YEAR_FIRST = tuple(f"{year}/{month:02}/{day:02}" for year, month, day in DAYS)
YEAR_LAST = tuple(f"{day:02}/{month:02}/{year}" for year, month, day in DAYS)


def texts(*cells: str | None):
    return pa.array(cells, pa.large_string())


def order_of(*cells: str | None):
    order, dates, doubt = find_date_order(texts(*cells), np.ones(len(cells), dtype=np.int64))
    return order, bool(doubt), not np.isnat(dates).any()


@settings(max_examples=60)
@given(st.datetimes(min_value=datetime(1000, 1, 1)))  # noqa: DTZ001 (tables hold local times)
def test_every_date_survives_its_spelling(moment: datetime):
    expected = [np.datetime64(moment, "us")]
    assert parse_dates(texts(moment.isoformat(" ")), "ymd").tolist() == np.array(expected).tolist()
    seconds = np.array(expected).astype("datetime64[s]").astype("datetime64[us]")
    spelled = f"{moment.day}/{moment.month}/{moment.year:04} {moment:%H:%M:%S}"
    assert parse_dates(texts(spelled), "dmy").tolist() == seconds.tolist()


@pytest.mark.parametrize(
    ("cell", "order", "expected"),
    [
        ("2014/2/12 18:22", "ymd", "2014-02-12T18:22"),
        ("2014-02-12T18:22:05.25Z", "ymd", "2014-02-12T18:22:05.25"),
        ("2014-02-12 00:30:00+02:00", "ymd", "2014-02-11T22:30"),
        ("2014-02-12 00:30:00-0130", "ymd", "2014-02-12T02:00"),
        ("12.02.2014", "dmy", "2014-02-12"),
        ("2/12/14 6:05 PM", "mdy", "2014-02-12T18:05"),
        ("2/12/1999 12:05 am", "mdy", "1999-02-12T00:05"),
        ("12-Feb-2014", "ymd", "2014-02-12"),
        ("February 12, 2014 18:22", "ymd", "2014-02-12T18:22"),
        ("Mon, 12 Feb 2014 18:22:05", "ymd", "2014-02-12T18:22:05"),
        ("12th of", "ymd", "NaT"),
        ("07-Nov-21", "dmy", "2021-11-07"),
        ("07-Nov-71", "ymd", "1971-11-07"),
        ("07 Nov 21 06:30", "ymd", "2021-11-07T06:30"),
        ("Sept. 2019", "ymd", "2019-09-01"),
        ("2019 May", "ymd", "2019-05-01"),
        ("Jan-18", "ymd", "2018-01-01"),
        ("2018-01", "ymd", "2018-01-01"),
        ("2018/7", "ymd", "2018-07-01"),
        ("07/2018", "mdy", "2018-07-01"),
        ("2018Q3", "ymd", "2018-07-01"),
        ("Q4-2018", "ymd", "2018-10-01"),
        ("20180102", "ymd", "2018-01-02"),
        ("20180102T030405Z", "ymd", "2018-01-02T03:04:05"),
        ("201801", "ymd", "2018-01-01"),
        ("2014-02-12 00:30:00+02", "ymd", "2014-02-11T22:30"),
        ("2014-02-12", "dmy", "2014-02-12"),  # two formats in one column
        ("13/4/2014", "mdy", "2014-04-13"),  # clear, whatever the others are
        ("3/4/2014", "mdy", "2014-03-04"),
        ("0000-00-00", "ymd", "NaT"),
        ("0001-01-01 00:00:00", "ymd", "NaT"),  # where .NET begins
        ("01.01.0001", "dmy", "NaT"),
        ("0067-03-04", "ymd", "0067-03-04"),
        ("17/10/03", "yymd", "2017-10-03"),
        ("97/10/03 10:00", "yymd", "1997-10-03T10:00"),
        ("2017-10-03", "yymd", "2017-10-03"),
        ("Mon, 12 Feb 2014 18:22:05 GMT", "ymd", "2014-02-12T18:22:05"),
        ("1514764800", "epoch", "2018-01-01"),
        ("1514764800500", "epoch", "2018-01-01T00:00:00.5"),
        ("2018", "epoch", "2018-01-01"),
        ("x", "epoch", "NaT"),
    ],
)
def test_common_forms_are_read(cell: str | None, order: DateOrder, expected: str):
    np.testing.assert_equal(parse_dates(texts(cell), order)[0], np.datetime64(expected, "us"))


@pytest.mark.parametrize(
    "cell", ["2014-02-30", "2014-13-01", "2014-01-01 24:00", "1.2.3", "12-10-08", "2014", "x", None]
)
def test_what_is_no_date_is_missing(cell: str | None):
    for order in ("ymd", "dmy", "mdy"):
        assert np.isnat(parse_dates(texts(cell), order)).all()


@pytest.mark.parametrize(
    ("cells", "order", "is_guess"),
    [
        (("2014-01-02",), "ymd", False),
        (("3/4/2014", "13/4/2014"), "dmy", False),
        (("3/4/2014", "4/13/2014"), "mdy", False),
        (("1/3/2014", "1/4/2014"), "dmy", False),
        (("3/1/2014", "4/1/2014"), "mdy", False),
        (("3/4/2014", "4/5/2014"), "mdy", True),
        (("3.4.2014", "4.5.2014"), "dmy", True),
        (("13/4/2014", "14/4/2014", "4/15/2014"), "dmy", True),  # one of both formats is unclear
        (YEAR_FIRST, "yymd", False),
        (YEAR_LAST, "dmy", False),
        (tuple(f"31/01/{year:02}" for year in range(1, 31)), "dmy", False),
    ],
)
def test_day_and_month_are_told_apart_by_the_whole_column(
    cells: Sequence[str | None], order: DateOrder, is_guess: bool
):
    assert order_of(*cells) == (order, is_guess, True)


def test_times_are_seconds_since_midnight():
    seconds = parse_times(texts("18:22", "0:00:01.5", "x", "10:75", None))
    np.testing.assert_array_equal(seconds, [66120, 1.5, np.nan, np.nan, np.nan])


def test_times_have_twelve_or_twenty_four_hours():
    seconds = parse_times(texts("6:22 PM", "12:00 AM", "12:05:01pm", "1:00 a.m.", "18:22 PM"))
    np.testing.assert_array_equal(seconds, [66120, 0, 43501, 3600, np.nan])

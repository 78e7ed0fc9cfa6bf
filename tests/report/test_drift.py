"""What is drawn and said of train against test."""

import re

import pandas as pd

from automl_cli.report.sections import drift
from automl_cli.report.shifts import Shift

MOVED = Shift(name="day", stability=3.0, statistic=1.0, p=0.0, missing=(0.0, 0.0), unseen=0.0)


def test_dates_are_drawn_over_time():
    days = pd.Series(pd.date_range("2022-01-01", periods=900, freq="D"))
    picture = drift._draw_heaps(MOVED, days[:600], days[600:])
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", picture.svg)
    assert {"2023", "2024"} <= set(texts)


def test_small_tables_are_not_said_to_be_alike():
    assert "below 0.6" in drift._describe_alike(300, 100)
    assert "rows; below" not in drift._describe_alike(300, 100)
    told = drift._describe_alike(300, 99)
    assert "only 99 test rows, and at least 100" in told
    assert "cannot do it" not in told
    assert "only 60 training rows" in drift._describe_alike(60, 99)

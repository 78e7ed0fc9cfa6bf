import numpy as np
import pandas as pd
import pytest

from automl_cli.core.dataset import Column
from automl_cli.features.calendar import CALENDAR
from automl_cli.features.group import State

COLUMNS = (Column(name="at", role="datetime", reason=""),)
DATES = ["2023-12-31 23:30", "2024-02-29 06:15", None]


def frame_of(dates: list[str | None], unit: str = "ns") -> pd.DataFrame:
    return pd.DataFrame({"at": pd.to_datetime(pd.Series(dates)).astype(f"datetime64[{unit}]")})


def fit(frame: pd.DataFrame) -> State:
    state = CALENDAR.fit(frame, COLUMNS, {})
    assert state is not None
    return state


@pytest.mark.parametrize("unit", ["s", "us", "ns"])
def test_parts_are_those_of_the_calendar(unit: str):
    frame = frame_of(DATES, unit)
    made = CALENDAR.transform(fit(frame), frame)[0]
    parts = dict(zip(made.names, made.array[:, :2].tolist(), strict=True))
    assert parts.pop("at__days_since_first") == [0, 59.28125]
    assert parts == {
        "at__year": [2023, 2024],
        "at__month": [12, 2],
        "at__week": [52, 9],
        "at__day": [31, 29],
        "at__day_of_year": [365, 60],
        "at__weekday": [6, 3],
        "at__hour": [23, 6],
        "at__minute": [30, 15],
    }
    assert np.isnan(made.array[:, 2]).all()


def test_constant_parts_are_left_out():
    frame = frame_of(["2024-05-01", "2024-05-02"])
    names = CALENDAR.transform(fit(frame), frame)[0].names
    assert names == ("at__day", "at__day_of_year", "at__weekday", "at__days_since_first")


def test_days_count_from_the_first_fitted_date():
    state = fit(frame_of(["2024-01-01", "2024-01-05"]))
    made = CALENDAR.transform(state, frame_of(["2023-12-31"]))[0]
    assert made.array[made.names.index("at__days_since_first")].tolist() == [-1]

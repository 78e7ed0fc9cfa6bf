from importlib.util import find_spec

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.candidate import ParamValue
from automl_cli.core.dataset import Column
from automl_cli.core.errors import PlanError
from automl_cli.features.calendar import CALENDAR
from automl_cli.features.group import GroupState

DATES = ["2023-12-31 23:30", "2024-02-29 06:15", None]


def frame_of(dates: list[str | None], unit: str = "ns") -> pd.DataFrame:
    return pd.DataFrame({"at": pd.to_datetime(pd.Series(dates)).astype(f"datetime64[{unit}]")})


def fit(frame: pd.DataFrame, **own: ParamValue) -> GroupState:
    columns = tuple(Column(name=name, role="datetime", reason="") for name in frame)
    state = CALENDAR.fit(frame, columns, CALENDAR.make_params(own))
    assert state is not None
    return state


def make(
    known: pd.DataFrame, new: pd.DataFrame | None = None, **own: ParamValue
) -> dict[str, list[float]]:
    made = next(CALENDAR.transform(fit(known, **own), known if new is None else new))
    return dict(zip(made.names, made.array.tolist(), strict=True))


@pytest.mark.parametrize("unit", ["s", "us", "ns"])
def test_parts_are_those_of_the_calendar(unit: str):
    frame = frame_of(DATES, unit)
    made = next(CALENDAR.transform(fit(frame), frame))
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
    names = next(CALENDAR.transform(fit(frame), frame)).names
    assert names == ("at__day", "at__day_of_year", "at__weekday", "at__days_since_first")


def test_days_count_from_the_first_fitted_date():
    state = fit(frame_of(["2024-01-01", "2024-01-05"]))
    made = next(CALENDAR.transform(state, frame_of(["2023-12-31"])))
    assert made.array[made.names.index("at__days_since_first")].tolist() == [-1]


def test_cycles_go_round_so_that_the_last_is_next_to_the_first():
    frame = frame_of(["2024-05-01 00:00", "2024-05-03 06:00", "2024-05-05 23:00", None])
    made = make(frame, cycles=True)
    np.testing.assert_allclose(made["at__hour_sin"][:3], [0, 1, -0.2588], atol=1e-4)
    np.testing.assert_allclose(made["at__hour_cos"][:3], [1, 0, 0.9659], atol=1e-4)
    weekdays = np.array([[0.9749, -0.2225], [-0.4339, -0.9010], [-0.7818, 0.6235]])
    np.testing.assert_allclose(made["at__weekday_sin"][:3], weekdays[:, 0], atol=1e-4)
    np.testing.assert_allclose(made["at__weekday_cos"][:3], weekdays[:, 1], atol=1e-4)
    assert {"at__day_of_year_sin", "at__day_of_year_cos"} <= set(made)
    assert np.isnan(made["at__hour_sin"][3])


def test_cycles_are_made_on_request_only():
    assert not [name for name in make(frame_of(DATES)) if name.endswith(("_sin", "_cos"))]


def test_dates_are_compared_in_days():
    dates = pd.to_datetime(pd.Series(["2024-01-03 12:00", "2024-02-01 00:00", None]))
    frame = pd.DataFrame({"sold": dates, "built": pd.Timestamp("2024-01-01")})
    made = make(frame.assign(built=frame["built"].astype("datetime64[s]")))
    assert made["sold__minus__built"][:2] == [2.5, 31]
    assert np.isnan(made["sold__minus__built"][2])


def test_a_difference_that_is_always_the_same_is_left_out():
    frame = frame_of(["2024-01-01", "2024-01-05"])
    made = make(frame.assign(later=frame["at"] + pd.Timedelta(days=3)))
    assert "at__minus__later" not in made


@pytest.mark.skipif(find_spec("holidays") is not None, reason="the package is there")
def test_holidays_without_the_package_say_what_to_install():
    with pytest.raises(PlanError) as caught:
        fit(frame_of(["2024-01-01", "2024-01-02"]), country="DE")
    message = "features.calendar.country: the package holidays is not installed."
    assert caught.value.message == message
    assert "pip install holidays" in caught.value.hint


@pytest.mark.skipif(find_spec("holidays") is None, reason="needs the package holidays")
class TestHolidays:
    def test_a_country_knows_its_own(self):
        frame = frame_of(["2024-10-03 12:00", "2024-10-04 12:00", None])
        assert make(frame, country="DE")["at__holiday"][:2] == [1, 0]
        assert "at__holiday" not in make(frame, country="FR")

    def test_later_dates_know_theirs(self):
        frame, later = (
            frame_of(["2024-10-03", "2024-10-04"]),
            frame_of(["2030-10-03", "2030-10-04"]),
        )
        assert make(frame, later, country="DE")["at__holiday"] == [1, 0]

    def test_an_unknown_country_is_refused(self):
        with pytest.raises(PlanError, match=r"country: 'XX' is unknown\."):
            fit(frame_of(["2024-01-01", "2024-01-02"]), country="XX")

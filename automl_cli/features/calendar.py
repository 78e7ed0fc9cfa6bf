"""Parts of dates: what the calendar and the clock say, and the time since the first date."""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from automl_cli.core.arrays import FloatVector
from automl_cli.core.dataset import Column
from automl_cli.features.group import Features, Group, Params, State, names_of_role


def fit_calendar(frame: pd.DataFrame, columns: tuple[Column, ...], _: Params) -> State | None:
    """Learn each column's first date and which parts vary."""
    kept = []
    for name in names_of_role(columns, "datetime"):
        first = frame[name].min()
        if pd.isna(first):
            continue
        for part in PARTS:
            values = _read_part(frame[name], part, first)
            if np.ptp(values[~np.isnan(values)]):
                kept.append([name, part, first.isoformat()])
    return State(meta={"parts": kept}) if kept else None


def transform_calendar(state: State, frame: pd.DataFrame) -> tuple[Features, ...]:
    """Return the parts as numbers, missing as NaN; weeks begin on Monday, which is 0."""
    parts = state.meta["parts"]
    array = np.empty((len(parts), len(frame)), dtype=np.float32)
    for row, (name, part, first) in zip(array, parts, strict=True):
        row[:] = _read_part(frame[name], part, pd.Timestamp(first))
    names = tuple(f"{name}__{part}" for name, part, _ in parts)
    return (Features(kind="values", names=names, array=array),)


def _read_part(dates: pd.Series, part: str, first: pd.Timestamp) -> FloatVector:
    return PARTS[part](dates, first).to_numpy(dtype=np.float64, na_value=np.nan)


PARTS: Mapping[str, Callable[[pd.Series, pd.Timestamp], pd.Series]] = {
    "year": lambda dates, _: dates.dt.year,
    "month": lambda dates, _: dates.dt.month,
    "week": lambda dates, _: dates.dt.isocalendar()["week"],
    "day": lambda dates, _: dates.dt.day,
    "day_of_year": lambda dates, _: dates.dt.day_of_year,
    "weekday": lambda dates, _: dates.dt.day_of_week,
    "hour": lambda dates, _: dates.dt.hour,
    "minute": lambda dates, _: dates.dt.minute,
    "days_since_first": lambda dates, first: (dates - first) / pd.Timedelta(days=1),
}
CALENDAR = Group(name="calendar", fit=fit_calendar, transform=transform_calendar)

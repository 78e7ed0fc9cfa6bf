"""Parts of dates: what the calendar and the clock say, cycles, holidays, times between dates."""

from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from itertools import combinations
from types import ModuleType

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.core.arrays import FloatVector
from automl_cli.core.dataset import Column
from automl_cli.core.errors import PlanError
from automl_cli.features.group import (
    FeatureGroup,
    Features,
    GroupParams,
    GroupState,
    names_of_role,
    stack_values,
)

YEARS_AHEAD = 10  # for which holidays are stored, so that later dates know theirs


def fit_calendar(
    frame: pd.DataFrame, columns: tuple[Column, ...], params: GroupParams
) -> GroupState | None:
    """Learn each column's first date, which parts and differences vary, and the holidays."""
    names = names_of_role(columns, "datetime")
    holidays = _list_holidays(frame, names, str(params["country"]))
    wanted = [*PARTS, *(CYCLES if params["cycles"] else ())]
    firsts = {name: frame[name].min() for name in names}
    kept = [
        [name, part, first.isoformat()]
        for name, first in firsts.items()
        for part in wanted
        if not pd.isna(first) and _varies(_read_part(frame[name], part, first))
    ]
    pairs = [list(pair) for pair in combinations(names, 2) if _varies(_subtract(frame, *pair))]
    on_holidays = [name for name in names if _varies(_find_holidays(frame[name], holidays))]
    if not kept and not pairs:
        return None
    meta = {"parts": kept, "differences": pairs, "on_holidays": on_holidays}
    return GroupState(meta=meta, arrays={"holidays": holidays})


def transform_calendar(state: GroupState, frame: pd.DataFrame) -> Iterator[Features]:
    """Return the parts as numbers, missing as NaN; weeks begin on Monday, which is 0."""
    made = {}
    for name, part, first in state.meta["parts"]:
        made[f"{name}__{part}"] = _read_part(frame[name], part, pd.Timestamp(first))
    for one, other in state.meta["differences"]:
        made[f"{one}__minus__{other}"] = _subtract(frame, one, other)
    for name in state.meta["on_holidays"]:
        made[f"{name}__holiday"] = _find_holidays(frame[name], state.arrays["holidays"])
    array = stack_values(list(made.values()), len(frame))
    yield Features(kind="values", names=tuple(made), array=array)


def _list_holidays(frame: pd.DataFrame, names: list[str], country: str) -> npt.NDArray[np.int64]:
    # Days since 1970, sorted; none without a country.
    if not country:
        return np.empty(0, dtype=np.int64)
    package = _import_holidays()
    if country not in package.list_supported_countries():
        raise PlanError(
            f"features.calendar.country: {country!r} is unknown.",
            hint="Give a code of two letters that the holidays package knows, such as DE.",
        )
    years = [year for name in names for year in frame[name].dt.year.dropna().unique().tolist()]
    if not years:
        return np.empty(0, dtype=np.int64)
    span = range(int(min(years)), int(max(years)) + YEARS_AHEAD + 1)
    days = sorted(package.country_holidays(country, years=span))
    return np.array(days, dtype="datetime64[D]").astype(np.int64)


def _import_holidays() -> ModuleType:
    try:
        return import_module("holidays")
    except ImportError as error:
        raise PlanError(
            "features.calendar.country: the package holidays is not installed.",
            hint="Run `pip install holidays`, or leave the country out.",
        ) from error


def _varies(values: FloatVector) -> bool:
    seen = values[~np.isnan(values)]
    return bool(len(seen) and np.ptp(seen))


def _read_part(dates: pd.Series, part: str, first: pd.Timestamp) -> FloatVector:
    if part in CYCLES:
        wave, source, length = CYCLES[part]
        return wave(_read_part(dates, source, first) * (2 * np.pi / length))
    return PARTS[part](dates, first).to_numpy(dtype=np.float64, na_value=np.nan)


def _subtract(frame: pd.DataFrame, one: str, other: str) -> FloatVector:
    # In days.
    days: pd.Series = (frame[one] - frame[other]).dt.total_seconds() / 86400
    return days.to_numpy(dtype=np.float64, na_value=np.nan)


def _find_holidays(dates: pd.Series, holidays: npt.NDArray[np.int64]) -> FloatVector:
    days = dates.to_numpy().astype("datetime64[D]").astype(np.int64)
    return np.where(dates.isna(), np.nan, np.isin(days, holidays))


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
CYCLES: Mapping[str, tuple[Callable[[FloatVector], FloatVector], str, float]] = {
    "hour_sin": (np.sin, "hour", 24),
    "hour_cos": (np.cos, "hour", 24),
    "weekday_sin": (np.sin, "weekday", 7),
    "weekday_cos": (np.cos, "weekday", 7),
    "day_of_year_sin": (np.sin, "day_of_year", 365.25),
    "day_of_year_cos": (np.cos, "day_of_year", 365.25),
}
CALENDAR = FeatureGroup(
    name="calendar",
    fit=fit_calendar,
    transform=transform_calendar,
    # Trees need no cycles; a country's holidays need the package holidays.
    defaults={"cycles": False, "country": ""},
)

"""A table with columns of every kind, and feature groups that were fitted on it."""

from collections.abc import Iterable

import numpy as np
import pandas as pd

from automl_cli.core.candidate import ParamValue
from automl_cli.core.dataset import Column, Original, Role
from automl_cli.features import GROUPS
from automl_cli.features.group import FeatureGroup, Features, GroupState

N_ROWS = 120
LABELS = ["blue", "green", "red"]
DAYS = pd.Timestamp("2023-12-30 22:00") + pd.to_timedelta(np.arange(N_ROWS) * 7.3, "h")


def make_frame(seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "number": rng.normal(size=N_ROWS),
            "whole": rng.integers(0, 5, N_ROWS),
            "gappy": np.where(rng.random(N_ROWS) < 0.3, np.nan, rng.normal(size=N_ROWS)),
            "infinite": np.where(rng.random(N_ROWS) < 0.1, np.inf, rng.normal(size=N_ROWS)),
            "constant": 1.0,
            "empty": np.nan,
            "label": pd.Categorical.from_codes(rng.integers(-1, 3, N_ROWS), LABELS),
            "constant_label": pd.Categorical(["blue"] * N_ROWS, categories=LABELS),
            "empty_label": pd.Categorical([None] * N_ROWS, categories=LABELS),
            "date": DAYS,
            "empty_date": pd.Series(pd.NaT, index=range(N_ROWS), dtype="datetime64[ns]"),
            "text": pd.Series(["Two WORDS, 12!", "", None, "ünï"], dtype="str")[
                rng.integers(0, 4, N_ROWS)
            ].array,
            "empty_text": pd.Series([None] * N_ROWS, dtype="str"),
        }
    )
    frame.loc[::9, "date"] = pd.NaT
    for number in (1, 2, 3):
        frame[f"q{number}"] = rng.integers(0, 9, N_ROWS).astype(np.float64)
    return frame


def role_of(series: pd.Series) -> Role:
    if isinstance(series.dtype, pd.CategoricalDtype):
        return "categorical"
    if pd.api.types.is_datetime64_any_dtype(series):
        return "datetime"
    return "numeric" if pd.api.types.is_numeric_dtype(series) else "text"


def columns_of(frame: pd.DataFrame) -> tuple[Column, ...]:
    return tuple(
        Column(name=str(name), role=role_of(series), reason="made")
        for name, series in frame.items()
    )


OWN: dict[str, dict[str, ParamValue]] = {  # forms of a group that are as good as another one
    "native, numbers too": {"numbers": True},
}


def group_of(name: str) -> FeatureGroup:
    return GROUPS.get(name.partition(",")[0])


def make_original(frame: pd.DataFrame) -> Original:
    """Label rows with two classes, three classes and values, all of which hang on the columns."""
    number = frame["number" if "number" in frame else "number_0"].to_numpy()
    noise = np.random.default_rng(2).normal(size=len(frame))
    targets: dict[str, np.ndarray] = {
        "passed": (number + noise > 0).astype(np.int64),
        "grade": np.digitize(number + noise, [-0.5, 0.5]).astype(np.int64),
        "score": 3 * number + noise,
    }
    return Original(frame=frame, targets=targets)


def fit(
    name: str,
    frame: pd.DataFrame,
    columns: tuple[Column, ...],
    own: dict[str, ParamValue] | None = None,
) -> GroupState | None:
    """Fit a group on the rows, or on the same rows with targets if that is what it learns from."""
    group = group_of(name)
    params = group.make_params({**OWN.get(name, {}), **(own or {})})
    if group.original is None:
        return group.fit(frame, columns, params)
    return group.original.fit(make_original(frame), columns, params)


def fitted(name: str) -> GroupState:
    frame = make_frame()
    state = fit(name, frame, columns_of(frame))
    assert state is not None
    return state


def columns_by_name(made: Iterable[Features]) -> dict[str, tuple[object, ...]]:
    """Return all that is known of each column."""
    return {
        name: (
            features.kind,
            features.smoothing,
            features.levels[k] if features.levels else None,
            features.array[k].tobytes(),
        )
        for features in made
        for k, name in enumerate(features.names)
    }


def assert_same(made: Iterable[Features], expected: Iterable[Features]) -> None:
    for one, other in zip(made, expected, strict=True):
        assert (one.kind, one.names, one.levels, one.smoothing) == (
            other.kind,
            other.names,
            other.levels,
            other.smoothing,
        )
        np.testing.assert_array_equal(one.array, other.array)

"""What the original data set says of a value is a function of the value."""

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.dataset import Column, Original
from automl_cli.core.errors import PlanError
from automl_cli.features.group import Features, GroupState
from automl_cli.features.original_mean import ORIGINAL_MEAN

AGES = [20.0, 20.0, 20.0, 30.0, np.nan, np.nan]
JOBS = ["cook", "clerk", "cook", None, "clerk", "cook"]
LEFT = np.array([1, 1, 0, 0, 1, 0])
COLUMNS = (
    Column(name="age", role="numeric", reason="made"),
    Column(name="job", role="categorical", reason="made"),
)


def make_frame(ages: list[float], jobs: list[str | None]) -> pd.DataFrame:
    return pd.DataFrame({"age": ages, "job": pd.Categorical(jobs)})


def fit(targets: dict[str, np.ndarray], smoothing: float = 1.0) -> GroupState | None:
    assert ORIGINAL_MEAN.original is not None
    original = Original(frame=make_frame(AGES, JOBS), targets=targets)
    params = ORIGINAL_MEAN.make_params({"smoothing": smoothing})
    return ORIGINAL_MEAN.original.fit(original, COLUMNS, params)


def transform(state: GroupState | None, frame: pd.DataFrame) -> dict[str, np.ndarray]:
    assert state is not None
    return by_name(list(ORIGINAL_MEAN.transform(state, frame)))


def by_name(made: list[Features]) -> dict[str, np.ndarray]:
    return {
        name: row
        for features in made
        for name, row in zip(features.names, features.array, strict=True)
    }


def test_a_value_has_its_smoothed_mean_and_its_count():
    made = transform(fit({"left": LEFT}), make_frame([20.0, 30.0, np.nan], ["cook", None, "clerk"]))
    assert list(made) == [
        "age__original_mean",
        "age__original_log_count",
        "job__original_mean",
        "job__original_log_count",
    ]
    np.testing.assert_allclose(made["age__original_mean"], [2.5 / 4, 0.5 / 2, 1.5 / 3])
    np.testing.assert_allclose(made["age__original_log_count"], np.log1p([3, 1, 2]), rtol=1e-6)
    np.testing.assert_allclose(made["job__original_mean"], [1.5 / 4, 0.5 / 2, 2.5 / 3])


def test_a_value_that_it_lacks_has_the_mean_of_all_rows_and_a_count_of_none():
    made = transform(fit({"left": LEFT}), make_frame([21.0], ["pilot"]))
    assert [made[f"{name}__original_mean"][0] for name in ("age", "job")] == [0.5, 0.5]
    assert [made[f"{name}__original_log_count"][0] for name in ("age", "job")] == [0.0, 0.0]


def test_more_than_two_classes_have_their_shares_and_each_target_its_own_columns():
    targets = {"grade": np.array([4, 4, 0, 0, 2, 0]), "pay": np.array([1.0, 3, 5, 7, 9, 11])}
    made = transform(fit(targets, smoothing=1e-6), make_frame([20.0], ["cook"]))
    assert list(made)[:5] == [
        "age__original_mean_grade_0",
        "age__original_mean_grade_2",
        "age__original_mean_grade_4",
        "age__original_mean_pay",
        "age__original_log_count",
    ]
    shares = [made[f"age__original_mean_grade_{code}"][0] for code in (0, 2, 4)]
    np.testing.assert_allclose(shares, [1 / 3, 0, 2 / 3], atol=1e-5)
    assert made["age__original_mean_pay"][0] == pytest.approx(3, rel=1e-5)


def test_a_target_or_a_column_that_is_the_same_in_all_rows_makes_nothing():
    assert fit({"left": np.zeros(6, dtype=np.int64)}) is None
    assert ORIGINAL_MEAN.original is not None
    same = Original(frame=make_frame([7.0] * 6, [None] * 6), targets={"left": LEFT})
    params = ORIGINAL_MEAN.make_params({})
    assert ORIGINAL_MEAN.original.fit(same, COLUMNS, params) is None


def test_what_a_row_is_told_of_its_values_does_not_come_from_its_own_target():
    rng = np.random.default_rng(0)
    frame = make_frame(rng.integers(0, 40, 400).astype(float).tolist(), ["cook", "clerk"] * 200)
    y = rng.integers(0, 2, 400)
    changed = np.where(np.arange(400) == 7, 1 - y, y)
    use, params = ORIGINAL_MEAN.original, ORIGINAL_MEAN.make_params({})
    assert use is not None
    rows = []
    for targets in (y, changed):
        original = Original(frame=frame, targets={"left": targets})
        state = use.fit(original, COLUMNS, params)
        assert state is not None
        # The overall mean is that of all rows: it moves with each of them, for all alike.
        smoothing = state.meta["smoothing"] * targets.mean()
        made = by_name(list(use.transform(state, original)))
        others = np.expm1(made["age__original_log_count"]) + state.meta["smoothing"]
        rows.append(made["age__original_mean"] * others - smoothing)
    np.testing.assert_allclose(rows[0][7], rows[1][7], atol=1e-4)
    moved = np.flatnonzero(np.abs(rows[0] - rows[1]) > 0.5)
    assert len(moved) > 0
    assert (frame["age"].to_numpy()[moved] == frame["age"][7]).all()


def test_a_smoothing_out_of_range_is_refused():
    with pytest.raises(PlanError) as caught:
        ORIGINAL_MEAN.check({"smoothing": 0.0})
    assert (
        caught.value.message == "features.original_mean.smoothing: expected more than 0, got 0.0."
    )

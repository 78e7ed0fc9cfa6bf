from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.arrays import Float32Matrix
from automl_cli.core.dataset import Column
from automl_cli.features.finite import measure_skewness
from automl_cli.features.scaled import SCALED

METHODS = ["standard", "robust", "log1p_standard", "quantile_normal"]


def scale(known: dict[str, Any], new: dict[str, Any] | None = None, **own: str) -> Float32Matrix:
    frame = pd.DataFrame(known)
    columns = tuple(Column(name=name, role="numeric", reason="") for name in frame)
    state = SCALED.fit(frame, columns, SCALED.make_params(own))
    assert state is not None
    made = next(SCALED.transform(state, frame if new is None else pd.DataFrame(new))).array
    return np.asarray(made, dtype=np.float32)


@pytest.mark.parametrize("method", METHODS)
def test_columns_get_mean_zero_and_deviation_one(method: str):
    x = np.random.default_rng(0).normal(1e9, 5, 5000)
    made = scale({"x": x}, method=method)[0]
    assert abs(made.mean()) < 0.03
    assert abs(made.std() - 1) < 0.03


def test_quantile_normal_makes_a_skewed_column_normal():
    x = np.exp(np.random.default_rng(0).normal(size=5000) * 3)
    made = np.sort(scale({"x": x}, method="quantile_normal")[0])
    assert abs(made[500] + 1.2816) < 0.05  # the tenth percentile of a standard normal
    assert abs(made[2500]) < 0.05


def test_robust_scales_are_not_moved_by_a_tenth_of_outliers():
    x = np.random.default_rng(0).normal(size=5000)
    shifted = np.where(np.arange(5000) % 10, x, 1000.0)
    made = scale({"x": shifted}, {"x": [0.0, 1.0]}, method="robust")[0]
    assert abs(made[0]) < 0.2
    assert abs(made[1] - made[0] - 1) < 0.2


def test_skewed_columns_are_logged_and_others_are_not():
    rng = np.random.default_rng(0)
    known = {"skewed": np.exp(2 * rng.normal(size=5000)), "normal": rng.normal(size=5000)}
    logged, straight = (scale(known, method=m) for m in ("log1p_standard", "standard"))
    assert np.array_equal(logged[1], straight[1])
    assert 3 * abs(measure_skewness(logged[0])) < measure_skewness(straight[0])


def test_the_logarithm_does_not_depend_on_the_unit():
    euros = np.exp(np.random.default_rng(0).normal(size=2000))
    for amount in (euros * 100, euros + 1e6, np.where(euros < 2, 0, euros)):
        made = scale({"x": amount, "scaled": amount * 1e-6}, method="log1p_standard")
        np.testing.assert_allclose(made[0], made[1], rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_order_is_kept_and_outliers_are_cut(method: str):
    x = np.random.default_rng(0).normal(size=3000)
    made = scale({"x": x}, {"x": [-np.inf, -1e300, -1.0, 0.0, 1.0, 1e300, np.inf]}, method=method)
    assert (np.diff(made[0]) >= 0).all()
    assert np.abs(made).max() < 5


@pytest.mark.parametrize("method", METHODS)
def test_gaps_get_the_median_and_a_flag(method: str):
    made = scale({"x": [0.0, 1.0, 2.0, np.nan]}, method=method)
    assert made[0, 3] == made[0, 1]
    assert made[1].tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize("method", METHODS)
def test_a_rare_indicator_is_not_clipped_away(method: str):
    x = np.zeros(5000)
    x[0] = 1
    made = scale({"x": x}, method=method)[0]
    assert made[0] > made[1]


def test_constant_columns_are_left_out():
    assert scale({"x": [1.0, 1.0, np.nan], "y": [1.0, 2.0, 3.0]}).shape == (1, 3)

from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.arrays import Float32Matrix
from automl_cli.core.dataset import Column
from automl_cli.features.scaled import SCALED

METHODS = ["standard", "quantile_normal"]


def scale(known: dict[str, Any], new: dict[str, Any] | None = None, **own: str) -> Float32Matrix:
    frame = pd.DataFrame(known)
    columns = tuple(Column(name=name, role="numeric", reason="") for name in frame)
    state = SCALED.fit(frame, columns, SCALED.make_params(own))
    assert state is not None
    made = SCALED.transform(state, frame if new is None else pd.DataFrame(new))[0].array
    return np.asarray(made, dtype=np.float32)


@pytest.mark.parametrize("method", METHODS)
def test_columns_get_mean_zero_and_deviation_one(method: str):
    x = np.random.default_rng(0).normal(1e9, 5, 5000)
    made = scale({"x": x}, method=method)[0]
    assert abs(made.mean()) < 0.01
    assert abs(made.std() - 1) < 0.02


def test_quantile_normal_makes_a_skewed_column_normal():
    x = np.exp(np.random.default_rng(0).normal(size=5000) * 3)
    made = np.sort(scale({"x": x}, method="quantile_normal")[0])
    assert abs(made[500] + 1.2816) < 0.05  # the tenth percentile of a standard normal
    assert abs(made[2500]) < 0.05


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

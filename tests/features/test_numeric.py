from typing import Any

import numpy as np
import pandas as pd

from automl_cli.core.dataset import Column
from automl_cli.features.group import FeatureGroup, Features
from automl_cli.features.numeric import FILLED, NUMERIC


def fit_transform(
    group: FeatureGroup, known: dict[str, Any], new: dict[str, Any] | None = None
) -> Features:
    frame = pd.DataFrame(known)
    columns = tuple(Column(name=name, role="numeric", reason="") for name in frame)
    state = group.fit(frame, columns, {})
    assert state is not None
    return next(group.transform(state, pd.DataFrame(known if new is None else new)))


def test_booleans_and_integers_become_floats():
    made = fit_transform(NUMERIC, {"flag": [True, False], "age": [3, 5]})
    assert made.array.tolist() == [[1, 0], [3, 5]]


def test_large_ids_stay_apart():
    ids = 1_700_000_000_000 + np.arange(1000)
    made = fit_transform(NUMERIC, {"id": ids})
    assert np.array_equal(made.array[0], np.arange(1000))


def test_values_that_float32_holds_are_not_shifted():
    made = fit_transform(NUMERIC, {"year": [2007, 2008], "price": [0.1, 9.7]})
    assert made.array.tolist() == np.float32([[2007, 2008], [0.1, 9.7]]).tolist()


def test_infinite_and_huge_values_become_ends_of_the_range():
    made = fit_transform(NUMERIC, {"x": [1.0, 2.0]}, {"x": [np.inf, -np.inf, 1e300, np.nan]})
    assert made.array[0].tolist()[:3] == [2, 1, 2]
    assert np.isnan(made.array[0, 3])


def test_a_constant_with_gaps_keeps_its_gaps():
    made = fit_transform(NUMERIC, {"x": [1.0, np.nan], "y": [1.0, 1.0]})
    assert made.names == ("x",)


def test_gaps_are_filled_with_the_median_and_flagged():
    made = fit_transform(FILLED, {"x": [1.0, 2.0, 9.0, np.nan], "y": [1.0, 2.0, 3.0, 4.0]})
    assert made.names == ("x", "y", "x__missing")
    assert made.array.tolist() == [[1, 2, 9, 2], [1, 2, 3, 4], [0, 0, 0, 1]]


def test_a_gap_that_is_new_is_filled_without_a_flag():
    made = fit_transform(FILLED, {"x": [1.0, 2.0, 3.0]}, {"x": [np.nan]})
    assert made.names == ("x",)
    assert made.array.tolist() == [[2]]

from typing import Any

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.dataset import Column
from automl_cli.core.errors import PlanError
from automl_cli.features.arithmetic import ARITHMETIC
from automl_cli.features.group import GroupState

RNG = np.random.default_rng(0)
A, B = RNG.normal(3, 1, 200), RNG.normal(5, 1, 200)


def fit(known: dict[str, Any], **own: int) -> GroupState | None:
    frame = pd.DataFrame(known)
    columns = tuple(Column(name=name, role="numeric", reason="") for name in frame)
    return ARITHMETIC.fit(frame, columns, ARITHMETIC.make_params(own))


def make(
    known: dict[str, Any], new: dict[str, Any] | None = None, **own: int
) -> dict[str, list[float]]:
    state = fit(known, **own)
    assert state is not None
    made = next(ARITHMETIC.transform(state, pd.DataFrame(known if new is None else new)))
    return dict(zip(made.names, made.array.tolist(), strict=True))


def test_expressions_are_what_their_names_say():
    made = make({"a": A, "b": B}, {"a": [6.0], "b": [3.0]})
    assert made == {
        "a__plus__b": [9],
        "a__minus__b": [3],
        "a__times__b": [18],
        "a__div__b": [2],
    }


def test_undefined_and_too_large_results_are_missing():
    new = {"a": [1.0, 0.0, 1e30, np.inf, np.nan], "b": [0.0, 0.0, 1e30, 1.0, 1.0]}
    made = make({"a": A, "b": B}, new)
    assert np.isnan(made["a__div__b"]).tolist() == [True, True, False, True, True]
    assert np.isnan(made["a__times__b"]).tolist() == [False, False, True, True, True]


def test_differences_of_large_numbers_keep_their_digits():
    start = 1_700_000_000_000 + np.arange(100)
    end = start + np.arange(100) % 7
    made = make({"end": end, "start": start})
    assert made["end__minus__start"] == (np.arange(100) % 7).tolist()


def test_what_has_the_values_of_a_column_is_not_made_again():
    names = set(make({"a": A, "b": B, "total": A + B, "area": A * B}))
    assert not names & {"a__plus__b", "total__minus__a", "a__minus__total", "a__times__b"}


def test_equal_expressions_are_made_once():
    made = make({"a": A, "b": B, "copy": B})
    arrays = [tuple(np.float32(values)) for values in made.values()]
    assert len(set(arrays)) == len(arrays)
    assert "b__minus__copy" not in made  # always 0


def test_columns_of_unlike_scale_are_not_added():
    assert set(make({"a": A, "large": B * 1e4})) == {"a__times__large", "a__div__large"}


def test_pairs_of_like_scale_that_move_together_come_first():
    known = {"far": B * 1e6, "a": A, "noise": RNG.normal(0, 5, 200), "near": A + B / 10}
    assert {name.replace("__", " ").split()[0] for name in make(known, max_pairs=1)} == {"a"}
    assert all(name.endswith("near") for name in make(known, max_pairs=1))


def test_the_ratio_has_the_denominator_with_fewer_zeros():
    made = make({"a": A, "b": B * (RNG.random(200) < 0.5)})
    assert "b__div__a" in made
    assert "a__div__b" not in made


def test_skewed_columns_get_a_curve():
    known = {"right": np.exp(2 * RNG.normal(size=300)), "left": np.sqrt(RNG.beta(9, 0.5, 300))}
    made = make(known, {"right": [1.0, -1.0], "left": [3.0, 2.0]}, max_pairs=0)
    assert made["right__log"][0] == 0
    assert np.isnan(made["right__log"][1])
    assert made["left__square"] == [9, 4]


def test_two_valued_and_constant_columns_are_left_out():
    assert fit({"flag": [0, 1] * 100, "one": [1.0] * 200, "a": A}) is None


def test_a_negative_number_of_pairs_is_refused():
    with pytest.raises(PlanError) as caught:
        fit({"a": A, "b": B}, max_pairs=-1)
    assert caught.value.message == "features.arithmetic.max_pairs: expected 0 or more, got -1."


def test_one_row_has_nothing_to_learn_from():
    assert fit({"a": [1.0], "b": [2.0]}) is None

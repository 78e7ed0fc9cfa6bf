from typing import Any

import numpy as np
import pandas as pd

from automl_cli.core.dataset import Column
from automl_cli.features.group import GroupState
from automl_cli.features.rows import ROWS

RNG = np.random.default_rng(0)


def fit(known: dict[str, Any]) -> GroupState | None:
    frame = pd.DataFrame(known)
    columns = tuple(Column(name=name, role="numeric", reason="") for name in frame)
    return ROWS.fit(frame, columns, {})


def make(known: dict[str, Any], new: dict[str, Any] | None = None) -> dict[str, list[float]]:
    state = fit(known)
    assert state is not None
    made = next(ROWS.transform(state, pd.DataFrame(known if new is None else new)))
    return dict(zip(made.names, made.array.tolist(), strict=True))


def answers(*names: str) -> dict[str, Any]:
    return {name: RNG.integers(0, 9, 50).astype(np.float64) for name in names}


def test_statistics_are_over_what_a_row_has():
    new = {"q1": [2.0, np.nan, np.nan], "q2": [0.0, 3.0, np.nan], "q3": [4.0, 5.0, np.nan]}
    made = make(answers("q1", "q2", "q3"), new)
    assert made["q1_to_q3__sum"][:2] == [6, 8]
    assert made["q1_to_q3__mean"][:2] == [2, 4]
    assert made["q1_to_q3__min"][:2] == [0, 3]
    assert made["q1_to_q3__max"][:2] == [4, 5]
    assert made["q1_to_q3__zeros"] == [1, 0, 0]
    np.testing.assert_allclose(made["q1_to_q3__std"][:2], [np.sqrt(8 / 3), 1], rtol=1e-6)
    assert np.isnan([made["q1_to_q3__sum"][2], made["q1_to_q3__min"][2]]).all()


def test_columns_with_a_common_name_are_a_block():
    known = {f"f_{number:02d}": RNG.normal(number, 1 + number / 5, 50) for number in range(12)}
    known |= {f"g{number}": RNG.normal(size=50) for number in range(2)}  # two are too few
    assert {name.split("__")[0] for name in make(known)} == {"f_00_to_f_11"}


def test_a_column_of_another_scale_is_not_in_the_block():
    known = answers("q1", "q2", "q3") | {"q4": RNG.normal(0, 1e6, 50)}
    assert {name.split("__")[0] for name in make(known)} == {"q1_to_q3"}


def test_amounts_of_one_magnitude_are_a_block():
    spent = {name: np.round(RNG.exponential(500, 50)) * (RNG.random(50) < 0.5) for name in "abc"}
    spent |= {"age": np.arange(20.0, 70), "rate": RNG.random(50)}
    assert {name.split("__")[0] for name in make(spent)} == {"a_to_c"}


def test_flags_are_a_block_however_rare_they_are():
    known = {f"has {name}": np.arange(50) % n == 0 for n, name in enumerate("abcd", start=12)}
    assert make(known)["has a_to_has d__sum"][:14] == [4, *[0] * 11, 1, 1]


def test_statistics_that_are_always_the_same_are_left_out():
    known = answers("q1", "q2", "q3")
    known = {name: values + 1 for name, values in known.items()}
    assert "q1_to_q3__zeros" not in make(known)


def test_sums_beyond_float32_are_missing():
    huge = {"q1": [3e36], "q2": [4e36], "q3": [9e36]}
    made = make(answers("q1", "q2", "q3"), huge)
    assert np.isnan(made["q1_to_q3__sum"]).all()


def test_a_block_whose_statistics_are_always_the_same_is_nothing():
    code = RNG.integers(0, 4, 80)
    assert fit({f"is{k}": (code == k).astype(np.float64) for k in range(4)}) is None


def test_without_a_block_there_is_nothing_to_make():
    assert fit({"a": np.arange(50), "b": RNG.normal(size=50), "c": [1.0] * 50}) is None

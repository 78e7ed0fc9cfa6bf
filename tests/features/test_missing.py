from typing import Any

import numpy as np
import pandas as pd

from automl_cli.core.dataset import Column
from automl_cli.features.group import Features
from automl_cli.features.missing import MISSING

KNOWN = {
    "a": [1.0, np.nan, 3.0, np.nan, 5.0],
    "b": pd.Categorical(["x", None, "x", "y", "x"]),
    "c": [1, 2, 3, 4, 5],
}


def make(known: dict[str, Any], new: dict[str, Any] | None = None) -> tuple[Features, ...]:
    frame = pd.DataFrame(known)
    columns = tuple(
        Column(name=name, role="categorical" if name == "b" else "numeric", reason="")
        for name in frame
    )
    state = MISSING.fit(frame, columns, MISSING.make_params({}))
    assert state is not None
    return tuple(MISSING.transform(state, pd.DataFrame(known if new is None else new)))


def test_gaps_are_counted_and_filled_beside_the_column():
    values, _ = make(KNOWN)
    made = dict(zip(values.names, values.array.tolist(), strict=True))
    assert made["missing__count"] == [0, 2, 0, 1, 0]
    assert made["a__filled"] == [1, 3, 3, 3, 5]
    assert set(made) == {"missing__count", "missing__log_count", "a__filled"}


def test_rows_with_the_same_gaps_share_a_code_and_its_frequency():
    values, codes = make(KNOWN)
    pattern = codes.array[0]
    assert pattern[0] == pattern[2] == pattern[4]
    assert len({pattern[0], pattern[1], pattern[3]}) == codes.levels[0] - 1 == 3
    frequency = values.array[values.names.index("missing__log_count")]
    np.testing.assert_allclose(np.expm1(frequency), [3, 1, 3, 1, 3], rtol=1e-6)


def test_an_unseen_pattern_has_code_and_frequency_zero():
    new = {"a": [1.0], "b": pd.Categorical([None], categories=["x"]), "c": [1]}
    values, codes = make(KNOWN, new)
    assert codes.array.tolist() == [[0]]
    assert values.array[values.names.index("missing__log_count")].tolist() == [0]


def test_a_new_gap_in_a_column_without_gaps_is_no_pattern():
    new = {"a": [1.0], "b": pd.Categorical(["x"]), "c": [np.nan]}
    assert make(KNOWN, new)[1].array[0, 0] == make(KNOWN)[1].array[0, 0]


def test_hundreds_of_columns_have_as_many_patterns_as_rows_differ():
    rng = np.random.default_rng(0)
    table = np.where(rng.random((300, 200)) < 0.5, np.nan, 1.0)
    _, codes = make({f"c{number}": column for number, column in enumerate(table.T)})
    assert codes.levels == (301,)


def test_without_gaps_there_is_nothing_to_make():
    frame = pd.DataFrame({"a": [1.0, 2.0], "empty": [np.nan, np.nan]})
    columns = tuple(Column(name=name, role="numeric", reason="") for name in frame)
    assert MISSING.fit(frame, columns, MISSING.make_params({})) is None

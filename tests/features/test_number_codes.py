import numpy as np
import pandas as pd

from automl_cli.core.dataset import Column
from automl_cli.features.categorical import NATIVE, ONEHOT, ROWS_A_VALUE
from automl_cli.features.group import Features

FRAME = pd.DataFrame(
    {
        "price": [2.5, 2.5, 7.0, 7.0, 9.0, 1.0, np.nan],
        "id": np.arange(7.0),
        "flat": np.ones(7),
        "city": pd.Categorical(["rome", "rome", "oslo", "oslo", "oslo", None, "bonn"]),
    }
)
ROLES = {"price": "numeric", "id": "numeric", "flat": "numeric", "city": "categorical"}
COLUMNS = tuple(Column(name=name, role=role, reason="") for name, role in ROLES.items())


def fit_transform(
    new: pd.DataFrame, columns: tuple[Column, ...] = COLUMNS, *, numbers: bool = True
) -> list[Features]:
    state = NATIVE.fit(FRAME, columns, NATIVE.make_params({"min_count": 2, "numbers": numbers}))
    return list(NATIVE.transform(state, new))


def test_values_that_occur_often_have_a_code_each_and_the_others_share_one():
    _, made = fit_transform(FRAME)
    assert made.kind == "categories"
    assert made.names == ("price__exact",)  # all ids are rare, and a flat column says nothing
    assert made.array.tolist() == [[1, 1, 2, 2, 3, 3, 0]]
    assert made.levels == (4,)


def test_unseen_and_infinite_values_are_unknown():
    new = FRAME.iloc[:4].assign(price=[2.5, 2.5000001, np.inf, 9.0])
    assert fit_transform(new)[1].array.tolist() == [[1, 0, 0, 3]]


def test_labels_are_coded_as_without_numbers():
    (expected,) = fit_transform(FRAME, numbers=False)
    made, _ = fit_transform(FRAME)
    assert made.names == expected.names == ("city",)
    np.testing.assert_array_equal(made.array, expected.array)


def test_a_table_of_numbers_alone_has_codes():
    (made,) = fit_transform(FRAME, COLUMNS[:3])
    assert made.names == ("price__exact",)


def test_a_table_without_frequent_numbers_has_the_codes_of_its_labels():
    (made,) = fit_transform(FRAME, COLUMNS[1:])
    assert made.names == ("city",)


def encode_onehot(n_rows: int, max_values: int) -> list[tuple[str, ...]]:
    numbers = np.arange(n_rows)
    frame = pd.DataFrame({"two": numbers % 2, "five": numbers % 5, "nine": numbers % 9.0})
    columns = tuple(Column(name=name, role="numeric", reason="") for name in frame)
    state = ONEHOT.fit(frame, columns, ONEHOT.make_params({"max_values": max_values}))
    return [] if state is None else [made.names for made in ONEHOT.transform(state, frame)]


def test_numbers_of_few_values_are_indicators_if_there_are_rows_enough():
    assert encode_onehot(5 * ROWS_A_VALUE, 32) == [("five__onehot",)]
    assert encode_onehot(9 * ROWS_A_VALUE, 32) == [("five__onehot", "nine__onehot")]
    assert encode_onehot(9 * ROWS_A_VALUE, 8) == [("five__onehot",)]
    assert encode_onehot(5 * ROWS_A_VALUE - 1, 32) == []
    assert encode_onehot(9 * ROWS_A_VALUE, 0) == []


def test_labels_and_numbers_are_indicators_side_by_side():
    numbers = np.arange(10 * ROWS_A_VALUE) % 4
    frame = pd.DataFrame({"size": numbers, "city": pd.Categorical(np.array(list("abcd"))[numbers])})
    columns = (
        Column(name="size", role="numeric", reason=""),
        Column(name="city", role="categorical", reason=""),
    )
    state = ONEHOT.fit(frame, columns, ONEHOT.make_params({"max_values": 32}))
    assert state is not None
    labels, values = ONEHOT.transform(state, frame.iloc[:5])
    assert labels.names == ("city__onehot",)
    assert values.names == ("size__onehot",)
    assert values.array.tolist() == labels.array.tolist() == [[1, 2, 3, 4, 1]]

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.arrays import FloatVector
from automl_cli.core.candidate import ParamValue
from automl_cli.core.dataset import Column
from automl_cli.features.digits import DIGITS, find_decimals
from automl_cli.features.group import Features, GroupState

CENTS = np.random.default_rng(0).integers(0, 100_000, 1000) / 100


def fit(values: FloatVector, **own: ParamValue) -> GroupState | None:
    columns = (Column(name="x", role="numeric", reason=""),)
    return DIGITS.fit(pd.DataFrame({"x": values}), columns, DIGITS.make_params(own))


def transform(values: FloatVector, new: list[float]) -> tuple[Features, ...]:
    state = fit(values)
    assert state is not None
    return tuple(DIGITS.transform(state, pd.DataFrame({"x": new})))


def read(values: FloatVector, part: str, new: list[float]) -> list[float]:
    made = transform(values, new)[0]
    return made.array[made.names.index(f"x__{part}")].tolist()


def test_digits_count_from_the_last_decimal():
    new = [123.45, -123.45, 0.07, 9.0]
    assert read(CENTS, "digit_1", new) == [5, 5, 7, 0]
    assert read(CENTS, "digit_2", new) == [4, 4, 0, 0]
    assert read(CENTS, "digit_3", new) == [3, 3, 0, 9]


def test_decimals_say_how_round_a_number_is():
    assert read(CENTS, "decimals", [1.23, 1.2, 1.0, 20.0, 300.0]) == [2, 1, 0, -1, -2]


def test_missing_and_infinite_numbers_have_no_digits():
    values, means = transform(CENTS, [np.nan, np.inf])
    assert np.isnan(values.array).all()
    assert not means.array.any()


def test_the_last_digits_together_are_a_code():
    means = transform(CENTS, [123.45, 9.45, 9.4, 10.4])[1]
    codes = means.array[means.names.index("x__last_2")]
    assert codes.tolist() == [46, 46, 41, 41]


def test_the_last_digits_together_tell_more_apart_than_fewer_of_them():
    names = transform(np.tile(np.arange(60.0), 100), [1.0])[1].names
    assert {"x__digit_1__exact", "x__digit_2__exact", "x__last_2"} <= set(names)
    assert "x__last_3" not in names
    assert "x__last_2" not in transform(np.arange(1000.0) * 10, [1.0])[1].names


def test_each_digit_is_also_a_code():
    values, means = transform(CENTS, CENTS.tolist())
    assert {f"{name}__exact" for name in values.names} < set(means.names)
    tens = values.array[values.names.index("x__digit_2")]
    codes = means.array[means.names.index("x__digit_2__exact")]
    np.testing.assert_array_equal(codes, tens + 1)


def test_digits_that_do_not_vary_are_left_out():
    made = transform(CENTS, [1.0])[0]
    assert "x__digit_5" in made.names  # hundreds
    assert "x__digit_6" not in made.names


def test_columns_of_few_values_have_no_digits():
    assert fit(np.tile(np.arange(19.0), 20)) is None


@pytest.mark.parametrize("decimals", [0, 1, 2, 4])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_decimals_are_found_in_eight_bytes_and_in_four(decimals: int, dtype: type):
    whole = np.random.default_rng(0).integers(0, 50_000, 2000)
    values = (whole / 10.0**decimals).astype(dtype).astype(np.float64)
    assert find_decimals(values) == decimals


def test_numbers_of_four_bytes_have_the_digits_they_were_written_with():
    four = CENTS.astype(np.float32).astype(np.float64)
    for one, other in zip(
        transform(CENTS, CENTS.tolist()), transform(four, four.tolist()), strict=True
    ):
        np.testing.assert_array_equal(one.array, other.array)


def test_real_numbers_are_read_to_seven_digits():
    assert find_decimals(np.random.default_rng(0).uniform(100, 999, 1000)) == 4

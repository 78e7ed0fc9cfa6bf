from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl_cli.data.numbers import (
    find_storage,
    parse_integers,
    parse_numbers,
    parse_plain,
    store_numbers,
)


def texts(*cells: str | None):
    return pa.array(cells, pa.large_string())


@settings(max_examples=60)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=20))
def test_every_float_survives_its_spelling(values: Sequence[float]):
    spelled = texts(*map(repr, values))
    np.testing.assert_array_equal(parse_numbers(spelled), values)
    np.testing.assert_array_equal(parse_plain(spelled), values)


@settings(max_examples=60)
@given(st.lists(st.text("0123456789+-.eEx infa", max_size=5), min_size=1, max_size=10))
def test_the_quick_way_equals_the_patient_one(cells: Sequence[str | None]):
    quick = parse_plain(texts(*cells))
    patient = parse_numbers(texts(*cells))
    if quick is None:
        assert np.isnan(patient).any()
    else:
        np.testing.assert_array_equal(quick, patient)


@pytest.mark.parametrize(
    "cell", ["", "x", "inf", "-Infinity", "nan", "1e999", "0x10", "1_0", "1 2"]
)
def test_what_is_no_finite_number_is_missing(cell: str | None):
    assert np.isnan(parse_numbers(texts(cell))).all()
    assert parse_plain(texts(cell)) is None


@pytest.mark.parametrize(
    ("cells", "storage"),
    [
        (("1", "20"), "int64"),
        (("1.0", "20"), "int64"),
        (("1", None), "float64"),
        (("1.5", "20"), "float64"),
        (("1e300", "20"), "float64"),
        (("007", "012"), "text"),
        (("007", "7"), "int64"),
        (("0", "10"), "int64"),
        ((str(2**53 + 1), "1"), "int64"),
        ((str(2**53 + 1), None), "text"),
        ((str(2**64), "1"), "text"),
    ],
)
def test_storage_loses_nothing(cells: Sequence[str | None], storage: str):
    assert find_storage(texts(*cells), parse_numbers(texts(*cells))) == storage


def test_large_integers_are_not_rounded():
    cells = texts(str(2**53 + 1), f"+{2**62 + 1}")
    stored = store_numbers(cells, parse_numbers(cells), "int64")
    assert stored.tolist() == [2**53 + 1, 2**62 + 1]


def test_integers_give_way_to_gaps_in_new_rows():
    cells = texts("1", None)
    assert store_numbers(cells, parse_numbers(cells), "int64").dtype == np.float64
    assert parse_integers(texts(str(2**64))) is None

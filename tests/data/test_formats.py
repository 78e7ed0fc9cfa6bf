"""Numbers mean the same in every spelling of a column."""

from collections.abc import Callable, Sequence

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl_cli.data.formats import PLAIN, describe_format, find_format, read_format

Spell = Callable[[float], str]
VALUES = (0.5, 12.25, -7, 999, 1234.5, 45_678, 1_234_567.75)


def texts(*cells: str | None):
    return pa.array(cells, pa.large_string())


def find(*cells: str | None, decimal_comma: bool = False):
    counts = np.ones(len(cells), dtype=np.int64)
    form, values = find_format(texts(*cells), counts, decimal_comma=decimal_comma)
    np.testing.assert_array_equal(read_format(texts(*cells), form), values)
    for cell, value in zip(cells, values, strict=True):  # one by one as in the batch
        np.testing.assert_array_equal(read_format(texts(cell), form), [value])
    return form, values.tolist()


def swap(text: str) -> str:
    return text.translate(str.maketrans(",.", ".,"))


@pytest.mark.parametrize(
    "spell",
    [
        repr,
        lambda v: f"{v:,}",
        lambda v: swap(f"{v:,}"),
        lambda v: f"{v:,}".replace(",", " "),
        lambda v: swap(f"{v:,}").replace(".", "\u00a0"),
        lambda v: f"{v:,}".replace(",", "'"),
        lambda v: f"{v:,}".replace(",", "\u2019"),
        lambda v: f"{v:_}",
        lambda v: f"${v:,}",
        lambda v: f"-$ {-v:,}" if v < 0 else f"$ {v:,}",
        lambda v: f"({-v:,})" if v < 0 else f"{v:,}",
        lambda v: f"({-v}%)" if v < 0 else f"{v}%",
        lambda v: f"{-v}-" if v < 0 else f"{v}",
        lambda v: f"{v}".replace("-", "\u2212"),
        lambda v: f"{swap(f'{v:,}')} €",
        lambda v: f"EUR {v:,}",
        lambda v: f"US${v}",
        lambda v: f"Rs. {v}",
        lambda v: f"{v} %",
        lambda v: f"{v}CC",
        lambda v: f"{v} km/h",
        lambda v: f"{v} m²",
        lambda v: f"{v} room" if abs(v) == 1 else f"{v} rooms",
    ],
)
def test_a_spelling_changes_no_value(spell: Spell):
    form, values = find(*map(spell, VALUES))
    assert values == list(VALUES)
    assert form == PLAIN or describe_format(form).startswith("numbers")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-1e9, 1e9).map(lambda v: round(v, 2)), min_size=3, max_size=20))
def test_every_number_survives_european_money(values: Sequence[float]):
    cells = [*(f"{swap(f'{value:,.2f}')} €" for value in values), "0,5 €"]
    assert find(*cells)[1] == [*values, 0.5]


@pytest.mark.parametrize(
    ("cells", "values", "told"),
    [
        (("1,234", "5", "1,234,567.8"), [1234, 5, 1234567.8], "numbers with marks as in 1,234.5"),
        (("3,14", "1.234,5", "7"), [3.14, 1234.5, 7], "numbers with marks as in 1.234,5"),
        (("1.234.567", "82.045"), [1234567, 82045], "numbers with marks as in 1.234,5"),
        (("12,34,567", "1,00,000"), [1234567, 100000], "numbers with marks as in 1,234.5"),
        (("82.045", "231.5"), [82.045, 231.5], "numbers"),
        (("1.5", "2,5", "3,25"), [1.5, 2.5, 3.25], "numbers with marks as in 1.234,5"),
        (
            ("1 year", "2 weeks", "3 days"),
            [365.25, 14, 3],
            "numbers with the units 'day', 'week', 'year', read as days",
        ),
        (("5 kg", "300 g"), [5, 0.3], "numbers with the units 'g', 'kg', read as kg"),
        (("1", "2", "3", "4%"), [1, 2, 3, 4], "numbers with the unit '%'"),  # only in test
        (("1", "2", "3", "$4"), [1, 2, 3, 4], "numbers with the currency '$'"),
        (("1", "2", "3", "4 €"), [1, 2, 3, 4], "numbers with the unit '€'"),
        (
            ("0.12", "0.37", "0.05", "45%", "7%"),
            [0.12, 0.37, 0.05, 0.45, 0.07],
            "numbers with the unit '%', read as hundredths",
        ),
        (("0", "12%", "15%"), [0, 12, 15], "numbers with the unit '%'"),
        (("0.5", "0.7", "0.2", "0.4%"), [0.5, 0.7, 0.2, 0.4], "numbers with the unit '%'"),
        (("1,925e+02", "3,092e-06"), [192.5, 3.092e-6], "numbers with marks as in 1.234,5"),
        (
            ("32 589 Kč", "8 735 Kč"),
            [32589, 8735],
            "numbers with marks as in 1 234.5 and the unit 'kč'",
        ),
        (
            ("1,5 zł", "20,75 zł"),
            [1.5, 20.75],
            "numbers with marks as in 1.234,5 and the unit 'zł'",
        ),
        (("500 \u0434.", "3000 \u0434."), [500, 3000], "numbers with the unit '\u0434'"),
        (("500円", "3000円"), [500, 3000], "numbers with the unit '円'"),
        (("1.5K", "300", "2M"), [1500, 300, 2e6], "numbers with the units 'k', 'm'"),
        (
            ("<5", "6", "7", "8", "9", "90+", *"123", *map(str, range(10, 20))),
            [5, 6, 7, 8, 9, 90, 1, 2, 3, *range(10, 20)],
            "numbers with bounds such as '<5', read as their number",
        ),
    ],
)
def test_a_column_decides_what_its_marks_mean(
    cells: Sequence[str], values: Sequence[float], told: str
):
    form, found = find(*cells)
    assert found == pytest.approx(values)
    assert describe_format(form) == told


def test_decimal_commas_elsewhere_make_points_thousands():
    assert find("82.045", "231", decimal_comma=True)[1] == [82045, 231]
    assert find("1,234", "5", decimal_comma=True)[1] == [1.234, 5]
    assert find("82.045", "231.5", decimal_comma=True)[1] == [82.045, 231.5]
    assert find("1.925e+02", "8.669e+00", decimal_comma=True)[1] == [192.5, 8.669]


@pytest.mark.parametrize(
    "cells",
    [
        ("PC 17599", "A/5 21171", "STON/O2. 3101282"),
        ("A5", "A6", "A7"),
        ("1st", "2nd", "3rd"),
        ("10A", "11B", "12C"),
        ("192.168.1.1", "10.0.0.1"),
        ("12.02.2014", "13.03.2015"),
        ("2014-02-12", "2015-03-04"),
        ("0-5", "5-10"),
        ("5'11\"", "6'2\""),
        ("12:30", "13:45"),
        ("$5 and $6", "1/2"),
    ],
)
def test_what_is_no_number_stays_a_text(cells: Sequence[str]):
    assert np.isnan(find(*cells)[1]).all()


def test_a_bound_that_is_also_a_number_is_none():
    form, values = find("<5", "5", *map(str, range(10, 30)))
    assert not form.bounds
    assert np.isnan(values[0])


def test_units_that_cannot_be_compared_are_not_dropped():
    assert np.isnan(find("5 kg", "3 rooms", "2 kg", "1 rooms")[1]).all()
    houses = [*map(str, range(1, 98)), "14b"]
    assert np.isnan(find(*houses)[1]).sum() == 1
    assert np.isnan(find(*houses, *("15a", "15b", "15c"))[1]).sum() == 4

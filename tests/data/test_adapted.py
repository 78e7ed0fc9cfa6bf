"""A table from elsewhere spells numbers and dates in its own way."""

from collections.abc import Callable

import pandas as pd
import pytest

from automl_cli.data.adapted import adapt_typing
from automl_cli.data.kinds import find_typing
from automl_cli.data.read import RawTable
from automl_cli.data.types import prepare_frame

Table = Callable[..., RawTable]
VALUES = [13.25, -103.5, 1500.75, 2000.0]
PLAIN, GERMAN = [f"{v:.2f}" for v in VALUES], ["13,25", "-103,50", "1.500,75", "2.000,00"]


def adapt(table: Table, train: list[str], other: list[str]) -> pd.Series:
    """Return what the column of the other table is read as."""
    trained, given = (
        table("x;y\n" + "".join(f'0;"{cell}"\n' for cell in cells), name)
        for name, cells in (("train.csv", train), ("other.csv", other))
    )
    typing = adapt_typing(find_typing([trained], ["y"]), given)
    return prepare_frame(typing, given)["y"]


@pytest.mark.parametrize(
    ("train", "other", "expected"),
    [
        (PLAIN, GERMAN, VALUES),
        (GERMAN, PLAIN, VALUES),
        (PLAIN, [f"${v:,.2f}" for v in VALUES], VALUES),
        (GERMAN, ["0.125", "13.250"], [0.125, 13.25]),  # a clear point
        (GERMAN, ["1.500", "2.000"], [1500, 2000]),  # may be thousands, as in train
        (["5 kg", "300 g", "1 kg"], ["200 g", "400 g"], [0.2, 0.4]),  # in train's unit
        (["5%", "12.5%"], ["7.25", "8"], [7.25, 8]),
    ],
)
def test_numbers_have_the_marks_of_their_own_table(
    table: Table, train: list[str], other: list[str], expected: list[float]
):
    assert adapt(table, train, other).tolist() == pytest.approx(expected)


def test_dates_have_the_order_of_their_own_table(table: Table):
    days = ["2018-03-04", "2018-12-31"]
    expected = [pd.Timestamp(day) for day in days]
    assert adapt(table, days, ["04/03/2018", "31/12/2018"]).tolist() == expected
    assert adapt(table, ["4.3.2018", "31.12.2018"], days).tolist() == expected
    assert adapt(table, ["04/03/2018", "31/12/2018"], ["03/04/2018", "12/31/2018"]).tolist() == (
        expected
    )

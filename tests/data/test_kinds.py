from collections.abc import Callable

import numpy as np
import pytest

from automl_cli.core.dataset import Role
from automl_cli.data.kinds import find_typing
from automl_cli.data.read import RawTable
from automl_cli.data.types import ColumnTyping

Table = Callable[..., RawTable]
NUMBERS = [str(number) for number in range(100)]


def kind_of(table: Table, *cells: str, role: Role | None = None) -> ColumnTyping:
    text = "\n".join(["id;a", *(f'{row};"{cell}"' for row, cell in enumerate(cells))])
    roles: dict[str, Role] = {"a": role} if role else {}
    return find_typing([table(text + "\n")], ["a"], roles=roles).columns[0]


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (("1", "2.5", "NA"), "number"),
        (("1", " 2 ", "?"), "number"),
        (("1", "None", "-"), "number"),
        (("True", "false", ""), "boolean"),
        (("0", "1", ""), "number"),
        (("18:22", "09:05", ""), "time"),
        (("2014-02-12", "2015-03-04", "na"), "datetime"),
        (("red", "green", ""), "category"),
        (("A1", "7", "B2"), "category"),
        (("007", "012"), "category"),
        (("", "NA", "null"), "empty"),
        (("the cat sat", "a dog ran off", "no bird sings"), "text"),
        (("the cat sat", "the cat sat", "the cat sat"), "category"),
    ],
)
def test_the_cells_decide_the_kind(table: Table, cells: tuple[str, ...], kind: str):
    assert kind_of(table, *cells).kind == kind


def test_few_strays_count_as_missing_and_are_reported(table: Table):
    column = kind_of(table, *NUMBERS, "abc", "abc")
    assert column.kind == "number"
    assert column.reason == "numbers; 2 cells such as 'abc' count as missing"


def test_many_strays_make_a_category(table: Table):
    assert kind_of(table, *NUMBERS, "a", "b", "c").kind == "category"


def test_none_is_a_level_among_texts_and_missing_among_numbers(table: Table):
    assert kind_of(table, "Brick", "None", "").categories == ("Brick", "None")
    assert kind_of(table, "1", "None", "2").storage == "float64"


def test_levels_are_trimmed_and_sorted(table: Table):
    assert kind_of(table, "b", " a", "b ", "?").categories == ("a", "b")


@pytest.mark.parametrize(
    ("cells", "role", "kind"),
    [
        (("1", "2"), "categorical", "category"),
        (("1", "2"), "text", "text"),
        (("1", "x", "y"), "numeric", "number"),
        (("007", "012"), "numeric", "number"),
        (("2014-02-12", "x", "y"), "datetime", "datetime"),
        (("2014-02-12", "2014-02-13"), "categorical", "category"),
        (("a", "b"), "text", "text"),
    ],
)
def test_a_role_given_by_the_user_wins(table: Table, cells: tuple[str, ...], role: Role, kind: str):
    assert kind_of(table, *cells, role=role).kind == kind


def test_numbers_as_categories_have_one_spelling(table: Table):
    assert kind_of(table, "1", "1.0", "2.5", role="categorical").categories == ("1", "2.5")


@pytest.mark.parametrize("role", ["numeric", "datetime"])
def test_an_impossible_role_is_refused(
    table: Table, role: Role, error_of: Callable[..., tuple[str, str]]
):
    assert error_of(kind_of, table, "red", "green", role=role) == (
        f"column 'a' cannot be {role}: it holds 'red'.",
        "Remove 'a' from the roles, or name further missing texts.",
    )


def test_types_are_decided_on_all_tables_together(table: Table):
    train = table("a,b,c\n1,x,1\n2,y,2\n", "train.csv")
    test = table("a,b,c\n,z,2.5\n", "test.csv")
    typing = find_typing([train, test], ["a", "b", "c"])
    assert [column.storage for column in typing.columns] == ["float64", "float64", "float64"]
    assert typing["b"].categories == ("x", "y", "z")


def test_further_missing_texts_hold_in_every_column(table: Table):
    typing = find_typing([table("a,b\n1,x\n-1,-1\n2,y\n")], ["a", "b"], missing=("-1",))
    assert typing["a"].storage == "float64"
    assert typing["b"].categories == ("x", "y")


def test_an_undecidable_order_of_days_and_months_is_told(table: Table):
    column = kind_of(table, "3/4/2014", "4/5/2014")
    assert column.reason == (
        "dates in the order month, day, year (a guess: every cell is a date both ways)"
    )


def test_long_tables_are_decided_by_all_cells(table: Table):
    words = [f"w{number}" for number in np.arange(3000)]
    assert kind_of(table, *words).kind == "category"

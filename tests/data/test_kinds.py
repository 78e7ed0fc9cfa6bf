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


@pytest.mark.parametrize(
    ("strays", "kind"),
    [
        (["abc"] * 20, "number"),  # one word among many distinct numbers
        (["abc", "n.a."] * 45, "number"),
        (list("abcdefghij"), "number"),  # up to a tenth of the distinct numbers
        (list("abcdefghijk"), "category"),  # too many different ones
        (["abc"] * 101, "category"),  # more than there are numbers
    ],
)
def test_strays_are_few_beside_many_distinct_numbers(table: Table, strays: list[str], kind: str):
    assert kind_of(table, *NUMBERS, *strays).kind == kind


def test_a_few_numbers_beside_a_word_are_labels(table: Table):
    assert kind_of(table, *["1", "2", "3"] * 30, *["none of them"] * 2).kind == "category"


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (("True", "False", "1", "0"), "boolean"),
        (("Yes", "no", "0"), "boolean"),
        (("Y", "n", "true"), "boolean"),
        (("TRUE", "false", "1.0", ""), "boolean"),
        (("Yes", "No"), "category"),  # two labels are as good
        (("t", "f", "y", "n"), "category"),  # letters
        (("1", "0"), "number"),
        (("yes", "no", "maybe"), "category"),
    ],
)
def test_yes_and_no_are_one_thing_in_all_spellings(table: Table, cells: tuple[str, ...], kind: str):
    assert kind_of(table, *cells).kind == kind


def test_huge_integers_are_amounts_unless_they_repeat(table: Table):
    amounts = [str(2**64 + number) for number in range(50)]
    assert kind_of(table, *amounts).storage == "float64"
    assert kind_of(table, *amounts[:10] * 3).kind == "category"
    assert kind_of(table, *[amount.rjust(22, "0") for amount in amounts]).kind == "category"


def test_infinity_is_out_of_range_and_told(table: Table):
    column = kind_of(table, *NUMBERS, "inf", "-Infinity", "INF")
    assert column.kind == "number"
    assert column.strays == 3
    assert column.reason == ("numbers; 3 cells such as 'inf' count as missing (out of range)")


MONTHS = [f"2018-{month:02}" for month in range(1, 13)]


@pytest.mark.parametrize(
    ("cells", "role", "kind"),
    [
        ([f"201{year}0{month}15" for year in (8, 9) for month in range(1, 8)], None, "datetime"),
        ([f"20{year}{month:02}" for year in (18, 19) for month in range(1, 13)], None, "datetime"),
        ([f"2018{month:02}" for month in range(1, 13)], None, "number"),  # of one year: no proof
        (["20180115", "20190220"], None, "number"),  # too few
        (["20180115", "20190220"], "datetime", "datetime"),
        (["20181315", *[f"201{n}0115" for n in range(10)] * 2], None, "number"),  # month 13
        (["2018", "2019"], None, "number"),
        (["2018", "2019"], "datetime", "datetime"),
        (["1514764800", "1514851200.5"], "datetime", "datetime"),
        (MONTHS, None, "datetime"),
        (["Jan-18", "Feb-18", "Mar-19"], None, "datetime"),
        ([f"Jan-{day:02}" for day in range(1, 32)], None, "category"),  # days of no year
        (["2018Q1", "2018Q4"], None, "datetime"),
        (["0000-00-00", "2018-01-02", "2018-01-03"], None, "datetime"),
    ],
)
def test_dates_are_recognised_in_many_spellings(
    table: Table, cells: list[str], role: Role | None, kind: str
):
    assert kind_of(table, *cells, role=role).kind == kind


def test_zero_dates_are_missing_and_no_strays(table: Table):
    column = kind_of(table, "0000-00-00 00:00:00", "2018-01-02 10:00:00")
    assert column.strays == 0
    assert column.reason == (
        "dates in the order year, month, day; "
        "1 cell such as '0000-00-00 00:00:00' counts as missing"
    )


def test_other_columns_tell_what_a_point_means(table: Table):
    rows = "".join(f"{n}.045;0,{n}5\n" for n in range(10, 40))
    european = find_typing([table("people;z\n" + rows)], ["people", "z"])
    assert european["people"].form.thousands == "."
    plain = find_typing([table("people;z\n" + rows.replace(",", "."))], ["people", "z"])
    assert plain["people"].form.thousands == ""


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

"""Names that mean the same are matched; where two fit the user is asked."""

from collections.abc import Callable

import pytest

from automl_cli.data.names import find_name, match_names

ErrorOf = Callable[..., tuple[str, str]]


@pytest.mark.parametrize(
    "came",
    [
        "first name",
        "First Name",
        "first_name ",
        "\ufefffirst-name",
        "first\u00a0name",
        "First.Name",
        "FIRST  NAME",
        "\uff46irst name",
    ],
)
def test_a_name_is_found_in_another_spelling(came: str):
    assert match_names("t.csv", ["id", came], ["id", "first_name"]) == {came: "first_name"}


@pytest.mark.parametrize("came", ["firstname", "first_name2", "name", "", "first"])
def test_another_name_is_another_column(came: str):
    assert match_names("t.csv", ["id", came], ["id", "first_name"]) == {}


def test_a_name_that_is_there_needs_no_other():
    assert match_names("t.csv", ["a", "A", "b "], ["a", "b"]) == {"b ": "b"}
    assert match_names("t.csv", ["a"], ["a", "A"]) == {}


@pytest.mark.parametrize(
    ("names", "wanted", "message", "hint"),
    [
        (
            ["A", "a "],
            ["a"],
            "t.csv: 'A' and 'a ' may both be the column 'a'.",
            "Call the right one 'a', and rename or remove the other.",
        ),
        (
            ["a "],
            ["A", "a"],
            "t.csv: 'a ' may be the column 'A' or 'a'.",
            "Spell it as the one that it is.",
        ),
        (
            ["a_b", "a-b"],
            ["a b"],
            "t.csv: 'a_b' and 'a-b' may both be the column 'a b'.",
            "Call the right one 'a b', and rename or remove the other.",
        ),
    ],
)
def test_what_may_be_two_columns_is_asked(
    error_of: ErrorOf, names: list[str], wanted: list[str], message: str, hint: str
):
    assert error_of(match_names, "t.csv", names, wanted) == (message, hint)


def test_one_name_is_found_if_it_is_the_only_one_like_it():
    assert find_name("sold", ["id", "Sold "]) == "Sold "
    assert find_name("sold", ["sold", "SOLD"]) == "sold"
    assert find_name("Sold", ["sold", "SOLD"]) is None
    assert find_name("price", ["sold"]) is None

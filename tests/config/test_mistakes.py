import pytest

from automl_cli.config.mistakes import (
    Mistake,
    Origin,
    format_value,
    join_names,
    make_error,
    raise_mistakes,
)
from automl_cli.core.errors import ConfigError


def make_mistake(line: int, problem: str = "no such model.") -> Mistake:
    return Mistake(
        where=Origin("mine.yaml", line), key_path=("models", "lgbm"), problem=problem, hint="look."
    )


def test_no_mistakes_raise_nothing():
    raise_mistakes([])


def test_one_mistake_is_the_error():
    with pytest.raises(ConfigError) as caught:
        raise_mistakes([make_mistake(14)])
    assert caught.value.message == "mine.yaml:14: models.lgbm: no such model."
    assert caught.value.hint == "look."


def test_several_mistakes_are_one_error_in_the_order_of_lines():
    error = make_error([make_mistake(14), make_mistake(9, "twice.")])
    assert error.message == (
        "mine.yaml:9: models.lgbm: twice.\n"
        "  hint: look.\n"
        "mine.yaml:14: models.lgbm: no such model.\n"
        "  hint: look."
    )
    assert error.hint == (
        "Fix all 2, then run the command again; `automl config schema` describes every key."
    )


@pytest.mark.parametrize(
    ("names", "text"), [(["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")]
)
def test_names_are_joined_as_people_write_them(names: list[str], text: str):
    assert join_names(names) == text


@pytest.mark.parametrize(
    ("value", "text"), [({}, "an empty mapping"), ({"a": 1}, "a mapping"), ([], "an empty list")]
)
def test_containers_are_named_rather_than_printed(value: object, text: str):
    assert format_value(value) == text

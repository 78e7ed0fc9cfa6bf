import pytest

from automl_cli.core.errors import PlanError
from automl_cli.core.registry import Registry


def test_an_unknown_name_is_answered_with_the_closest_and_the_list() -> None:
    table = Registry("models", {"lightgbm": 1, "linear": 2})

    with pytest.raises(PlanError) as caught:
        table.get("lgbm")

    assert caught.value.message == "'lgbm': no such model."
    assert caught.value.hint == "Did you mean 'lightgbm'? `automl list models` shows all 2."


def test_a_name_that_resembles_nothing_is_answered_with_the_list() -> None:
    table = Registry("metrics", {"rmse": 1})

    assert table.hint("zzz") == "`automl list metrics` shows all 1."

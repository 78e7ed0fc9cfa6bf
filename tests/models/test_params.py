import pytest

from automl_cli.core.candidate import ParamValue
from automl_cli.core.errors import PlanError
from automl_cli.models.params import get_number_from_zero, get_positive


@pytest.mark.parametrize("value", [0, -1.5, float("nan"), "many", None, True])
def test_what_is_no_positive_number_is_refused(value: ParamValue):
    with pytest.raises(PlanError) as error:
        get_positive({"C": value}, "C")
    assert error.value.message == f"C: expected a positive number, got {value!r}."
    assert error.value.hint == "Give C a positive number, or leave it out to take the default."


@pytest.mark.parametrize("value", [-1, float("nan"), "many", None, True])
def test_what_is_below_zero_or_no_number_is_refused(value: ParamValue):
    with pytest.raises(PlanError) as error:
        get_number_from_zero({"power": value}, "power")
    assert error.value.message == f"power: expected 0 or more, got {value!r}."
    assert error.value.hint == "Give power a number from 0, or leave it out to take the default."

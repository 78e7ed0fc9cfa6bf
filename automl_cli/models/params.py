"""Parameters that a model of this package reads itself; libraries check their own."""

from collections.abc import Mapping

from automl_cli.core.candidate import ParamValue
from automl_cli.core.errors import PlanError


def get_positive(params: Mapping[str, ParamValue], name: str) -> float:
    """Return the parameter `name`, a positive number.

    Raises
    ------
    PlanError
        If it is something else; give a positive number.

    Examples
    --------
    >>> get_positive({"C": 1}, "C")
    1.0
    """
    value = params[name]
    if isinstance(value, str | bool | None) or not value > 0:
        raise PlanError(
            f"{name}: expected a positive number, got {value!r}.",
            hint=f"Give {name} a positive number, or leave it out to take the default.",
        )
    return float(value)


def get_number_from_zero(params: Mapping[str, ParamValue], name: str) -> float:
    """Return the parameter `name`, 0 or a positive number.

    Raises
    ------
    PlanError
        If it is something else; give 0 or more.

    Examples
    --------
    >>> get_number_from_zero({"power": 0}, "power")
    0.0
    """
    value = params[name]
    if isinstance(value, str | bool | None) or not value >= 0:
        raise PlanError(
            f"{name}: expected 0 or more, got {value!r}.",
            hint=f"Give {name} a number from 0, or leave it out to take the default.",
        )
    return float(value)

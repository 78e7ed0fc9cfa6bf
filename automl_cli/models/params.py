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

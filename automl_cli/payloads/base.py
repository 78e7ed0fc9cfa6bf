"""What all payloads share."""

from math import isfinite
from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict

from automl_cli.core.finding import Severity

FactPayload: TypeAlias = tuple[str, str, str]
Figure: TypeAlias = float | None  # None where it is undefined, such as an error of too few rows


class Payload(BaseModel):
    """A mapping of which every key has to be there; keys of a later program are passed over."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)


class FindingPayload(Payload):
    """What a rule has found."""

    code: str
    """The code of the rule, as in `automl list rules`; for `check`, of what is unusual."""
    severity: Severity
    """How serious it is."""
    message: str
    """What was found, with figures."""
    advice: str
    """What to do."""
    columns: list[str]
    """The columns concerned."""
    fix: dict[str, Any]
    """Config keys that fix it, such as `{"data.drop": ["leak"]}`."""


class Note(Payload):
    """What was noticed while reading a file, such as columns that train spells differently."""

    file: str
    """The file."""
    what: str
    """What it is about."""
    note: str
    """What was noticed."""


def without_nan(value: object) -> object:
    """Return plain values with None for NaN and infinity, which JSON has not.

    Examples
    --------
    >>> without_nan({"score": float("nan"), "folds": [1.0]})
    {'score': None, 'folds': [1.0]}
    """
    if isinstance(value, dict):
        return {name: without_nan(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(item) for item in value]
    return None if isinstance(value, float) and not isfinite(value) else value

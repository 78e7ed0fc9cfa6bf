"""The types of single values in a config: how YAML spells them and what they become."""

from collections.abc import Callable, Mapping
from math import isfinite
from typing import Annotated, Literal, TypeAlias, TypeVar, cast

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    PlainSerializer,
    PlainValidator,
    Tag,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from automl_cli.config.durations import format_duration, parse_duration
from automl_cli.config.mistakes import format_value
from automl_cli.config.sizes import format_size, parse_size
from automl_cli.core.candidate import ParamValue, Step
from automl_cli.core.errors import ConfigError

_Written = TypeVar("_Written")

FEWEST_FOLDS = 2
TOP = "top"  # of a step: the most columns that the screen may keep in a fold
MISTAKE = "mistake"  # the type of our own errors among pydantic's; ctx has problem and hint


def _make_error(problem: str, hint: str) -> PydanticCustomError:
    return PydanticCustomError(MISTAKE, "{problem}", {"problem": problem, "hint": hint})


def _read_text(value: object) -> object:
    """Take numbers as written: column 2019, class 1, missing token -999."""
    if isinstance(value, bool):
        raise _make_error(
            f"expected text, got {format_value(value)}.",
            f"Write it in quotes: '{format_value(value)}'.",
        )
    return str(value) if isinstance(value, int | float) else value


def _read_text_list(value: object) -> object:
    return value if isinstance(value, list | tuple) or value is None else (value,)


def _read_budget(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int | float | None):
        raise _make_error(
            f"expected a duration, got {format_value(value)}.", "Write 90s, 10m or 1h30m."
        )
    return None if value is None else _parse(parse_duration, value)


def _read_size(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise _make_error(f"expected an amount of memory, got {format_value(value)}.", "Write 4GB.")
    return None if value is None else _parse(parse_size, value)


def _parse(parse: Callable[[_Written], float], value: _Written) -> float:
    try:
        return parse(value)
    except ConfigError as error:
        raise _make_error(error.message, error.hint) from None


def _check_scalar(value: object) -> object:
    if isinstance(value, Mapping | list | tuple):
        raise _make_error(
            f"expected a single value, got {format_value(value)}.",
            "A parameter is a number, a text, true, false or null.",
        )
    if isinstance(value, float) and not isfinite(value):
        raise _make_error(f"expected a finite number, got {value}.", "Leave the parameter out.")
    return value


def _check_model_entry(value: object) -> object:
    if value is False or isinstance(value, Mapping):
        return value
    raise _make_error(
        f"expected parameters or false, got {format_value(value)}.",
        "Write {} for the default parameters, {depth: 8} for your own, false to leave it out.",
    )


def _read_folds(value: object) -> object:
    if value == "auto" or (type(value) is int and value >= FEWEST_FOLDS):
        return value
    raise _make_error(
        f"expected a whole number from {FEWEST_FOLDS}, or auto, got {format_value(value)}.",
        "Write 5, or auto.",
    )


def _read_range(value: object) -> tuple[int | float, int | float]:
    if isinstance(value, list | tuple) and len(value) == 2:
        low, high = value
        if _is_number(low) and _is_number(high) and low < high:
            return low, high
    raise _make_error(
        f"expected the lowest and the highest value, got {format_value(value)}.",
        "Write a range as [4, 64].",
    )


def _is_number(value: object) -> bool:
    return type(value) in {int, float} and isfinite(cast("float", value))


def _read_step(value: object) -> Step:
    hint = "Write a step as numeric, or with parameters as {target_mean: {smoothing: 10}}."
    if isinstance(value, Step):
        return value
    if isinstance(value, str):
        return Step(value)
    if not isinstance(value, Mapping) or len(value) != 1:
        raise _make_error(f"expected one feature step, got {format_value(value)}.", hint)
    name, params = next(iter(value.items()))
    if not isinstance(params, Mapping):
        raise _make_error(f"expected parameters of {name!r}, got {format_value(params)}.", hint)
    for param in params.values():
        _check_scalar(param)
    return make_step(name, params)


def make_step(name: str, params: Mapping[str, ParamValue]) -> Step:
    """Return a step; `top` among its parameters is the number of columns the screen may keep."""
    own = dict(params)
    top = own.pop(TOP, None)
    if top is not None and (not isinstance(top, int) or isinstance(top, bool) or top < 1):
        raise _make_error(
            f"{name}.{TOP}: expected a whole number from 1, got {format_value(top)}.",
            "Give the most columns that the screen may keep in a fold.",
        )
    return Step(name, tuple(sorted(own.items())), top=top)


def _write_step(step: Step) -> str | dict[str, dict[str, ParamValue]]:
    params = dict(step.params) if step.top is None else {**dict(step.params), TOP: step.top}
    return {step.name: params} if params else step.name


def _write_size(size: int | None) -> str | None:
    return None if size is None else format_size(size)


def _write_budget(seconds: float | None) -> str | None:
    return None if seconds is None else format_duration(seconds)


_TEXT = {"type": ["string", "number"]}
_SCALAR = {"type": ["string", "number", "boolean", "null"]}

ConfigText: TypeAlias = Annotated[str, BeforeValidator(_read_text), WithJsonSchema(_TEXT)]
ConfigTexts: TypeAlias = Annotated[tuple[ConfigText, ...], Field(strict=False)]
TextList: TypeAlias = Annotated[
    ConfigTexts,
    Field(min_length=1),
    BeforeValidator(_read_text_list),
    WithJsonSchema({"anyOf": [_TEXT, {"type": "array", "items": _TEXT, "minItems": 1}]}),
]
Budget: TypeAlias = Annotated[
    float | None,
    BeforeValidator(_read_budget),
    PlainSerializer(_write_budget),
    WithJsonSchema({"type": ["string", "number", "null"], "examples": ["90s", "10m", "1h30m"]}),
]
Size: TypeAlias = Annotated[
    int | None,
    BeforeValidator(_read_size),
    PlainSerializer(_write_size),
    WithJsonSchema({"type": ["string", "integer", "null"], "examples": ["4GB", "512MB"]}),
]
Scalar: TypeAlias = Annotated[ParamValue, BeforeValidator(_check_scalar), WithJsonSchema(_SCALAR)]
Params: TypeAlias = dict[str, Scalar]
ModelEntry: TypeAlias = Annotated[
    Annotated[Literal[False], Tag("off")] | Annotated[Params, Tag("on")],
    Discriminator(lambda value: "off" if value is False else "on"),
    BeforeValidator(_check_model_entry),
]
Folds: TypeAlias = Annotated[
    int | Literal["auto"],
    BeforeValidator(_read_folds),
    WithJsonSchema({"anyOf": [{"type": "integer", "minimum": FEWEST_FOLDS}, {"const": "auto"}]}),
]
Bounds: TypeAlias = Annotated[
    tuple[int | float, int | float],
    PlainValidator(_read_range),
    PlainSerializer(list),
    WithJsonSchema({"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2}),
]
Groups: TypeAlias = Annotated[
    dict[str, ModelEntry], BeforeValidator(lambda value: {} if value is False else value)
]
StepEntry: TypeAlias = Annotated[
    Step,
    PlainValidator(_read_step),
    PlainSerializer(_write_step),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string"},
                {
                    "type": "object",
                    "minProperties": 1,
                    "maxProperties": 1,
                    "additionalProperties": {"type": "object", "additionalProperties": _SCALAR},
                },
            ]
        }
    ),
]
Recipe: TypeAlias = Annotated[tuple[StepEntry, ...], Field(strict=False)]

"""From pydantic's errors to mistakes with a place, an expectation and a next action."""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from inspect import isclass
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from automl_cli.config.mistakes import (
    KeyPath,
    Mistake,
    format_path,
    format_value,
    join_names,
    make_hint,
)
from automl_cli.config.schema import RunConfig
from automl_cli.config.tree import Node, find_child, find_origin
from automl_cli.config.values import MISTAKE
from automl_cli.core.peers import find_key

_COMMAND = "`automl config schema` describes every key."


def diagnose(error: ValidationError, tree: Node) -> tuple[Mistake, ...]:
    """Return one mistake for each of pydantic's errors about the values of `tree`."""
    return tuple(_translate(details, tree) for details in error.errors(include_url=False))


def known_keys(model: type[BaseModel] = RunConfig, above: KeyPath = ()) -> tuple[KeyPath, ...]:
    """Return every key path of the schema, sections before what is in them.

    Examples
    --------
    >>> ("validation", "folds") in known_keys()
    True
    """
    paths: list[KeyPath] = []
    for name, field in model.model_fields.items():
        paths.append((*above, name))
        inner = field.annotation
        if isclass(inner) and issubclass(inner, BaseModel):
            paths.extend(known_keys(inner, (*above, name)))
    return tuple(paths)


def _translate(details: ErrorDetails, tree: Node) -> Mistake:
    path = _clean_path(details["loc"], tree)
    kind = details["type"]
    if kind == "extra_forbidden":
        problem, hint = "no such key.", _hint_key(path)
    elif kind == MISTAKE:
        problem, hint = details["ctx"]["problem"], details["ctx"]["hint"]
    elif kind == "missing":
        path = (*path, details["loc"][-1])
        problem, hint = "this key is missing.", _describe(path)
    else:
        came = format_value(details["input"])
        problem = f"expected {_format_expected(details)}, got {came}."
        hint = _hint_value(details, path)
    return Mistake(where=find_origin(tree, path), key_path=path, problem=problem, hint=hint)


def _clean_path(loc: KeyPath, tree: Node) -> KeyPath:
    """Leave out what pydantic adds for itself, such as the branch of a union."""
    path: list[str | int] = []
    node = tree
    for part in loc:
        child = find_child(node, part)
        if child is not None:
            path.append(part)
            node = child
    return tuple(path)


def _format_expected(details: ErrorDetails) -> str:
    kind = details["type"]
    limits = details.get("ctx", {})
    if kind == "greater_than_equal":
        return f"at least {limits['ge']:g}"
    if kind == "too_short":
        return f"at least {limits['min_length']} entry"
    if kind == "literal_error":
        return f"one of {limits['expected']}"
    return _EXPECTED.get(kind, details["msg"])


def _hint_value(details: ErrorDetails, path: KeyPath) -> str:
    came = details["input"]
    if details["type"] == "literal_error" and isinstance(came, str):
        return make_hint(came, re.findall("'(.*?)'", details["ctx"]["expected"]), _describe(path))
    if details["type"] == "tuple_type" and not isinstance(came, Mapping):
        return f"Write a list in brackets: [{came}]."
    return _describe(path)


def _hint_key(path: KeyPath) -> str:
    """Look for what other tools call so, then for a similar key here, then in other sections."""
    name, section = str(path[-1]), format_path(path[:-1])
    model = _find_model(path[:-1])
    here = tuple(model.model_fields) if model else ()
    everywhere = {str(known[-1]): format_path(known) for known in known_keys()}
    known = find_key(name)
    close = (
        ([known.removeprefix(f"{section}.")] if known else [])
        or get_close_matches(name.casefold(), here, n=1)
        or [everywhere[leaf] for leaf in get_close_matches(name.casefold(), everywhere, n=1)]
    )
    question = f"Did you mean {close[0]!r}? " if close else ""
    return f"{question}Allowed here: {join_names(here)}."


def _find_model(path: KeyPath) -> type[BaseModel] | None:
    model: type[BaseModel] | None = RunConfig
    for part in path:
        if isinstance(part, str):
            field = model.model_fields.get(part) if model else None
            model = _inner_model(field.annotation) if field else None
    return model


def _inner_model(annotation: object) -> type[BaseModel] | None:
    if isclass(annotation) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_inner_model, get_args(annotation))), None)


def _describe(path: KeyPath) -> str:
    """Return the description of the deepest key on the way that the schema knows."""
    for depth in range(len(path), 0, -1):
        model = _find_model(path[: depth - 1])
        field = model.model_fields.get(str(path[depth - 1])) if model else None
        if field is not None and field.description:
            return field.description
    return _COMMAND


_EXPECTED = {
    "bool_type": "true or false",
    "dict_type": "keys with values",
    "finite_number": "a finite number",
    "float_type": "a number",
    "int_type": "a whole number",
    "model_type": "keys with values",
    "string_type": "text",
    "tuple_type": "a list",
}

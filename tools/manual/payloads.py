"""The page about what `--json` prints, and a JSON schema of each payload for programs."""

import json
from collections.abc import Iterator
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from automl_cli.payloads import PAYLOADS, VARIANTS, Payload

INTRODUCTION = """\
# What `--json` prints

A command with `--json` prints one JSON object in one line to stdout; everything else goes to
stderr. `make docs` generates this page from the models in `automl_cli/payloads`, and tests compare
the output of the commands with them.

Each object has a `version`, the version of its schema. Within a version, keys may be added, but
none is renamed, removed or given another meaning: a program that reads the object should ignore
keys that it does not know. An undefined figure, such as the standard error of too few rows, is
`null`; `NaN` never occurs. Paths are as they were given to the command. A command that ends with an
error (exit code 2) prints nothing to stdout. The exception is `--fail-on`: the findings go to
stdout before the error is printed.

The same as JSON Schema (draft 2020-12), for programs: """

EVERY = {**PAYLOADS, **VARIANTS}


def make_payload_pages() -> dict[str, str]:
    """Return the text of each document by its path below `docs`."""
    pages = {"json.md": make_page()}
    for command, payload in EVERY.items():
        schema = {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **payload.model_json_schema(),
        }
        pages[_schema_path(command)] = json.dumps(schema, indent=2) + "\n"
    return pages


def make_page() -> str:
    """Return a table for each payload, and for what it is made of, each once."""
    links = ", ".join(f"[{command}]({_schema_path(command)})" for command in EVERY)
    return "\n".join([f"{INTRODUCTION}{links}.", *_format_sections()]) + "\n"


def _format_sections() -> Iterator[str]:
    told: set[type[Payload]] = set()
    for top in dict.fromkeys(EVERY.values()):
        commands = [name for name, payload in EVERY.items() if payload is top]
        yield f"\n## {', '.join(f'`automl {name} --json`' for name in commands)}"
        for model in _collect(top):
            if model not in told:
                told.add(model)
                yield from _format_model(model, is_top=model is top)


def _format_model(model: type[Payload], *, is_top: bool) -> Iterator[str]:
    if not is_top:
        yield f"\n### {_format_name(model)}\n\n{_one_line(model.__doc__)}"
    yield "\n| key | type | meaning |\n|---|---|---|"
    for name, field in model.model_fields.items():
        optional = "" if field.is_required() else ", may be absent"
        yield f"| `{name}` | {_format_type(field.annotation)}{optional} | {_describe(field)} |"


def _collect(model: type[Payload]) -> Iterator[type[Payload]]:
    """Return a model and all that it holds, itself first."""
    yield model
    for field in model.model_fields.values():
        for inner in _find_models(field.annotation):
            yield from _collect(inner)


def _find_models(annotation: Any) -> Iterator[type[Payload]]:  # noqa: ANN401  # any type there is
    if isinstance(annotation, type) and issubclass(annotation, Payload):
        yield annotation
    for argument in get_args(annotation):
        yield from _find_models(argument)


def _format_type(annotation: Any) -> str:  # noqa: ANN401  # any type there is
    origin = get_origin(annotation)
    if origin is Literal:
        return " or ".join(f"`{json.dumps(one)}`" for one in get_args(annotation))
    if origin is not None:
        inner = [_format_type(one) for one in get_args(annotation)]
        spelled = {
            list: f"list of {inner[0]}",
            tuple: f"list [{', '.join(inner)}]",
            dict: f"object of {inner[-1]}",
        }
        return spelled.get(origin, " or ".join(inner))  # else a union
    if isinstance(annotation, type) and issubclass(annotation, Payload):
        name = _format_name(annotation)
        return f"[{name}](#{name.casefold()})"
    return NAMES.get(annotation, "any value")


def _format_name(model: type[Payload]) -> str:
    return model.__name__.removesuffix("Payload")


def _describe(field: FieldInfo) -> str:
    return _one_line(field.description).replace("|", "\\|")


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())


def _schema_path(command: str) -> str:
    return f"schemas/{command.replace(' --', '-').replace(' ', '-')}.json"


NAMES = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    type(None): "null",
}

"""The page of keys: all that a YAML may hold, with types, defaults and meanings."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from automl_cli.config.schema import FileConfig
from manual.cells import format_table

Schema: TypeAlias = Mapping[str, Any]

INTRODUCTION = """\
# Keys of the config

A YAML file may have these keys, and `--set KEY=VALUE` sets any of them except `extends`, as in
`--set validation.folds=10`. The defaults are those of a file that extends nothing
(`extends: null`); [presets](tables.md#presets) set other values, which `automl config show` prints.
[Configuring](configuring.md) explains how files and flags are combined. This page is generated from
the schema by `make docs`."""


def make_keys_page() -> str:
    """Return a table for the top level, and one for each section."""
    schema = FileConfig.model_json_schema()
    keys: Mapping[str, Schema] = schema["properties"]
    sections = {
        name: schema["$defs"][_find_section(key)] for name, key in keys.items() if "$ref" in key
    }
    single = {name: key for name, key in keys.items() if name not in sections}
    lines = [INTRODUCTION, "\n## At the top", *_format_keys(single)]
    for name, section in sections.items():
        lines += [f"\n## `{name}`\n\n{' '.join(section['description'].split())}"]
        lines += _format_keys(section["properties"], f"{name}.")
    entry = schema["$defs"]["CandidateConfig"]
    lines += [f"\n## An entry of `candidates`\n\n{entry['description']}"]
    lines += _format_keys(entry["properties"])
    return "\n".join(lines) + "\n"


def _find_section(key: Schema) -> str:
    return str(key["$ref"].rpartition("/")[2])


def _format_keys(keys: Mapping[str, Schema], above: str = "") -> Iterator[str]:
    rows = [
        (f"`{above}{name}`", _format_type(key), _format_default(key), key["description"])
        for name, key in keys.items()
    ]
    yield from format_table(["key", "type", "default", "meaning"], rows)


def _format_type(key: Schema) -> str:
    if "anyOf" in key or "oneOf" in key:
        spelled = dict.fromkeys(map(_format_type, key.get("anyOf") or key["oneOf"]))
        return " or ".join(spelled)
    if "enum" in key:
        return " or ".join(f"`{one}`" for one in key["enum"])
    if "const" in key:
        return f"`{json.dumps(key['const'])}`"
    if "$ref" in key or key["type"] == "object":
        return _format_mapping(key)
    return f"list of {_format_type(key['items'])}" if "items" in key else _format_kinds(key)


def _format_kinds(key: Schema) -> str:
    kinds = [key["type"]] if isinstance(key["type"], str) else key["type"]
    if {"string", "boolean"} <= set(kinds):
        return "single value"
    if "string" in kinds and "integer" not in kinds:  # text that YAML may take for a number
        kinds = [kind for kind in kinds if kind != "number"]
    return " or ".join(NAMES[kind] for kind in kinds)


def _format_mapping(key: Schema) -> str:
    if "$ref" in key:
        return "mapping"
    held = _format_type(key["additionalProperties"])
    if key.get("maxProperties") == 1:  # a step with its parameters
        return f"one name and its {held}"
    return f"mapping of names to {held}"


def _format_default(key: Schema) -> str:
    if "default" in key:
        return f"`{json.dumps(key['default'])}`"
    return "`{}`" if key.get("type") == "object" else "none: required"


NAMES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "`true` or `false`",
    "null": "`null`",
}

"""A config as text: what is in force and who said it, a file to start from, a JSON schema."""

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from automl_cli.config.load import LoadedConfig
from automl_cli.config.mistakes import KeyPath
from automl_cli.config.presets import DEFAULT_PRESET, preset_path
from automl_cli.config.schema import FileConfig
from automl_cli.config.tree import APPEND, DEFAULT, find_node
from automl_cli.config.yaml_reader import RESOLVERS

ABOUT = ("title", "description", "default")  # what a schema says of a key besides its form


def show_config(loaded: LoadedConfig) -> str:
    """Return the effective config as YAML that loads to the same config, with origins beside.

    Examples
    --------
    >>> from automl_cli.config.load import load_config
    >>> print(show_config(load_config(preset="smoke", overrides=["seed=7"])))
    # The effective config; the comments say where each value comes from.
    extends: null
    metric: null  # default
    budget: null  # preset smoke:...
    seed: 7  # --set seed=7
    ...
    """
    lines = [
        "# The effective config; the comments say where each value comes from.",
        "extends: null",
    ]
    values: dict[str, Any] = loaded.config.model_dump()
    for name, value in values.items():
        lines.extend(_show_key(loaded, name, value))
    return "\n".join(lines) + "\n"


def init_config(preset: str = DEFAULT_PRESET) -> str:
    """Return a short YAML to start from: `preset`, and the keys that people change most.

    Raises
    ------
    ConfigError
        If there is no such preset.
    """
    preset_path(preset)
    return _TEMPLATE.replace("PRESET", preset)


def make_config_schema() -> dict[str, Any]:
    """Return the JSON schema of a config file, for editors."""
    schema = FileConfig.model_json_schema()
    for section in (schema, *schema["$defs"].values()):
        keys = section.get("properties", {})
        keys.update({name: _allow_append(key) for name, key in keys.items()})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "automl_cli config",
    }


def _allow_append(key: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a key; a list may also be added to the one below it."""
    if key.get("type") != "array":
        return key
    about = {name: key[name] for name in ABOUT if name in key}
    whole = {name: value for name, value in key.items() if name not in ABOUT}
    added = {"type": "object", "properties": {APPEND: whole}, "required": [APPEND]}
    return {**about, "anyOf": [whole, {**added, "additionalProperties": False}]}


def _show_key(loaded: LoadedConfig, name: str, value: object) -> Iterator[str]:
    if value and isinstance(value, Mapping):
        yield f"{name}:"
        for key, item in value.items():
            yield f"  {_write_entry({key: item})}  # {_format_origin(loaded, (name, key))}"
    elif value and isinstance(value, list | tuple):
        yield f"{name}:"
        for number, item in enumerate(value):
            said = {key: part for key, part in item.items() if part is not None}
            yield f"  - {_write(said)}  # {_format_origin(loaded, (name, number))}"
    else:
        yield f"{_write_entry({name: value})}  # {_format_origin(loaded, (name,))}"


def _write_entry(entry: Mapping[str, object]) -> str:
    return _write(entry)[1:-1]


def _write(value: Mapping[str, object]) -> str:
    text: str = yaml.dump(
        value,
        Dumper=_Dumper,
        default_flow_style=True,
        width=float("inf"),
        allow_unicode=True,
        sort_keys=False,
    )
    return text.strip()


def _format_origin(loaded: LoadedConfig, path: KeyPath) -> str:
    node = find_node(loaded.tree, path)
    return " ".join(str(node.origin if node else DEFAULT).split())


class _Dumper(yaml.SafeDumper):
    yaml_implicit_resolvers = RESOLVERS

    def represent_scalar(self, tag: str, value: str, style: str | None = None) -> yaml.ScalarNode:
        # Only double quotes keep line breaks and unprintable characters in one line.
        return super().represent_scalar(tag, value, style if value.isprintable() else '"')


_TEMPLATE = """\
# yaml-language-server: $schema=automl.schema.json
# `automl config schema > automl.schema.json` makes your editor complete and check this file.
# Take the "# " away from a key to use it. `automl config show FILE` shows what is in force.

extends: PRESET  # smoke (seconds), fast (2 min), medium (15 min), best (1 h), or another file

# metric: roc_auc  # null: from the task; `automl list metrics`
# budget: 30m      # for the whole command; null: no limit
# seed: 0

# data:                    # everything left out is inferred
#   target: [price]
#   id: row
#   drop: [comment]
#   missing: ["?", -999]   # besides the usual ones
#   roles: {zip: categorical}

# validation:
#   splitter: group        # `automl list splitters`
#   group: customer
#   folds: 10

# models:                  # on top of the preset's
#   catboost: {depth: 8}
#   extra_trees: false     # left out

# candidates:              # after the preset's; a list alone replaces them
#   append:
#     - {model: lightgbm, params: {num_leaves: 15}}
"""

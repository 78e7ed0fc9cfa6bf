"""YAML with the habits of version 1.2, where every value knows its line.

``1e-3`` is a float, only ``true`` and ``false`` are booleans, ``no``, ``10:30`` and ``007`` are
text, a key given twice is a mistake, and no tag creates an object.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import yaml

from automl_cli.config.mistakes import KeyPath, Mistake, Origin
from automl_cli.config.tree import Layer, Node, Value
from automl_cli.core.candidate import ParamValue
from automl_cli.core.errors import ConfigError

Place: TypeAlias = Callable[[int], Origin]  # from a line, counted from 1

_TAG = "tag:yaml.org,2002:"
_WHOLE = r"[-+]?(?:0|[1-9][0-9]*)"
# PyYAML looks a plain scalar up by its first character; the key None stands for every character.
RESOLVERS: dict[Any, list[tuple[str, re.Pattern[str]]]] = {
    None: [
        (f"{_TAG}null", re.compile(r"(?:null|Null|NULL|~|)\Z")),
        (f"{_TAG}bool", re.compile(r"(?:true|True|TRUE|false|False|FALSE)\Z")),
        (f"{_TAG}int", re.compile(rf"{_WHOLE}\Z")),
        (
            f"{_TAG}float",
            re.compile(
                rf"(?:(?:{_WHOLE}(?:\.[0-9]*)?|[-+]?\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
                r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\Z"
            ),
        ),
    ]
}
_HINTS = {
    "\\t": "Indent with spaces, not with tabs.",
    "mapping values are not allowed": "Check the indentation; text that holds ': ' needs quotes.",
    "another document": "Keep one document: leave the second '---' out.",
    "special characters": "Save the file as plain UTF-8 text.",
}
_HINT = "Check the indentation, quotes and brackets here and in the line before."


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers = RESOLVERS


def read_file(path: Path, label: str) -> Layer:
    """Return what a file says; an empty file says nothing.

    Parameters
    ----------
    path
        A YAML file in UTF-8, with or without a byte order mark.
    label
        How messages call it.

    Raises
    ------
    ConfigError
        If it cannot be read or is not YAML; the message has line and column.
    """
    layer = read_text(_load(path, label), lambda line: Origin(label, line))
    if layer.tree.value is None:
        return Layer(Node({}, Origin(label)), layer.mistakes)
    if not isinstance(layer.tree.value, dict):
        raise ConfigError(
            f"{layer.tree.origin}: expected keys with values, got "
            f"{'a list' if isinstance(layer.tree.value, tuple) else 'a single value'}.",
            hint="Write lines such as 'metric: roc_auc'; `automl config init` shows the keys.",
        )
    return layer


def read_text(text: str, place: Place) -> Layer:
    """Return what a text says; duplicate keys and unknown tags are noted as mistakes.

    Parameters
    ----------
    text
        One YAML document.
    place
        Makes the origin of the value that begins in a line.

    Raises
    ------
    ConfigError
        If it is not YAML.
    """
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        raise _make_error(error, place) from None
    except RecursionError:
        raise ConfigError(
            f"{place(1)}: nested too deeply.", hint="A config has at most five levels."
        ) from None
    if root is None:
        return Layer(Node(None, place(1)))
    builder = _Builder(place)
    tree = Node(builder.build(root, (), ()), place(root.start_mark.line + 1))
    return Layer(tree, tuple(builder.mistakes))


def _load(path: Path, label: str) -> str:
    try:
        return _decode(path.read_bytes(), label)
    except FileNotFoundError:
        raise ConfigError(
            f"{label}: no such file.",
            hint="`automl config init` writes one to start from; presets need no file: "
            "--preset fast.",
        ) from None
    except IsADirectoryError:
        raise ConfigError(
            f"{label}: expected a YAML file, got a directory.", hint="Name the file inside it."
        ) from None
    except OSError as error:
        raise ConfigError(
            f"{label}: cannot be read ({error.strerror}).", hint="Check the path and its rights."
        ) from None


def _decode(data: bytes, label: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise ConfigError(
            f"{label}:{line}: not UTF-8 text (byte 0x{error.object[error.start]:02x}).",
            hint="Save the file as UTF-8 in your editor.",
        ) from None


def _make_error(error: yaml.YAMLError, place: Place) -> ConfigError:
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", "unreadable"))
    problem = problem.removeprefix("but ")
    mark: yaml.Mark | None = getattr(error, "problem_mark", None)
    where = place(mark.line + 1 if mark else 1)
    column = f":{mark.column + 1}" if mark and where.line else ""
    hint = next((hint for part, hint in _HINTS.items() if part in problem), _HINT)
    return ConfigError(f"{where}{column}: not valid YAML: {problem}.", hint=hint)


class _Builder:
    """From PyYAML's nodes to ours; notes mistakes on the way."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.mistakes: list[Mistake] = []

    def build(self, node: yaml.Node, path: KeyPath, above: tuple[yaml.Node, ...]) -> Value:
        """Return the value of a node whose parents are the nodes `above`."""
        if any(node is parent for parent in above):
            where = self.place(node.start_mark.line + 1)
            raise ConfigError(f"{where}: an alias contains itself.", hint="Write the value out.")
        above = (*above, node)
        if isinstance(node, yaml.SequenceNode):
            return tuple(
                Node(self.build(item, (*path, i), above), self.place(item.start_mark.line + 1))
                for i, item in enumerate(node.value)
            )
        if isinstance(node, yaml.MappingNode):
            return self._build_mapping(node, path, above)
        try:
            return _read_scalar(node.tag.removeprefix(_TAG), node.value)
        except (KeyError, ValueError):
            problem = f"{node.value!r} cannot be read as {node.tag.replace(_TAG, '!!')}."
            self._add_mistake(node, path, problem, "Leave the tag out; quotes make a text.")
            return None

    def _build_mapping(
        self, node: yaml.MappingNode, path: KeyPath, above: tuple[yaml.Node, ...]
    ) -> dict[str, Node]:
        children: dict[str, Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._add_mistake(
                    key, path, "a key is a list or a mapping.", "Write keys as plain text."
                )
                continue
            below = (*path, key.value)
            if key.value in children:
                first = children[key.value].origin
                self._add_mistake(
                    key, below, f"given again, first in {first}.", "Keep one of the two."
                )
            # People look for a key's line, also when its value begins in the next one.
            origin = self.place(key.start_mark.line + 1)
            children[key.value] = Node(self.build(value, below, above), origin)
        return children

    def _add_mistake(self, node: yaml.Node, path: KeyPath, problem: str, hint: str) -> None:
        where = self.place(node.start_mark.line + 1)
        self.mistakes.append(Mistake(where=where, key_path=path, problem=problem, hint=hint))


def _read_scalar(tag: str, text: str) -> ParamValue:
    match tag:
        case "str":
            return text
        case "null":
            return None
        case "bool":
            return {"true": True, "false": False}[text.lower()]
        case "int":
            return int(text)
        case "float":
            return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))
    raise KeyError(tag)

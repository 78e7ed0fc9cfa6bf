"""Values that know where they were said, and how one layer of them lies over another."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TypeAlias

from automl_cli.config.mistakes import KeyPath, Mistake, Origin
from automl_cli.core.candidate import ParamValue

DEFAULT = Origin("default")
APPEND = "append"  # the key of a mapping that adds to the list below it: {append: [3, 4]}


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar, a mapping or a sequence of nodes, and the place that says it."""

    value: "Value"
    origin: Origin


Value: TypeAlias = ParamValue | Mapping[str, Node] | tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """What one file, one ``--set`` or the flags say, and the mistakes found in reading it."""

    tree: Node
    mistakes: tuple[Mistake, ...] = ()


def stack_layers(layers: Iterable[Layer]) -> Layer:
    """Return the layers as one; a later layer is stronger."""
    return reduce(
        lambda below, above: Layer(merge(below.tree, above.tree), below.mistakes + above.mistakes),
        layers,
        Layer(Node({}, DEFAULT)),
    )


def merge(below: Node, above: Node) -> Node:
    """Return `above` over `below`: mappings key by key, everything else replaced.

    Keys keep the place of their first mention; every value keeps its own origin. A mapping of
    `APPEND` and a list is added to the list below.
    """
    added, before = _find_added(above), _find_added(below)
    if added is not None and isinstance(below.value, tuple):
        return Node((*below.value, *added), above.origin)
    if added is not None and before is not None:
        return Node({APPEND: Node((*before, *added), above.origin)}, above.origin)
    if not (isinstance(below.value, Mapping) and isinstance(above.value, Mapping)):
        return above
    merged = dict(below.value)
    for name, node in above.value.items():
        merged[name] = merge(merged[name], node) if name in merged else node
    return Node(merged, above.origin)


def add_to_defaults(node: Node, defaults: object) -> Node:
    """Return `node` with each list that is to be added to nothing added to its default.

    Parameters
    ----------
    node
        The layers as one.
    defaults
        Plain values of the same keys.

    Examples
    --------
    >>> node = make_node({"names": {"append": ["b"]}}, Origin("mine.yaml"))
    >>> to_plain(add_to_defaults(node, {"names": ["a"]}))
    {'names': ['a', 'b']}
    """
    added = _find_added(node)
    if added is not None and isinstance(defaults, list | tuple):
        return Node((*(make_node(item, DEFAULT) for item in defaults), *added), node.origin)
    if not isinstance(node.value, Mapping):
        return node
    known = defaults if isinstance(defaults, Mapping) else {}
    below = {name: add_to_defaults(child, known.get(name)) for name, child in node.value.items()}
    return Node(below, node.origin)


def _find_added(node: Node) -> tuple[Node, ...] | None:
    """Return the items that a node adds to a list, or None."""
    children = as_mapping(node)
    added = children[APPEND].value if children.keys() == {APPEND} else None
    return added if isinstance(added, tuple) else None


def make_node(value: object, origin: Origin, keys: Sequence[str] = ()) -> Node:
    """Return a plain value below the mappings `keys`, all of one origin.

    Examples
    --------
    >>> to_plain(make_node(8, Origin("--set"), ["models", "catboost", "depth"]))
    {'models': {'catboost': {'depth': 8}}}
    """
    if keys:
        return Node({keys[0]: make_node(value, origin, keys[1:])}, origin)
    if isinstance(value, Mapping):
        return Node({str(key): make_node(item, origin) for key, item in value.items()}, origin)
    if isinstance(value, list | tuple):
        return Node(tuple(make_node(item, origin) for item in value), origin)
    if value is None or isinstance(value, bool | int | float | str):
        return Node(value, origin)
    return Node(str(value), origin)


def to_plain(node: Node) -> object:
    """Return the values without their origins, as dicts, lists and scalars."""
    if isinstance(node.value, Mapping):
        return {name: to_plain(child) for name, child in node.value.items()}
    if isinstance(node.value, tuple):
        return [to_plain(child) for child in node.value]
    return node.value


def as_mapping(node: Node) -> Mapping[str, Node]:
    """Return the children of a mapping; other nodes have none."""
    return node.value if isinstance(node.value, Mapping) else {}


def find_child(node: Node, part: str | int) -> Node | None:
    """Return what lies under one key or index, or None."""
    if isinstance(part, str):
        return as_mapping(node).get(part)
    if isinstance(node.value, tuple) and part < len(node.value):
        return node.value[part]
    return None


def find_node(tree: Node, path: KeyPath) -> Node | None:
    """Return what was said at `path`, or None."""
    node: Node | None = tree
    for part in path:
        node = find_child(node, part) if node else None
    return node


def find_origin(tree: Node, path: KeyPath) -> Origin:
    """Return who said the value at `path`, or else the closest mapping above it."""
    for depth in range(len(path), 0, -1):
        node = find_node(tree, path[:depth])
        if node is not None:
            return node.origin
    return DEFAULT

"""Where two configs differ, key by key."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

ABSENT = "-"


def list_differences(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[list[str]]:
    """Return each key that differs with both values as text.

    Examples
    --------
    >>> list_differences({"seed": 1, "data": {"roles": {}}}, {"seed": 2, "data": {"roles": {}}})
    [['seed', '1', '2']]
    """
    mine, its = dict(_flatten(first)), dict(_flatten(second))
    return [
        [key, *_describe_values(mine.get(key, ABSENT), its.get(key, ABSENT))]
        for key in dict.fromkeys([*mine, *its])
        if mine.get(key, ABSENT) != its.get(key, ABSENT)
        and not (_is_listed_below(key, mine, its) or _is_listed_below(key, its, mine))
    ]


def _flatten(value: object, prefix: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and value:
        for name, item in value.items():
            yield from _flatten(item, f"{prefix}.{name}" if prefix else str(name))
    else:
        yield prefix, value


def _is_listed_below(key: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Return whether nothing stands here in one, and keys of their own in the other."""
    return one.get(key) == {} and any(name.startswith(f"{key}.") for name in other)


def _describe_values(first: object, second: object) -> tuple[str, str]:
    if not (isinstance(first, list) and isinstance(second, list)):
        return str(first), str(second)
    if not any(isinstance(item, Mapping) for item in [*first, *second]):
        return str(first), str(second)
    return _count_alone(first, second), _count_alone(second, first)


def _count_alone(one: Sequence[object], other: Sequence[object]) -> str:
    """Return how many candidates a list has: all of them would fill two screens."""
    alone = sum(item not in other for item in one)
    return f"{len(one)} planned, {alone} of them only here" if alone else f"{len(one)} planned"

"""Content-addressed keys and the seeds derived from them.

A key is a hash of what a thing *is*; equal content gives the same key on every machine, so
finished work is found again by name and two different things never share a file.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass

import numpy as np
import numpy.typing as npt

SHORT = 8  # hex digits shown to people; the full key is stored beside


def make_key(value: object) -> str:
    """Return the SHA-256 of `value` as 64 hex digits.

    Parameters
    ----------
    value
        Any nesting of dataclasses, mappings, sequences, arrays, numbers, strings, None.

    Raises
    ------
    TypeError
        If something else is inside; give it a plain form first.

    Examples
    --------
    >>> make_key({"b": 1, "a": 2}) == make_key({"a": 2, "b": 1})
    True
    """
    text = json.dumps(_plain(value), sort_keys=True, separators=(",", ":"), allow_nan=True)
    return hashlib.sha256(text.encode()).hexdigest()


def make_array_key(*arrays: npt.NDArray[np.generic]) -> str:
    """Return the SHA-256 over the shapes, types and bytes of `arrays`."""
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(f"{array.dtype.str}{array.shape}".encode())
        digest.update(np.ascontiguousarray(array).data)
    return digest.hexdigest()


def make_seed(seed: int, *parts: object) -> int:
    """Return a seed for one part of a run: stable, and different for different parts.

    Examples
    --------
    >>> make_seed(0, "lightgbm", 1) == make_seed(0, "lightgbm", 1)
    True
    >>> make_seed(0, "lightgbm", 1) == make_seed(0, "lightgbm", 2)
    False
    """
    return int(make_key([seed, *parts])[:8], 16) & 0x7FFFFFFF


def _plain(value: object) -> object:
    if isinstance(value, np.ndarray):
        return make_array_key(value)
    if isinstance(value, np.generic):
        return value.item()
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    raise TypeError(f"no key for {type(value).__name__}")

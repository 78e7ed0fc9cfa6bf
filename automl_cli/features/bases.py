"""Columns as codes that can be crossed: categories, exact values and quantile bins."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.core.arrays import CodeMatrix, CodeVector
from automl_cli.core.dataset import Column
from automl_cli.features.codes import (
    Coding,
    find_known,
    fit_bins,
    fit_values,
    look_up_all,
    make_coding,
    pack_codings,
    read_keys,
    unpack_codings,
)
from automl_cli.features.group import GroupState

JoinedKeys: TypeAlias = npt.NDArray[np.int32 | np.int64]

LEAST_ROWS_A_VALUE = 20  # of a number, on average, for its values to be categories
DENSE = 16  # possible keys a row up to which a table of all is faster than sorting and hashing


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """A column in one coding.

    Parameters
    ----------
    name
        What crosses call it: ``city``, ``age__exact`` or ``age__q50``.
    column
        The column it is made of.
    coding
        What its codes mean.
    """

    name: str
    column: str
    coding: Coding


def fit_bases(
    frame: pd.DataFrame, columns: tuple[Column, ...], bins: tuple[int, ...]
) -> list[Base]:
    """Return the codings of each column, in table order, the finest of a column first.

    Parameters
    ----------
    frame, columns
        The table and its roles.
    bins
        The numbers of quantile bins wanted, descending.
    """
    return [
        Base(name=f"{column.name}{suffix}", column=column.name, coding=coding)
        for column in columns
        if column.role in {"categorical", "numeric"}
        for suffix, coding in _fit_codings(frame, column, bins)
        if coding.n_levels > 1
    ]


def code_bases(bases: Sequence[Base], frame: pd.DataFrame) -> CodeMatrix:
    """Return the codes of the bases, shape (bases, rows)."""
    codes = np.empty((len(bases), len(frame)), dtype=np.int32)
    rows = iter(codes)
    for column, own in groupby(bases, key=attrgetter("column")):  # the bases of one stand together
        for made in look_up_all([base.coding for base in own], read_keys(frame, column)):
            next(rows)[:] = made
    return codes


def fit_joined(bases: Sequence[Base], codes: CodeMatrix, combination: Sequence[int]) -> Coding:
    """Return the coding of several bases together: a code for what occurs together.

    Parameters
    ----------
    bases
        All bases.
    codes
        Their codes, shape (bases, rows).
    combination
        Positions of those to join.
    """
    keys = _join(bases, codes, combination)
    if _is_dense(bases, combination, len(keys)):
        counted = np.bincount(keys)
        known = np.flatnonzero(counted > 0)
        return make_coding(known.astype(keys.dtype), counted[known])
    return make_coding(*np.unique(keys, return_counts=True))


def count_joined(bases: Sequence[Base], codes: CodeMatrix, combination: Sequence[int]) -> int:
    """Return how many codes `fit_joined` would find."""
    keys = _join(bases, codes, combination)
    if _is_dense(bases, combination, len(keys)):
        return int(np.count_nonzero(np.bincount(keys)))
    return len(pd.unique(keys))  # by hashing: faster than sorting


def look_up_joined(
    bases: Sequence[Base], codes: CodeMatrix, combination: Sequence[int], coding: Coding
) -> CodeVector:
    """Return the codes that `fit_joined` has given, 0 for what did not occur together."""
    keys = _join(bases, codes, combination)
    if not _is_dense(bases, combination, len(keys)):
        return find_known(coding.known, keys)
    table = np.zeros(_count_possible(bases, combination), dtype=np.int32)
    table[coding.known] = np.arange(1, len(coding.known) + 1)
    return np.take(table, keys, mode="clip")  # no key is beyond: only faster


def pack_bases(bases: Sequence[Base]) -> GroupState:
    """Return bases as plain data."""
    return GroupState(
        meta={"bases": [[base.name, base.column] for base in bases]},
        arrays=pack_codings([base.coding for base in bases], "base"),
    )


def unpack_bases(state: GroupState) -> list[Base]:
    """Return what `pack_bases` was given, from a state that holds it and more."""
    described: list[Any] = state.meta["bases"]
    return [
        Base(name=name, column=column, coding=coding)
        for (name, column), coding in zip(
            described, unpack_codings(state.arrays, "base"), strict=True
        )
    ]


def _join(bases: Sequence[Base], codes: CodeMatrix, combination: Sequence[int]) -> JoinedKeys:
    # A row with an unseen code gets a key that no row without one has. Beyond 2**63 possible keys
    # they wrap around, as a hash does.
    is_small = _count_possible(bases, combination) < 2**31
    keys: JoinedKeys = np.zeros(codes.shape[1], dtype=np.int32 if is_small else np.int64)
    for position in combination:
        np.multiply(keys, _count_codes(bases[position]), out=keys)
        np.add(keys, codes[position], out=keys)
    return keys


def _is_dense(bases: Sequence[Base], combination: Sequence[int], n_rows: int) -> bool:
    return _count_possible(bases, combination) <= DENSE * n_rows


def _count_possible(bases: Sequence[Base], combination: Sequence[int]) -> int:
    return math.prod(_count_codes(bases[position]) for position in combination)


def _count_codes(base: Base) -> int:
    return len(base.coding.known) + 2  # unseen and missing have a code too


def _fit_codings(
    frame: pd.DataFrame, column: Column, bins: tuple[int, ...]
) -> list[tuple[str, Coding]]:
    exact = fit_values(read_keys(frame, column.name))
    n_known = len(exact.known)
    if n_known == 0:
        return []
    if column.role == "categorical":
        return [("", exact)]
    is_few = n_known * LEAST_ROWS_A_VALUE <= len(frame)
    binned = [(f"__q{n_bins}", fit_bins(exact, n_bins)) for n_bins in bins if n_bins < n_known]
    return [("__exact", exact), *binned] if is_few else binned

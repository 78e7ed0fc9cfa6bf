"""Columns as codes that can be crossed: categories, exact values and quantile bins."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from automl_cli.core.arrays import CodeMatrix, IntVector
from automl_cli.core.dataset import Column
from automl_cli.features.codes import (
    Coding,
    code_columns,
    fit_bins,
    fit_values,
    pack_codings,
    read_keys,
    unpack_codings,
)
from automl_cli.features.group import State

LEAST_ROWS_A_VALUE = 20  # of a number, on average, for its values to be categories


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
    keys = {name: read_keys(frame, name) for name in {base.column for base in bases}}
    codings = [base.coding for base in bases]
    return code_columns(codings, (keys[base.column] for base in bases), len(frame))


def join_codes(bases: Sequence[Base], codes: CodeMatrix, combination: Sequence[int]) -> IntVector:
    """Return one key a row for the codes of several bases together, shape (rows,).

    A row with an unseen code gets a key that no row without one has.

    Parameters
    ----------
    bases
        All bases.
    codes
        Their codes, shape (bases, rows).
    combination
        Positions of those to join. Beyond 2**63 possible keys they wrap around, as a hash does.
    """
    keys = np.zeros(codes.shape[1], dtype=np.int64)
    for position in combination:
        keys *= len(bases[position].coding.known) + 2  # unseen and missing have a code too
        keys += codes[position]
    return keys


def pack_bases(bases: Sequence[Base]) -> State:
    """Return bases as plain data."""
    return State(
        meta={"bases": [[base.name, base.column] for base in bases]},
        arrays=pack_codings([base.coding for base in bases], "base"),
    )


def unpack_bases(state: State) -> list[Base]:
    """Return what `pack_bases` was given, from a state that holds it and more."""
    described: list[Any] = state.meta["bases"]
    return [
        Base(name=name, column=column, coding=coding)
        for (name, column), coding in zip(
            described, unpack_codings(state.arrays, "base"), strict=True
        )
    ]


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

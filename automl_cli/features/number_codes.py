"""Numeric columns as categories, by exact value: what `native` and `onehot` make if told to."""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_cli.core.arrays import CodeVector
from automl_cli.core.dataset import Column
from automl_cli.features.codes import (
    Coding,
    fit_values,
    look_up,
    pack_codings,
    read_keys,
    unpack_codings,
)
from automl_cli.features.group import Features, GroupState, names_of_role


def fit_number_codes(
    frame: pd.DataFrame,
    columns: tuple[Column, ...],
    least: float,
    limits: tuple[float, float] = (1, math.inf),
) -> GroupState | None:
    """Learn the values of each numeric column, and which of them have a code of their own.

    Parameters
    ----------
    frame, columns
        Training rows, and the columns of the data set.
    least
        Values that occur so often have a code each, and the others one more; columns whose values
        are all rarer are left out, and so are those whose rows are all the same.
    limits
        The fewest and the most values of a column that is not left out.
    """
    found = {}
    for name in names_of_role(columns, "numeric"):
        coding = fit_values(read_keys(frame, name))
        is_wanted = coding.n_levels > 1 and limits[0] <= len(coding.known) <= limits[1]
        if is_wanted and coding.counts[1:-1].max() >= least:
            found[name] = coding
    if not found:
        return None
    own = [_join_rare(coding, least) for coding in found.values()]
    arrays = pack_codings(list(found.values()), "number")
    return GroupState(
        meta={"columns": list(found), "levels": [int(codes.max()) + 1 for codes in own]},
        arrays={**arrays, "number_codes": np.concatenate(own)},
    )


def transform_number_codes(
    state: GroupState, frame: pd.DataFrame, suffix: str
) -> Iterator[Features]:
    """Return the codes; missing and unseen values have 0."""
    columns, levels = state.meta["columns"], state.meta["levels"]
    codings = unpack_codings(state.arrays, "number")
    ends = np.cumsum([len(coding.counts) for coding in codings])
    tables = np.split(state.arrays["number_codes"], ends[:-1])
    made = np.empty((len(columns), len(frame)), dtype=np.int32)
    for row, name, coding, table in zip(made, columns, codings, tables, strict=True):
        row[:] = table[look_up(coding, read_keys(frame, name))]
    names = tuple(f"{name}{suffix}" for name in columns)
    yield Features(kind="categories", names=names, array=made, levels=tuple(levels))


def _join_rare(coding: Coding, least: float) -> CodeVector:
    """Return what each code of a coding becomes, shape (known + 2,)."""
    counts = coding.counts.copy()
    counts[[0, -1]] = 0
    frequent = counts >= max(least, 1)
    codes = np.where(frequent, np.cumsum(frequent), frequent.sum() + 1)
    codes[[0, -1]] = 0
    return codes.astype(np.int32)

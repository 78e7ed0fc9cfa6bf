"""Any generated column as codes, so that all kinds are judged alike: numbers by their bins."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import ByteVector, CodeVector, IntVector
from automl_cli.features.finite import sample_rows
from automl_cli.features.group import Features

N_BINS = 64  # of a number; with missing they fit into a byte
ROWS_FOR_BINS = 20_000  # that their bounds are taken from
SMOOTHING = 10.0  # of bins and of native categories, in rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """A column as codes.

    Parameters
    ----------
    name
        Its name.
    codes, n_levels
        Shape (rows,), from 0 to `n_levels` - 1.
    smoothing
        How many rows of no effect each code is given.
    rows
        The rows they belong to, or None: all.
    """

    name: str
    codes: CodeVector | ByteVector
    n_levels: int
    smoothing: float
    rows: IntVector | None


def code_column(features: Features, number: int, rows: IntVector | None = None) -> Coded:
    """Return one column as codes.

    Parameters
    ----------
    features
        Generated columns.
    number
        Which of them.
    rows
        The rows that numbers are looked at in; None: all. Codes are always those of all rows.
    """
    name, column = features.names[number], features.array[number]
    if features.kind != "values":
        smoothing = features.smoothing or SMOOTHING
        n_levels = features.levels[number]
        return Coded(name=name, codes=column, n_levels=n_levels, smoothing=smoothing, rows=None)
    codes, n_levels = bin_values(column if rows is None else column[rows])
    return Coded(name=name, codes=codes, n_levels=n_levels, smoothing=SMOOTHING, rows=rows)


def bin_values(values: npt.NDArray[np.float32]) -> tuple[ByteVector, int]:
    """Return the bin of each value, 0 for missing, and the number of bins.

    Examples
    --------
    >>> bin_values(np.array([3.0, np.nan, 1.0], dtype=np.float32))
    (array([2, 0, 1], dtype=uint8), 3)
    """
    rows = few_of(len(values), ROWS_FOR_BINS)
    seen = values if rows is None else values[rows]
    seen = np.sort(seen[~np.isnan(seen)])
    starts = np.unique(seen[np.arange(1, N_BINS) * len(seen) // N_BINS]) if len(seen) else seen
    starts = starts[starts > seen[:1]]
    codes = (np.searchsorted(starts, values, side="right") + 1).astype(np.uint8)
    codes[np.isnan(values)] = 0
    return codes, len(starts) + 2


def few_of(n_rows: int, most: int) -> IntVector | None:
    """Return the sorted numbers of `most` rows, or None if there are no more."""
    if n_rows <= most:
        return None
    return sample_rows(n_rows, most)

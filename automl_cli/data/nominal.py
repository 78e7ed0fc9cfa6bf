"""Whole numbers that are names: what counts is which one it is, not how large.

No model is fitted. Each row's target is predicted from other rows: by the mean of its exact number,
and by the mean of the numbers around it (bins of equal rows, their number chosen in their favour).
Numbers are names where the first is better by far more than chance, and where the numbers around
one tell no more than numbers around it in a random order would.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.core.arrays import FloatMatrix, FloatVector, IntVector
from automl_cli.core.resampling import make_parts, thin_rows

MOST_ROWS = 100_000  # looked at
MOST_CLASSES = 20  # of a target
LEAST_VALUES = 50  # a tree of usual size tells fewer apart
ROWS_A_VALUE = 3.0  # at least, on average
BINS = (8, 16, 32, 64)
N_PARTS = 5
PRIOR = 5.0  # rows that the mean of all counts as
LEAST_ERRORS = 4.0  # standard errors between both ways
LEAST_GAIN = 0.01  # of the target's variance
ORDERED = 0.25  # of what names tell beyond a random order: what the true order may tell of it
N_ORDERS = 5  # random ones
KNOWN = 0.9  # of the test rows have a number that train has


@dataclass(frozen=True, slots=True, kw_only=True)
class Nominal:
    """A column of whole numbers that are names.

    Parameters
    ----------
    column
        Its name.
    by_value, by_order, by_chance
        Share of the target's variance that is told, on other rows, by the exact number, by the
        numbers around it, and by those around it in a random order.
    n_values
        Distinct numbers.
    """

    column: str
    by_value: float
    by_order: float
    by_chance: float
    n_values: int


def find_nominal(
    train: pd.DataFrame,
    test: pd.DataFrame | None,
    outputs: FloatMatrix,
    seed: int = 0,
) -> Iterator[Nominal]:
    """Yield the columns of train whose whole numbers are names.

    Parameters
    ----------
    train, test
        Feature columns.
    outputs
        What is told, shape (n_outputs, rows of train): see `make_outputs`.
    """
    rows = thin_rows(np.arange(len(train)), MOST_ROWS, seed)
    parts = make_parts(len(rows), N_PARTS, seed)
    y = outputs[:, rows]
    spread = float(y.var(axis=1).sum())
    for name in train.columns:
        column = train[name]
        if column.dtype.kind not in "iuf" or spread == 0:
            continue
        values = column.to_numpy()[rows]
        if not _may_be_names(values) or not _are_known(column, test):
            continue
        found = _compare(str(name), values, y, parts)
        if found is not None:
            yield found


def make_outputs(y: npt.NDArray[Any], n_classes: int) -> FloatMatrix:
    """Return what is predicted, shape (n_outputs, rows): ranks, or whether a row is of a class.

    Of many classes only the most frequent ones count: each costs a pass over every column.
    """
    if not n_classes:
        return np.asarray(pd.Series(y).rank(pct=True), dtype=np.float64)[None]
    frequent = np.argsort(-np.bincount(y, minlength=n_classes), kind="stable")
    classes = [1] if n_classes == 2 else frequent[:MOST_CLASSES].tolist()
    return np.stack([(y == code).astype(np.float64) for code in classes])


def _may_be_names(values: npt.NDArray[Any]) -> bool:
    filled = values[~np.isnan(values)] if values.dtype.kind == "f" else values
    if not len(filled) or not np.array_equal(filled, np.floor(filled)):
        return False
    n_values = len(np.unique(filled))
    return n_values >= LEAST_VALUES and len(filled) >= ROWS_A_VALUE * n_values


def _are_known(column: "pd.Series[Any]", test: pd.DataFrame | None) -> bool:
    if test is None:
        return True
    test_labels = test[column.name].dropna()
    return not len(test_labels) or float(test_labels.isin(column.unique()).mean()) >= KNOWN


def _compare(
    name: str, values: npt.NDArray[Any], y: FloatMatrix, parts: IntVector
) -> Nominal | None:
    """Return the column if its exact numbers tell more about other rows than their order."""
    spread = float(y.var(axis=1).sum())
    distinct, codes = np.unique(values, return_inverse=True)
    exact, around = _measure_errors(codes, y, parts), _measure_order(codes, y, parts)
    difference = around - exact
    error = float(difference.std() / np.sqrt(len(difference)))
    gain = float(difference.mean())
    if gain < LEAST_ERRORS * error or gain < LEAST_GAIN * spread:
        return None
    generator = np.random.default_rng(len(distinct))
    shuffled = [
        _measure_order(generator.permutation(len(distinct))[codes], y, parts).mean()
        for _ in range(N_ORDERS)
    ]
    errors = float(exact.mean()), float(around.mean()), float(np.mean(shuffled))
    by_value, by_order, by_chance = (max(0.0, 1 - one / spread) for one in errors)
    if by_order - by_chance > ORDERED * (by_value - by_chance):
        return None
    return Nominal(
        column=name,
        by_value=by_value,
        by_order=by_order,
        by_chance=by_chance,
        n_values=len(distinct),
    )


def _measure_order(codes: IntVector, y: FloatMatrix, parts: IntVector) -> FloatVector:
    """Return each row's squared error, predicted by the mean of its bin; the best size of bins."""
    ranks = np.cumsum(np.bincount(codes)) / len(codes)  # of each number, among the rows
    ways = (np.minimum((ranks * n_bins).astype(int), n_bins - 1)[codes] for n_bins in BINS)
    return min((_measure_errors(way, y, parts) for way in ways), key=np.mean)


def _measure_errors(codes: IntVector, y: FloatMatrix, parts: IntVector) -> FloatVector:
    """Return each row's squared error, predicted by the mean of its code in the other parts."""
    n_codes = int(codes.max()) + 1
    cells = parts * n_codes + codes
    shape = (N_PARTS, n_codes)
    counts = np.bincount(cells, minlength=N_PARTS * n_codes).reshape(shape)
    others = counts.sum(axis=0) - counts
    errors = np.zeros(y.shape[1])
    for output in y:
        sums = np.bincount(cells, weights=output, minlength=N_PARTS * n_codes).reshape(shape)
        means = (sums.sum(axis=0) - sums + PRIOR * output.mean()) / (others + PRIOR)
        errors += (output - means[parts, codes]) ** 2
    return errors

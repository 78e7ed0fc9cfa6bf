"""What a column says of the gradient: for each row the weight of its code in the other parts."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

import numpy as np

from automl_cli.core.arrays import Float32Matrix, FloatMatrix, FloatVector, IntVector
from automl_cli.features.coded import Coded, code_column
from automl_cli.features.gradient import sum_codes, weigh_codes
from automl_cli.features.screen import View
from automl_cli.features.steps import StoredColumn

ColumnPlace: TypeAlias = tuple[Path, int, int]
Sums: TypeAlias = tuple[tuple[FloatMatrix, FloatMatrix], ...]

CELLS = 100_000  # rows times outputs that signals are compared on
MOST_BYTES = 64 << 20  # of codes and sums that one process keeps


@dataclass(slots=True)
class CodeCache:
    """Stored columns as codes, kept as long as they are small: folds have most columns in common.

    Parameters
    ----------
    rows
        The rows that are looked at; None: all.
    most_bytes
        What is kept at most; further columns are read each time.
    known
        By the folder of their step, the number of their features and their place.
    sums
        What the codes of a column add up to in each part of a view, by the same.
    view
        The view that these are of.
    n_bytes
        What is kept.
    """

    rows: IntVector | None = None
    most_bytes: int = MOST_BYTES
    known: dict[ColumnPlace, Coded] = field(default_factory=dict)
    sums: dict[ColumnPlace, Sums] = field(default_factory=dict)
    view: View | None = None
    n_bytes: int = 0

    def code(self, column: StoredColumn) -> Coded:
        """Return a column as codes."""
        place = _locate(column)
        if place in self.known:
            return self.known[place]
        coded = code_column(column.read(), 0)
        if self.rows is not None:
            coded = replace(coded, codes=coded.codes[self.rows])
        if self.n_bytes + coded.codes.nbytes <= self.most_bytes:
            self.n_bytes += coded.codes.nbytes
            self.known[place] = coded
        return coded

    def sum(self, column: StoredColumn, view: View) -> Sums:
        """Return for each output the sums of gradient and hessian by part and code."""
        if self.view is not view:
            self.n_bytes -= sum(map(_count_bytes, self.sums.values()))
            self.view, self.sums = view, {}
        place = _locate(column)
        if place in self.sums:
            return self.sums[place]
        coded = self.code(column)
        every = sum_codes(coded.codes, coded.n_levels, view.gradient, view.parts)
        found = tuple((slopes, curvatures) for slopes, curvatures, _ in every)
        if self.n_bytes + _count_bytes(found) <= self.most_bytes:
            self.n_bytes += _count_bytes(found)
            self.sums[place] = found
        return found


def sample_seen(view: View, fold: int) -> IntVector:
    """Return the rows that a fold may look at, or a sample of them if there are many."""
    rows = np.flatnonzero(view.parts.seen[fold][view.parts.part])
    most = max(1, CELLS // len(view.gradient.gradient))
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(fold).choice(rows, most, replace=False))


def make_signals(
    columns: Sequence[StoredColumn],
    view: View,
    fold: int,
    rows: IntVector,
    cache: CodeCache | None = None,
) -> Float32Matrix:
    """Return the signal of each column, outputs one after another, shape (columns, cells).

    The columns are read one by one: hundreds of them in full would take more than their signals.
    """
    cache = cache or CodeCache(view.rows, most_bytes=0)
    signals = np.empty((len(columns), len(view.gradient.gradient) * len(rows)), dtype=np.float32)
    for signal, column in zip(signals, columns, strict=True):
        coded = cache.code(column)
        signal[:] = _make_signal(coded, cache.sum(column, view), view, fold, rows)
    return signals


def _make_signal(column: Coded, sums: Sums, view: View, fold: int, rows: IntVector) -> FloatVector:
    part, seen = view.parts.part[rows], view.parts.seen[fold : fold + 1]
    codes = column.codes[rows]
    return np.concatenate(
        [
            weigh_codes(slopes, curvatures, seen, column.smoothing)[0, part, codes]
            for slopes, curvatures in sums
        ]
    )


def multiply_signals(signals: Float32Matrix) -> FloatMatrix:
    """Return the inner products of all pairs, shape (columns, columns), float64.

    Only half of them are computed: it is most of the work of a pool.

    Examples
    --------
    >>> multiply_signals(np.array([[1.0, 2.0], [3.0, 4.0]], dtype=np.float32))
    array([[ 5., 11.],
           [11., 25.]])
    """
    from scipy.linalg.blas import ssyrk

    upper = np.triu(ssyrk(1.0, signals.T, trans=1)).astype(np.float64)
    return np.asarray(upper + np.triu(upper, 1).T)


def _locate(column: StoredColumn) -> ColumnPlace:
    return column.folder, column.number, column.place


def _count_bytes(sums: Sums) -> int:
    return sum(slopes.nbytes + curvatures.nbytes for slopes, curvatures in sums)

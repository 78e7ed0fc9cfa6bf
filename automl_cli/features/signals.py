"""What a column says of the gradient: for each row the weight of its code in the other parts."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from automl_cli.core.arrays import Float32Matrix, FloatVector, IntVector
from automl_cli.features.coded import Coded, code_column
from automl_cli.features.gradient import sum_codes, weigh_codes
from automl_cli.features.screen import View
from automl_cli.features.steps import StoredColumn

CELLS = 100_000  # rows times outputs that signals are compared on
MOST_BYTES = 64 << 20  # of codes that one process keeps


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
    n_bytes
        What is kept.
    """

    rows: IntVector | None = None
    most_bytes: int = MOST_BYTES
    known: dict[tuple[Path, int, int], Coded] = field(default_factory=dict)
    n_bytes: int = 0

    def code(self, column: StoredColumn) -> Coded:
        """Return a column as codes."""
        place = (column.folder, column.number, column.place)
        if place in self.known:
            return self.known[place]
        coded = code_column(column.read(), 0)
        if self.rows is not None:
            coded = replace(coded, codes=coded.codes[self.rows])
        if self.n_bytes + coded.codes.nbytes <= self.most_bytes:
            self.n_bytes += coded.codes.nbytes
            self.known[place] = coded
        return coded


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
        signal[:] = _make_signal(cache.code(column), view, fold, rows)
    return signals


def _make_signal(column: Coded, view: View, fold: int, rows: IntVector) -> FloatVector:
    parts, seen = view.parts, view.parts.seen[fold : fold + 1]
    codes = column.codes[rows]
    said = [
        weigh_codes(slopes, curvatures, seen, column.smoothing)[0, parts.part[rows], codes]
        for slopes, curvatures, _ in sum_codes(column.codes, column.n_levels, view.gradient, parts)
    ]
    return np.concatenate(said)

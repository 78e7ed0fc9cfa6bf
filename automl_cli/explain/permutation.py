"""What a blend loses on held-out rows when columns of the table are permuted among them.

The table is permuted and not the model's input: every generated column is made anew of what was
permuted, so that it counts for its sources.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import chain

import numpy as np
import pandas as pd

from automl_cli.core.arrays import FloatMatrix, FloatVector, IntVector
from automl_cli.core.frames import with_columns
from automl_cli.explain.losses import RowLoss
from automl_cli.explain.parallel import map_threads

BATCH_ROWS = 10_000  # predicted at once


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedFold:
    """Rows that a fold holds out, and what it predicts for them.

    Parameters
    ----------
    rows
        Their numbers in the training table, two or more.
    predict
        ``predict(frame) -> predictions``, shape (rows, n_outputs), by models of this fold.
    """

    rows: IntVector
    predict: Callable[[pd.DataFrame], FloatMatrix]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Losses of rows without and with columns permuted.

    Parameters
    ----------
    rows
        Row numbers, ascending, shape (rows,).
    base
        Loss of each row as it is, shape (rows,).
    differences
        For each set of columns how much higher the loss of each row is when they are permuted,
        mean over repeats, shape (sets, rows).
    """

    rows: IntVector
    base: FloatVector
    differences: FloatMatrix


def measure_permutations(
    folds: Sequence[JudgedFold],
    frame: pd.DataFrame,
    sets: Sequence[Sequence[str]],
    loss: RowLoss,
    *,
    n_repeats: int,
    seed: int,
) -> Measured:
    """Return the losses of held-out rows with each set of columns permuted.

    Parameters
    ----------
    folds
        Who predicts which rows; a row of several folds gets its mean over them.
    frame
        The training table.
    sets
        Columns that are permuted together.
    loss
        Of a row.
    n_repeats
        Permutations of each fold; in each every row gets another row's values.
    seed
        Of the permutations.
    """
    rows = np.unique(np.concatenate([fold.rows for fold in folds]))
    total = np.zeros((1 + len(sets), len(rows)))
    times = np.zeros(len(rows))
    for number, fold in enumerate(folds):
        places = np.searchsorted(rows, fold.rows)
        own = frame.iloc[fold.rows]
        orders = make_orders(len(own), n_repeats, seed + number)
        base = loss(fold.rows, fold.predict(own))
        times[places] += 1
        total[0, places] += base
        total[1:, places] += _measure(fold, own, sets, orders, loss) - base
    total /= times
    return Measured(rows=rows, base=total[0], differences=total[1:])


def make_orders(n_rows: int, n_repeats: int, seed: int) -> Sequence[IntVector]:
    """Return permutations in which no row keeps its place and no two give it the same row.

    Examples
    --------
    >>> [order.tolist() for order in make_orders(3, 2, seed=0)]
    [[2, 0, 1], [1, 2, 0]]
    """
    drawn = np.random.default_rng(seed).permutation(n_rows)
    orders = []
    for shift in range(1, min(n_repeats, n_rows - 1) + 1):
        order = np.empty(n_rows, dtype=np.int64)
        order[drawn] = np.roll(drawn, shift)
        orders.append(order)
    return orders


def _measure(
    fold: JudgedFold,
    frame: pd.DataFrame,
    sets: Sequence[Sequence[str]],
    orders: Sequence[IntVector],
    loss: RowLoss,
) -> FloatMatrix:
    """Return the mean loss of each row over all orders, by set, shape (sets, rows)."""
    n_rows, at_once = len(frame), max(1, BATCH_ROWS // len(frame))
    tasks = [(columns, order) for columns in sets for order in orders]

    def measure(start: int) -> FloatVector:
        permuted = _permute(frame, tasks[start : start + at_once])
        return loss(np.tile(fold.rows, len(permuted) // n_rows), fold.predict(permuted))

    losses = np.concatenate(map_threads(measure, range(0, len(tasks), at_once)))
    return np.asarray(losses.reshape(len(sets), len(orders), n_rows).mean(axis=1))


def _permute(frame: pd.DataFrame, tasks: Sequence[tuple[Sequence[str], IntVector]]) -> pd.DataFrame:
    """Return the rows once for each task, some columns in its order."""
    same = np.arange(len(frame))
    columns = {}
    for name in dict.fromkeys(chain(*(names for names, _ in tasks))):
        orders = [order if name in names else same for names, order in tasks]
        columns[name] = frame[name].array[np.concatenate(orders)]
    return with_columns(frame.iloc[np.tile(same, len(tasks))], columns)

"""Which screened columns each fold takes: what adds to the columns of the data and to each other.

In each fold every promising column is a signal: the weights that its codes have in the other parts
of the rows (`features.gradient`). Columns are taken one by one, the one with the largest gain
first; then the gradient is what the signals taken so far leave unexplained. The signals of the
data's own columns count as taken from the start, so that a cross has to be better than its parents
and a copy of a copy is not wanted.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from automl_cli.core.arrays import BoolVector, FloatMatrix, FloatVector, IntVector

LEAST_GAIN = 1.0  # standard deviations that a column must add to those taken before it
NEAR_COPY = 0.05  # of a signal's square; what is left of a copy of others is noise


@dataclass(frozen=True, slots=True, kw_only=True)
class FeaturePool:
    """What one fold may take. The first signals are those of the data's own columns.

    Parameters
    ----------
    step, column
        Where each column lies: the number of its step and its number among the step's stored
        columns, shape (pooled,).
    products
        Inner products of the signals, rows weighted by the hessian, shape (signals, signals).
    gains
        Inner products of the signals with the gradient, shape (signals,).
    noise
        Mean squared gradient.
    """

    step: IntVector
    column: IntVector
    products: FloatMatrix
    gains: FloatVector
    noise: float


@dataclass(slots=True)
class _Rest:
    """What the signals taken so far leave: of each signal, its square and its gain."""

    pool: FeaturePool
    squares: FloatVector
    gains: FloatVector
    directions: FloatMatrix  # an orthonormal one for each signal taken, shape (most, signals)
    n_taken: int = 0

    def take(self, number: int) -> None:
        """Take one more signal (a step of the pivoted Cholesky decomposition)."""
        known = self.directions[: self.n_taken]
        length = np.sqrt(self.squares[number])
        direction = (self.pool.products[number] - known[:, number] @ known) / length
        self.gains -= direction * (self.gains[number] / length)
        self.squares -= direction**2
        self.directions[self.n_taken] = direction
        self.n_taken += 1


def choose_columns(pool: FeaturePool, tops: Mapping[int, int]) -> dict[int, list[int]]:
    """Return the columns that a recipe takes in one fold, by step, in ascending order.

    Parameters
    ----------
    pool
        The fold's pool.
    tops
        The number of each step that takes part, and the most columns it may give.
    """
    taken: dict[int, list[int]] = {step: [] for step in tops}
    n_given = len(pool.gains) - len(pool.step)
    squares = np.diag(pool.products).copy()
    rest = _Rest(pool, squares.copy(), pool.gains.copy(), np.empty_like(pool.products))
    for number in range(n_given):
        if rest.squares[number] > NEAR_COPY * squares[number]:
            rest.take(number)
    open_ones = np.isin(pool.step, [step for step, top in tops.items() if top > 0])
    while (best := _find_best(rest, squares, open_ones)) is not None:
        step = int(pool.step[best])
        taken[step].append(int(pool.column[best]))
        rest.take(n_given + best)
        open_ones[best] = False
        if len(taken[step]) == tops[step]:
            open_ones &= pool.step != step
    return {step: sorted(own) for step, own in taken.items()}


def _find_best(rest: _Rest, squares: FloatVector, open_ones: BoolVector) -> int | None:
    n_given = len(squares) - len(open_ones)
    left = rest.squares[n_given:]
    wanted = open_ones & (left > NEAR_COPY * squares[n_given:])
    spread = np.sqrt(rest.pool.noise * np.where(wanted, left, 1.0))
    adds = np.where(wanted, rest.gains[n_given:] / spread, -np.inf)
    if not wanted.any() or adds.max() < LEAST_GAIN:
        return None
    return int(adds.argmax())

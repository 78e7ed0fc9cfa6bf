"""What models do to columns before their libraries see them."""

from typing import TYPE_CHECKING

import numpy as np

from automl_cli.core.arrays import Float32Matrix, FloatVector
from automl_cli.core.matrix import Matrix

if TYPE_CHECKING:
    from scipy.sparse import csr_array


def join_columns(matrix: Matrix) -> Float32Matrix:
    """Return values and category codes side by side, shape (rows, p + q).

    Codes below 2**24 are exact in float32. Code 0 stays a level of its own, so that a split can
    send missing and unseen categories to either side.
    """
    if not matrix.levels:
        return matrix.values
    p = matrix.values.shape[1]
    joined = np.empty((matrix.n_rows, p + len(matrix.levels)), dtype=np.float32)
    joined[:, :p] = matrix.values
    joined[:, p:] = matrix.categories
    return joined


def make_names(matrix: Matrix) -> list[str]:
    """Return f0, f1 …, which every library accepts, for the joined columns."""
    return [f"f{i}" for i in range(matrix.values.shape[1] + len(matrix.levels))]


def measure_columns(matrix: Matrix) -> tuple[FloatVector, FloatVector]:
    """Return mean and standard deviation of the finite values; 0 and 1 where there are none."""
    finite = np.isfinite(matrix.values)
    counts = np.maximum(finite.sum(axis=0), 1)
    known = np.where(finite, matrix.values, 0.0).astype(np.float64)
    mean = known.sum(axis=0) / counts
    variance = (np.where(finite, known - mean, 0.0) ** 2).sum(axis=0) / counts
    spread = np.sqrt(variance)
    return mean, np.where(spread > 1e-6 * np.abs(mean), spread, 1.0)  # a constant stays 0


def expand_categories(matrix: Matrix) -> "csr_array":
    """Return one sparse column a level, shape (rows, sum of levels); each row has q ones."""
    from scipy.sparse import csr_array

    rows, q = matrix.n_rows, len(matrix.levels)
    ends = np.cumsum((0, *matrix.levels), dtype=np.int32)
    places = (matrix.categories + ends[:-1]).ravel()
    row_starts = np.arange(0, rows * q + 1, q) if q else np.zeros(rows + 1, dtype=np.int32)
    return csr_array((np.ones(rows * q), places, row_starts), shape=(rows, int(ends[-1])))

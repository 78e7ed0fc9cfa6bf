"""One float matrix for the libraries that take categories as numbers."""

import numpy as np

from automl_cli.core.arrays import Float32Matrix
from automl_cli.core.matrix import Matrix


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

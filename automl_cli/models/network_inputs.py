"""What a network is given: numbers scaled and cut into pieces, and a unit for each level.

A network that sees a number as it is has to bend a smooth function until it fits; one that sees in
which part of its range the number lies reads off what holds there. So numbers also get a
piecewise-linear encoding by quantiles (Gorishniy and others, NeurIPS 2022, On embeddings for
numerical features in tabular deep learning).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import Float32Matrix, FloatMatrix, FloatVector
from automl_cli.core.matrix import Matrix
from automl_cli.core.resampling import thin_rows
from automl_cli.models.columns import expand_categories, measure_columns

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Inputs: TypeAlias = "Float32Matrix | FloatMatrix | csr_array"

FARTHEST = 5.0  # standard deviations; beyond, a network extrapolates
MOST_LEVELS = 500  # of a category that gets a unit a level
MOST_DENSE = 500  # such units of all categories; more are kept sparse, which is slower for few
LEAST_PIECES = 3  # of a column that is cut
MOST_PIECES = 512  # of all columns
ROWS_A_PIECE = 20  # in training, for each piece of all columns
N_SAMPLED = 20_000  # rows that tell the quantiles of a column


@dataclass(frozen=True, slots=True, kw_only=True)
class InputCoding:
    """How the columns of a matrix become inputs.

    Parameters
    ----------
    mean, spread
        Of each value in training, shape (p,); a missing value counts as the mean.
    edges
        For each column where its pieces begin and end, ascending; empty: it is not cut.
    """

    mean: FloatVector
    spread: FloatVector
    edges: tuple[FloatVector, ...]

    def to_arrays(self) -> dict[str, npt.NDArray[Any]]:
        """Return all of it as arrays, by name."""
        return {
            "mean": self.mean,
            "spread": self.spread,
            "edges": np.concatenate([*self.edges, np.empty(0)]),
            "edge_ends": np.cumsum([len(own) for own in self.edges], dtype=np.int64),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> "InputCoding":
        """Return what `to_arrays` has made arrays of."""
        edges = np.split(arrays["edges"], arrays["edge_ends"])[:-1]
        return cls(mean=arrays["mean"], spread=arrays["spread"], edges=tuple(edges))


def fit_inputs(matrix: Matrix, *, pieces: int, seed: int) -> InputCoding:
    """Learn from training rows how columns become inputs.

    Parameters
    ----------
    matrix
        Training rows.
    pieces
        Into how many parts each column is cut; 0: none is. Fewer if there are many columns or few
        rows.
    seed
        Of the rows that tell the quantiles, where there are very many.
    """
    mean, spread = measure_columns(matrix)
    rows = thin_rows(np.arange(matrix.n_rows), N_SAMPLED, seed)
    sample = matrix.values[rows].astype(np.float64)
    room = min(MOST_PIECES, matrix.n_rows // ROWS_A_PIECE)
    n_pieces = min(pieces, room // max(sample.shape[1], 1))
    edges = tuple(_find_edges(column, n_pieces) for column in sample.T)
    return InputCoding(mean=mean, spread=spread, edges=edges)


def make_inputs(coding: InputCoding, matrix: Matrix) -> Inputs:
    """Return what the network is given, shape (rows, inputs), sparse if that is wide."""
    from scipy.sparse import csr_array, hstack

    numbers = _encode_numbers(coding, matrix.values)
    few = [k for k, n_levels in enumerate(matrix.levels) if n_levels <= MOST_LEVELS]
    own = replace(
        matrix,
        categories=matrix.categories[:, few],
        levels=tuple(matrix.levels[k] for k in few),
    )
    units = expand_categories(own).astype(np.float32)
    if units.shape[1] <= MOST_DENSE:
        return np.hstack([numbers, units.toarray()])
    return csr_array(hstack([csr_array(numbers), units]))


def _encode_numbers(coding: InputCoding, values: Float32Matrix) -> Float32Matrix:
    """Return scaled numbers and pieces side by side."""
    scaled = np.where(np.isfinite(values), (values - coding.mean) / coding.spread, 0.0)
    cut = [_cut(column, own) for column, own in zip(values.T, coding.edges, strict=True)]
    return np.hstack([np.clip(scaled, -FARTHEST, FARTHEST).astype(np.float32), *cut])


def _cut(column: FloatVector, edges: FloatVector) -> Float32Matrix:
    """Return how far each value has come through each piece, from 0 to 1; missing: the median."""
    if not len(edges):
        return np.empty((len(column), 0), dtype=np.float32)
    filled = np.where(np.isfinite(column), column, edges[len(edges) // 2]).astype(np.float64)
    shares = (filled[:, None] - edges[:-1]) / np.diff(edges)
    return np.clip(shares, 0.0, 1.0).astype(np.float32)


def _find_edges(column: FloatVector, n_pieces: int) -> FloatVector:
    seen = column[np.isfinite(column)]
    if n_pieces < LEAST_PIECES or not len(seen):
        return np.empty(0)
    edges = np.unique(np.quantile(seen, np.linspace(0.0, 1.0, n_pieces + 1)))
    return edges if len(edges) > LEAST_PIECES else np.empty(0)

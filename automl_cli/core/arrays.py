"""Names for the array types that travel between layers.

The names say the element type and the number of axes; shapes stand in the docstrings.
"""

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

FloatVector: TypeAlias = npt.NDArray[np.float64]
FloatMatrix: TypeAlias = npt.NDArray[np.float64]
FloatCube: TypeAlias = npt.NDArray[np.float64]
Float32Matrix: TypeAlias = npt.NDArray[np.float32]
IntVector: TypeAlias = npt.NDArray[np.int64]
CodeVector: TypeAlias = npt.NDArray[np.int32]
ByteVector: TypeAlias = npt.NDArray[np.uint8]
CodeMatrix: TypeAlias = npt.NDArray[np.int32]
BlockMatrix: TypeAlias = npt.NDArray[np.int16]
BoolVector: TypeAlias = npt.NDArray[np.bool_]
BoolMatrix: TypeAlias = npt.NDArray[np.bool_]


def take_exact(matrix: FloatMatrix, rows: "IntVector | slice") -> FloatMatrix:
    """Return some rows in float64; the matrix may be stored as float32.

    Examples
    --------
    >>> take_exact(np.float32([[0.5], [0.25]]), np.array([1])).tolist()
    [[0.25]]
    """
    return np.asarray(matrix[rows], dtype=np.float64)

"""Cross-fitted predictions of several blocks on one scale.

Each block is predicted by a blend with weights of its own. Two such blends may order the rows of
their blocks equally well and yet differ in how far they spread them, and a metric of the order,
such as the area under the ROC curve, then compares rows of different blocks by that: it is too low
(Forman and Scholz, "Apples-to-apples in cross-validation studies", SIGKDD Explorations 2010).
"""

import numpy as np

from automl_cli.core.arrays import FloatMatrix, FloatVector, IntVector


def align_blocks(oof: FloatMatrix, scale: FloatMatrix, blocks: IntVector) -> FloatMatrix:
    """Return predictions in their order within each block, with the values that `scale` has there.

    Parameters
    ----------
    oof
        Cross-fitted predictions, shape (rows, 1).
    scale
        What one blend predicts for all rows, shape (rows, 1).
    blocks
        The block of each row, -1 for rows that are passed over.

    Examples
    --------
    >>> oof, scale = np.array([[0.1], [0.9], [5.0], [7.0]]), np.array([[0.3], [0.2], [0.1], [0.4]])
    >>> align_blocks(oof, scale, np.array([0, 0, 1, 1])).ravel().tolist()
    [0.2, 0.3, 0.1, 0.4]
    """
    aligned = oof.copy()
    for block in np.unique(blocks[blocks >= 0]):
        inside = blocks == block
        aligned[inside, 0] = _reorder(oof[inside, 0], scale[inside, 0])
    return aligned


def _reorder(values: FloatVector, scale: FloatVector) -> FloatVector:
    """Return the sorted scale in the order of the values; equal values stay equal."""
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    means = np.add.reduceat(np.sort(scale), np.cumsum(counts) - counts) / counts
    return np.asarray(means[places])

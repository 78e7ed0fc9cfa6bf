"""What a ridge regression on many dimensions predicts, nested in one pass.

Like target means (`features.target_encoding`), but of dimensions instead of codes: products of the
dimensions with each other and with the target are summed by block, so the regression on any
blocks is one small system of equations. For one fold with training rows T

- held-out, test and new rows get the prediction of the regression on T;
- a training row gets that of the regression on the other blocks of T; in a time plan, on earlier
  ones. Where there are none it gets the mean of T.

How much the coefficients are shrunk is chosen by how well blocks of T are predicted by the others.
"""

import numpy as np

from automl_cli.core.arrays import Float32Matrix, FloatMatrix, FloatVector
from automl_cli.core.threads import limit_blas
from automl_cli.features.target_encoding import FoldTarget

SHRINKAGES = (0.01, 0.1, 1.0, 10.0)  # of the coefficients, in mean squares of a dimension's rows


def predict_nested(
    dimensions: Float32Matrix, target: FoldTarget
) -> tuple[Float32Matrix, Float32Matrix]:
    """Return the nested predictions of the training rows, and the coefficients for all others.

    Parameters
    ----------
    dimensions
        Of the training rows, shape (dimensions, training rows).
    target
        The fold's training target.

    Returns
    -------
    nested, coefficients
        Shapes (n_outputs, training rows) and (n_outputs, 1 + dimensions), the intercept first.
    """
    with limit_blas():
        return _predict_nested(dimensions, target)


def predict_linear(coefficients: Float32Matrix, dimensions: Float32Matrix) -> Float32Matrix:
    """Return the predictions, shape (n_outputs, rows).

    Dimensions are added up one by one, so that a row's prediction depends on no other row, to the
    last bit.
    """
    predicted = np.repeat(coefficients[:, :1], dimensions.shape[1], axis=1)
    for slope, dimension in zip(coefficients.T[1:], dimensions, strict=True):
        predicted += slope[:, None] * dimension
    return predicted


def _predict_nested(
    dimensions: Float32Matrix, target: FoldTarget
) -> tuple[Float32Matrix, Float32Matrix]:
    used = np.unique(target.blocks)
    moments = [_measure(dimensions[:, target.blocks == block], block, target) for block in used]
    squares = np.stack([square for square, _ in moments])
    products = np.stack([product for _, product in moments])
    scale = float(np.trace(squares.sum(axis=0)[1:, 1:])) / max(1, len(dimensions))
    tried = []
    for shrinkage in SHRINKAGES:
        nested = np.repeat(target.prior[:, None], dimensions.shape[1], axis=1).astype(np.float32)
        for number, block in enumerate(used):
            others = slice(0, number) if target.ordered else np.arange(len(used)) != number
            if len(used[others]):
                own = target.blocks == block
                solved = _solve(squares[others], products[others], shrinkage * scale)
                nested[:, own] = predict_linear(solved, dimensions[:, own])
        tried.append((float(((target.outputs - nested) ** 2).mean()), shrinkage, nested))
    _, shrinkage, nested = min(tried, key=lambda one: one[:2])
    return nested, _solve(squares, products, shrinkage * scale)


def _measure(
    dimensions: Float32Matrix, block: np.int64, target: FoldTarget
) -> tuple[FloatMatrix, FloatMatrix]:
    own = np.vstack([np.ones(dimensions.shape[1]), dimensions]).astype(np.float64)
    return own @ own.T, own @ target.outputs[:, target.blocks == block].T


def _solve(squares: FloatMatrix, products: FloatMatrix, penalty: float) -> Float32Matrix:
    whole = squares.sum(axis=0)
    ridge: FloatVector = np.full(len(whole), max(penalty, 1e-9))
    ridge[0] = 0.0  # the intercept is free
    solved = np.linalg.solve(whole + np.diag(ridge), products.sum(axis=0))
    return np.asarray(solved.T, dtype=np.float32)

"""Target means of coded columns, nested in one pass.

For one fold, with S the sums of the target and N the counts by block and code over the fold's
training rows T, prior p = mean over T and smoothing a:

- a held-out or test row with code c gets (S_T[c] + a p) / (N_T[c] + a);
- a training row of block i gets the same without what block i contributed, so that its own target
  and its neighbours' in the block say nothing about themselves; in a time plan, with only what
  the blocks before i contributed.

The prior is one for all rows: if it left out block i too, a tree could tell the blocks apart by it.
Only targets of training rows are read, so no held-out target can reach any feature of its fold.
"""

from dataclasses import dataclass

import numpy as np

from automl_cli.core.arrays import CodeVector, Float32Matrix, FloatMatrix, FloatVector, IntVector
from automl_cli.core.foldplan import FoldPlan
from automl_cli.core.resampling import make_parts


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalRows:
    """Rows of the original data set.

    Parameters
    ----------
    rows
        Their numbers in it.
    y
        Their target, shape (len(rows),).
    """

    rows: IntVector
    y: FloatVector | IntVector


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingTarget:
    """What target means are means of.

    Parameters
    ----------
    y
        Shape (rows,): class codes if there is more than one output, else values (0 and 1 for a
        binary task).
    n_outputs
        1, or the number of classes: then each class has its own mean, its share.
    original
        The rows of the original data set that the fold trains on after its own; None: none.
    """

    y: FloatVector | IntVector
    n_outputs: int
    original: OriginalRows | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldTarget:
    """The target of one fold's training rows.

    Parameters
    ----------
    outputs
        Shape (n_outputs, training rows), float64.
    blocks
        The block of each training row, shape (training rows,), int64.
    n_blocks
        Blocks of the whole partition.
    prior
        Mean of each output, shape (n_outputs,).
    ordered
        True if a row may learn only from earlier blocks.
    """

    outputs: FloatMatrix
    blocks: IntVector
    n_blocks: int
    prior: FloatVector
    ordered: bool


def make_fold_target(target: EncodingTarget, plan: FoldPlan, fold_number: int) -> FoldTarget:
    """Return the target of the training rows of one fold."""
    fold = plan.folds[fold_number]
    blocks = plan.blocks[fold.repeat]
    n_blocks = int(blocks.max()) + 1
    y, own = target.y[fold.train], blocks[fold.train].astype(np.int64)
    if target.original is not None:
        # Blocks of their own, as many again: a row's target says nothing about itself.
        y = np.concatenate([y, target.original.y])
        added = n_blocks + make_parts(len(target.original.y), n_blocks, seed=fold_number)
        own, n_blocks = np.concatenate([own, added]), 2 * n_blocks
    if target.n_outputs == 1:
        outputs = y[None].astype(np.float64)
    else:
        outputs = (y == np.arange(target.n_outputs)[:, None]).astype(np.float64)
    return FoldTarget(
        outputs=outputs,
        blocks=own,
        n_blocks=n_blocks,
        prior=outputs.mean(axis=1),
        ordered=plan.ordered,
    )


def encode_nested(
    codes: CodeVector, n_levels: int, smoothing: float, target: FoldTarget
) -> tuple[Float32Matrix, Float32Matrix]:
    """Return the nested means of the training rows, and the means for all other rows by code.

    Parameters
    ----------
    codes, n_levels
        Codes of the training rows, shape (training rows,), from 0 to `n_levels` - 1.
    smoothing
        The prior counts as this many rows of each code; more than 0.
    target
        The fold's training target.

    Returns
    -------
    nested, means
        Shapes (n_outputs, training rows) and (n_outputs, n_levels).

    Examples
    --------
    >>> target = FoldTarget(outputs=np.array([[1.0, 0.0, 1.0, 1.0]]), prior=np.array([0.75]),
    ...     blocks=np.array([0, 0, 1, 1]), n_blocks=2, ordered=False)
    >>> nested, means = encode_nested(np.array([1, 1, 1, 0]), 2, 1.0, target)
    >>> print(nested, means)
    [[0.875     0.875     0.5833333 0.75     ]] [[0.875  0.6875]]
    """
    shape = (target.n_blocks, n_levels)
    key = target.blocks * n_levels  # the place of (block, code) in a table of this shape
    key += codes
    known = _sum(key, None, shape)
    all_known = _leave_out(known, smoothing, ordered=target.ordered)
    nested = np.empty(target.outputs.shape, dtype=np.float32)
    means = np.empty((len(target.outputs), n_levels), dtype=np.float32)
    for number, (output, prior) in enumerate(zip(target.outputs, target.prior, strict=True)):
        table = _sum(key, output, shape)
        means[number] = _leave_out(table, smoothing * prior, ordered=target.ordered) / all_known
        table /= known
        np.take(table.astype(np.float32), key, out=nested[number], mode="clip")  # no key is beyond
    return nested, means


def _sum(key: IntVector, weights: FloatVector | None, shape: tuple[int, int]) -> FloatMatrix:
    # Of ones, if there are no weights.
    sums = np.bincount(key, weights=weights, minlength=shape[0] * shape[1])
    return np.asarray(sums, dtype=np.float64).reshape(shape)


def _leave_out(table: FloatMatrix, prior: float, *, ordered: bool) -> FloatVector:
    """Replace what each block contributed by what the others, or the earlier ones, did.

    In place: with many codes a table is longer than a column. What the prior counts as is added,
    and also to the sum over all blocks, which is returned.
    """
    total = table.sum(axis=0)
    if ordered:
        np.cumsum(table[:-1], axis=0, out=table[1:])
        table[0] = 0
    else:
        np.subtract(total, table, out=table)
    table += prior
    return np.asarray(total + prior)

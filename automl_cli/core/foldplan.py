"""Which rows train and which are held out, as plain arrays."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from automl_cli.core.arrays import BlockMatrix, BoolVector, IntVector


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """One fit: its training rows and the rows it predicts.

    Parameters
    ----------
    repeat
        Which row of `FoldPlan.blocks` this fold belongs to.
    train, held_out
        Sorted row numbers, without a common element.
    """

    repeat: int
    train: IntVector
    held_out: IntVector


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldPlan:
    """The folds of a run.

    Parameters
    ----------
    name
        The splitter that made it.
    n_rows
        Rows of the training table.
    blocks
        Shape (repeats, n_rows): each row of it partitions the training rows. Nested encodings,
        screens and error bars use blocks; two rows of one group share a block.
    folds
        In order of repeat, then block.
    ordered
        True for time plans: block numbers follow time, and a training row may learn only from
        earlier blocks.
    grouped
        True if blocks keep the rows of a group together: rows within one are not independent.
    """

    name: str
    n_rows: int
    blocks: BlockMatrix
    folds: tuple[Fold, ...]
    ordered: bool = False
    grouped: bool = False

    @property
    def n_repeats(self) -> int:
        """Number of partitions."""
        return int(self.blocks.shape[0])

    def covered(self) -> BoolVector:
        """Return which rows are held out in at least one fold, shape (n_rows,)."""
        seen = np.zeros(self.n_rows, dtype=bool)
        for fold in self.folds:
            seen[fold.held_out] = True
        return seen

    def __iter__(self) -> Iterator[Fold]:
        return iter(self.folds)

    def __len__(self) -> int:
        return len(self.folds)

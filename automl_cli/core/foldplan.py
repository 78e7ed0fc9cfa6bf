"""Which rows train and which are held out, as plain arrays."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from automl_cli.core.arrays import BlockMatrix, BoolVector, IntVector

LEAST_JUDGED = 2_000  # held-out rows by which candidates can be told apart
MOST_FIRST = 5  # folds that a candidate starts with, however few rows they hold out
LEAST_BLENDED = 4_000  # held-out rows by which a blend can be made
LEAST_FOLDS = 3  # folds whose models are averaged at least


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
    enough
        How many folds, the first ones, a candidate is fitted on before others are tried; 0: all.
        Where few folds hold out many rows, the rest only makes predictions steadier.
    """

    name: str
    n_rows: int
    blocks: BlockMatrix
    folds: tuple[Fold, ...]
    ordered: bool = False
    grouped: bool = False
    enough: int = 0

    @property
    def n_enough(self) -> int:
        """How many folds, the first ones, a candidate is fitted on before others are tried."""
        return min(self.enough or len(self.folds), len(self.folds))

    @property
    def n_repeats(self) -> int:
        """Number of partitions."""
        return int(self.blocks.shape[0])

    @property
    def n_first(self) -> int:
        """How many folds, the first ones, are enough to tell a hopeless candidate.

        In a time plan the first folds learn from the least, and those of groups vary the most:
        there it is as many as are enough for all.
        """
        n_folds = self._count_until(LEAST_JUDGED)
        return n_folds if self.ordered or self.grouped else min(n_folds, MOST_FIRST)

    @property
    def n_blended(self) -> int:
        """How many folds, the first ones, the members of a blend have at least under a clock."""
        return min(max(LEAST_FOLDS, self._count_until(LEAST_BLENDED)), self.n_enough)

    def _count_until(self, held_out_rows: int) -> int:
        """Return how many folds of the first repeat hold out so many rows; all, if all matter."""
        if self.ordered or self.grouped:
            return self.n_enough
        held_out = np.cumsum([len(fold.held_out) for fold in self.folds if fold.repeat == 0])
        n_folds = 1 + int((held_out < held_out_rows).sum())
        return min(n_folds, len(held_out), self.n_enough)

    @property
    def is_first_alone(self) -> bool:
        """Whether a candidate starts with one fold, which chooses its rounds by judges alone."""
        return self.n_first == 1 and not self.grouped

    @property
    def rungs(self) -> tuple[int, ...]:
        """The numbers of folds that a candidate may have, ascending.

        The first ones that tell the hopeless, one more at a time in the first repeat, and then
        whole repeats: folds of a repeat take their rounds from each other.
        """
        ends = np.cumsum(np.bincount([fold.repeat for fold in self.folds])).tolist()
        return tuple(sorted({*range(self.n_first, ends[0] + 1), *ends, self.n_enough}))

    def first(self, n_folds: int) -> "FoldPlan":
        """Return the plan of the first folds alone: what a candidate that has no others shows.

        Its blocks are those of the repeats that these folds belong to.
        """
        folds = self.folds[:n_folds]
        blocks = self.blocks[: 1 + max(fold.repeat for fold in folds)]
        return replace(self, folds=folds, blocks=blocks, enough=0)

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

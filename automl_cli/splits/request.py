"""What a splitter is given and how it hands back a plan."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd

from automl_cli.core.arrays import FloatVector, IntVector
from automl_cli.core.dataset import Task
from automl_cli.core.errors import PlanError
from automl_cli.core.foldplan import Fold, FoldPlan
from automl_cli.core.keys import make_seed

MAX_FOLDS = 100  # more is a mistaken column or number, not a validation


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitOptions:
    """How the training rows are split.

    Parameters
    ----------
    splitter
        Name of an entry of SPLITTERS, or ``auto``: group, time or column if that column is
        given (in this order), otherwise stratified.
    folds
        Wanted number of held-out parts. It shrinks to the number of groups or of points in
        time; a fold column brings its own number.
    repeats
        Partitions, each with another seed. Plans with one possible partition have one repeat.
    group, time, column
        Names of the columns that the splitters of the same name read.
    gap
        Only for ``time``: training rows at less than or exactly this distance before the first
        held-out row are left out. In days for dates, in the column's own units for numbers.
    only_first
        Whether the first repeat is enough for a candidate, and the others wait until it counts.
    seed
        Equal seeds give equal plans.
    held_out_rows
        Once so many rows are held out no further fold is fitted, though at least two are: the other
        rows only train. None: every fold is fitted, as always in a time plan, whose last folds
        count most.
    """

    splitter: str = "auto"
    folds: int = 5
    repeats: int = 1
    group: str | None = None
    time: str | None = None
    column: str | None = None
    gap: float = 0.0
    seed: int = 0
    held_out_rows: int | None = None
    only_first: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRequest:
    """All that a splitter may know.

    Parameters
    ----------
    options
        What the user wants.
    y
        Encoded target, shape (rows,).
    task
        Classification targets are class codes, regression targets values.
    extra
        The columns that only validation reads, by name, each of shape (rows,).
    """

    options: SplitOptions
    y: FloatVector | IntVector
    task: Task
    extra: Mapping[str, pd.Series]

    @property
    def n_rows(self) -> int:
        """Number of training rows."""
        return len(self.y)

    def rng(self, repeat: int) -> np.random.Generator:
        """Return the random numbers of one repeat."""
        return np.random.default_rng(make_seed(self.options.seed, "splits", repeat))

    def column(self, option: str, name: str | None) -> pd.Series:
        """Return the column that the option ``validation.<option>`` names.

        Raises
        ------
        PlanError
            If the option is not set, there is no such column, or some row has no value.
        """
        where = f"validation.{option}"
        if name is None:
            raise PlanError(
                f"{where}: this splitter needs a column, but none is set.",
                hint=f"Name a column of train.csv: --set {where}=COLUMN",
            )
        if name not in self.extra:
            known = ", ".join(map(repr, self.extra)) or "no column"
            raise PlanError(
                f"{where}: no column {name!r} among those read for validation ({known}).",
                hint="Check its spelling against the header of train.csv.",
            )
        series = self.extra[name]
        n_missing = int(series.isna().sum())
        if n_missing:
            raise PlanError(
                f"{where}: {n_missing} of {len(series)} rows have no value in {name!r}.",
                hint="Fill these values in train.csv, or choose another column or splitter.",
            )
        return series


Splitter: TypeAlias = Callable[[SplitRequest], FoldPlan]


def encode_values(series: pd.Series) -> IntVector:
    """Return the number of each value among the sorted distinct values, shape (rows,).

    Numbers sort as numbers and everything else as text, so the codes depend on the values only.

    Examples
    --------
    >>> encode_values(pd.Series([10, 2, 10])).tolist()
    [1, 0, 1]
    """
    plain = series if pd.api.types.is_numeric_dtype(series) else series.astype(str)
    return np.asarray(pd.factorize(plain, sort=True)[0], dtype=np.int64)


def make_plan(name: str, blocks: Sequence[IntVector], *, grouped: bool = False) -> FoldPlan:
    """Return the plan that holds out each block of each partition once."""
    folds = tuple(
        Fold(
            repeat=repeat,
            train=np.flatnonzero(partition != block),
            held_out=np.flatnonzero(partition == block),
        )
        for repeat, partition in enumerate(blocks)
        for block in range(int(partition.max()) + 1)
    )
    stacked = np.stack(blocks).astype(np.int16)
    return FoldPlan(
        name=name, n_rows=stacked.shape[1], blocks=stacked, folds=folds, grouped=grouped
    )

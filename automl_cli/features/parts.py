"""The columns that a fold takes of the stored features, and rows of two tables in one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import IntVector
from automl_cli.features.encoder import Chosen
from automl_cli.features.group import Features
from automl_cli.features.state import FeatureState
from automl_cli.features.steps import TableName
from automl_cli.features.target_encoding import OriginalRows


@dataclass(frozen=True, slots=True, kw_only=True)
class StepPart:
    """Some columns of a step: their numbers in its features, and perhaps rows of another table."""

    features: Features
    columns: IntVector
    more: Features | None = None
    more_rows: IntVector | None = None

    def take(self, column: int | slice, rows: IntVector | slice) -> npt.NDArray[Any]:
        """Return a column's values in `rows`, and then those in the rows of the other table."""
        own = self.features.array[column][..., rows]
        if self.more is None:
            return own
        return np.concatenate([own, self.more.array[column][..., self.more_rows]], axis=-1)


def load_parts(state: FeatureState, table: TableName, chosen: Chosen) -> list[StepPart]:
    """Return the columns of a stored table that a fold takes."""
    return [
        part
        for step, own in zip(state.steps, chosen, strict=True)
        for part in split_parts(step.load(table), own)
    ]


def append_rows(
    known: Sequence[StepPart], state: FeatureState, chosen: Chosen, original: OriginalRows
) -> list[StepPart]:
    """Return the parts with the rows of the original data set after their own."""
    return [
        replace(part, more=more.features, more_rows=original.rows)
        for part, more in zip(known, load_parts(state, "original", chosen), strict=True)
    ]


def split_parts(made: Iterable[Features], chosen: IntVector | None) -> Iterator[StepPart]:
    """Yield the chosen columns of a step's features; None: all."""
    # Columns of a step are numbered through all its features.
    start = 0
    for features in made:
        n_columns = len(features.names)
        if chosen is None:
            yield StepPart(features=features, columns=np.arange(n_columns))
        else:
            own = chosen[
                np.searchsorted(chosen, start) : np.searchsorted(chosen, start + n_columns)
            ]
            if len(own):
                yield StepPart(features=features, columns=own - start)
        start += n_columns

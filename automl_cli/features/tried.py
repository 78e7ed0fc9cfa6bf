"""The table of all that a screen has tried: what was kept, in how many folds, and why not."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from automl_cli.features.pools import find_significant
from automl_cli.features.screen import Scores
from automl_cli.features.selection import FeaturePool, choose_columns
from automl_cli.features.steps import list_columns
from automl_cli.store import read_json, write_json


@dataclass(frozen=True, slots=True)
class ScreenedColumn:
    """A generated column and what the screen made of it.

    Parameters
    ----------
    group
        The group that made it.
    column
        Its name.
    codes
        Its distinct codes; bins if it is a number.
    score
        What it explains of the first model's gradient, in standard deviations of what chance
        gives; the mean over folds.
    stands_out
        Folds in which that is more than chance, at the rate of false discoveries.
    taken
        Folds in which it adds to the columns of the data and to better generated ones, so that a
        recipe that wants enough columns of all groups takes it.
    """

    group: str
    column: str
    codes: int
    score: float
    stands_out: int
    taken: int

    @property
    def reason(self) -> str:
        """Why it is taken or not, in a few words."""
        if self.taken:
            return "taken"
        return "says nothing new" if self.stands_out else "chance"


def save_tried(
    path: Path,
    folders: Sequence[Path],
    scores: Sequence[Scores],
    pools: Sequence[FeaturePool],
    rate: float,
) -> None:
    """Write the table of all screened columns.

    Parameters
    ----------
    path
        A JSON file.
    folders, scores
        Of each screened step.
    pools
        One a fold.
    rate
        The accepted share of false discoveries.
    """
    significant = find_significant(scores, rate)
    everything = dict.fromkeys(range(len(folders)), len(pools[0].gains) + 1)
    taken = [choose_columns(pool, everything) for pool in pools]
    rows: list[Any] = []
    for step, (folder, scored) in enumerate(zip(folders, scores, strict=True)):
        stored = [column.name for column in list_columns(folder)]
        names = [stored[place] for chosen in taken for place in chosen[step]]
        n_out = np.sum([of_fold[step] for of_fold in significant], axis=0)
        means = scored.scores.mean(axis=0).round(2)
        rows += [
            [folder.name.rpartition("-")[0], name, codes, score, n, names.count(name)]
            for name, codes, score, n in zip(
                scored.names, scored.levels.tolist(), means.tolist(), n_out.tolist(), strict=True
            )
        ]
    write_json(path, {"folds": len(pools), "columns": rows})


def load_tried(path: Path) -> tuple[list[ScreenedColumn], int]:
    """Return the table that `save_tried` wrote, the best columns first, and the number of folds."""
    stored = cast("dict[str, Any]", read_json(path))
    rows = [ScreenedColumn(*row) for row in stored["columns"]]
    return sorted(rows, key=lambda row: (-row.taken, -row.score)), int(stored["folds"])

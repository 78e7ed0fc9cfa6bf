"""Units that screen generated columns: one for each step, and one that joins them.

`screen_unit` makes and scores the columns of a step, `pool_unit` finds what each fold may take of
all steps together. Both run in a worker, find all they need in the run directory, write a folder
that appears when it is complete, and are not repeated when it is there.
"""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from automl_cli.core.arrays import FloatMatrix, IntVector
from automl_cli.core.candidate import CandidateSpec, Step
from automl_cli.core.foldplan import FoldPlan
from automl_cli.core.keys import make_key
from automl_cli.core.threads import limit_blas
from automl_cli.features.gradient import FEWEST_PARTS, make_gradient, make_screen_parts
from automl_cli.features.pools import load_pool, make_pools, save_pools
from automl_cli.features.screen import Scores, View, load_scores, screen_step
from automl_cli.features.state import name_step
from automl_cli.features.tables import load_tables
from automl_cli.features.tried import save_tried
from automl_cli.store import RunDirectory, read_array, write_folder
from automl_cli.train.assignment import load_assignment

MANY_ROWS = 50_000  # that the base has predicted: enough to screen columns by


@dataclass(frozen=True, slots=True, kw_only=True)
class Screening:
    """What is to be screened, and with what.

    Parameters
    ----------
    run
        The run directory.
    data_key
        Key of the data set.
    transductive
        Whether steps are fitted on the test rows as well.
    base, base_key
        The finished candidate whose out-of-fold predictions the columns have to add to, and the
        key of these: one that the clock had cut may be fitted again.
    steps
        The steps, all with `Step.top`.
    rate
        The accepted share of false discoveries.
    second_opinion
        Whether columns also have to be important beside all others.
    """

    run: str
    data_key: str
    transductive: bool
    base: CandidateSpec
    base_key: str
    steps: tuple[Step, ...]
    rate: float
    second_opinion: bool

    @property
    def features(self) -> Path:
        """The folder of all features."""
        return RunDirectory(Path(self.run)).features

    @property
    def key(self) -> str:
        """What decides the result: the steps, the base and the rate."""
        return make_key([[self.name(step) for step in self.steps], self.rate, self.second_opinion])

    @property
    def folder(self) -> Path:
        """Where the pools are kept."""
        return self.features / f"screen-{self.key[:16]}"

    def fold_folder(self, fold: int) -> Path:
        """Return where the pool of one fold lies until there are all."""
        return self.folder.with_name(f"{self.folder.name}-fold-{fold}")

    def name(self, step: Step) -> str:
        """Return the name of the folder of a step."""
        return name_step(
            self.data_key,
            step,
            transductive=self.transductive,
            screened_by=self.base_key if step.top is not None else "",
        )

    def finished(self) -> set[str]:
        """Return the names of the steps that have come to an end."""
        names = {self.name(step) for step in self.steps}
        return {name for name in names if (self.features / name).exists()}

    def views(self) -> list[View]:
        """Return what columns are scored against: one view for each repeat of the folds.

        Rows that the base has not predicted say little, and are left out if the others are many.
        """
        run = RunDirectory(Path(self.run))
        assignment = load_assignment(run.problem(self.base.target))
        oof = read_array(run.candidate(self.base.key) / "oof.npy")
        gradient = make_gradient(assignment.y, oof, assignment.objective)
        rows = find_screened_rows(assignment.folds, oof)
        return [
            View(
                gradient=gradient if rows is None else gradient.take(rows),
                parts=make_screen_parts(assignment.folds, repeat, rows),
                rows=rows,
            )
            for repeat in range(assignment.folds.n_repeats)
        ]


def find_screened_rows(plan: FoldPlan, oof: FloatMatrix) -> IntVector | None:
    """Return the rows that the base has predicted, if they are enough by themselves; None: all."""
    known = np.flatnonzero(~np.isnan(oof[:, 0]))
    is_enough = MANY_ROWS <= len(known) < len(oof)
    # Each fold has to see two blocks whole, where they are not halved.
    if plan.grouped and len(np.unique(plan.blocks[0][known])) < FEWEST_PARTS:
        is_enough = False
    return known if is_enough else None


def screen_unit(screening: Screening, step: Step) -> str:
    """Make and score the columns of a step; return the name of its folder."""
    folder = screening.features / screening.name(step)
    if not folder.exists():
        run = RunDirectory(Path(screening.run))
        tables = load_tables(run.tables, transductive=screening.transductive)
        views = screening.views()
        with limit_blas():
            write_folder(folder, lambda beside: screen_step(beside, step, tables, views))
    return folder.name


def pool_unit(screening: Screening, folds: Sequence[int]) -> str:
    """Find what some folds may take of all steps; return the name of the last one's folder."""
    missing = [fold for fold in folds if not screening.fold_folder(fold).exists()]
    if missing:
        tried = _load_tried(screening)
        given = [screening.features / screening.name(step) for step in screening.base.recipe]
        views, again = screening.views(), screening.second_opinion
        with limit_blas():
            pools = make_pools(
                tried, given, views, screening.rate, second_opinion=again, only=missing
            )
        for fold, pool in zip(missing, pools, strict=True):
            write_folder(screening.fold_folder(fold), partial(save_pools, pools=[pool], first=fold))
    return screening.fold_folder(folds[-1]).name


def join_pools(screening: Screening, n_folds: int) -> None:
    """Write the pools of all folds into one folder, with what was tried."""
    if screening.folder.exists():
        return
    tried = _load_tried(screening)
    folders = [screening.fold_folder(fold) for fold in range(n_folds)]
    pools = [load_pool(folder, fold) for fold, folder in enumerate(folders)]

    def fill(beside: Path) -> None:
        save_pools(beside, pools)
        save_tried(beside / "tried.json", [*tried], [*tried.values()], pools, screening.rate)

    write_folder(screening.folder, fill)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def _load_tried(screening: Screening) -> dict[Path, Scores]:
    """Return the scores of each screened step, by its folder."""
    folders = [screening.features / screening.name(step) for step in screening.steps]
    return {folder: load_scores(folder) for folder in folders}

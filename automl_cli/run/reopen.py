"""A finished run opened again: the problems that it solved, from its folder and its tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from automl_cli.config.load import load_config
from automl_cli.config.schema import RunConfig
from automl_cli.core.arrays import IntVector
from automl_cli.core.dataset import Dataset
from automl_cli.core.errors import RunError
from automl_cli.core.problem import Problem
from automl_cli.data.files import Files
from automl_cli.data.infer import Inference, infer_dataset
from automl_cli.ensemble.files import is_blended, load_level
from automl_cli.planning.holdout import hold_out
from automl_cli.planning.plan import make_run_key
from automl_cli.planning.problems import make_data_options, make_problem
from automl_cli.planning.validation import choose_validation
from automl_cli.run.solve import rank_candidates
from automl_cli.store import RunDirectory, installed_versions, read_json
from automl_cli.store.identity import SELF
from automl_cli.train.collect import load_finished


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopened:
    """A run and what it was about.

    Parameters
    ----------
    directory
        Its folder.
    config
        What it was told.
    files
        The tables that it read.
    inference
        Their content.
    dataset
        The rows that the run worked on: without those of a hold-out, which follow its test table.
    rows
        The numbers of these rows in train, ascending.
    problems
        One a target.
    """

    directory: RunDirectory
    config: RunConfig
    files: Files
    inference: Inference
    dataset: Dataset
    rows: IntVector
    problems: tuple[Problem, ...]

    @property
    def row_ids(self) -> npt.NDArray[np.object_]:
        """The id of each of its rows; without an id column the number of the row in train."""
        ids = self.inference.train_ids
        return np.asarray(self.rows if ids is None else ids.to_numpy()[self.rows], dtype=object)


def reopen(root: Path) -> Reopened:
    """Read a run's config and tables again.

    Raises
    ------
    RunError
        If the folder holds no run, or its tables are gone or have changed.
    """
    directory = RunDirectory(root)
    if not (root / "run.json").exists():
        raise RunError(
            f"{root}: no run in this folder.", hint="Give one that `automl fit` printed."
        )
    known: dict[str, Any] = read_json(root / "run.json")
    if not {"key", "train", "test", "sample"} <= known.keys() or not directory.config.exists():
        raise RunError(
            f"{root}: not a whole run directory.", hint="Give the folder of a finished run."
        )
    config = load_config(directory.config).config
    files = _find_files(root, known)
    inference = infer_dataset(files, make_data_options(config))
    given = inference.dataset
    rows = hold_out(given, choose_validation(given, config), config.validation.holdout)
    if make_run_key(rows.dataset, config) != known["key"]:
        raise RunError(
            f"{root}: the tables of this run have changed since.",
            hint=f"Put {files.train} and the tables beside it back as they were."
            + _describe_version(known),
        )
    problems = tuple(
        _limit(directory, make_problem(rows.dataset, target, config, rows.validation))
        for target in rows.dataset.schema.targets
    )
    return Reopened(
        directory=directory,
        config=config,
        files=files,
        inference=inference,
        dataset=rows.dataset,
        rows=rows.left,
        problems=problems,
    )


def _limit(directory: RunDirectory, problem: Problem) -> Problem:
    """Return the problem with the folds that the ensemble's members share."""
    folder = directory.blend(problem.target.name)
    if is_blended(folder):
        return problem.first_folds(load_level(folder))
    finished = load_finished(directory, problem.target.name).values()
    best = rank_candidates(problem, finished)[:1]
    n_folds = best[0].n_folds if best else problem.folds.n_enough
    return problem.first_folds(n_folds)


def _describe_version(known: Mapping[str, Any]) -> str:
    """Return what else to do if another version made the run: it may read tables otherwise."""
    made_by, own = dict(known.get("versions") or {}).get(SELF), installed_versions()[SELF]
    if made_by in {None, own}:
        return ""
    return f" If they are, use {SELF} {made_by}, which made this run; here is {own}."


def _find_files(root: Path, known: Mapping[str, Any]) -> Files:
    others = {
        name: None if known.get(name) is None else Path(known[name])
        for name in ("test", "sample", "original")
    }
    files = Files(train=Path(known["train"]), **others)
    for path in filter(None, (files.train, *others.values())):
        if not path.exists():
            raise RunError(
                f"{root}: a table of this run is gone: {path}.", hint="Put it back where it was."
            )
    return files

"""What workers read from disk: one target's values and folds.

The parent writes it once; a worker opens it with every unit, memory-mapped.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from automl_cli.core.arrays import FloatVector, IntVector
from automl_cli.core.foldplan import Fold, FoldPlan
from automl_cli.core.metric import Objective
from automl_cli.core.problem import Problem
from automl_cli.store import read_json, write_array, write_folder, write_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """The part of a `Problem` that a fit needs.

    Parameters
    ----------
    y
        What models are fitted on, shape (rows,).
    objective
        The loss they are fitted with.
    n_outputs
        Columns of their predictions.
    folds
        Which rows train and which are held out.
    original_y
        `y` of the rows of the original data set, or None without one.
    """

    y: FloatVector | IntVector
    objective: Objective
    n_outputs: int
    folds: FoldPlan
    original_y: FloatVector | IntVector | None = None


def save_assignment(problem: Problem, folder: Path) -> None:
    """Write what workers need of `problem` into `folder`, unless it is there already."""
    if folder.exists():
        return

    def fill(beside: Path) -> None:
        plan = problem.folds
        write_array(beside / "y.npy", problem.fit_y)
        if problem.original_y is not None:
            write_array(beside / "original_y.npy", problem.original_y)
        write_array(beside / "blocks.npy", plan.blocks)
        for number, fold in enumerate(plan):
            write_array(beside / f"train-{number}.npy", fold.train)
            write_array(beside / f"held_out-{number}.npy", fold.held_out)
        facts = {
            "objective": problem.objective,
            "n_outputs": problem.n_outputs,
            "name": plan.name,
            "ordered": plan.ordered,
            "grouped": plan.grouped,
            "enough": plan.enough,
            "repeats": [fold.repeat for fold in plan],
        }
        write_json(beside / "assignment.json", facts)

    write_folder(folder, fill)


def load_assignment(folder: Path) -> Assignment:
    """Read what `save_assignment` wrote."""
    facts = read_json(folder / "assignment.json")
    repeats = cast("list[int]", facts["repeats"])
    folds = tuple(
        Fold(
            repeat=repeat,
            train=np.load(folder / f"train-{number}.npy", mmap_mode="r"),
            held_out=np.load(folder / f"held_out-{number}.npy", mmap_mode="r"),
        )
        for number, repeat in enumerate(repeats)
    )
    blocks = np.load(folder / "blocks.npy")
    plan = FoldPlan(
        name=str(facts["name"]),
        n_rows=int(blocks.shape[1]),
        blocks=blocks,
        folds=folds,
        ordered=bool(facts["ordered"]),
        grouped=bool(facts["grouped"]),
        enough=int(str(facts["enough"])),
    )
    original = folder / "original_y.npy"
    return Assignment(
        y=np.load(folder / "y.npy"),
        objective=cast("Objective", facts["objective"]),
        n_outputs=int(str(facts["n_outputs"])),
        folds=plan,
        original_y=np.load(original) if original.exists() else None,
    )

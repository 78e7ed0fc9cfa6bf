"""Features that need no target: fitted and stored once a run, memory-mapped by every worker.

Each step of a recipe has a folder, named by the content of the data and the step, so recipes share
their steps and a second run finds them done::

    counts-5f0c2a…/state.json     the group, its parameters and what it learned
                   state.npz      the numbers among it
                   features.json  what the arrays below hold
                   train-0.npy    the generated columns
                   test-0.npy
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

import numpy as np
import pandas as pd

from automl_cli.core.candidate import FeatureRecipe
from automl_cli.core.dataset import Dataset
from automl_cli.core.errors import PlanError
from automl_cli.core.events import JsonValue
from automl_cli.core.keys import make_key
from automl_cli.features import GROUPS
from automl_cli.features.group import Features, Params, State
from automl_cli.store import read_json, write_array, write_folder, write_json

TableName: TypeAlias = Literal["train", "test"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedStep:
    """A step of a recipe with what it has learned.

    Parameters
    ----------
    folder
        Where it is stored.
    group
        Name of an entry of GROUPS.
    params
        Its complete parameters.
    state
        What it has learned.
    """

    folder: Path
    group: str
    params: Params
    state: State

    def transform(self, frame: pd.DataFrame) -> tuple[Features, ...]:
        """Return the features of any rows that have the columns of the data set."""
        return GROUPS.get(self.group).transform(self.state, frame)

    def load(self, table: TableName) -> tuple[Features, ...]:
        """Return the stored features of a table, memory-mapped and read-only."""
        return tuple(
            Features(
                kind=entry["kind"],
                names=tuple(entry["names"]),
                array=np.load(self.folder / f"{table}-{number}.npy", mmap_mode="r"),
                levels=tuple(entry["levels"]),
                smoothing=entry["smoothing"],
            )
            for number, entry in enumerate(_read_entries(self.folder))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureState:
    """The fitted steps of a recipe. Another process gets the paths and opens the files anew.

    Parameters
    ----------
    folder
        Where the steps are stored.
    keys
        The folder of each step of the recipe within it.
    steps
        Those steps that make at least one feature.
    has_test
        True if features of a test table are stored.
    """

    folder: Path
    keys: tuple[str, ...]
    steps: tuple[FittedStep, ...]
    has_test: bool

    def __reduce__(self) -> tuple[object, ...]:
        return load_features, (self.folder, self.keys)


def prepare_features(
    dataset: Dataset, recipe: FeatureRecipe, folder: Path, *, transductive: bool
) -> FeatureState:
    """Fit the steps of a recipe, transform train and test, and store what is not stored yet.

    Parameters
    ----------
    dataset
        The tables; their target is not read.
    recipe
        What to make.
    folder
        Where to store; it is made if need be.
    transductive
        Fit on train and test rows instead of train rows only.

    Raises
    ------
    PlanError
        If a group or a parameter is unknown, or the recipe makes nothing of these columns.
    RunError
        If the disk is full or the folder cannot be written.
    """
    wanted = {}
    for step in recipe:
        params = GROUPS.get(step.name).make_params(dict(step.params))
        content = make_key([dataset.key, step.name, params, transductive])
        wanted[f"{step.name}-{content[:16]}"] = (step.name, params)
    missing = [key for key in wanted if not (folder / key).exists()]
    if missing:
        frame = _make_fit_frame(dataset, transductive=transductive)
        for key in missing:
            _prepare_step(dataset, frame, *wanted[key], folder=folder / key)
    return load_features(folder, tuple(wanted))


def load_features(folder: Path, keys: tuple[str, ...]) -> FeatureState:
    """Return what `prepare_features` has stored in `folder` under `keys`.

    Raises
    ------
    PlanError
        If none of the steps makes a feature.
    """
    steps = tuple(_load_steps(folder, keys))
    if not steps:
        names = ", ".join(key.rpartition("-")[0] for key in keys) or "nothing"
        raise PlanError(
            f"features: {names}: makes no feature of the columns of this table.",
            hint="Add groups that fit the columns; `automl list features` shows all.",
        )
    has_test = (steps[0].folder / "test-0.npy").exists()
    return FeatureState(folder=folder, keys=keys, steps=steps, has_test=has_test)


def _make_fit_frame(dataset: Dataset, *, transductive: bool) -> pd.DataFrame:
    if dataset.test is None or not transductive:
        return dataset.train
    return pd.concat([dataset.train, dataset.test], ignore_index=True)


def _prepare_step(
    dataset: Dataset, frame: pd.DataFrame, name: str, params: Params, *, folder: Path
) -> None:
    group = GROUPS.get(name)
    state = group.fit(frame, dataset.schema.columns, params)

    def fill(beside: Path) -> None:
        meta = None if state is None else dict(state.meta)
        write_json(beside / "state.json", {"group": name, "params": dict(params), "meta": meta})
        if state is not None:
            np.savez(beside / "state.npz", **state.arrays)  # type: ignore[arg-type]  # the stub takes the names for options
            _write_table(beside, "train", group.transform(state, dataset.train))
            if dataset.test is not None:
                _write_table(beside, "test", group.transform(state, dataset.test))

    write_folder(folder, fill)


def _write_table(folder: Path, table: TableName, features: tuple[Features, ...]) -> None:
    for number, made in enumerate(features):
        write_array(folder / f"{table}-{number}.npy", made.array)
    entries: list[JsonValue] = [_describe(made) for made in features]
    write_json(folder / "features.json", {"features": entries})


def _describe(made: Features) -> dict[str, JsonValue]:
    return {
        "kind": made.kind,
        "names": list(made.names),
        "levels": list(made.levels),
        "smoothing": made.smoothing,
    }


def _read_entries(folder: Path) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", read_json(folder / "features.json")["features"])


def _load_steps(folder: Path, keys: tuple[str, ...]) -> Iterator[FittedStep]:
    for key in keys:
        stored: dict[str, Any] = read_json(folder / key / "state.json")
        if stored["meta"] is None:  # the group had nothing to do
            continue
        with np.load(folder / key / "state.npz") as arrays:
            state = State(meta=stored["meta"], arrays=dict(arrays))
        yield FittedStep(
            folder=folder / key, group=stored["group"], params=stored["params"], state=state
        )

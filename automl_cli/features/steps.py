"""One fitted step of a recipe and its folder: what it learned, and the columns it makes.

::

    counts-5f0c2a…/state.json     the group, its parameters and what it learned
                   state.npz      the numbers among it
                   features.json  what the arrays below hold
                   train-0.npy    the generated columns
                   test-0.npy
                   original-0.npy
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast

import numpy as np
import pandas as pd

from automl_cli.core.candidate import Step
from automl_cli.features import GROUPS
from automl_cli.features.group import FeatureGroup, Features, GroupState
from automl_cli.features.tables import FeatureTables
from automl_cli.store import read_json, write_array, write_folder, write_json

TableName: TypeAlias = Literal["train", "test", "original"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedStep:
    """A step of a recipe with what it has learned.

    Parameters
    ----------
    folder
        Where it is stored.
    group
        Name of an entry of GROUPS.
    state
        What it has learned.
    kept
        The names of its columns that are stored and made, or None for all.
    """

    folder: Path
    group: str
    state: GroupState
    kept: frozenset[str] | None

    def transform(self, frame: pd.DataFrame) -> Iterator[Features]:
        """Return the features of any rows that have the columns of the data set."""
        return keep_columns(GROUPS.get(self.group).transform(self.state, frame), self.kept)

    def load(self, table: TableName) -> Iterator[Features]:
        """Return the stored features of a table, memory-mapped and read-only."""
        for number, entry in enumerate(_read_entries(self.folder)):
            yield Features(
                kind=entry["kind"],
                names=tuple(entry["names"]),
                array=np.load(self.folder / f"{table}-{number}.npy", mmap_mode="r"),
                levels=tuple(entry["levels"]),
                smoothing=entry["smoothing"],
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredColumn:
    """A stored column of the training table, which takes no memory before it is read.

    Parameters
    ----------
    folder
        Of the step.
    number
        Of the features that it is among.
    place
        Its number among their columns.
    entry
        What `features.json` says of these features.
    """

    folder: Path
    number: int
    place: int
    entry: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.entry["names"][self.place])

    def read(self) -> Features:
        """Return the column alone, as a copy, so that no page of the file stays in memory."""
        array = np.load(self.folder / f"train-{self.number}.npy", mmap_mode="r")
        levels = self.entry["levels"]
        return Features(
            kind=self.entry["kind"],
            names=(self.name,),
            array=np.array(array[self.place : self.place + 1]),
            levels=(levels[self.place],) if levels else (),
            smoothing=self.entry["smoothing"],
        )


def list_columns(folder: Path) -> list[StoredColumn]:
    """Return every stored column of a step.

    Dimensions of a regression are no columns of their own.
    """
    if not (folder / "features.json").exists():
        return []
    return [
        StoredColumn(folder=folder, number=number, place=place, entry=entry)
        for number, entry in enumerate(_read_entries(folder))
        if entry["kind"] != "linear"
        for place in range(len(entry["names"]))
    ]


def fit_step(tables: FeatureTables, step: Step) -> GroupState | None:
    """Return what the group of a step learns, None if these tables are nothing to it.

    Raises
    ------
    PlanError
        If the group or a parameter is unknown.
    """
    group = GROUPS.get(step.name)
    params = group.make_params(dict(step.params))
    if group.original is None:
        return group.fit(tables.known, tables.columns, params)
    if tables.original is None:
        return None
    return group.original.fit(tables.original, tables.columns, params)


def prepare_step(folder: Path, step: Step, tables: FeatureTables) -> None:
    """Fit a step and store its columns in `folder`, unless they are there already.

    Raises
    ------
    PlanError
        If the group or a parameter is unknown.
    RunError
        If the disk is full or the folder cannot be written.
    """
    if not folder.exists():
        state = fit_step(tables, step)
        write_folder(folder, lambda beside: write_step(beside, step, state, tables))


def keep_columns(made: Iterable[Features], kept: frozenset[str] | None) -> Iterator[Features]:
    """Return the features without the columns whose names are not kept; None keeps all."""
    for features in made:
        wanted = [k for k, name in enumerate(features.names) if kept is None or name in kept]
        if len(wanted) == len(features.names):
            yield features
        elif wanted:
            yield _pick(features, wanted)


def write_step(
    folder: Path,
    step: Step,
    state: GroupState | None,
    tables: FeatureTables,
    kept: frozenset[str] | None = None,
) -> None:
    """Write a step into the existing `folder`: its state, and its columns of all tables.

    Parameters
    ----------
    folder
        Where to.
    step
        The group and its own parameters.
    state
        What it has learned, or None.
    tables
        Whose features are stored.
    kept
        The names of the columns wanted, or None for all.

    Raises
    ------
    RunError
        If the disk is full or the folder cannot be written.
    """
    group = GROUPS.get(step.name)
    if kept is not None:
        state = group.narrow(state, kept) if state and kept else None
    meta = None if state is None else dict(state.meta)
    names: list[Any] | None = None if kept is None else sorted(kept)
    write_json(folder / "state.json", {"group": step.name, "kept": names, "meta": meta})
    if state is None:
        return
    np.savez(folder / "state.npz", **state.arrays)  # type: ignore[arg-type]  # the stub takes the names for options
    for name, made in _transform_tables(group, state, tables):
        _write_table(folder, name, keep_columns(made, kept))


def load_step(folder: Path) -> FittedStep | None:
    """Return the step that was written into `folder`, None if it makes nothing."""
    stored: dict[str, Any] = read_json(folder / "state.json")
    if stored["meta"] is None:
        return None
    with np.load(folder / "state.npz") as arrays:
        state = GroupState(meta=stored["meta"], arrays=dict(arrays))
    kept = None if stored["kept"] is None else frozenset(stored["kept"])
    return FittedStep(folder=folder, group=stored["group"], state=state, kept=kept)


def _transform_tables(
    group: FeatureGroup, state: GroupState, tables: FeatureTables
) -> Iterator[tuple[TableName, Iterator[Features]]]:
    yield "train", group.transform(state, tables.train)
    if tables.test is not None:
        yield "test", group.transform(state, tables.test)
    if tables.original is not None:
        use = group.original
        frame = tables.original.frame
        made = (
            group.transform(state, frame) if use is None else use.transform(state, tables.original)
        )
        yield "original", made


def _read_entries(folder: Path) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", read_json(folder / "features.json")["features"])


def _pick(features: Features, wanted: Sequence[int]) -> Features:
    return replace(
        features,
        names=tuple(features.names[k] for k in wanted),
        array=features.array[wanted],
        levels=tuple(features.levels[k] for k in wanted) if features.levels else (),
    )


def _write_table(folder: Path, table: TableName, made: Iterable[Features]) -> None:
    entries: list[Any] = []
    for number, features in enumerate(made):
        write_array(folder / f"{table}-{number}.npy", features.array)
        entries.append(
            {
                "kind": features.kind,
                "names": list(features.names),
                "levels": list(features.levels),
                "smoothing": features.smoothing,
            }
        )
    write_json(folder / "features.json", {"features": entries})

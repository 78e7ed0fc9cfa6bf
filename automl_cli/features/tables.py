"""The feature columns as files, for workers that make features.

Feather keeps every dtype that a role guarantees: numbers, categories with their order, dates, text.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pandas as pd

from automl_cli.core.dataset import Column, Dataset, Original, Role
from automl_cli.store import (
    read_array,
    read_json,
    translated,
    write_array,
    write_folder,
    write_json,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureTables:
    """What target-free features are made of.

    Parameters
    ----------
    train, test
        The feature columns; test may be missing.
    known
        The rows that groups are fitted on: those of train, or of both.
    columns
        The roles of the columns.
    original
        The labelled rows of the original data set, or None without one.
    """

    train: pd.DataFrame
    test: pd.DataFrame | None
    known: pd.DataFrame
    columns: tuple[Column, ...]
    original: Original | None = None


def make_tables(dataset: Dataset, *, transductive: bool) -> FeatureTables:
    """Return the tables of a data set, to be fitted on its test rows too if `transductive`."""
    tables = _join(dataset.train, dataset.test, dataset.schema.columns, with_test=transductive)
    return replace(tables, original=dataset.original)


def save_tables(dataset: Dataset, folder: Path) -> None:
    """Write the tables of a data set into `folder`, unless they are there already."""
    if folder.exists():
        return

    def fill(beside: Path) -> None:
        with translated(beside):
            dataset.train.to_feather(beside / "train.feather")
            if dataset.test is not None:
                dataset.test.to_feather(beside / "test.feather")
        if dataset.original is not None:
            _save_original(dataset.original, beside)
        columns = [[one.name, one.role, one.reason] for one in dataset.schema.columns]
        write_json(beside / "columns.json", {"columns": columns})

    write_folder(folder, fill)


def load_tables(folder: Path, *, transductive: bool) -> FeatureTables:
    """Return the tables that `save_tables` wrote; see `make_tables`."""
    stored = cast("list[tuple[str, Role, str]]", read_json(folder / "columns.json")["columns"])
    test = folder / "test.feather"
    tables = _join(
        pd.read_feather(folder / "train.feather"),
        pd.read_feather(test) if test.exists() else None,
        tuple(Column(name=name, role=role, reason=reason) for name, role, reason in stored),
        with_test=transductive,
    )
    return replace(tables, original=_load_original(folder))


def _save_original(original: Original, folder: Path) -> None:
    with translated(folder):
        original.frame.to_feather(folder / "original.feather")
    for number, values in enumerate(original.targets.values()):
        write_array(folder / f"original-target-{number}.npy", values)
    described = {"targets": list(original.targets), "absent": list(original.absent)}
    write_json(folder / "original.json", described)


def _load_original(folder: Path) -> Original | None:
    if not (folder / "original.json").exists():
        return None
    described: dict[str, Any] = read_json(folder / "original.json")
    return Original(
        frame=pd.read_feather(folder / "original.feather"),
        targets={
            name: read_array(folder / f"original-target-{number}.npy")
            for number, name in enumerate(described["targets"])
        },
        absent=tuple(described["absent"]),
    )


def _join(
    train: pd.DataFrame,
    test: pd.DataFrame | None,
    columns: tuple[Column, ...],
    *,
    with_test: bool,
) -> FeatureTables:
    both = with_test and test is not None
    known = pd.concat([train, test], ignore_index=True) if both else train
    return FeatureTables(train=train, test=test, known=known, columns=columns)

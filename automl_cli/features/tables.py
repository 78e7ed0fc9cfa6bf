"""The feature columns as files, for workers that make features.

Feather keeps every dtype that a role guarantees: numbers, categories with their order, dates, text.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pandas as pd

from automl_cli.core.dataset import Column, Dataset, Role
from automl_cli.store import read_json, translated, write_folder, write_json


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureTables:
    """What target-free features are made of.

    Parameters
    ----------
    train, test, original
        The feature columns; test and the original data set may be missing.
    known
        The rows that groups are fitted on: those of train, or of both.
    columns
        The roles of the columns.
    """

    train: pd.DataFrame
    test: pd.DataFrame | None
    known: pd.DataFrame
    columns: tuple[Column, ...]
    original: pd.DataFrame | None = None


def make_tables(dataset: Dataset, *, transductive: bool) -> FeatureTables:
    """Return the tables of a data set, to be fitted on its test rows too if `transductive`."""
    tables = _join(dataset.train, dataset.test, dataset.schema.columns, with_test=transductive)
    return replace(tables, original=dataset.original.frame if dataset.original else None)


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
                dataset.original.frame.to_feather(beside / "original.feather")
        columns = [[one.name, one.role, one.reason] for one in dataset.schema.columns]
        write_json(beside / "columns.json", {"columns": columns})

    write_folder(folder, fill)


def load_tables(folder: Path, *, transductive: bool) -> FeatureTables:
    """Return the tables that `save_tables` wrote; see `make_tables`."""
    stored = cast("list[tuple[str, Role, str]]", read_json(folder / "columns.json")["columns"])
    test, original = folder / "test.feather", folder / "original.feather"
    tables = _join(
        pd.read_feather(folder / "train.feather"),
        pd.read_feather(test) if test.exists() else None,
        tuple(Column(name=name, role=role, reason=reason) for name, role, reason in stored),
        with_test=transductive,
    )
    return replace(tables, original=pd.read_feather(original) if original.exists() else None)


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

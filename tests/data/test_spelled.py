"""A table of another spelling is read as the plain one: role, task, metric, form, values, score."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest
from data.sample_cases import read
from data.spelled import KINDS, N_TRAIN, Kind, Rows

from automl_cli.data.infer import Inference
from automl_cli.data.read import read_table
from automl_cli.data.submission import column_names
from automl_cli.data.types import TableTyping, prepare_frame
from automl_cli.planning.problems import choose_metric

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

ROUNDS, FOLDS = 30, 3


def list_spellings() -> Iterator[Any]:
    for kind_name, kind in KINDS.items():
        for name in kind.spellings:
            yield pytest.param(kind, name, id=f"{kind_name}: {name}")


def write(folder: Path, rows: Rows, separator: str = ",") -> None:
    """Write train, test and a sample of zeros."""
    folder.mkdir()
    rows[:N_TRAIN].to_csv(folder / "train.csv", sep=separator, index=False)
    test = rows[N_TRAIN:].drop(columns="target")
    test.to_csv(folder / "test.csv", sep=separator, index=False)
    test[["id"]].assign(target=0).to_csv(folder / "sample_submission.csv", index=False)


def score(found: Inference) -> tuple[float, float]:
    """Return the cross-validated loss of a small model, and its standard error over rows."""
    dataset = found.dataset
    x = np.column_stack([to_numbers(dataset.train[one.name]) for one in dataset.schema.columns])
    y = np.asarray(dataset.targets["target"], dtype=float)
    is_binary = dataset.schema.targets[0].task == "binary"
    params = {"objective": "binary" if is_binary else "regression", "num_leaves": 7}
    params |= {"verbose": -1, "num_threads": 1, "seed": 0, "deterministic": True}
    part = np.random.default_rng(0).permutation(len(y)) % FOLDS
    losses = np.empty(len(y))
    for fold in range(FOLDS):
        own = part == fold
        booster = lgb.train(params, lgb.Dataset(x[~own], y[~own]), ROUNDS)
        p = np.asarray(booster.predict(x[own]))
        if is_binary:
            losses[own] = -np.log(np.where(y[own] == 1, p, 1 - p))
        else:
            losses[own] = (y[own] - p) ** 2
    return float(losses.mean()), float(losses.std() / np.sqrt(len(y)))


def to_numbers(column: "pd.Series[Any]") -> np.ndarray[Any, Any]:
    if pd.api.types.is_datetime64_any_dtype(column):
        return np.where(column.isna(), np.nan, column.astype("int64").astype(float))
    if pd.api.types.is_numeric_dtype(column):
        return column.to_numpy(dtype=float, na_value=np.nan)
    return pd.factorize(column, sort=True)[0].astype(float)


@pytest.mark.parametrize(("kind", "name"), tuple(list_spellings()))
def test_another_spelling_changes_nothing(tmp_path: Path, kind: Kind, name: str) -> None:
    spelling = kind.spellings[name]
    spell, plain = spelling if isinstance(spelling, tuple) else (spelling, lambda rows: rows)
    write(tmp_path / "plain", plain(kind.rows))
    write(tmp_path / "spelled", spell(kind.rows), kind.separator)
    expected, _ = read(tmp_path / "plain", kind.config)
    found, config = read(tmp_path / "spelled", kind.config)

    schema, target = found.dataset.schema, found.dataset.schema.targets[0]
    if kind.role is not None:
        assert {one.name: one.role for one in schema.columns}[kind.column] == kind.role
    metric, _ = choose_metric(found.dataset, target, config)
    assert (target.task, metric.name) == kind.asks
    assert column_names(found.dataset, target, metric.wants) == ("target",)
    assert schema.id == "id"
    loss, error = score(expected)
    assert score(found)[0] <= loss + error
    typing = TableTyping.from_json(found.typing.to_json())  # as `automl predict` reads new rows
    batch = read_table(tmp_path / "spelled" / "test.csv")
    pd.testing.assert_frame_equal(prepare_frame(typing, batch), found.dataset.test)

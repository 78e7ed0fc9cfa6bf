from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import automl_cli
from automl_cli.config.load import load_config
from automl_cli.core.dataset import Column, Dataset, Schema
from automl_cli.core.errors import PlanError
from automl_cli.planning.validation import choose_validation


@pytest.fixture
def dataset() -> Dataset:
    rng = np.random.default_rng(0)
    users = np.append(rng.integers(0, 40, 200), rng.integers(40, 50, 60))
    frame = pd.DataFrame({"user": users, "x": rng.normal(size=260)})
    columns = tuple(Column(name=name, role="numeric", reason="made") for name in frame)
    return Dataset(
        schema=Schema(targets=(), id=None, columns=columns, ignored=(), facts=()),
        train=frame[:200],
        targets={},
        test=frame[200:].reset_index(drop=True),
        test_ids=None,
        sample=None,
        extra={},
        key="made",
    )


def test_the_tables_decide(dataset: Dataset):
    made = choose_validation(dataset, load_config().config)
    assert (made.options.splitter, made.options.group) == ("group", "user")
    assert made.extra["user"].equals(dataset.train["user"])
    assert "'user' repeats in train" in made.reason


@pytest.mark.parametrize("said", ["validation.splitter=stratified", "validation.time=x"])
def test_what_the_user_says_is_done(dataset: Dataset, said: str):
    made = choose_validation(dataset, load_config(overrides=[said]).config)
    assert made.options.group is None
    assert made.reason == ""


@pytest.mark.parametrize(
    ("said", "n_folds"),
    [
        ([], 5),  # the tables show groups
        (["validation.time=x"], 5),
        (["validation.splitter=stratified_group", "validation.group=user"], 5),
        (["validation.splitter=my_split.py:split"], 5),
        (["validation.splitter=stratified"], 10),
        (["validation.splitter=kfold"], 10),
        (["validation.splitter=kfold", "validation.folds=3"], 3),
    ],
)
def test_few_or_many_rows_dealt_at_random_have_more_folds(
    dataset: Dataset, said: list[str], n_folds: int, monkeypatch: pytest.MonkeyPatch
):
    config = load_config(preset="medium", overrides=said).config
    assert choose_validation(dataset, config).options.folds == n_folds
    monkeypatch.setattr("automl_cli.planning.validation.FEW_ROWS", dataset.n_rows)
    assert choose_validation(dataset, config).options.folds == min(n_folds, 5)
    monkeypatch.setattr("automl_cli.planning.validation.MANY_ROWS", dataset.n_rows)
    assert choose_validation(dataset, config).options.folds == n_folds


def test_the_seed_of_the_run_deals_the_rows(dataset: Dataset):
    made = choose_validation(replace(dataset, test=None), load_config(overrides=["seed=7"]).config)
    assert made.options.seed == 7


def test_a_gap_is_refused_where_the_tables_show_groups_and_no_time(dataset: Dataset):
    config = load_config(overrides=["validation.gap=3"]).config
    with pytest.raises(PlanError, match=r"^validation.gap: validation.splitter is auto, and the "):
        choose_validation(dataset, config)


def test_without_a_test_table_rows_are_dealt_at_random(dataset: Dataset):
    made = choose_validation(replace(dataset, test=None), load_config().config)
    assert made.options.splitter == "auto"


def test_a_run_says_how_it_validates_and_why(tmp_path: Path, dataset: Dataset):
    assert dataset.test is not None
    y = (dataset.train["x"] > 0).astype(int)
    dataset.train.assign(y=y).to_csv(tmp_path / "train.csv", index=False)
    dataset.test.to_csv(tmp_path / "test.csv", index=False)
    overrides = ["data.target=y", "limits.rounds=5", "limits.candidates=1"]
    summary = automl_cli.fit(tmp_path, preset="smoke", overrides=overrides, out=tmp_path / "run")
    fact = next(fact for fact in summary["facts"] if fact[0] == "validation")
    assert fact[1] == "group"
    assert fact[2].startswith("3 folds; 'user' repeats in train (5.1 rows each)")

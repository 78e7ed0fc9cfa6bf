import dataclasses
import pickle
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from full_disk import run_on_full_disk

from automl_cli.core.candidate import Step
from automl_cli.core.dataset import Dataset
from automl_cli.core.errors import PlanError, RunError
from automl_cli.features.state import FeatureSet, FeatureState, load_features, prepare_features
from automl_cli.features.steps import list_columns
from automl_cli.store import RunDirectory

RECIPE = (Step(name="numeric"), Step(name="counts"), Step(name="target_mean"))
PREPARE = """
import os, signal
from pathlib import Path

import numpy as np
import pandas as pd

from automl_cli.core.candidate import Step
from automl_cli.core.dataset import Column, Dataset, Schema
from automl_cli.features.state import prepare_features

columns = (Column(name="age", role="numeric", reason="made"),)
dataset = Dataset(
    schema=Schema(targets=(), id=None, columns=columns, ignored=(), facts=()),
    train=pd.DataFrame({"age": np.arange(5000.0)}),
    targets={},
    test=None,
    test_ids=None,
    sample=None,
    extra={},
    key="made of numbers",
)

def prepare(folder):
    prepare_features(dataset, (Step(name="numeric"),), folder, transductive=True)
"""


def prepare(dataset: Dataset, folder: Path, *, transductive: bool = True) -> FeatureState:
    return prepare_features(dataset, RECIPE, folder, transductive=transductive)


def test_a_column_that_is_read_alone_is_as_it_was_stored(dataset: Dataset, tmp_path: Path):
    for step in prepare(dataset, tmp_path).steps:
        everything = [
            (made.kind, made.names[k], made.array[k], made.levels[k : k + 1], made.smoothing)
            for made in step.load("train")
            for k in range(len(made.names))
        ]
        columns = list_columns(step.folder)
        assert [column.name for column in columns] == [name for _, name, *_ in everything]
        for column, (kind, name, array, levels, smoothing) in zip(columns, everything, strict=True):
            read = column.read()
            assert (read.kind, read.names, read.levels) == (kind, (name,), levels)
            assert read.smoothing == smoothing
            np.testing.assert_array_equal(read.array, array[None])
            assert not isinstance(read.array.base, np.memmap)


def test_the_stored_features_are_those_of_the_frame(dataset: Dataset, tmp_path: Path):
    assert dataset.test is not None
    for step in prepare(dataset, tmp_path).steps:
        for table, frame in (("train", dataset.train), ("test", dataset.test)):
            for stored, made in zip(step.load(table), step.transform(frame), strict=True):
                assert (stored.kind, stored.names, stored.levels) == (
                    made.kind,
                    made.names,
                    made.levels,
                )
                assert np.array_equal(stored.array, made.array, equal_nan=stored.kind == "values")


def test_arrays_are_memory_mapped_and_read_only(dataset: Dataset, tmp_path: Path):
    array = next(prepare(dataset, tmp_path).steps[0].load("train")).array
    assert isinstance(array, np.memmap)
    assert not array.flags.writeable


def test_what_is_stored_is_not_made_again(dataset: Dataset, tmp_path: Path):
    before = prepare(dataset, tmp_path)
    times = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert prepare(dataset, tmp_path).feature_set == before.feature_set
    assert times == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}


def test_nothing_but_whole_steps_is_left_behind(dataset: Dataset, tmp_path: Path):
    keys = prepare(dataset, tmp_path).feature_set.steps
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(keys)


def test_keys_follow_data_params_and_rows_fitted(dataset: Dataset, tmp_path: Path):
    other = dataclasses.replace(dataset, key="other")
    assert prepare(dataset, tmp_path).feature_set != prepare(other, tmp_path).feature_set
    assert (
        prepare(dataset, tmp_path).feature_set
        != prepare(dataset, tmp_path, transductive=False).feature_set
    )

    def key_of(*params: tuple[str, int]) -> FeatureSet:
        recipe = (Step("onehot", params),)
        return prepare_features(dataset, recipe, tmp_path, transductive=True).feature_set

    assert key_of(("min_count", 3)) != key_of()
    assert key_of(("min_count", 10)) == key_of()  # the default, said aloud


def test_a_worker_gets_paths_and_opens_the_same(dataset: Dataset, tmp_path: Path):
    state = prepare(dataset, tmp_path)
    sent = pickle.dumps(state)
    assert len(sent) < 1000
    opened = pickle.loads(sent)
    assert opened.feature_set == state.feature_set
    assert [step.state.meta for step in opened.steps] == [step.state.meta for step in state.steps]


def test_transductive_steps_count_test_rows_too(dataset: Dataset, tmp_path: Path):
    def cities(*, transductive: bool) -> int:
        counts = prepare(dataset, tmp_path, transductive=transductive).steps[1].state.meta
        return sum(counts["tables"]["city"].values()) + int(counts["missing"]["city"])

    assert cities(transductive=False) == 120
    assert cities(transductive=True) == 150


def test_without_a_test_table_there_are_no_test_features(dataset: Dataset, tmp_path: Path):
    state = prepare(dataclasses.replace(dataset, test=None, key="no test"), tmp_path)
    assert not state.has_test


def test_a_step_without_columns_is_left_out(dataset: Dataset, tmp_path: Path):
    numbers = tuple(column for column in dataset.schema.columns if column.role == "numeric")
    schema = dataclasses.replace(dataset.schema, columns=numbers)
    state = prepare(dataclasses.replace(dataset, schema=schema), tmp_path)
    assert [step.group for step in state.steps] == ["numeric"]
    assert len(state.feature_set.steps) == 3


def test_a_recipe_that_makes_nothing_is_refused(dataset: Dataset, tmp_path: Path):
    schema = dataclasses.replace(dataset.schema, columns=())
    with pytest.raises(PlanError) as caught:
        prepare(dataclasses.replace(dataset, schema=schema), tmp_path)
    assert caught.value.message == (
        "features: numeric, counts, target_mean: makes no feature from the columns of this table."
    )


def test_a_removed_step_is_named_when_it_is_loaded(tmp_path: Path):
    with pytest.raises(RunError, match="numeric-0"):
        load_features(tmp_path, FeatureSet(("numeric-0",)))


def test_a_killed_step_leaves_nothing_that_a_run_keeps(tmp_path: Path):
    run = RunDirectory(tmp_path / "run")
    script = f"{PREPARE}\nnp.save = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)\n"
    code = f"{script}prepare(Path({str(run.features)!r}))"
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -signal.SIGKILL
    assert any(run.features.iterdir())
    with run.use({"key": "abc"}, accept_versions=False):
        assert not any(run.features.iterdir())


def test_a_full_disk_is_a_user_error(tmp_path: Path):
    message = run_on_full_disk(f"{PREPARE}\nprepare(Path({str(tmp_path)!r}))")
    assert message.startswith(str(tmp_path / "numeric-"))
    assert message.endswith("cannot be written (file too large).")
    assert not any(tmp_path.iterdir())

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.ensemble import ExtraTreesClassifier, ExtraTreesRegressor

from automl_cli.core.margins import make_predictions
from automl_cli.core.matrix import Matrix
from automl_cli.core.model import FitJob
from automl_cli.models import forest

PARAMS = {"n_estimators": 30, "min_samples_leaf": 2, "max_features": 0.5}


def punch(matrix: Matrix) -> Matrix:
    """Leave gaps in every third value of two columns."""
    values = matrix.values.copy()
    values[::3, 0], values[1::3, 3] = np.nan, np.nan
    return replace(matrix, values=values)


@pytest.mark.parametrize("name", ["cancer", "wine"])
def test_a_saved_forest_predicts_as_scikit_learn(
    name: str, request: pytest.FixtureRequest, tmp_path: Path
):
    job = request.getfixturevalue(name)
    job = replace(job, matrix=punch(job.matrix), params=PARAMS)
    forest.fit(job).model.save(tmp_path)
    margins = forest.load(tmp_path).predict(job.matrix)
    rival = ExtraTreesClassifier(**PARAMS, random_state=job.seed).fit(job.matrix.values, job.y)
    shares = np.bincount(job.y) / len(job.y)
    expected = (30 * rival.predict_proba(job.matrix.values) + shares) / 31
    probabilities = make_predictions(margins, "log_loss")
    np.testing.assert_allclose(probabilities, expected[:, -probabilities.shape[1] :], rtol=1e-5)


def test_a_saved_forest_of_values_predicts_as_scikit_learn(diabetes: FitJob, tmp_path: Path):
    job = replace(diabetes, matrix=punch(diabetes.matrix), params=PARAMS)
    forest.fit(job).model.save(tmp_path)
    rival = ExtraTreesRegressor(**PARAMS, random_state=job.seed).fit(job.matrix.values, job.y)
    np.testing.assert_allclose(
        forest.load(tmp_path).predict(job.matrix)[:, 0],
        rival.predict(job.matrix.values),
        rtol=1e-6,
    )


def test_missing_values_are_predicted_though_training_had_none(diabetes: FitJob):
    model = forest.fit(replace(diabetes, params=PARAMS)).model
    assert np.isfinite(model.predict(punch(diabetes.matrix))).all()


def test_more_threads_grow_the_same_trees(diabetes: FitJob):
    job = replace(diabetes, params=PARAMS)
    first = forest.fit(job).model.predict(job.matrix)
    second = forest.fit(replace(job, n_threads=3)).model.predict(job.matrix)
    np.testing.assert_array_equal(first, second)


def test_a_forest_that_the_clock_cut_is_the_beginning_of_the_whole_one(diabetes: FitJob):
    job = replace(diabetes, params={**PARAMS, "n_estimators": 1_000_000})
    fit = forest.fit(replace(job, stop_at=time.time() + 0.05))
    assert fit.cut
    n_trees = len(fit.model.trees)
    whole = forest.fit(replace(job, params={**PARAMS, "n_estimators": n_trees}))
    np.testing.assert_array_equal(fit.model.predict(job.matrix), whole.model.predict(job.matrix))


def test_no_class_is_impossible(wine: FitJob):
    params = {**PARAMS, "min_samples_leaf": 1}
    margins = forest.fit(replace(wine, params=params)).model.predict(wine.matrix)
    assert make_predictions(margins, "log_loss").min() > 0.005


def make_noise(rows: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=rows)


def test_a_tree_may_have_a_leaf_for_each_row(diabetes: FitJob):
    params = {**PARAMS, "min_samples_leaf": 1}
    job = replace(diabetes, y=make_noise(442), params=params)
    model = forest.fit(job).model
    assert {tree.n_leaves for tree in model.trees} == {442}
    np.testing.assert_allclose(model.predict(job.matrix)[:, 0], job.y, rtol=1e-6)


@pytest.mark.parametrize("n_outputs", [1, 30])
def test_trees_of_many_rows_and_classes_have_a_size_that_memory_holds(
    diabetes: FitJob, n_outputs: int, tmp_path: Path
):
    rows = 12_000
    values = np.asfortranarray(make_noise(3 * rows).reshape(rows, 3), dtype=np.float32)
    y = make_noise(rows) if n_outputs == 1 else np.arange(rows) % n_outputs
    objective = "squared_error" if n_outputs == 1 else "log_loss"
    params = {"n_estimators": 2, "min_samples_leaf": 1, "max_leaf_nodes": None}
    job = replace(diabetes, y=y, params=params, objective=objective, n_outputs=n_outputs)
    job = replace(job, matrix=replace(job.matrix, values=values))
    model = forest.fit(job).model
    used = [len(tree.__getstate__()["nodes"].tobytes()) + tree.value.nbytes for tree in model.trees]
    assert max(used) <= forest.MOST_TREE_BYTES
    model.save(tmp_path)
    saved = (tmp_path / "model.npz").stat().st_size
    assert saved < 0.6 * 2 * forest.MOST_TREE_BYTES


def test_the_number_of_leaves_can_be_set(diabetes: FitJob):
    params = {**PARAMS, "max_leaf_nodes": 8, "min_samples_leaf": 1}
    model = forest.fit(replace(diabetes, params=params)).model
    assert {tree.n_leaves for tree in model.trees} == {8}

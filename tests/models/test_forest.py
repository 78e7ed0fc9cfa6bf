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

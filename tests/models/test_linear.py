from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

from automl_cli.core.model import FitJob
from automl_cli.models import linear

PARAMS = {"C": 0.5, "max_iter": 2000}


def standardise(job: FitJob) -> np.ndarray:
    return StandardScaler().fit_transform(job.matrix.values.astype(np.float64))


@pytest.mark.parametrize("name", ["cancer", "wine"])
def test_classes_are_fitted_as_by_scikit_learn(name: str, request: pytest.FixtureRequest):
    job = replace(request.getfixturevalue(name), params=PARAMS)
    weight = np.linspace(0.5, 1.5, len(job.y))
    margins = linear.fit(replace(job, weight=weight)).model.predict(job.matrix)
    rival = LogisticRegression(C=0.5, tol=1e-8, max_iter=5000)
    expected = rival.fit(standardise(job), job.y, weight).decision_function(standardise(job))
    np.testing.assert_allclose(margins, expected.reshape(margins.shape), atol=0.02)


def test_values_are_fitted_as_by_a_ridge_on_the_standardised_target(diabetes: FitJob):
    margins = linear.fit(replace(diabetes, params=PARAMS)).model.predict(diabetes.matrix)
    features = standardise(diabetes)
    expected = Ridge(alpha=1 / 0.5).fit(features, diabetes.y).predict(features)
    np.testing.assert_allclose(margins[:, 0], expected, atol=0.05)


def test_each_level_of_a_category_has_its_own_effect(diabetes: FitJob):
    codes = np.random.default_rng(0).integers(0, 4, (442, 2)).astype(np.int32)
    y = np.array([0.0, 5.0, -3.0, 1.0])[codes[:, 0]] + np.array([1.0, 2.0, 2.0, 9.0])[codes[:, 1]]
    matrix = replace(diabetes.matrix, categories=codes, levels=(4, 4))
    job = replace(diabetes, matrix=matrix, y=y, params={"C": 1e6, "max_iter": 2000})
    np.testing.assert_allclose(linear.fit(job).model.predict(matrix)[:, 0], y, atol=0.05)


def test_a_value_that_is_not_finite_counts_as_the_mean(diabetes: FitJob):
    values = diabetes.matrix.values.copy()
    values[:50, 2], values[50:60, 3] = np.nan, np.inf
    job = replace(diabetes, matrix=replace(diabetes.matrix, values=values), params=PARAMS)
    model = linear.fit(job).model
    filled = values.copy()
    for column in (2, 3):
        known = np.isfinite(values[:, column])
        filled[~known, column] = values[known, column].astype(np.float64).mean()
    np.testing.assert_allclose(
        model.predict(job.matrix),
        model.predict(replace(diabetes.matrix, values=filled)),
        rtol=1e-5,
    )


def test_the_median_line_ignores_far_values(diabetes: FitJob):
    x = np.linspace(-1, 1, 442)
    y = np.where(np.arange(442) % 5 == 0, 500.0, 3 * x)
    matrix = replace(diabetes.matrix, values=x[:, None].astype(np.float32))
    job = replace(diabetes, matrix=matrix, y=y, objective="absolute_error")
    margins = linear.fit(replace(job, params={"C": 1e3, "max_iter": 2000})).model.predict(matrix)
    error = np.abs(margins[:, 0] - 3 * x)
    assert np.median(error) < 0.02 * y.std()


def test_the_scale_of_a_column_does_not_matter(cancer: FitJob):
    job = replace(cancer, params=PARAMS)
    values = (cancer.matrix.values * np.logspace(-6, 6, 30)).astype(np.float32)
    scaled = replace(cancer.matrix, values=values)
    np.testing.assert_allclose(
        linear.fit(replace(job, matrix=scaled)).model.predict(scaled),
        linear.fit(job).model.predict(job.matrix),
        rtol=1e-2,
        atol=1e-2,
    )

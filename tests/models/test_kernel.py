import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.distance import pdist, squareform
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF
from sklearn.kernel_ridge import KernelRidge

from automl_cli.core.errors import PlanError
from automl_cli.core.margins import make_predictions
from automl_cli.core.model import FitJob
from automl_cli.models import kernel
from automl_cli.models.distances import make_axes, make_points

PARAMS = {"gamma": 0.5, "alpha": 0.3, "landmarks": 1500, "relevance": 0.0}
CHOSEN = {**PARAMS, "gamma": None, "alpha": None}


def scale(job: FitJob) -> np.ndarray:
    return make_points(job.matrix, make_axes(job.matrix)).values.astype(np.float64)


def measure_gamma(job: FitJob) -> float:
    """Return what scikit-learn calls gamma."""
    return PARAMS["gamma"] / squareform(pdist(scale(job), "sqeuclidean")).mean()


def answer(job: FitJob) -> np.ndarray:
    return kernel.fit(job).model.predict(job.matrix)


def test_values_are_those_of_the_kernel_ridge_of_scikit_learn(diabetes: FitJob):
    job = replace(diabetes, params=PARAMS)
    y = (job.y - job.y.mean()) / job.y.std()
    rival = KernelRidge(alpha=0.3, kernel="rbf", gamma=measure_gamma(job)).fit(scale(job), y)
    expected = rival.predict(scale(job)) * job.y.std() + job.y.mean()
    np.testing.assert_allclose(answer(job)[:, 0], expected, rtol=1e-3)


def test_values_are_the_mean_of_a_gaussian_process_with_noise(diabetes: FitJob):
    job = replace(diabetes, params=PARAMS)
    width = RBF(np.sqrt(0.5 / measure_gamma(job)), "fixed")
    rival = GaussianProcessRegressor(width, alpha=0.3, normalize_y=True, optimizer=None)
    expected = rival.fit(scale(job), job.y).predict(scale(job))
    np.testing.assert_allclose(answer(job)[:, 0], expected, rtol=1e-3)


def test_weights_are_noise(diabetes: FitJob):
    weight = np.where(np.arange(442) % 2, 1.5, 0.5)
    job = replace(diabetes, params=PARAMS, weight=weight)
    centre, spread = np.average(job.y, weights=weight), job.y.std()
    rival = KernelRidge(alpha=0.3, kernel="rbf", gamma=measure_gamma(job))
    rival.fit(scale(job), (job.y - centre) / spread, sample_weight=weight)
    expected = rival.predict(scale(job)) * spread + centre
    np.testing.assert_allclose(answer(job)[:, 0], expected, rtol=1e-3)


def test_what_is_left_out_is_what_a_fit_without_the_row_answers(diabetes: FitJob):
    points = make_points(diabetes.matrix, make_axes(diabetes.matrix))
    y = (diabetes.y - diabetes.y.mean())[:, None] / diabetes.y.std()
    weight = np.linspace(0.5, 1.5, 442)
    task = kernel._Task(points=points, answers=y, weight=weight)
    landmarks = points.take(np.arange(0, 442, 2))
    found = kernel._fit_ridge(task, landmarks, 20.0, (0.3,)).left_out
    for row in (0, 7, 441):
        others = np.delete(np.arange(442), row)
        ridge = kernel._fit_ridge(task.take(others), landmarks, 20.0, (0.3,))
        near = kernel._measure_kernel(points.take(np.array([row])), landmarks, 20.0)
        np.testing.assert_allclose(near @ ridge.coefficients, found[row : row + 1], rtol=1e-4)


def test_width_and_noise_are_chosen_by_what_is_left_out(diabetes: FitJob):
    x = np.linspace(-3, 3, 442)
    rng = np.random.default_rng(0)
    matrix = replace(diabetes.matrix, values=x[:, None].astype(np.float32))
    errors = []
    for noise in (0.05, 1.0):
        y = np.sin(3 * x) + noise * rng.normal(size=442)
        job = replace(diabetes, matrix=matrix, y=y, params=CHOSEN)
        errors.append(np.sqrt(np.mean((answer(job)[:, 0] - np.sin(3 * x)) ** 2)))
    assert errors[0] < 0.02
    assert errors[1] < 0.3


@pytest.mark.parametrize("name", ["cancer", "wine"])
def test_chances_are_calibrated_on_rows_that_were_not_fitted(
    name: str, request: pytest.FixtureRequest
):
    job = replace(request.getfixturevalue(name), params=CHOSEN)
    held_out = np.arange(len(job.y)) % 3 == 0
    train = replace(job.matrix, values=job.matrix.values[~held_out])
    train = replace(train, categories=job.matrix.categories[~held_out])
    model = kernel.fit(replace(job, matrix=train, y=job.y[~held_out])).model
    chances = make_predictions(model.predict(job.matrix), "log_loss")[held_out]
    if chances.shape[1] == 1:
        chances = np.hstack([1 - chances, chances])
    assert -np.log(chances[np.arange(held_out.sum()), job.y[held_out]]).mean() < 0.12


def test_fewer_landmarks_say_nearly_the_same_in_a_smaller_file(cancer: FitJob, tmp_path: Path):
    answers, sizes = [], []
    for landmarks in (1500, 100):
        job = replace(cancer, params={**CHOSEN, "landmarks": landmarks})
        model = kernel.fit(job).model
        model.save(tmp_path)
        sizes.append((tmp_path / "model.npz").stat().st_size)
        answers.append(make_predictions(model.predict(job.matrix), "log_loss"))
    assert sizes[1] < sizes[0] / 3
    assert np.abs(answers[0] - answers[1]).mean() < 0.03


def test_without_time_one_width_is_tried(diabetes: FitJob):
    fit = kernel.fit(replace(diabetes, params=CHOSEN, stop_at=time.time() - 1))
    one = kernel.fit(replace(diabetes, params={**CHOSEN, "gamma": kernel.GAMMAS[0]}))
    assert fit.cut
    assert fit.model.width == one.model.width


def test_equal_rows_are_no_trouble(diabetes: FitJob):
    values = np.repeat(diabetes.matrix.values[:13], 34, axis=0)
    job = replace(diabetes, matrix=replace(diabetes.matrix, values=values), params=CHOSEN)
    assert np.isfinite(answer(job)).all()


@pytest.mark.parametrize("name", ["gamma", "alpha", "landmarks"])
def test_values_that_make_no_sense_to_a_kernel_are_refused(diabetes: FitJob, name: str):
    with pytest.raises(PlanError, match=f"{name}: expected a positive number"):
        kernel.fit(replace(diabetes, params={**PARAMS, name: 0}))

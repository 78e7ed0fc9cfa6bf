from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from automl_cli.core.margins import make_predictions
from automl_cli.core.matrix import Matrix
from automl_cli.core.model import Fit, FitJob, Watch
from automl_cli.models import lightgbm
from automl_cli.models.targets import fit_constant, fit_target, load_target


def refuse(job: FitJob) -> Fit:
    raise AssertionError(f"not to be called for {job.objective}")


def take(matrix: Matrix, rows: np.ndarray) -> Matrix:
    return replace(matrix, values=matrix.values[rows], categories=matrix.categories[rows])


def test_a_single_class_gives_its_smoothed_frequency(wine: FitJob, cancer: FitJob):
    fit = fit_target(replace(wine, y=np.full(178, 2)), refuse)
    probabilities = make_predictions(fit.model.predict(wine.matrix), "log_loss")
    np.testing.assert_allclose(probabilities[0], np.array([0.5, 0.5, 178.5]) / 179.5)
    fit = fit_target(replace(cancer, y=np.zeros(569, dtype=np.int64)), refuse)
    probabilities = make_predictions(fit.model.predict(cancer.matrix), "log_loss")
    np.testing.assert_allclose(probabilities[0], [0.5 / 570])


@pytest.mark.parametrize(
    ("objective", "middle"), [("squared_error", np.mean), ("absolute_error", np.median)]
)
def test_a_constant_is_the_mean_or_median_of_what_the_offset_leaves(
    diabetes: FitJob, objective: str, middle: np.ufunc
):
    offset = np.linspace(0, 50, 442)[:, None]
    fit = fit_constant(replace(diabetes, objective=objective, offset=offset))
    expected = middle(diabetes.y - offset[:, 0])
    np.testing.assert_allclose(fit.model.predict(diabetes.matrix)[:, 0], expected)


def test_the_curve_of_a_constant_is_its_loss(wine: FitJob, cancer: FitJob, diabetes: FitJob):
    for job in (wine, cancer):
        watch = Watch(matrix=job.matrix, y=job.y, offset=None)
        shares = np.bincount(job.y) / len(job.y)
        fit = fit_constant(replace(job, watch=watch))
        assert fit.curve == pytest.approx(-(shares * np.log(shares)).sum(), rel=1e-3)
    watch = Watch(matrix=diabetes.matrix, y=diabetes.y, offset=None)
    fit = fit_constant(replace(diabetes, watch=watch))
    assert fit.curve == pytest.approx(diabetes.y.std())
    fit = fit_constant(replace(diabetes, watch=watch, objective="absolute_error"))
    assert fit.curve == pytest.approx(np.abs(diabetes.y - np.median(diabetes.y)).mean())


def test_absent_classes_get_half_a_row_and_their_watch_rows_do_not_count(
    wine: FitJob, tmp_path: Path
):
    rows = np.flatnonzero(wine.y != 1)
    params = lightgbm.SPEC.make_params("multiclass", {})
    watch = Watch(matrix=wine.matrix, y=wine.y, offset=np.zeros((178, 3)))
    matrix, y = take(wine.matrix, rows), wine.y[rows]
    job = replace(wine, params=params, matrix=matrix, y=y, watch=watch)
    fit = lightgbm.fit(replace(job, offset=np.zeros((len(rows), 3))))
    probabilities = make_predictions(fit.model.predict(wine.matrix), "log_loss")
    floor = 0.5 / (len(rows) + 1.5)
    np.testing.assert_allclose(probabilities[:, 1], floor / (1 + floor))
    known = probabilities[rows] / (1 - probabilities[rows, 1:2])
    loss = -np.log(known[np.arange(len(rows)), y]).mean()
    assert fit.curve[-1] == pytest.approx(loss, rel=1e-6)
    fit.model.save(tmp_path)
    loaded = lightgbm.load(tmp_path)
    offset = np.tile([0.0, 9.0, 0.0], (178, 1))
    difference = loaded.predict(wine.matrix, offset=offset) - fit.model.predict(wine.matrix)
    np.testing.assert_allclose(difference, offset, atol=1e-12)


def test_a_watch_of_absent_classes_only_is_no_watch(wine: FitJob):
    rows, rest = np.flatnonzero(wine.y != 1), np.flatnonzero(wine.y == 1)
    watch = Watch(matrix=take(wine.matrix, rest), y=wine.y[rest], offset=None)
    job = replace(wine, params=lightgbm.SPEC.make_params("multiclass", {}), watch=watch)
    fit = lightgbm.fit(replace(job, matrix=take(wine.matrix, rows), y=wine.y[rows]))
    assert fit.curve is None


def test_a_complete_target_goes_to_the_model_itself(wine: FitJob, tmp_path: Path):
    expected = fit_constant(wine)
    assert fit_target(wine, lambda job: expected if job is wine else refuse(job)) is expected
    expected.model.save(tmp_path)
    assert load_target(tmp_path, lambda _: pytest.fail("not needed")) == expected.model

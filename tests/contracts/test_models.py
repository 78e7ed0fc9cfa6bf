"""What every entry of MODELS must do; a new model is checked by being in the table."""

import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from jobs import CASES, ROUNDS, ROWS, make_job, run

from automl_cli.core.margins import make_predictions
from automl_cli.core.matrix import Matrix
from automl_cli.core.model import FitJob
from automl_cli.models import MODELS

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

BOOSTED = [(name, task) for name, task in CASES if MODELS.get(name).has_rounds]
OFFSET = [(name, task) for name, task in CASES if MODELS.get(name).takes_offset]
SQUARED = {"extra_trees", "kernel", "mlp"}  # fit squared error instead, and say so
REGRESSIONS = [name for name in MODELS if "regression" in MODELS.get(name).tasks]


def measure_loss(job: FitJob, matrix: Matrix, y: np.ndarray, margins: np.ndarray) -> float:
    assert margins.shape == (matrix.n_rows, job.n_outputs)
    assert margins.dtype == np.float64
    assert np.isfinite(margins).all()
    predictions = make_predictions(margins, job.objective)
    if job.objective != "log_loss":
        return float(np.sqrt(np.mean((predictions[:, 0] - y) ** 2)))
    if job.n_outputs == 1:
        predictions = np.hstack([1 - predictions, predictions])
    return float(-np.log(predictions[np.arange(len(y)), y]).mean())


def take(matrix: Matrix, rows: object) -> Matrix:
    return replace(matrix, values=matrix.values[rows], categories=matrix.categories[rows])


@pytest.mark.parametrize(("name", "task"), CASES)
def test_a_fit_beats_the_constant_and_prints_nothing(
    name: str, task: str, capfd: pytest.CaptureFixture[str]
):
    job = make_job(name, task, max_rounds=40)
    fit = run(name, job)
    watch = job.watch
    rival = MODELS.get(name).fit(replace(job, matrix=_flat(job.matrix)))
    loss = measure_loss(job, watch.matrix, watch.y, fit.model.predict(watch.matrix))
    flat = rival.model.predict(_flat(watch.matrix))
    assert loss < 0.8 * measure_loss(job, watch.matrix, watch.y, flat)
    assert not fit.cut
    assert capfd.readouterr() == ("", "")


def _flat(matrix: Matrix) -> Matrix:
    values, categories = np.ones_like(matrix.values), np.zeros_like(matrix.categories)
    return replace(matrix, values=values, categories=categories)


@pytest.mark.parametrize(("name", "task"), CASES)
def test_a_saved_model_predicts_the_same(
    name: str, task: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
):
    job = make_job(name, task)
    model = run(name, job).model
    model.save(tmp_path)
    loaded = MODELS.get(name).load(tmp_path)
    matrix = job.watch.matrix
    offset = np.ones((matrix.n_rows, job.n_outputs))
    np.testing.assert_array_equal(loaded.predict(matrix), model.predict(matrix))
    np.testing.assert_allclose(loaded.predict(matrix, offset=offset), 1 + model.predict(matrix))
    assert capfd.readouterr() == ("", "")
    assert not [path for path in tmp_path.iterdir() if path.suffix in {".pkl", ".joblib"}]


@pytest.mark.parametrize(("name", "task"), CASES)
def test_equal_jobs_give_equal_models_and_other_threads_do_not_fail(name: str, task: str):
    job = make_job(name, task)
    first, second = (run(name, job).model.predict(job.watch.matrix) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    run(name, replace(job, n_threads=2))


@pytest.mark.parametrize(("name", "task"), CASES)
def test_row_by_row_equals_the_batch_and_codes_never_seen_are_predicted(name: str, task: str):
    job = make_job(name, task)
    categories = np.minimum(job.matrix.categories, 2)  # codes from 3 are not in training
    model = run(name, replace(job, matrix=replace(job.matrix, categories=categories))).model
    matrix = take(job.watch.matrix, slice(0, 20))
    rows = [model.predict(take(matrix, [i])) for i in range(matrix.n_rows)]
    np.testing.assert_allclose(np.vstack(rows), model.predict(matrix), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(("name", "task"), CASES)
def test_the_clock_ends_a_fit_soon_with_a_usable_model(name: str, task: str):
    job = make_job(name, task, max_rounds=100_000, patience=100_000, stop_at=time.time() - 1)
    long = {"n_estimators": 100_000, "C": 1e9, "max_iter": 100_000}
    known = {key: value for key, value in long.items() if key in job.params}
    started = time.monotonic()
    fit = run(name, replace(job, params={**job.params, **known}))
    assert time.monotonic() - started < 2
    assert fit.cut
    measure_loss(job, job.watch.matrix, job.watch.y, fit.model.predict(job.watch.matrix))


@pytest.mark.parametrize(("name", "task"), CASES)
def test_constant_and_empty_columns_and_read_only_arrays_are_fine(name: str, task: str):
    job = make_job(name, task)
    values = job.matrix.values.copy()
    values[:, 1], values[:, 3] = 5.0, np.nan
    matrix = replace(job.matrix, values=values)
    weight = np.ones(ROWS)
    for array in (values, matrix.categories, job.y, weight, job.watch.y):
        array.setflags(write=False)
    fit = run(name, replace(job, matrix=matrix, weight=weight))
    measure_loss(job, job.watch.matrix, job.watch.y, fit.model.predict(job.watch.matrix))


@pytest.mark.parametrize(("name", "task"), CASES)
def test_heavy_rows_count_more(name: str, task: str):
    job = make_job(name, task)
    half = np.arange(ROWS) < ROWS // 2
    mixed = job.y.max() + job.y.min() - job.y  # the reverse of what the other half says
    y = np.where(half, job.y, mixed)
    losses = []
    for weight in (np.where(half, 1.0, 0.01), np.where(half, 0.01, 1.0)):
        model = run(name, replace(job, y=y, weight=weight, max_rounds=40)).model
        losses.append(measure_loss(job, job.matrix, job.y, model.predict(job.matrix)))
    assert losses[0] < 0.8 * losses[1]


@pytest.mark.parametrize(("name", "task"), CASES)
def test_a_target_with_one_value_gives_a_constant(name: str, task: str, tmp_path: Path):
    job = make_job(name, task)
    fit = run(name, replace(job, y=np.full_like(job.y, job.y[0])))
    fit.model.save(tmp_path)
    predictions = make_predictions(
        MODELS.get(name).load(tmp_path).predict(job.matrix), job.objective
    )
    assert (predictions == predictions[0]).all()
    if task == "regression":
        np.testing.assert_allclose(predictions[:, 0], job.y[0])
    elif task == "multiclass":
        assert predictions[0, job.y[0]] > 0.98


@pytest.mark.parametrize("name", [name for name, task in CASES if task == "multiclass"])
def test_an_absent_class_keeps_its_column(name: str, tmp_path: Path):
    job = make_job(name, "multiclass")
    known = job.y != 2
    weight = np.ones(known.sum())
    y = job.y[known]
    fit = run(name, replace(job, matrix=take(job.matrix, known), y=y, weight=weight))
    fit.model.save(tmp_path)
    margins = MODELS.get(name).load(tmp_path).predict(job.watch.matrix)
    assert measure_loss(job, job.watch.matrix, job.watch.y, margins) < 8
    assert (make_predictions(margins, "log_loss")[:, 2] < 0.01).all()


@pytest.mark.parametrize("name", [name for name in REGRESSIONS if name not in SQUARED])
def test_absolute_error_is_not_drawn_by_far_values(name: str):
    job = make_job(name, "regression", objective="absolute_error", max_rounds=60, watch=None)
    matrix = replace(_flat(job.matrix), values=np.sign(job.matrix.values))
    far = np.where(np.arange(ROWS) % 5 == 0, job.y + 50, job.y)  # draws the mean by 10
    error = run(name, replace(job, matrix=matrix, y=far)).model.predict(matrix)[:, 0] - job.y
    assert abs(np.median(error)) < 1.5


@pytest.mark.parametrize(("name", "task"), OFFSET)
def test_an_offset_is_where_the_fit_starts(name: str, task: str):
    job = make_job(name, task, max_rounds=40)
    matrix, watch = job.matrix, job.watch
    shift = np.linspace(-3, 3, job.n_outputs) if job.n_outputs > 1 else np.array([3.0])
    offset = 2 * np.nan_to_num(matrix.values[:, :1]) * shift
    shifted = replace(watch, offset=2 * np.nan_to_num(watch.matrix.values[:, :1]) * shift)
    fit = run(name, replace(job, offset=offset, watch=shifted))
    margins = fit.model.predict(watch.matrix, offset=shifted.offset)
    alone = fit.model.predict(watch.matrix)
    np.testing.assert_allclose(margins - alone, shifted.offset, atol=1e-6)
    with_offset, without = (measure_loss(job, watch.matrix, watch.y, m) for m in (margins, alone))
    assert with_offset < without
    if fit.curve is not None:
        assert fit.curve[-1] == pytest.approx(with_offset, rel=1e-3)


@pytest.mark.parametrize(("name", "task"), BOOSTED)
def test_the_curve_holds_the_loss_after_each_round(name: str, task: str):
    job = make_job(name, task)
    fit = run(name, job)
    assert fit.curve.shape == (ROUNDS,)
    for rounds in (1, 5, ROUNDS):
        margins = fit.model.predict(job.watch.matrix, rounds=rounds)
        loss = measure_loss(job, job.watch.matrix, job.watch.y, margins)
        assert fit.curve[rounds - 1] == pytest.approx(loss, rel=1e-4)


@pytest.mark.parametrize(("name", "task"), BOOSTED)
def test_the_first_rounds_equal_a_shorter_fit_without_a_watch(name: str, task: str):
    job = make_job(name, task)
    long = run(name, job).model.predict(job.watch.matrix, rounds=5)
    short = run(name, replace(job, max_rounds=5, watch=None))
    assert short.curve is None
    np.testing.assert_allclose(short.model.predict(job.watch.matrix), long, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("name", "task"), BOOSTED)
def test_patience_ends_a_training_that_no_longer_improves(name: str, task: str):
    job = make_job(name, task, max_rounds=3000, patience=5)
    rng = np.random.default_rng(1)
    fit = run(name, replace(job, y=rng.permutation(job.y)))
    assert len(fit.curve) < 3000
    assert len(fit.curve) - 1 - int(np.argmin(fit.curve)) == 5
    assert not fit.cut


@pytest.mark.parametrize("name", list(MODELS))
def test_defaults_are_known_parameters_and_every_step_has_a_name(name: str):
    spec = MODELS.get(name)
    assert spec.name == name
    assert set(spec.defaults) <= {"*", *spec.tasks}
    assert {key for params in spec.defaults.values() for key in params} <= spec.known_params
    assert all(step.name for step in spec.recipe)


@pytest.mark.parametrize(("name", "task"), CASES)
def test_a_search_sets_known_parameters_around_their_defaults(name: str, task: str):
    spec = MODELS.get(name)
    assert {own.name for own in spec.space} <= spec.known_params - {"learning_rate"}
    for own in spec.space:
        default = spec.make_params(task, {}).get(own.name)
        # None, or a name as "sqrt": the library's own, which need not be a number.
        assert not isinstance(default, int | float) or own.low <= default <= own.high


@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize(("name", "task"), CASES)
def test_both_ends_of_a_search_space_can_be_fitted(name: str, task: str, end: str):
    job = make_job(name, task)
    ends = {own.name: getattr(own, end) for own in MODELS.get(name).space}
    fit = run(name, replace(job, params={**job.params, **ends}))
    assert np.isfinite(fit.model.predict(job.watch.matrix)).all()


@pytest.mark.parametrize(("name", "task"), CASES)
def test_rows_of_a_high_weight_prevail(name: str, task: str) -> None:
    job = make_job(name, task, watched=False)
    half = job.matrix.n_rows // 2
    order = np.random.default_rng(0).permutation(job.matrix.n_rows)
    y = np.where(order < half, job.y.min(), job.y.max())
    few, many = (
        replace(job, y=y, weight=np.where(order < half, own, 1.0)) for own in (0.01, 100.0)
    )

    lost, won = (
        make_predictions(run(name, one).model.predict(job.matrix), job.objective)
        for one in (few, many)
    )
    # The rows of the largest value prevail where the others count for nothing.
    largest = -1
    assert lost[:, largest].mean() > won[:, largest].mean() + 0.2

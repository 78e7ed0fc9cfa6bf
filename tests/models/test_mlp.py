from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.neural_network import _multilayer_perceptron as neural

from automl_cli.core.errors import PlanError
from automl_cli.core.model import FitJob
from automl_cli.models import mlp, network_inputs
from automl_cli.models.targets import measure_loss

PARAMS = {"width": 16, "depth": 2, "epochs": 8, "alpha": 0.1, "learning_rate": 0.01}
PARAMS |= {"batch_size": 64, "pieces": 0}  # numbers alone, as a rival sees them


def make_rival(kind: type, job: FitJob) -> object:
    return kind(
        hidden_layer_sizes=(16, 16),
        alpha=0.1,
        learning_rate_init=0.01,
        batch_size=64,
        random_state=np.random.RandomState(job.seed),
    )


def standardise(job: FitJob) -> np.ndarray:
    values = job.matrix.values.astype(np.float64)
    scaled = (values - values.mean(axis=0)) / values.std(axis=0)
    return np.clip(scaled, -network_inputs.FARTHEST, network_inputs.FARTHEST).astype(np.float32)


def softmax(margins: np.ndarray) -> np.ndarray:
    shares = np.exp(margins - margins.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def test_the_first_epoch_predicts_as_scikit_learn(wine: FitJob):
    job = replace(wine, params=PARAMS)
    margins = mlp.fit(job).model.predict(job.matrix, rounds=1)
    rival = make_rival(MLPClassifier, job).partial_fit(
        standardise(job), job.y, classes=np.unique(job.y)
    )
    expected = rival.predict_proba(standardise(job))
    np.testing.assert_allclose(softmax(margins), expected, rtol=1e-4)


def test_values_are_predicted_on_their_own_scale(diabetes: FitJob):
    job = replace(diabetes, params=PARAMS)
    values = mlp.fit(job).model.predict(job.matrix, rounds=1)[:, 0]
    centred = (job.y - job.y.mean()) / job.y.std()
    rival = make_rival(MLPRegressor, job).partial_fit(standardise(job), centred)
    expected = rival.predict(standardise(job)) * job.y.std() + job.y.mean()
    np.testing.assert_allclose(values, expected, rtol=1e-4)


def test_weights_are_the_exponential_mean_over_the_epochs(diabetes: FitJob):
    job = replace(diabetes, params=PARAMS, watch=None)
    layers = mlp.fit(job).model.epochs
    centred = (job.y - job.y.mean()) / job.y.std()
    rival = make_rival(MLPRegressor, job)
    expected = rival.partial_fit(standardise(job), centred).coefs_[0].copy()
    for _ in range(2):
        rival.partial_fit(standardise(job), centred)
        expected = mlp.MOMENTUM * expected + (1 - mlp.MOMENTUM) * rival.coefs_[0]
    np.testing.assert_allclose(layers[2][0], expected, rtol=1e-4, atol=1e-6)


def test_each_epoch_takes_the_rows_in_another_order(
    diabetes: FitJob, monkeypatch: pytest.MonkeyPatch
):
    orders: list[bytes] = []
    shuffle = neural.shuffle

    def note(rows: np.ndarray, **words: object) -> np.ndarray:
        shuffled = shuffle(rows, **words)
        orders.append(shuffled.tobytes())
        return shuffled

    monkeypatch.setattr(neural, "shuffle", note)
    mlp.fit(replace(diabetes, params=PARAMS, watch=None))
    assert len(orders) == PARAMS["epochs"]
    assert len(set(orders)) == len(orders)


def make_labelled(diabetes: FitJob, n_levels: int) -> FitJob:
    codes = np.arange(diabetes.matrix.n_rows, dtype=np.int32)[:, None] % n_levels
    matrix = replace(diabetes.matrix, categories=codes, category_names=("c",), levels=(n_levels,))
    return replace(diabetes, params=PARAMS, matrix=matrix, watch=None)


def test_many_units_kept_sparse_are_fitted_as_if_they_were_not(
    diabetes: FitJob, monkeypatch: pytest.MonkeyPatch
):
    job = make_labelled(diabetes, 40)
    dense = mlp.fit(job).model.predict(job.matrix)
    monkeypatch.setattr(network_inputs, "MOST_DENSE", 10)
    np.testing.assert_allclose(mlp.fit(job).model.predict(job.matrix), dense, rtol=1e-3)


def test_a_category_of_very_many_levels_gets_no_units(diabetes: FitJob):
    few, many = (make_labelled(diabetes, n) for n in (40, network_inputs.MOST_LEVELS + 1))
    n_values = diabetes.matrix.values.shape[1]
    assert mlp.fit(few).model.epochs[0][0].shape[0] == n_values + 40
    assert mlp.fit(many).model.epochs[0][0].shape[0] == n_values


def test_a_far_value_is_taken_for_a_less_far_one(diabetes: FitJob):
    model = mlp.fit(replace(diabetes, params=PARAMS)).model
    far = diabetes.matrix.values[:2].copy()
    far[0, 0], far[1, 0] = 1e6, 1e9
    far[1, 1:] = far[0, 1:]
    first, second = model.predict(
        replace(diabetes.matrix, values=far, categories=diabetes.matrix.categories[:2])
    )
    np.testing.assert_array_equal(first, second)


def test_epochs_beyond_the_own_limit_are_not_made(diabetes: FitJob, tmp_path: Path):
    fit = mlp.fit(replace(diabetes, params=PARAMS, max_rounds=1000, watch=None))
    assert len(fit.model.epochs) == PARAMS["epochs"]
    fit.model.save(tmp_path)
    stored = mlp.load(tmp_path)
    for rounds in (1, 3, None):
        np.testing.assert_array_equal(
            stored.predict(diabetes.matrix, rounds=rounds),
            fit.model.predict(diabetes.matrix, rounds=rounds),
        )


def test_a_wave_is_learned_by_pieces(wave: FitJob, tmp_path: Path) -> None:
    losses = {}
    for pieces in (0, 16):
        params = {**PARAMS, "width": 32, "epochs": 30, "pieces": pieces}
        mlp.fit(replace(wave, params=params, max_rounds=30)).model.save(tmp_path)
        values = mlp.load(tmp_path).predict(wave.matrix)
        losses[pieces] = measure_loss(values, wave.y, "squared_error")
    assert losses[16] < 0.5 * losses[0]


@pytest.mark.parametrize("name", ["width", "epochs", "learning_rate"])
def test_a_parameter_must_be_positive(diabetes: FitJob, name: str):
    with pytest.raises(PlanError, match=name):
        mlp.fit(replace(diabetes, params={**PARAMS, name: 0}))

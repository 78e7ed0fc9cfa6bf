import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl_cli.features.linear_prediction import SHRINKAGES, predict_linear, predict_nested
from automl_cli.features.target_encoding import FoldTarget


def make_target(outputs: np.ndarray, blocks: np.ndarray, *, ordered: bool = False) -> FoldTarget:
    return FoldTarget(
        outputs=outputs,
        blocks=blocks,
        n_blocks=int(blocks.max()) + 1,
        prior=outputs.mean(axis=1),
        ordered=ordered,
    )


def fit_plainly(x: np.ndarray, y: np.ndarray, penalty: float) -> tuple[np.ndarray, np.ndarray]:
    """Return slopes and intercept of a ridge regression with a free intercept, in plain words."""
    mean_x, mean_y = x.mean(axis=0), y.mean(axis=0)
    centred = x - mean_x
    slopes = np.linalg.solve(
        centred.T @ centred + penalty * np.eye(x.shape[1]), centred.T @ (y - mean_y)
    )
    return slopes, mean_y - mean_x @ slopes


@settings(deadline=None, max_examples=20)
@given(
    seed=st.integers(0, 999),
    n_outputs=st.integers(1, 3),
    n_dimensions=st.integers(1, 6),
    ordered=st.booleans(),
)
def test_each_block_is_predicted_by_a_regression_on_the_others(
    seed: int, n_outputs: int, n_dimensions: int, ordered: bool
):
    rng = np.random.default_rng(seed)
    blocks = rng.permutation(np.arange(120) % 4)
    dimensions = rng.normal(size=(n_dimensions, 120)).astype(np.float32)
    outputs = rng.normal(size=(n_outputs, 120)) + dimensions[0]
    target = make_target(outputs, blocks, ordered=ordered)
    nested, _ = predict_nested(dimensions, target)
    penalties = np.array(SHRINKAGES) * (dimensions.astype(float) ** 2).sum() / n_dimensions
    fits = []
    for penalty in penalties:
        expected = np.repeat(target.prior[:, None], 120, axis=1)
        for block in range(1 if ordered else 0, 4):
            others = blocks < block if ordered else blocks != block
            x, y = dimensions[:, others].T.astype(float), outputs[:, others].T
            slopes, start = fit_plainly(x, y, penalty)
            own = blocks == block
            expected[:, own] = (dimensions[:, own].T @ slopes + start).T
        fits.append(expected)
    assert any(np.allclose(nested, expected, atol=1e-4) for expected in fits)


def test_a_row_of_new_ones_is_predicted_alone_as_among_others():
    rng = np.random.default_rng(0)
    dimensions = rng.normal(size=(40, 300)).astype(np.float32)
    outputs = (rng.random((1, 300)) < 0.4).astype(float)
    _, coefficients = predict_nested(dimensions, make_target(outputs, np.arange(300) % 5))
    together = predict_linear(coefficients, dimensions)
    for row in range(0, 300, 37):
        np.testing.assert_array_equal(
            predict_linear(coefficients, dimensions[:, [row]]), together[:, [row]]
        )


@pytest.mark.parametrize("seed", range(3))
def test_nested_predictions_of_noise_say_nothing(seed: int):
    rng = np.random.default_rng(seed)
    dimensions = rng.normal(size=(50, 2000)).astype(np.float32)
    outputs = rng.normal(size=(1, 2000))
    nested, _ = predict_nested(dimensions, make_target(outputs, np.arange(2000) % 5))
    assert abs(np.corrcoef(nested[0], outputs[0])[0, 1]) < 3 / np.sqrt(2000)


def test_a_linear_effect_is_found():
    rng = np.random.default_rng(0)
    dimensions = rng.normal(size=(20, 1000)).astype(np.float32)
    outputs = (dimensions[3] + 0.5 * rng.normal(size=1000))[None]
    nested, coefficients = predict_nested(dimensions, make_target(outputs, np.arange(1000) % 5))
    assert np.corrcoef(nested[0], outputs[0])[0, 1] > 0.85
    assert int(np.abs(coefficients[0, 1:]).argmax()) == 3


def test_dimensions_that_are_all_zero_do_no_harm():
    outputs = np.ones((1, 20))
    dimensions = np.zeros((3, 20), dtype=np.float32)
    nested, coefficients = predict_nested(dimensions, make_target(outputs, np.arange(20) % 2))
    np.testing.assert_allclose(nested, 1.0)
    assert np.isfinite(coefficients).all()

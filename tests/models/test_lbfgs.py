import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import approx_fprime
from scipy.sparse import csr_array

from automl_cli.models.lbfgs import (
    LinearProblem,
    Loss,
    measure_absolute_error,
    measure_log_loss,
    measure_squared_error,
    minimise,
)

LOSSES = [
    (measure_log_loss, 1),
    (measure_log_loss, 3),
    (measure_squared_error, 1),
    (measure_absolute_error, 1),
]


def make_problem(loss: Loss, n_outputs: int, seed: int) -> LinearProblem:
    rng = np.random.default_rng(seed)
    rows = 15
    codes = rng.integers(0, 3, rows)
    target = rng.normal(size=(rows, 1))
    if loss is measure_log_loss:
        target = np.eye(n_outputs)[rng.integers(0, n_outputs, rows)]
    weight = rng.uniform(0.1, 1, rows)
    return LinearProblem(
        values=rng.normal(size=(rows, 4)),
        indicators=csr_array(np.eye(3)[codes]),
        target=target,
        start=rng.normal(size=(rows, n_outputs)),
        weight=weight / weight.mean(),
        loss=loss,
        penalty=0.3,
    )


@pytest.mark.parametrize(("loss", "n_outputs"), LOSSES)
@settings(max_examples=20)
@given(seed=st.integers(0, 1000), scale=st.floats(0, 5))
def test_the_gradient_is_the_slope_of_the_objective(
    loss: Loss, n_outputs: int, seed: int, scale: float
):
    problem = make_problem(loss, n_outputs, seed)
    at = scale * np.random.default_rng(seed).normal(size=problem.shape[0] * problem.shape[1])
    slope = approx_fprime(at, lambda flat: problem.evaluate(flat)[0], 1e-7)
    np.testing.assert_allclose(problem.evaluate(at)[1], slope, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(("loss", "n_outputs"), LOSSES)
def test_the_minimum_has_no_slope(loss: Loss, n_outputs: int):
    problem = make_problem(loss, n_outputs, 0)
    found, cut = minimise(problem, max_iter=1000, stop_at=None)
    assert found.shape == problem.shape
    assert np.abs(problem.evaluate(found.ravel())[1]).max() < 1e-3
    assert not cut


def test_the_clock_ends_the_search_after_a_step():
    problem = make_problem(measure_log_loss, 3, 0)
    found, cut = minimise(problem, max_iter=1000, stop_at=time.time() - 1)
    assert cut
    start = np.zeros(found.size)
    assert problem.evaluate(found.ravel())[0] < problem.evaluate(start)[0]

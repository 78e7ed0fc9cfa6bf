import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import log_loss, mean_absolute_error, mean_squared_error

from automl_cli.decision.losses import row_losses

SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS, st.integers(2, 5))
def test_the_mean_over_rows_is_the_log_loss(seed: int, n_classes: int) -> None:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, 50)
    p = rng.dirichlet(np.ones(n_classes), 50)
    given = p[:, 1:] if n_classes == 2 else p
    expected = log_loss(y, p, labels=range(n_classes))
    assert row_losses(y, given, "log_loss").mean() == pytest.approx(expected, rel=1e-4)


@given(SEEDS)
def test_the_mean_over_rows_is_the_error_of_values(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y, predicted = rng.normal(size=(2, 50))
    absolute = row_losses(y, predicted[:, None], "absolute_error").mean()
    squared = row_losses(y, predicted[:, None], "squared_error").mean()
    assert absolute == pytest.approx(mean_absolute_error(y, predicted), rel=1e-4)
    assert squared == pytest.approx(mean_squared_error(y, predicted), rel=1e-4)


def test_certain_and_wrong_is_not_infinite() -> None:
    assert np.isfinite(row_losses(np.array([1, 0]), np.array([[0.0], [1.0]]), "log_loss")).all()

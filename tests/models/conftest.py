"""Jobs on the real data sets that scikit-learn brings along."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_wine

from automl_cli.core.matrix import Matrix
from automl_cli.core.metric import Objective
from automl_cli.core.model import FitJob


def make_job(values: np.ndarray, y: np.ndarray, objective: Objective, n_outputs: int) -> FitJob:
    block = np.asfortranarray(values, dtype=np.float32)  # as the features hand it over
    return FitJob(
        matrix=Matrix(
            values=block,
            categories=np.empty((len(block), 0), dtype=np.int32),
            value_names=tuple(f"v{i}" for i in range(block.shape[1])),
            category_names=(),
            levels=(),
        ),
        y=y,
        weight=None,
        offset=None,
        watch=None,
        objective=objective,
        n_outputs=n_outputs,
        params={},
        max_rounds=20,
        patience=20,
        seed=1,
        n_threads=1,
        stop_at=None,
    )


@pytest.fixture
def cancer() -> FitJob:
    """569 tumours, 30 measurements, two classes."""
    values, y = load_breast_cancer(return_X_y=True)
    return make_job(values, y.astype(np.int64), "log_loss", 1)


@pytest.fixture
def wine() -> FitJob:
    """178 wines, 13 measurements, three classes."""
    values, y = load_wine(return_X_y=True)
    return make_job(values, y.astype(np.int64), "log_loss", 3)


@pytest.fixture
def diabetes() -> FitJob:
    """442 patients, 10 measurements, a value."""
    values, y = load_diabetes(return_X_y=True)
    return make_job(values, y, "squared_error", 1)


@pytest.fixture
def wave() -> FitJob:
    """2,000 rows of two numbers, of which the target is a product of waves."""
    values = np.random.default_rng(0).uniform(-1, 1, (2000, 2))
    return make_job(values, np.sin(12 * values).prod(axis=1), "squared_error", 1)

"""Candidates with known predictions, for tests of the ensemble."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from automl_cli.core.problem import Problem

Members = npt.NDArray[Any]


@pytest.fixture(scope="session")
def make_members() -> Callable[..., Members]:
    return _make_members


def _make_members(problem: Problem, noises: tuple[float, ...]) -> Members:
    """Return predictions (members, rows, n_outputs) that know the target up to a noise."""
    rng = np.random.default_rng(11)
    n = len(problem.y)
    if problem.objective != "log_loss":
        return np.stack([(problem.fit_y + s * rng.normal(size=n))[:, None] for s in noises])
    truth = np.eye(problem.target.n_classes)[problem.y]
    logits = [truth + s * rng.normal(size=truth.shape) for s in noises]
    p = np.stack([np.exp(z) / np.exp(z).sum(axis=1, keepdims=True) for z in logits])
    return p[..., 1:] if problem.n_outputs == 1 else p

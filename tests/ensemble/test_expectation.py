from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from automl_cli.core.arrays import FloatMatrix
from automl_cli.core.candidate import Blend
from automl_cli.core.problem import Problem
from automl_cli.ensemble.expectation import expect_score, measure_divergence
from automl_cli.metrics.probabilities import log_loss

MakeProblem = Callable[..., Problem]
N = 20_000


def make_blend(score: float) -> Blend:
    empty = np.zeros((0, 1))
    return Blend(
        combiner="mean",
        members=("one",),
        weights=np.ones(1),
        state={"weights": [1.0]},
        oof=empty,
        test=empty,
        score=score,
        score_se=0.0,
        in_sample=score,
        tournament=(),
    )


def expect(problem: Problem, score: float, folds: FloatMatrix) -> float | None:
    return expect_score(problem, make_blend(score), [[fold] for fold in folds])


@pytest.mark.parametrize("metric", ["mse", "rmse", "r2"])
def test_bagged_squared_error(make_problem: MakeProblem, metric: str) -> None:
    rng = np.random.default_rng(0)
    y = rng.normal(size=N)
    problem = make_problem(metric, y)
    fresh = rng.normal(size=N)
    own = (y + rng.normal(size=N))[:, None]
    folds = fresh[None, :, None] + rng.normal(size=(5, N, 1))
    expected = expect(problem, problem.metric.score(y, own[:, 0]), folds)
    truth = problem.metric.score(fresh, folds.mean(axis=0)[:, 0])
    assert expected == pytest.approx(truth, abs=0.05)


def test_bagged_log_loss(make_problem: MakeProblem) -> None:
    rng = np.random.default_rng(1)
    margins = rng.normal(size=(1, N, 1))
    folds = 1.0 / (1.0 + np.exp(-margins - 0.5 * rng.normal(size=(5, N, 1))))
    chance = 1.0 / (1.0 + np.exp(-margins[0, :, 0]))
    y = (rng.random(N) < chance).astype(np.int64)
    problem = make_problem("log_loss", y, labels=("0", "1"))
    single = float(np.mean([log_loss(y, fold[:, 0]) for fold in folds]))
    truth = log_loss(y, folds.mean(axis=0)[:, 0])
    expected = expect(problem, single, folds)
    assert expected == pytest.approx(truth, abs=0.003)
    assert truth < single - 0.01


def test_equal_folds_change_nothing(make_problem: MakeProblem) -> None:
    problem = make_problem("rmse", np.arange(100.0))
    assert expect(problem, 2.0, np.ones((5, 30, 1))) == pytest.approx(2.0)


def test_nothing_is_told(make_problem: MakeProblem) -> None:
    folds = np.random.default_rng(2).normal(size=(5, 30, 1))
    rmse = make_problem("rmse", np.arange(100.0))
    assert expect(rmse, 2.0, folds[:1]) is None
    assert expect(replace(rmse, folds=replace(rmse.folds, ordered=True)), 2.0, folds) is None
    assert expect(make_problem("mae", np.arange(100.0)), 2.0, folds) is None


@pytest.mark.parametrize("n_outputs", [1, 3])
def test_divergence_is_never_negative(n_outputs: int) -> None:
    p = np.random.default_rng(3).dirichlet(np.ones(max(n_outputs, 2)), size=(4, 50))
    assert measure_divergence(p[..., -1:] if n_outputs == 1 else p) > 0.0
    assert measure_divergence(np.stack([p[0]] * 3)) == pytest.approx(0.0, abs=1e-12)

"""Members that have seen the rows of some folds are told from members that are merely better."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from automl_cli.core.candidate import Candidate
from automl_cli.core.problem import Problem
from automl_cli.decision.scoring import score_candidate
from automl_cli.ensemble.outside import Outside, find_suspicions

Make = Callable[..., Any]
N_ROWS = 5_000


@pytest.fixture(params=["roc_auc", "log_loss", "rmse", "accuracy"])
def problem(request: pytest.FixtureRequest, make_problem: Make) -> Problem:
    rng = np.random.default_rng(0)
    if request.param == "rmse":
        return make_problem("rmse", rng.normal(size=N_ROWS))
    return make_problem(request.param, rng.integers(0, 2, N_ROWS), labels=("n", "y"))


def predict(problem: Problem, noise: np.ndarray | float, seed: int) -> np.ndarray:
    """Return predictions that know the truth up to a noise, one size or one a row."""
    rng = np.random.default_rng(seed)
    error = noise * rng.normal(size=N_ROWS)
    if problem.objective != "log_loss":
        return (problem.y + error)[:, None]
    noise = np.maximum(noise, 0.3)
    return 1 / (1 + np.exp(-(problem.y - 0.5 + error) / noise**2))[:, None]


@pytest.fixture
def field(problem: Problem, make_candidate: Make) -> Callable[..., Any]:
    """Return a function that judges one member beside a run's answer and two other members."""

    def score(model: str, oof: np.ndarray) -> Candidate:
        scored = score_candidate(problem, oof)
        one = make_candidate(model, oof)
        return replace(
            one, score=scored.score, score_se=scored.score_se, fold_scores=scored.fold_scores
        )

    def judge(oof: np.ndarray, folds: np.ndarray | None = None) -> Any:
        names = () if folds is None else tuple("abcdefgh"[: int(folds.max()) + 1])
        made = {"folds": folds, "fold_names": names, "notes": ()}
        suspect = Outside(path=Path("oof.csv"), candidate=score("suspect", oof), **made)
        others = [score(f"other-{i}", predict(problem, 1.0 + i / 10, i)) for i in range(2)]
        run = score("run", predict(problem, 1.0, 9))
        return find_suspicions(problem, [suspect], run, others)

    return judge


def test_a_member_that_has_seen_some_folds_is_named_with_them(
    problem: Problem, field: Callable[..., Any]
) -> None:
    seen = np.isin(problem.folds.blocks[0], (1, 3))
    (found,) = field(predict(problem, np.where(seen, 0.4, 1.1), 5))
    assert found.folds == ("2", "4")
    assert not found.by_file
    ahead = [own - other for own, other in zip(found.scores, found.others, strict=True)]
    if not problem.metric.greater_is_better:
        ahead = [-one for one in ahead]
    assert ahead[0] > 0.05 > ahead[1]


def test_folds_that_the_file_names_are_looked_at(
    problem: Problem, field: Callable[..., Any]
) -> None:
    folds = np.arange(N_ROWS) // (N_ROWS // 4)
    (found,) = field(predict(problem, np.where(folds == 2, 0.4, 1.1), 5), folds)
    assert (found.folds, found.by_file) == (("c",), True)


@pytest.mark.parametrize("noise", [0.8, 0.95, 1.0, 1.5, 4.0])
@pytest.mark.parametrize("seed", range(3))
def test_an_honest_member_is_no_leak(
    problem: Problem, field: Callable[..., Any], noise: float, seed: int
) -> None:
    assert field(predict(problem, noise, 20 + seed)) == ()


def test_a_member_that_fails_on_one_fold_is_no_leak(
    problem: Problem, field: Callable[..., Any]
) -> None:
    failed = problem.folds.blocks[0] == 2
    assert field(predict(problem, np.where(failed, 5.0, 1.0), 5)) == ()


def test_one_far_better_on_all_folds_is_told(problem: Problem, field: Callable[..., Any]) -> None:
    (found,) = field(predict(problem, 0.25, 5))
    assert found.folds == ()
    better = found.scores[0] > found.others[0]
    assert better == problem.metric.greater_is_better

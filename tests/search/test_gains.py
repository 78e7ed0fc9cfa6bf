"""What a candidate is worth to the blend."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fold_models import make_candidate

from automl_cli.core.arrays import FloatVector
from automl_cli.core.candidate import Candidate
from automl_cli.core.problem import Problem
from automl_cli.search.gains import (
    Weighing,
    measure_additions,
    measure_losses,
    weigh_candidates,
)

MakeProblem = Callable[..., Problem]
N_ROWS = 1_000


@pytest.fixture
def problem(make_problem: MakeProblem) -> Problem:
    return make_problem("mse", np.random.default_rng(0).normal(size=N_ROWS))


@pytest.fixture
def candidate(tmp_path: Path, problem: Problem) -> Candidate:
    return make_candidate(tmp_path, problem, len(problem.folds))


def weigh(problem: Problem, like: Candidate, *predictions: FloatVector) -> Weighing:
    candidates = {
        str(number): replace(like, oof=one[:, None]) for number, one in enumerate(predictions)
    }
    return weigh_candidates(problem, candidates, measure_losses(problem, candidates))


def test_two_unlike_candidates_share_the_weight(problem: Problem, candidate: Candidate) -> None:
    rng = np.random.default_rng(1)
    found = weigh(problem, candidate, *(problem.fit_y + rng.normal(size=N_ROWS) for _ in range(2)))
    assert list(found.weights.values()) == pytest.approx([0.5, 0.5], abs=0.1)
    assert found.loss == pytest.approx(0.5, abs=0.1)


def test_what_brings_nothing_seems_to_bring_no_more_than_chance(
    problem: Problem, candidate: Candidate
) -> None:
    gains = []
    for seed in range(40):
        rng = np.random.default_rng(seed)
        known = problem.fit_y + rng.normal(size=N_ROWS)
        useless = known + 0.5 * rng.normal(size=N_ROWS)
        both = weigh(problem, candidate, known, useless)
        gains.append(weigh(problem, candidate, known).loss - both.loss - both.chance)
    assert np.mean(gains) <= 0.0
    assert max(gains) > 0.0  # by luck alone, now and then


def test_what_is_unlike_those_with_enough_folds_adds_to_them(
    problem: Problem, candidate: Candidate
) -> None:
    rng = np.random.default_rng(2)
    known, other = (problem.fit_y + rng.normal(size=N_ROWS) for _ in range(2))
    n_blended = problem.folds.n_blended
    whole = replace(candidate, oof=known[:, None], fold_scores=(0.0,) * n_blended)
    few = replace(candidate, fold_scores=(0.0,) * (n_blended - 1))
    found = measure_additions(
        problem,
        {
            "whole": whole,
            "copy": replace(few, oof=known[:, None]),
            "worse": replace(few, oof=known[:, None] + rng.normal(size=(N_ROWS, 1))),
            "unlike": replace(few, oof=other[:, None]),
        },
    )
    assert set(found) == {"copy", "worse", "unlike"}
    assert found["copy"] == pytest.approx(0.0, abs=1e-6)
    assert found["worse"] < 0.05
    assert found["unlike"] == pytest.approx(0.5, abs=0.15)  # half of the variance


def test_nothing_is_hoped_for_of_what_is_clearly_of_no_use(
    problem: Problem, candidate: Candidate
) -> None:
    rng = np.random.default_rng(4)
    known = problem.fit_y + rng.normal(size=N_ROWS)
    n_blended = problem.folds.n_blended
    worse = (known + 3.0 * rng.normal(size=N_ROWS))[:, None]
    found = measure_additions(
        problem,
        {
            "whole": replace(candidate, oof=known[:, None], fold_scores=(0.0,) * n_blended),
            "worse": replace(candidate, oof=worse, fold_scores=(0.0,) * (n_blended - 1)),
        },
    )
    assert found == {"worse": 0.0}


def test_the_fewer_judges_the_more_may_still_be_hoped_for(
    problem: Problem, candidate: Candidate
) -> None:
    rng = np.random.default_rng(3)
    known = problem.fit_y + rng.normal(size=N_ROWS)
    alike = (known + 0.05 * rng.normal(size=N_ROWS))[:, None]
    n_blended = problem.folds.n_blended
    found = measure_additions(
        problem,
        {
            "whole": replace(candidate, oof=known[:, None], fold_scores=(0.0,) * n_blended),
            "few": replace(candidate, oof=alike, fold_scores=(0.0,)),
            "more": replace(candidate, oof=alike, fold_scores=(0.0,) * (n_blended - 1)),
        },
    )
    assert found["few"] > found["more"] > 0.0


def test_the_best_adds_most_while_none_has_enough_folds(
    problem: Problem, candidate: Candidate
) -> None:
    few = replace(candidate, fold_scores=(0.0,) * (problem.folds.n_blended - 1))
    better, worse = (problem.fit_y + error for error in (0.5, 1.0))
    found = measure_additions(
        problem, {"a": replace(few, oof=better[:, None]), "b": replace(few, oof=worse[:, None])}
    )
    assert found["a"] - found["b"] > 0.5
    assert found["b"] > 0.0  # it is better than a constant, and may be all there is

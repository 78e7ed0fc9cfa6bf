from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from automl_cli.core.candidate import Candidate
from automl_cli.core.foldplan import FoldPlan
from automl_cli.core.problem import Problem
from automl_cli.ensemble.levels import choose_level, list_members

MakeCandidate = Callable[..., Candidate]
MakeProblem = Callable[..., Problem]


def limit(problem: Problem, candidate: Candidate, n_folds: int) -> Candidate:
    """Return a candidate that has the first folds alone."""
    oof = candidate.oof.copy()
    oof[~problem.folds.first(n_folds).covered()] = np.nan
    return replace(candidate, oof=oof, fold_scores=(0.5,) * n_folds)


@pytest.fixture
def problem(make_problem: MakeProblem) -> Problem:
    y = np.random.default_rng(0).integers(0, 2, 4_000)
    return make_problem("roc_auc", y, labels=("0", "1"))


def make(problem: Problem, seed: int, noise: float, n_folds: int) -> Candidate:
    from automl_cli.core.candidate import CandidateSpec

    rng = np.random.default_rng(seed)
    margin = 2.0 * (problem.y - 0.5) + noise * rng.normal(size=len(problem.y))
    spec = CandidateSpec(
        target=problem.target.name,
        model="lightgbm",
        recipe=(),
        params=(),
        seed=seed,
        max_rounds=1,
        patience=1,
        n_threads=1,
    )
    whole = Candidate(
        spec=spec,
        oof=(1.0 / (1.0 + np.exp(-margin)))[:, None],
        test=None,
        fold_scores=(0.5,) * len(problem.folds),
        score=0.5,
        score_se=0.1,
        rounds=(),
        fit_seconds=1.0,
        cut=False,
    )
    return limit(problem, whole, n_folds)


def by_key(*candidates: Candidate) -> dict[str, Candidate]:
    return {one.spec.key: one for one in candidates}


def test_the_most_folds_are_taken_where_few_folds_add_nothing(problem: Problem) -> None:
    n_all = len(problem.folds)
    good, poor = make(problem, 1, 1.0, n_all), make(problem, 2, 9.0, 1)
    assert choose_level(problem, by_key(good, poor)) == n_all


def test_few_folds_are_taken_where_their_members_are_clearly_better(problem: Problem) -> None:
    n_all = len(problem.folds)
    good, poor = make(problem, 1, 0.3, 1), make(problem, 2, 9.0, n_all)
    assert choose_level(problem, by_key(good, poor)) == 1


def test_a_difference_of_every_row_is_clear_however_small(problem: Problem) -> None:
    n_all = len(problem.folds)
    poor = make(problem, 1, 1.0, n_all)
    better = replace(
        poor, spec=replace(poor.spec, seed=2), oof=0.9 * poor.oof + 0.1 * problem.y[:, None]
    )
    assert choose_level(problem, by_key(poor, limit(problem, better, 1))) == 1


def test_what_has_all_folds_shuts_out_nothing_that_has_enough(
    problem: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(FoldPlan, "n_blended", 3)
    n_all = len(problem.folds)
    steady, better = make(problem, 1, 1.2, n_all), make(problem, 2, 1.0, 3)
    level = choose_level(problem, by_key(steady, better))
    assert level == 3
    assert len(list_members(by_key(steady, better), level)) == 2
    whole = replace(better, fold_scores=(0.5,) * n_all)
    assert choose_level(problem, by_key(steady, whole)) == n_all


def test_members_have_the_folds_of_the_level_or_more(problem: Problem) -> None:
    n_all = len(problem.folds)
    some = by_key(*(make(problem, k, 1.0, n) for k, n in enumerate((1, 2, n_all))))
    assert [one.n_folds >= 2 for one in list_members(some, 2)] == [True, True]
    assert len(list_members(some, 1)) == 3
    assert len(list_members(some, n_all)) == 1

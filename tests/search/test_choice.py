from dataclasses import replace

import numpy as np
import pytest
from sites import Site

from automl_cli.core.candidate import Candidate
from automl_cli.core.judges import leave_judges_out
from automl_cli.core.problem import Problem
from automl_cli.decision.scoring import score_candidate
from automl_cli.metrics import get_metric
from automl_cli.search.choice import choose_candidate
from automl_cli.splits import SplitOptions, make_fold_plan

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

N_ROWS = 1000


def make_problem(site: Site, seed: int) -> Problem:
    y = np.random.default_rng(seed).integers(0, 2, N_ROWS)
    metric = get_metric("roc_auc")
    return replace(
        site.problem,
        y=y,
        fit_y=y,
        objective="log_loss",
        n_outputs=1,
        metric=metric,
        target=replace(site.problem.target, task="binary", labels=("0", "1")),
        folds=make_fold_plan(SplitOptions(seed=seed), y, "binary", {}),
    )


def make_candidates(site: Site, seed: int, n: int) -> list[Candidate]:
    rng = np.random.default_rng(1000 + seed)
    return [
        Candidate(
            spec=replace(site.specs[0], seed=number),
            oof=rng.uniform(0.3, 0.7, (N_ROWS, 1)),
            test=None,
            fold_scores=(),
            score=float("nan"),
            score_se=0.0,
            rounds=(),
            fit_seconds=0.0,
            cut=False,
        )
        for number in range(n)
    ]


def test_the_best_of_forty_on_noise_is_worth_a_half(site: Site) -> None:
    honest, naive = [], []
    for seed in range(20):
        problem = make_problem(site, seed)
        candidates = [
            replace(one, score=score_candidate(problem, one.oof).score)
            for one in make_candidates(site, seed, 40)
        ]
        choice = choose_candidate(problem, candidates)
        honest.append(choice.score)
        naive.append(choice.naive)
    assert abs(np.mean(honest) - 0.5) < 3 * np.std(honest, ddof=1) / np.sqrt(20)
    assert np.mean(naive) > 0.52


def test_of_one_candidate_the_choice_is_worth_what_it_is(site: Site) -> None:
    problem = make_problem(site, 0)
    (one,) = make_candidates(site, 0, 1)
    choice = choose_candidate(problem, [one])
    assert choice.best == one.spec.key
    others = replace(problem, folds=leave_judges_out(problem.folds))
    assert choice.score == score_candidate(others, one.oof).score


def test_a_fold_has_no_say_in_its_own_choice(site: Site) -> None:
    problem = make_problem(site, 0)
    one, other = make_candidates(site, 0, 2)
    first = problem.folds.folds[-1].held_out
    # Perfect on one fold alone, and a little worse than the other one elsewhere.
    lucky = other.oof.copy()
    elsewhere = np.setdiff1d(np.arange(N_ROWS), first)
    wrong = np.abs(problem.y[elsewhere, None] - other.oof[elsewhere])
    lucky[elsewhere] += 0.05 * np.where(problem.y[elsewhere, None] == 1, -wrong, wrong)
    lucky[first] = problem.y[first, None]
    choice = choose_candidate(problem, [replace(one, oof=lucky), other])
    assert choice.best == replace(one, oof=lucky).spec.key
    assert choice.score < 0.65


@pytest.mark.parametrize("n", [1, 3])
def test_rows_that_no_fold_holds_out_stay_unknown(site: Site, n: int) -> None:
    problem = make_problem(site, 0)
    plan = problem.folds
    problem = replace(problem, folds=replace(plan, folds=plan.folds[1:], ordered=True))
    missing = plan.folds[0].held_out
    candidates = []
    for one in make_candidates(site, 0, n):
        oof = one.oof.copy()
        oof[missing] = np.nan
        candidates.append(replace(one, oof=oof))
    assert np.isfinite(choose_candidate(problem, candidates).score)

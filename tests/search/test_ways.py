from dataclasses import replace

import numpy as np
import pytest
from sites import Site

from automl_cli.core.candidate import Candidate
from automl_cli.core.problem import Problem
from automl_cli.models import MODELS
from automl_cli.search.space import SearchSpace, Setting
from automl_cli.search.ways import Way, judge_ways, list_trials
from automl_cli.splits import SplitOptions, make_fold_plan

N_ROWS = 3_000


@pytest.fixture
def problem(site: Site) -> Problem:
    rng = np.random.default_rng(0)
    y = rng.normal(size=N_ROWS)
    return replace(
        site.problem,
        y=y,
        fit_y=y,
        objective="squared_error",
        n_outputs=1,
        folds=make_fold_plan(SplitOptions(folds=5), y, "regression", {}),
    )


def make_way(site: Site, problem: Problem, seed: int, error: float) -> Candidate:
    noise = np.random.default_rng(seed).normal(size=N_ROWS)
    return Candidate(
        spec=replace(site.specs[0], seed=seed),
        oof=(problem.y + error * noise)[:, None],
        test=None,
        fold_scores=(0.0,) * 5,
        score=0.0,
        score_se=0.0,
        rounds=(),
        fit_seconds=1.0,
        cut=False,
    )


def test_a_clearly_worse_way_is_lost_and_a_close_one_is_not(site: Site, problem: Problem) -> None:
    tried: dict[Way, Candidate] = {
        ("own", False): make_way(site, problem, 1, error=1.5),
        ("own", True): make_way(site, problem, 2, error=1.0),
        ("values", False): make_way(site, problem, 3, error=1.01),
    }
    verdict = judge_ways(problem, tried, {})
    assert verdict is not None
    assert verdict.best in {("own", True), ("values", False)}
    assert verdict.lost == {("own", False)}


def test_a_way_that_the_blend_gives_weight_to_stays(site: Site, problem: Problem) -> None:
    poor = make_way(site, problem, 1, error=1.5)
    tried: dict[Way, Candidate] = {
        ("own", False): poor,
        ("own", True): make_way(site, problem, 2, error=1.0),
    }
    verdict = judge_ways(problem, tried, {poor.spec.key: 0.2})
    assert verdict is not None
    assert not verdict.lost


def test_without_a_trial_nothing_is_known(problem: Problem) -> None:
    assert judge_ways(problem, {}, {}) is None


@pytest.mark.parametrize(("tops", "n_ways"), [({"crosses": (0, 10, 300)}, 4), ({}, 2)])
def test_each_way_is_tried_with_and_without_generated_columns(
    tops: dict[str, tuple[int, ...]], n_ways: int
) -> None:
    space = SearchSpace(model=MODELS.get("lightgbm"), ranges=(), tops=tops, ways=("own", "values"))
    tried = list_trials(space, Setting(params={}, tops={}, way="own"))
    assert len({way for way, _ in tried}) == len(tried) == n_ways
    for (way, generated), setting in tried:
        assert setting.way == way
        assert any(setting.tops.values()) is generated

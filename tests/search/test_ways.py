from collections.abc import Callable
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from automl_cli.core.candidate import Candidate
from automl_cli.core.problem import Problem
from automl_cli.models import MODELS
from automl_cli.search.space import SearchSpace, Setting
from automl_cli.search.ways import Way, WaysVerdict, judge_ways, list_trials

N_ROWS = 3_000
MakeTried = Callable[..., Candidate]


def make_errors(seed: int, size: float) -> npt.NDArray[np.float64]:
    return size * np.random.default_rng(seed).normal(size=N_ROWS)


def test_what_has_lost_is_replaced_by_one_of_its_kind_while_there_is_one() -> None:
    ranked = (("means", True), ("own", True), ("values", False), ("own", False))
    lost = frozenset({("own", True), ("own", False)})
    verdict = WaysVerdict(ranked=ranked, worse=lost, lost=lost)

    assert verdict.best == ("means", True)
    assert verdict.find_lost_names() == {"own"}
    assert verdict.find_other(("own", True)) == ("means", True)
    assert verdict.find_other(("own", False)) == ("values", False)
    every = replace(verdict, lost=frozenset(ranked[1:]))
    assert every.find_other(("own", False)) == ("means", True)


def test_a_clearly_worse_way_is_lost_and_a_close_one_is_not(
    problem: Problem, make_tried: MakeTried
) -> None:
    tried: dict[Way, Candidate] = {
        ("own", False): make_tried(make_errors(1, 1.5), 1),
        ("own", True): make_tried(make_errors(2, 1.0), 2),
        ("values", False): make_tried(make_errors(3, 1.01), 3),
    }
    verdict = judge_ways(problem, tried, {})
    assert verdict is not None
    assert verdict.best in {("own", True), ("values", False)}
    assert verdict.lost == {("own", False)}


def test_a_way_that_the_blend_gives_weight_to_stays(
    problem: Problem, make_tried: MakeTried
) -> None:
    poor = make_tried(make_errors(1, 1.5), 1)
    tried: dict[Way, Candidate] = {
        ("own", False): poor,
        ("own", True): make_tried(make_errors(2, 1.0), 2),
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
    # What the list mostly has comes first.
    assert {way for (way, _), _ in tried[: 1 + bool(tops)]} == {"own"}

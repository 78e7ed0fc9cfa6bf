"""Losses that are not numbers."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from automl_cli.core.deadline import Deadline
from automl_cli.core.problem import Problem
from automl_cli.ensemble.combiners import COMBINERS, get_weights
from automl_cli.ensemble.tournament import blend_candidates
from automl_cli.metrics import METRICS

Make = Callable[..., Any]
Numbers = npt.NDArray[Any]


def make_picky(make_problem: Make, highest: float) -> Problem:
    """Return a problem whose metric is undefined for predictions above `highest`."""
    problem: Problem = make_problem("pearson", np.random.default_rng(3).normal(size=200))
    known = METRICS.get("pearson").score

    def score(y: Numbers, values: Numbers) -> float:
        return known(y, values) if values.max() <= highest else float("nan")

    return replace(problem, metric=replace(problem.metric, name="picky", score=score))


@pytest.mark.parametrize("name", ["best", "greedy"])
def test_a_member_without_a_loss_is_not_chosen(make_problem: Make, make_members: Make, name: str):
    problem = make_picky(make_problem, 100.0)
    members = make_members(problem, (1.0, 1.0, 1.0))
    members[0] = problem.y[:, None] + 1e6  # would be perfect
    state = COMBINERS.get(name).fit(problem, members, np.arange(200), Deadline(None))
    assert get_weights(state)[0] == 0


def test_a_combiner_without_a_loss_does_not_win(
    make_problem: Make, make_members: Make, make_candidate: Make
):
    problem = make_picky(make_problem, 100.0)
    members = make_members(problem, (0.5, 1.0, 1.0))
    members[1:] += 1e6
    candidates = [make_candidate(f"m{i}", oof) for i, oof in enumerate(members)]
    blend = blend_candidates(problem, candidates, combiners=["mean", "best"])
    assert blend.combiner == "best"
    assert np.isfinite(blend.score)


def test_a_metric_that_is_undefined_throughout_is_no_error(
    make_problem: Make, make_members: Make, make_candidate: Make
):
    problem = make_picky(make_problem, -1e9)
    members = make_members(problem, (0.5, 1.0, 1.0))
    blend = blend_candidates(
        problem, [make_candidate(f"m{i}", oof, oof) for i, oof in enumerate(members)]
    )
    assert np.isnan(blend.score)
    assert np.isfinite(blend.weights).all()
    assert np.isfinite(blend.test).all()

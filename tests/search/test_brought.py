"""What the ensemble gains from candidates that samplers found."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import automl_cli
from automl_cli.core.candidate import Candidate
from automl_cli.core.deadline import Deadline
from automl_cli.core.problem import Problem
from automl_cli.ensemble.tournament import blend_candidates
from automl_cli.search.brought import measure_gain

N_ROWS = 2_000
Tried = Callable[..., Candidate]


@pytest.fixture
def problem(make_problem: Callable[..., Problem]) -> Problem:
    return make_problem("rmse", np.random.default_rng(0).normal(size=N_ROWS))


def make_noisy(
    problem: Problem, make_candidate: Tried, model: str, seed: int, noise: float
) -> Candidate:
    errors = np.random.default_rng(seed).normal(scale=noise, size=(N_ROWS, 1))
    candidate = make_candidate(model, problem.y[:, None] + errors)
    return replace(candidate, spec=replace(candidate.spec, seed=seed))


def test_members_that_lower_the_loss_are_a_gain(problem: Problem, make_candidate: Tried) -> None:
    known = [make_noisy(problem, make_candidate, "linear", seed, 0.5) for seed in range(1, 4)]
    blend = blend_candidates(problem, known)

    gain = measure_gain(
        problem, blend, known, frozenset({known[0].spec.key, "of another run"}), Deadline(None)
    )
    assert gain is not None
    assert gain.members == 1
    assert gain.weight == pytest.approx(1 / 3, abs=0.05)
    assert gain.gain == pytest.approx(gain.plain_score - gain.score)
    assert gain.gain > 3 * gain.gain_se > 0


def test_without_others_or_time_nothing_is_compared(
    problem: Problem, make_candidate: Tried
) -> None:
    known = [make_noisy(problem, make_candidate, "linear", seed, 0.5) for seed in range(1, 4)]
    blend, every = blend_candidates(problem, known), frozenset(one.spec.key for one in known)

    assert measure_gain(problem, blend, known, every, Deadline(None)) is None
    assert measure_gain(problem, blend, known, frozenset(), Deadline(None)) is None
    some = frozenset({known[0].spec.key})
    assert measure_gain(problem, blend, known, some, Deadline.after(0.0)) is None


@pytest.mark.slow
def test_a_run_tells_what_its_search_has_brought(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    columns = rng.normal(size=(300, 3))
    y = columns[:, 0] * columns[:, 1] + columns[:, 2]
    lines = [",".join(f"{value:.4f}" for value in row) for row in np.column_stack([columns, y])]
    (tmp_path / "train.csv").write_text("\n".join(["a,b,c,y", *lines]))
    overrides = ["limits.rounds=40", "search.trials=4", "search.models=[lightgbm]"]
    for _ in range(2):  # a repeated command, too
        summary = automl_cli.fit(
            tmp_path / "train.csv", preset="smoke", overrides=overrides, out=tmp_path / "run"
        )
        (target,) = summary["targets"]
        told = target["search_gain"]
        weighty = [one for one in target["candidates"] if one["weight"] is not None]
        assert 0 < told["members"] < len(weighty)
        assert 0 <= told["weight"] <= 1
        assert told["gain"] == pytest.approx(told["plain_score"] - told["score"])

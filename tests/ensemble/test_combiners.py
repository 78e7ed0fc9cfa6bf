import json
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from automl_cli.config.schema import EnsembleConfig
from automl_cli.core.deadline import Deadline
from automl_cli.core.problem import Problem
from automl_cli.decision.scoring import selection_loss
from automl_cli.ensemble import linear
from automl_cli.ensemble.combiners import COMBINERS, get_weights

PROBLEMS = [
    ("roc_auc", ("n", "y")),
    ("f1", ("n", "y")),
    ("balanced_log_loss", ("a", "b", "c")),
    ("log_loss", ("a", "b", "c")),
    ("qwk", ("1", "2", "3")),
    ("rmsle", ()),
    ("mae", ()),
]
NO_LIMIT = Deadline(None)
NOISES = (1.0, 1.5, 2.0, 4.0)

Make = Callable[..., Any]
Labels = tuple[str, ...]
Field = tuple[Problem, npt.NDArray[Any], npt.NDArray[Any]]


def solve(make_problem: Make, make_members: Make, metric: str, labels: Labels) -> Field:
    rng = np.random.default_rng(4)
    y = rng.integers(0, len(labels), 300) if labels else rng.gamma(2.0, 2.0, 300)
    problem = make_problem(metric, y, labels=labels)
    return problem, make_members(problem, NOISES), np.arange(300)


@pytest.mark.parametrize(("metric", "labels"), PROBLEMS)
@pytest.mark.parametrize("name", list(COMBINERS))
class TestEveryCombiner:
    def test_one_row_is_combined_as_in_the_batch(
        self, make_problem: Make, make_members: Make, name: str, metric: str, labels: Labels
    ):
        problem, members, rows = solve(make_problem, make_members, metric, labels)
        combiner = COMBINERS.get(name)
        state = combiner.fit(problem, members, rows[::2], NO_LIMIT)
        batch = combiner.apply(state, members)
        alone = [combiner.apply(state, members[:, i : i + 1])[0] for i in range(40)]
        assert batch.shape == members.shape[1:]
        np.testing.assert_allclose(alone, batch[:40], rtol=1e-14)

    def test_the_state_survives_json(
        self, make_problem: Make, make_members: Make, name: str, metric: str, labels: Labels
    ):
        problem, members, rows = solve(make_problem, make_members, metric, labels)
        combiner = COMBINERS.get(name)
        state = combiner.fit(problem, members, rows, NO_LIMIT)
        stored = json.loads(json.dumps(state))
        np.testing.assert_array_equal(
            combiner.apply(stored, members), combiner.apply(state, members)
        )
        assert get_weights(state).shape == (len(members),)

    def test_only_the_given_rows_are_learned_from(
        self, make_problem: Make, make_members: Make, name: str, metric: str, labels: Labels
    ):
        problem, members, rows = solve(make_problem, make_members, metric, labels)
        known = rows[problem.folds.blocks[0] != 0]
        changed = make_problem(
            metric, np.where(np.arange(300) % 5 == 0, problem.y[::-1], problem.y), labels=labels
        )
        combiner = COMBINERS.get(name)
        first, second = (combiner.fit(p, members, known, NO_LIMIT) for p in (problem, changed))
        assert first == second

    def test_equal_members_are_left_as_they_are(
        self, make_problem: Make, make_members: Make, name: str, metric: str, labels: Labels
    ):
        problem, members, rows = solve(make_problem, make_members, metric, labels)
        twins = members[[0, 0, 0]]
        combined = COMBINERS.get(name).apply(
            COMBINERS.get(name).fit(problem, twins, rows, NO_LIMIT), twins
        )
        if name == "linear":  # may recalibrate them
            assert selection_loss(problem, combined) <= selection_loss(problem, twins[0]) + 1e-3
        else:
            np.testing.assert_allclose(combined, twins[0], rtol=1e-12)

    def test_certain_and_constant_predictions_are_no_error(
        self, make_problem: Make, make_members: Make, name: str, metric: str, labels: Labels
    ):
        problem, members, rows = solve(make_problem, make_members, metric, labels)
        members = members.copy()
        members[0] = members[0] > 0.5
        members[1] = members[1].mean(axis=0)
        members.setflags(write=False)
        state = COMBINERS.get(name).fit(problem, members, rows, NO_LIMIT)
        assert np.isfinite(COMBINERS.get(name).apply(state, members)).all()


@pytest.mark.parametrize("name", ["best", "mean", "median", "greedy"])
@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 1000), n_members=st.integers(1, 6))
def test_averages_are_convex(make_problem: Make, name: str, seed: int, n_members: int):
    rng = np.random.default_rng(seed)
    problem = make_problem("log_loss", np.arange(40) % 2, labels=("n", "y"))
    members = rng.random((n_members, 40, 1))
    state = COMBINERS.get(name).fit(problem, members, np.arange(40), NO_LIMIT)
    combined = COMBINERS.get(name).apply(state, members)
    assert get_weights(state).min() >= 0
    assert get_weights(state).sum() == pytest.approx(1.0)
    assert (combined <= members.max(axis=0) + 1e-12).all()
    assert (combined >= members.min(axis=0) - 1e-12).all()


@pytest.mark.parametrize(("metric", "labels"), PROBLEMS)
def test_learned_blends_beat_the_best_member(
    make_problem: Make, make_members: Make, metric: str, labels: Labels
):
    problem, members, rows = solve(make_problem, make_members, metric, labels)
    losses = {
        name: selection_loss(
            problem, combiner.apply(combiner.fit(problem, members, rows, NO_LIMIT), members)
        )
        for name, combiner in ((name, COMBINERS.get(name)) for name in COMBINERS)
    }
    assert losses["greedy"] < losses["best"]
    assert losses["linear"] < losses["best"]


def test_the_linear_blend_subtracts_a_bias_that_members_share(make_problem: Make):
    rng = np.random.default_rng(0)
    y, flaw = rng.normal(10.0, 1.0, 500), rng.normal(size=500)
    problem = make_problem("rmse", y)
    members = np.stack([(y + flaw)[:, None], (y + 2.0 * flaw)[:, None]])
    state = COMBINERS.get("linear").fit(problem, members, np.arange(500), NO_LIMIT)
    np.testing.assert_allclose(get_weights(state), [2.0, -1.0], atol=0.05)
    np.testing.assert_allclose(COMBINERS.get("linear").apply(state, members)[:, 0], y, atol=0.1)


def test_the_linear_blend_of_few_rows_stays_near_the_mean(make_problem: Make):
    rng = np.random.default_rng(0)
    y = np.arange(40) % 2
    problem = make_problem("log_loss", y, labels=("n", "y"))
    members = rng.random((10, 40, 1)) * 0.2 + 0.3 + 0.2 * y[:, None]
    state = COMBINERS.get("linear").fit(problem, members, np.arange(40), NO_LIMIT)
    weights = get_weights(state)
    assert weights.std() < 1.0


def test_the_balanced_linear_blend_keeps_calibrated_predictions(make_problem: Make):
    rng = np.random.default_rng(0)
    logit = rng.normal(size=4000) - 2.0
    p = 1.0 / (1.0 + np.exp(-logit))
    y = (rng.random(4000) < p).astype(np.int64)
    problem = make_problem("balanced_log_loss", y, labels=("n", "y"))
    members = np.stack([p[:, None], p[:, None]])
    state = COMBINERS.get("linear").fit(problem, members, np.arange(4000), NO_LIMIT)
    np.testing.assert_allclose(COMBINERS.get("linear").apply(state, members)[:, 0], p, atol=0.06)


def test_medians_ignore_one_wild_member(make_problem: Make):
    y = np.arange(20.0)
    members = np.stack([y[:, None], y[:, None], y[:, None] + 1e6])
    state = COMBINERS.get("median").fit(make_problem("mae", y), members, np.arange(20), NO_LIMIT)
    np.testing.assert_array_equal(COMBINERS.get("median").apply(state, members)[:, 0], y)


@pytest.mark.parametrize(("metric", "labels"), PROBLEMS)
def test_rows_that_are_read_in_portions_give_the_same_linear_blend(
    make_problem: Make,
    make_members: Make,
    monkeypatch: pytest.MonkeyPatch,
    metric: str,
    labels: Labels,
):
    problem, members, rows = solve(make_problem, make_members, metric, labels)
    whole = COMBINERS.get("linear").fit(problem, members, rows, NO_LIMIT)
    monkeypatch.setattr(linear, "_CHUNK_CELLS", 100)
    parts = COMBINERS.get("linear").fit(problem, members, rows, NO_LIMIT)
    np.testing.assert_allclose(get_weights(parts), get_weights(whole), atol=1e-5)


def test_the_linear_blend_of_many_classes_looks_at_fewer_rows(
    make_problem: Make, monkeypatch: pytest.MonkeyPatch
):
    y = np.arange(1000) % 20
    problem = make_problem("log_loss", y, labels=tuple("abcdefghijklmnopqrst"))
    members = np.random.default_rng(0).dirichlet(np.ones(20), (5, 1000))
    monkeypatch.setattr(linear, "_MAX_CELLS", 5 * 20 * 100)
    seen = linear._thin(problem, members, np.arange(1000), 20_000)
    assert len(seen) == 100


def test_all_combiners_compete_by_default():
    assert set(EnsembleConfig().combiners) == set(COMBINERS)

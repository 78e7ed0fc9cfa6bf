"""A hundred members: poor ones do no harm, and neither threads nor float32 change the blend."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from automl_cli.core.candidate import Candidate
from automl_cli.core.problem import Problem
from automl_cli.ensemble.tournament import blend_candidates
from automl_cli.metrics.probabilities import log_loss

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

Make = Callable[..., Any]
Values = npt.NDArray[Any]
N_KNOWN, N_NEW = 2_000, 20_000
N_GOOD, N_POOR = 20, 80
# Of a log loss of about 0.5, on rows that the blend has not seen (benchmarks/RESULTS.md).
MOST_HARM = {"greedy": 0.001, "linear": 0.0025}


def sigmoid(z: Values) -> Values:
    return 1 / (1 + np.exp(-z))


@pytest.fixture(scope="module", params=[0, 1])
def world(request: pytest.FixtureRequest, make_problem: Make, make_candidate: Make) -> Any:
    """Return a problem, its members, the good ones first, and the truth of new rows."""
    rng = np.random.default_rng(request.param)
    n_rows = N_KNOWN + N_NEW
    margin = 2.0 * rng.normal(size=n_rows)
    y = (rng.random(n_rows) < sigmoid(margin)).astype(np.int64)
    shared = rng.normal(size=n_rows)
    problem = make_problem("log_loss", y[:N_KNOWN], labels=("n", "y"))
    members = []
    for number in range(N_GOOD + N_POOR):
        error = 0.8 * shared + 0.8 * rng.normal(size=n_rows)
        logits = (margin + error) / 1.3
        if number >= N_GOOD:  # they know nothing, so that all that they can do is harm
            logits = rng.uniform(0.2, 1.0) * rng.normal(size=n_rows)
        p = sigmoid(logits)[:, None]
        members.append(make_candidate(f"m{number}", p[:N_KNOWN], p[N_KNOWN:]))
    return problem, members, y[N_KNOWN:]


def measure(problem: Problem, members: list[Candidate], truth: Values, **words: Any) -> float:
    made = blend_candidates(problem, members, **words)
    assert made.test is not None
    return log_loss(truth, made.test[:, 0])


def test_poor_members_do_no_harm_on_new_rows(world: Any) -> None:
    problem, members, truth = world
    good = measure(problem, members[:N_GOOD], truth)
    every = measure(problem, members, truth)
    assert every <= good + MOST_HARM["linear"]
    best = min(log_loss(truth, one.test[:, 0]) for one in members)
    assert every < best - 0.01


@pytest.mark.parametrize("combiner", ["greedy", "linear"])
def test_neither_combiner_is_led_astray(world: Any, combiner: str) -> None:
    problem, members, truth = world
    good = measure(problem, members[:N_GOOD], truth, combiners=[combiner])
    assert measure(problem, members, truth, combiners=[combiner]) <= good + MOST_HARM[combiner]


def test_threads_change_nothing(world: Any) -> None:
    problem, members, _ = world
    one, two = (blend_candidates(problem, members[:30], n_threads=n) for n in (1, 2))
    assert one.weights.tolist() == two.weights.tolist()
    assert np.array_equal(one.oof, two.oof)
    assert one.tournament == two.tournament


def test_predictions_may_be_stored_as_float32(world: Any) -> None:
    problem, members, _ = world
    small = [
        replace(one, oof=np.float32(one.oof), test=np.float32(one.test)) for one in members[:30]
    ]
    exact = blend_candidates(problem, members[:30])
    made = blend_candidates(problem, small)
    assert made.oof.dtype == made.test.dtype == np.float64
    np.testing.assert_allclose(made.test, exact.test, atol=1e-4)

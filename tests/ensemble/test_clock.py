"""The tournament against the clock, and on another number of cores."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from automl_cli.core.candidate import Candidate
from automl_cli.core.deadline import Deadline
from automl_cli.core.problem import Problem
from automl_cli.ensemble.combiners import COMBINERS, get_weights
from automl_cli.ensemble.tournament import blend_candidates
from automl_cli.metrics import METRICS

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

Make = Callable[..., Any]
Numbers = npt.NDArray[Any]

BLEND = """
import numpy as np
from automl_cli.core.candidate import Candidate, CandidateSpec
from automl_cli.core.deadline import Deadline
from automl_cli.core.dataset import Target
from automl_cli.core.foldplan import Fold, FoldPlan
from automl_cli.core.problem import Problem
from automl_cli.ensemble.tournament import blend_candidates
from automl_cli.metrics import get_metric
rng = np.random.default_rng(0)
n = 30_000
y = rng.normal(size=n)
blocks = np.arange(n) % 2
folds = tuple(
    Fold(repeat=0, train=np.flatnonzero(blocks != b), held_out=np.flatnonzero(blocks == b))
    for b in range(2)
)
plan = FoldPlan(name="kfold", n_rows=n, blocks=blocks[None].astype(np.int16), folds=folds)
problem = Problem(
    target=Target(name="y", task="regression", labels=(), reason=""), y=y, fit_y=y,
    objective="squared_error", n_outputs=1, metric=get_metric("rmse"), folds=plan, seed=0,
)
facts = dict(fold_scores=(), score=0.0, score_se=0.0, rounds=(), fit_seconds=0.0, cut=False)
candidates = []
for i in range(12):
    spec = CandidateSpec(
        target="y", model=f"m{i}", recipe=(), params=(), seed=0, max_rounds=1, patience=1,
        n_threads=1,
    )
    oof = (y + rng.normal(size=n))[:, None]
    candidates.append(Candidate(spec=spec, oof=oof, test=oof[:100], **facts))
blend = blend_candidates(problem, candidates, combiners=["linear"])
print(blend.weights.tobytes().hex(), blend.test.tobytes().hex())
"""


@pytest.fixture
def make_slow_field(make_problem: Make, make_members: Make, make_candidate: Make) -> Make:
    """Return a problem whose metric sleeps, and candidates."""

    def make(seconds: float, n_members: int) -> tuple[Problem, list[Candidate]]:
        y = np.random.default_rng(3).gamma(2.0, 2.0, 300)
        problem = make_problem("pearson", y)
        known = METRICS.get("pearson").score

        def score(truth: Numbers, values: Numbers) -> float:
            time.sleep(seconds)
            return known(truth, values)

        members = make_members(problem, tuple(np.linspace(1.0, 2.0, n_members)))
        slow = replace(problem, metric=replace(problem.metric, name="slow", score=score))
        return slow, [make_candidate(f"m{i}", oof, oof[:5]) for i, oof in enumerate(members)]

    return make


def test_without_any_time_the_blend_is_the_mean(make_slow_field: Make):
    problem, candidates = make_slow_field(0.001, 20)
    blend = blend_candidates(problem, candidates, deadline=Deadline.after(-1.0))
    assert [name for name, _, _ in blend.tournament] == ["mean"]
    np.testing.assert_allclose(blend.weights, 1 / 20)
    assert blend.test.shape == (5, 1)
    assert np.isfinite([blend.score, blend.score_se, blend.in_sample]).all()


def test_without_any_time_a_single_candidate_is_its_own_blend(make_slow_field: Make):
    problem, candidates = make_slow_field(0.0, 1)
    blend = blend_candidates(problem, candidates, deadline=Deadline.after(-1.0))
    np.testing.assert_array_equal(blend.oof, candidates[0].oof)


@pytest.mark.parametrize("seconds", [0.5, 2.0])
def test_a_slow_metric_does_not_prolong_the_run(make_slow_field: Make, seconds: float):
    problem, candidates = make_slow_field(0.002, 12)  # without a limit: some ten seconds
    started = time.monotonic()
    blend = blend_candidates(problem, candidates, deadline=Deadline.after(seconds))
    # Without the clock it would take minutes; the slack is for a machine that does other things.
    assert time.monotonic() - started < seconds + 2.0
    assert "mean" in [name for name, _, _ in blend.tournament]
    assert np.isfinite(blend.test).all()


def test_more_time_than_needed_changes_nothing(make_slow_field: Make):
    problem, candidates = make_slow_field(0.0, 4)
    first = blend_candidates(problem, candidates)
    second = blend_candidates(problem, candidates, deadline=Deadline.after(1e6))
    assert (first.state, first.tournament) == (second.state, second.tournament)
    np.testing.assert_array_equal(first.oof, second.oof)


@pytest.mark.parametrize("name", list(COMBINERS))
def test_a_fit_without_time_weighs_equally(make_slow_field: Make, name: str):
    problem, candidates = make_slow_field(0.0, 4)
    members = np.stack([candidate.oof for candidate in candidates])
    state = COMBINERS.get(name).fit(problem, members, np.arange(300), Deadline.after(-1.0))
    np.testing.assert_allclose(get_weights(state), 0.25)


def test_the_number_of_cores_does_not_change_a_byte():
    outputs = []
    for threads in ("1", "2", "7"):
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": threads}
        run = subprocess.run(
            [sys.executable, "-c", BLEND], env=environment, capture_output=True, check=True
        )
        outputs.append(run.stdout)
    assert outputs[0] == outputs[1] == outputs[2]

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.stats import rankdata

from automl_cli.core.candidate import Candidate
from automl_cli.core.problem import Problem
from automl_cli.ensemble.combiners import COMBINERS
from automl_cli.ensemble.tournament import apply_blend, blend_candidates
from automl_cli.metrics import METRICS

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

Make = Callable[..., Any]
Labels = tuple[str, ...]
Field = tuple[Problem, list[Candidate]]

PROBLEMS = [
    ("roc_auc", ("n", "y")),
    ("f1", ("n", "y")),
    ("balanced_accuracy", ("a", "b", "c")),
    ("map_at_3", ("a", "b", "c", "d")),
    ("qwk", ("1", "2", "3")),
    ("rmsle", ()),
    ("mae", ()),
    ("spearman", ()),
]


@pytest.fixture
def make_field(make_problem: Make, make_members: Make, make_candidate: Make) -> Make:
    """Return problem and candidates of rising noise."""

    def make(metric: str, labels: Labels, n: int = 400, **plan: object) -> Field:
        rng = np.random.default_rng(6)
        y = rng.integers(0, len(labels), n) if labels else rng.gamma(2.0, 2.0, n)
        problem = make_problem(metric, y, labels=labels, **plan)
        members = make_members(problem, (1.0, 1.5, 2.0))
        return problem, [make_candidate(f"m{i}", oof, oof[:30]) for i, oof in enumerate(members)]

    return make


@pytest.mark.parametrize(("metric", "labels"), PROBLEMS)
def test_a_blend_scores_better_than_its_best_member(make_field: Make, metric: str, labels: Labels):
    problem, candidates = make_field(metric, labels)
    blend = blend_candidates(problem, candidates)
    loss = -1 if problem.metric.greater_is_better else 1
    scores = {name: loss * score for name, score, _ in blend.tournament}
    assert loss * blend.score <= scores["best"]
    assert blend.score_se > 0
    assert np.isfinite(blend.oof).all()


@pytest.mark.parametrize(("metric", "labels"), PROBLEMS)
def test_a_stored_blend_predicts_each_row_as_the_run_did(
    make_field: Make, metric: str, labels: Labels
):
    problem, candidates = make_field(metric, labels)
    blend = blend_candidates(problem, candidates)
    tests = {candidate.spec.key: candidate.test for candidate in candidates}
    json.dumps(blend.state)
    for row in range(0, 30, 7):
        alone = apply_blend(blend, [tests[key][row : row + 1] for key in blend.members])
        np.testing.assert_allclose(alone[0], blend.test[row], rtol=1e-14)


def test_the_order_of_arrival_does_not_matter(make_field: Make):
    problem, candidates = make_field("log_loss", ("a", "b", "c"))
    first, second = (blend_candidates(problem, order) for order in (candidates, candidates[::-1]))
    assert (first.members, first.state) == (second.members, second.state)
    assert first.members == tuple(sorted(first.members))
    np.testing.assert_array_equal(first.oof, second.oof)


@pytest.mark.parametrize(("metric", "labels"), PROBLEMS)
def test_a_blocks_labels_touch_nothing_there_but_the_choice_of_the_combiner(
    make_field: Make, make_problem: Make, metric: str, labels: Labels
):
    problem, candidates = make_field(metric, labels, 100)
    inside = problem.folds.blocks[0] == 1
    y = problem.y.copy()
    y[inside] = y[inside].max() - y[inside]
    changed = make_problem(metric, y, labels=labels)
    untouched = []
    for name in COMBINERS:
        first, second = (
            blend_candidates(which, candidates, combiners=[name]) for which in (problem, changed)
        )
        order = rankdata if problem.metric.order_only else np.asarray
        np.testing.assert_array_equal(order(first.oof[inside]), order(second.oof[inside]))
        assert second.score != first.score  # the labels do count, outside
        untouched.append(order(first.oof[inside]))
    chosen = order(blend_candidates(changed, candidates).oof[inside])
    assert any(np.array_equal(chosen, oof) for oof in untouched)


def test_one_candidate_is_its_own_blend(make_field: Make):
    problem, candidates = make_field("roc_auc", ("n", "y"))
    blend = blend_candidates(problem, candidates[:1])
    assert blend.combiner == "best"
    assert blend.weights.tolist() == [1.0]
    np.testing.assert_array_equal(blend.oof, candidates[0].oof)
    assert [name for name, _, _ in blend.tournament] == ["best"]


def test_without_test_rows_there_is_no_test_prediction(make_field: Make, make_candidate: Make):
    problem, candidates = make_field("rmse", ())
    blind = [make_candidate(c.spec.model, c.oof) for c in candidates]
    assert blend_candidates(problem, blind).test is None


def test_rows_outside_every_fold_stay_empty(make_field: Make):
    blocks = np.where(np.arange(400) < 100, -1, np.arange(400) % 3)
    problem, candidates = make_field("log_loss", ("n", "y"), blocks=blocks)
    for candidate in candidates:
        candidate.oof[:100] = np.nan
    blend = blend_candidates(problem, candidates)
    assert np.isnan(blend.oof[:100]).all()
    assert np.isfinite(blend.oof[100:]).all()
    assert np.isfinite([blend.score, blend.score_se, blend.in_sample]).all()


def test_a_single_held_out_block_can_be_blended(make_field: Make):
    blocks = np.where(np.arange(400) < 300, -1, 0)
    problem, candidates = make_field("roc_auc", ("n", "y"), blocks=blocks)
    assert np.isfinite(blend_candidates(problem, candidates).score)


def test_the_score_of_a_blend_of_noise_is_not_optimistic(make_problem: Make, make_candidate: Make):
    rng = np.random.default_rng(1)
    problem = make_problem("roc_auc", rng.integers(0, 2, 600), labels=("n", "y"))
    noise = [make_candidate(f"m{i}", rng.random((600, 1))) for i in range(12)]
    blend = blend_candidates(problem, noise)
    assert abs(blend.score - 0.5) < 3 * blend.score_se
    assert blend.in_sample > blend.score


def test_a_class_of_two_rows_is_no_error(make_problem: Make, make_candidate: Make):
    rng = np.random.default_rng(1)
    y = np.array([0, 1] * 49 + [2, 2])
    for metric in METRICS:
        if "multiclass" in METRICS.get(metric).tasks:
            problem = make_problem(metric, y, labels=("a", "b", "c"))
            shape = (100, problem.n_outputs)
            oofs = [rng.dirichlet(np.ones(3), 100)[:, : shape[1]] for _ in range(2)]
            field = [make_candidate(f"m{i}", oof) for i, oof in enumerate(oofs)]
            assert np.isfinite(blend_candidates(problem, field).score)

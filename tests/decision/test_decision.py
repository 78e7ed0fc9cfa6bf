import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from automl_cli.core.problem import Problem
from automl_cli.decision import Decision, decide_crossfitted, fit_decision, make_blocks, reweight
from automl_cli.metrics import METRICS

# metric, labels: one problem of every kind of decision
KINDS = [
    ("log_loss", ("n", "y")),
    ("log_loss", ("a", "b", "c")),
    ("balanced_log_loss", ("n", "y")),
    ("balanced_log_loss", ("a", "b", "c")),
    ("f1", ("n", "y")),
    ("accuracy", ("n", "y")),
    ("accuracy", ("a", "b", "c")),
    ("balanced_accuracy", ("a", "b", "c")),
    ("f1_macro", ("a", "b", "c")),
    ("qwk", ("1", "2", "3")),
    ("qwk", ("low", "mid", "high")),
    ("map_at_3", ("a", "b", "c", "d")),
    ("rmsle", ()),
    ("mape", ()),
]
Numbers = npt.NDArray[Any]
Make = Callable[..., Problem]
Labels = tuple[str, ...]


def solve(make_problem: Make, metric: str, labels: Labels, n: int = 400) -> tuple[Problem, Numbers]:
    """Return a problem with rare last classes, and calibrated predictions for it."""
    rng = np.random.default_rng(1)
    if not labels:
        center = rng.normal(2.0, 0.5, n)
        problem = make_problem(metric, np.exp(center + 0.5 * rng.normal(size=n)))
        return problem, center[:, None]
    logits = rng.normal(size=(n, len(labels))) - np.arange(len(labels))
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    y = np.minimum((p.cumsum(axis=1) < rng.random((n, 1))).sum(axis=1), len(labels) - 1)
    problem = make_problem(metric, y, labels=labels)
    if problem.objective != "log_loss":
        return problem, p @ np.arange(1.0, len(labels) + 1.0)[:, None]
    return problem, p[:, 1:] if len(labels) == 2 else p


@pytest.mark.parametrize(("metric", "labels"), KINDS)
class TestEveryKind:
    def test_answers_have_the_shape_that_the_metric_takes(
        self, make_problem: Make, metric: str, labels: Labels
    ):
        problem, predictions = solve(make_problem, metric, labels)
        answers = fit_decision(problem, predictions).apply(predictions)
        assert len(answers) == len(predictions)
        assert answers.dtype == (
            np.int64 if problem.metric.wants in ("label", "ranking") else np.float64
        )
        assert np.isfinite(problem.metric.score(problem.y, answers))

    def test_one_row_is_answered_as_in_the_batch(
        self, make_problem: Make, metric: str, labels: Labels
    ):
        problem, predictions = solve(make_problem, metric, labels)
        decision = fit_decision(problem, predictions)
        batch = decision.apply(predictions)
        alone = [decision.apply(predictions[i : i + 1])[0] for i in range(50)]
        np.testing.assert_array_equal(batch[:50], alone)

    def test_it_survives_json(self, make_problem: Make, metric: str, labels: Labels):
        problem, predictions = solve(make_problem, metric, labels)
        decision = fit_decision(problem, predictions)
        stored = json.loads(json.dumps(asdict(decision)))
        copy = Decision(**{**stored, "numbers": tuple(stored["numbers"])})
        assert copy == decision

    def test_no_row_is_answered_with_labels_of_its_own_block(
        self, make_problem: Make, metric: str, labels: Labels
    ):
        problem, predictions = solve(make_problem, metric, labels)
        inside = make_blocks(problem) == 2
        changed = problem.y.copy()
        changed[inside] = np.roll(changed[inside], 7)[::-1]
        other = make_problem(metric, changed, labels=labels)
        first, second = (decide_crossfitted(p, predictions) for p in (problem, other))
        np.testing.assert_array_equal(first[inside], second[inside])

    def test_read_only_arrays_are_enough(self, make_problem: Make, metric: str, labels: Labels):
        problem, predictions = solve(make_problem, metric, labels)
        predictions = predictions.copy()
        predictions.setflags(write=False)
        assert len(decide_crossfitted(problem, predictions)) == len(predictions)


@pytest.mark.parametrize(
    ("metric", "labels"),
    [
        ("f1", ("n", "y")),
        ("balanced_accuracy", ("n", "y")),
        ("balanced_accuracy", ("a", "b", "c")),
        ("f1_macro", ("a", "b", "c", "d")),
        ("balanced_log_loss", ("n", "y")),
        ("balanced_log_loss", ("a", "b", "c")),
    ],
)
def test_the_decision_beats_the_likeliest_label_out_of_sample(
    make_problem: Make, metric: str, labels: Labels
):
    problem, p = solve(make_problem, metric, labels, n=2000)
    plain = p[:, 0] if p.shape[1] == 1 else p
    if problem.metric.wants == "label":
        plain = (p[:, 0] > 0.5).astype(int) if p.shape[1] == 1 else p.argmax(axis=1)
    decided = problem.metric.loss(problem.y, decide_crossfitted(problem, p))
    assert decided < problem.metric.loss(problem.y, plain) - 0.01


def test_cut_points_beat_rounding(make_problem: Make):
    problem, values = solve(make_problem, "qwk", ("1", "2", "3"), n=2000)
    rounded = METRICS.get("qwk").score(problem.y, np.rint(values[:, 0]).astype(int) - 1)
    decided = METRICS.get("qwk").score(problem.y, decide_crossfitted(problem, values))
    assert decided > rounded + 0.02


def test_the_factor_of_mape_is_the_best_one(make_problem: Make):
    problem, predictions = solve(make_problem, "mape", ())
    decision = fit_decision(problem, predictions)
    best = decision.numbers[2]
    assert 0.6 < best < 0.95  # exp(-variance) = 0.78: relative errors favour small values
    values = np.expm1(predictions[:, 0])
    losses = [problem.metric.score(problem.y, values * f) for f in (best * 0.99, best, best * 1.01)]
    assert losses[1] == min(losses)


def test_values_stay_within_the_range_of_the_target(make_problem: Make):
    problem = make_problem("rmsle", np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    predictions = np.log1p(np.array([[-0.5], [2.0], [3.0], [4.0], [1e300]]))
    answers = fit_decision(problem, predictions).apply(predictions)
    np.testing.assert_allclose(answers, [1.0, 2.0, 3.0, 4.0, 5.0])


def test_accuracy_keeps_the_likeliest_label_on_few_rows(make_problem: Make):
    problem, p = solve(make_problem, "accuracy", ("n", "y"))
    assert fit_decision(problem, p) == Decision(kind="threshold", numbers=(0.5,))


def test_a_threshold_lies_in_the_middle_of_its_plateau(make_problem: Make):
    y = np.repeat([0, 1], 50)
    problem = make_problem("f1", y, labels=("n", "y"))
    p = np.where(y == 1, 0.6, 0.2)[:, None]
    (threshold,) = fit_decision(problem, p).numbers
    assert 0.2 <= threshold < 0.6


def test_rows_outside_every_fold_are_marked(make_problem: Make):
    y = np.arange(60) % 2
    blocks = np.where(np.arange(60) < 20, -1, np.arange(60) % 3)
    p = np.where(np.arange(60) < 20, np.nan, 0.2 + 0.6 * y)[:, None]
    labels = decide_crossfitted(make_problem("f1", y, labels=("n", "y"), blocks=blocks), p)
    chances = decide_crossfitted(make_problem("log_loss", y, labels=("n", "y"), blocks=blocks), p)
    assert (labels[:20] == -1).all()
    assert np.isnan(chances[:20]).all()
    np.testing.assert_array_equal(labels[20:], y[20:])


def test_a_single_held_out_block_is_cross_fitted_in_parts(make_problem: Make):
    blocks = np.where(np.arange(50) < 30, -1, 0)
    problem = make_problem("f1", np.arange(50) % 2, labels=("n", "y"), blocks=blocks)
    assert np.bincount(make_blocks(problem) + 1).tolist() == [30, 4, 4, 4, 4, 4]


def test_a_class_that_the_fitting_rows_lack_is_no_error(make_problem: Make):
    y = np.array([0, 1] * 20 + [2])
    p = np.full((41, 3), 1 / 3)
    for metric in ("balanced_accuracy", "f1_macro", "balanced_log_loss", "accuracy", "mcc"):
        problem = make_problem(metric, y, labels=("a", "b", "c"))
        assert len(fit_decision(problem, p, np.arange(40)).apply(p)) == 41


def test_reweighting_is_bayes_rule():
    p = np.array([[0.2, 0.3, 0.5]])
    np.testing.assert_allclose(
        reweight(p, np.array([2.0, 1.0, 0.0])), [[0.4 / 0.7, 0.3 / 0.7, 0.0]]
    )
    np.testing.assert_allclose(reweight(p[:, :1], np.array([1.0, 4.0])), [[0.5]])

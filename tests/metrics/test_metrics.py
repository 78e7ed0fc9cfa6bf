import pickle
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as reference

from automl_cli.core.dataset import Target
from automl_cli.core.errors import PlanError
from automl_cli.metrics import (
    METRICS,
    check_metric,
    choose_objective,
    choose_scale,
    default_metric,
    get_metric,
)

Numbers = npt.NDArray[Any]
Write = Callable[[str], str]

RNG = np.random.default_rng(0)
BINARY = RNG.integers(0, 2, 200)
CHANCE = np.clip(0.3 * BINARY + 0.7 * RNG.random(200), 0.01, 0.99).round(2)  # rounded: ties
GUESS = (CHANCE > 0.5).astype(np.int64)
CLASSES = RNG.integers(0, 4, 200)
CHANCES = RNG.dirichlet(np.ones(4), 200) * 0.5 + 0.5 * np.eye(4)[CLASSES]
GUESSES = np.where(RNG.random(200) < 0.6, CLASSES, RNG.integers(0, 4, 200))
AMOUNT = RNG.gamma(2.0, 3.0, 200)
ESTIMATE = AMOUNT * np.exp(0.3 * RNG.normal(size=200))


def one_hot_auc(y: Numbers, p: Numbers) -> float:
    return sum(reference.roc_auc_score(y == k, p[:, k]) for k in range(4)) / 4


@pytest.mark.parametrize(
    ("name", "y", "answer", "expected"),
    [
        ("roc_auc", BINARY, CHANCE, reference.roc_auc_score(BINARY, CHANCE)),
        ("roc_auc", CLASSES, CHANCES, one_hot_auc(CLASSES, CHANCES)),
        ("gini", BINARY, CHANCE, 2 * reference.roc_auc_score(BINARY, CHANCE) - 1),
        ("average_precision", BINARY, CHANCE, reference.average_precision_score(BINARY, CHANCE)),
        ("log_loss", BINARY, CHANCE, reference.log_loss(BINARY, CHANCE)),
        ("log_loss", CLASSES, CHANCES, reference.log_loss(CLASSES, CHANCES)),
        ("brier", BINARY, CHANCE, reference.brier_score_loss(BINARY, CHANCE)),
        ("brier", CLASSES, CHANCES, reference.brier_score_loss(CLASSES, CHANCES)),
        ("accuracy", CLASSES, GUESSES, reference.accuracy_score(CLASSES, GUESSES)),
        (
            "balanced_accuracy",
            CLASSES,
            GUESSES,
            reference.balanced_accuracy_score(CLASSES, GUESSES),
        ),
        ("f1", BINARY, GUESS, reference.f1_score(BINARY, GUESS)),
        ("f1_macro", CLASSES, GUESSES, reference.f1_score(CLASSES, GUESSES, average="macro")),
        ("f1_micro", CLASSES, GUESSES, reference.f1_score(CLASSES, GUESSES, average="micro")),
        ("mcc", BINARY, GUESS, reference.matthews_corrcoef(BINARY, GUESS)),
        ("mcc", CLASSES, GUESSES, reference.matthews_corrcoef(CLASSES, GUESSES)),
        (
            "qwk",
            CLASSES,
            GUESSES,
            reference.cohen_kappa_score(CLASSES, GUESSES, weights="quadratic"),
        ),
        ("rmse", AMOUNT, ESTIMATE, reference.root_mean_squared_error(AMOUNT, ESTIMATE)),
        ("mcrmse", AMOUNT, ESTIMATE, reference.root_mean_squared_error(AMOUNT, ESTIMATE)),
        ("mse", AMOUNT, ESTIMATE, reference.mean_squared_error(AMOUNT, ESTIMATE)),
        ("rmsle", AMOUNT, ESTIMATE, reference.root_mean_squared_log_error(AMOUNT, ESTIMATE)),
        ("mae", AMOUNT, ESTIMATE, reference.mean_absolute_error(AMOUNT, ESTIMATE)),
        ("medae", AMOUNT, ESTIMATE, reference.median_absolute_error(AMOUNT, ESTIMATE)),
        ("mape", AMOUNT, ESTIMATE, reference.mean_absolute_percentage_error(AMOUNT, ESTIMATE)),
        ("r2", AMOUNT, ESTIMATE, reference.r2_score(AMOUNT, ESTIMATE)),
        ("pearson", AMOUNT, ESTIMATE, np.corrcoef(AMOUNT, ESTIMATE)[0, 1]),
    ],
)
def test_scores_equal_those_of_the_reference(
    name: str, y: Numbers, answer: Numbers, expected: float
):
    assert METRICS.get(name).score(y, answer) == pytest.approx(expected, rel=1e-12)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 5)), min_size=2, max_size=30))
def test_the_area_counts_pairs_and_half_of_the_ties(rows: list[tuple[int, int]]):
    y, p = (np.array(column) for column in zip(*rows, strict=True))
    above, below = p[y == 1], p[y == 0]
    if len(above) and len(below):
        pairs = above[:, None] - below[None, :]
        expected = np.mean((pairs > 0) + 0.5 * (pairs == 0))
        assert METRICS.get("roc_auc").score(y, p * 0.1) == pytest.approx(expected)


def test_balanced_log_loss_weighs_the_classes_of_y_alike():
    y, p = np.array([0, 0, 0, 1]), np.array([0.5, 0.5, 0.5, 0.1])
    expected = (np.log(2) - np.log(0.1)) / 2
    assert METRICS.get("balanced_log_loss").score(y, p) == pytest.approx(expected)


def test_what_one_class_leaves_undefined_is_nan():
    ones = np.ones(4, dtype=np.int64)
    for name in ("roc_auc", "gini"):
        assert np.isnan(METRICS.get(name).score(ones, np.full(4, 0.5)))
    assert np.isnan(METRICS.get("average_precision").score(1 - ones, np.full(4, 0.5)))
    assert np.isnan(METRICS.get("r2").score(np.ones(4), np.ones(4)))


def test_a_constant_prediction_is_uncorrelated():
    assert METRICS.get("spearman").score(np.arange(4.0), np.ones(4)) == 0.0


def test_any_depth_of_a_ranking_has_a_metric():
    metric = get_metric("map_at_12")
    assert (metric.name, metric.k, metric.wants) == ("map_at_12", 12, "ranking")


def test_an_unknown_name_is_answered_with_the_closest_one():
    with pytest.raises(PlanError) as caught:
        get_metric("log_los")
    assert caught.value.message == "'log_los': no such metric."
    assert caught.value.hint.startswith("Did you mean 'log_loss'? `automl list metrics` shows all")


def test_every_task_has_a_default():
    names = [default_metric(task).name for task in ("binary", "multiclass", "regression")]
    assert names == ["roc_auc", "log_loss", "rmse"]


def test_a_metric_of_another_task_is_refused_with_those_that_fit():
    check_metric(get_metric("rmse"), "regression")
    with pytest.raises(PlanError) as caught:
        check_metric(get_metric("f1"), "regression")
    assert caught.value.message == "metric 'f1' does not fit a regression target."
    assert caught.value.hint == (
        "Use one that does: rmse, mse, rmsle, mae, medae, mape, smape, r2, pearson, spearman, "
        "mcrmse."
    )


@pytest.mark.parametrize(
    ("name", "labels", "objective"),
    [
        ("qwk", ("3", "4", "5"), "squared_error"),
        ("qwk", ("0", "1"), "log_loss"),
        ("qwk", ("low", "mid", "high"), "log_loss"),
        ("accuracy", ("3", "4", "5"), "log_loss"),
        ("mae", (), "absolute_error"),
        ("rmsle", (), "squared_error"),
    ],
)
def test_the_objective_follows_metric_and_target(
    name: str, labels: tuple[str, ...], objective: str
):
    task = "regression" if not labels else "binary" if len(labels) == 2 else "multiclass"
    target = Target(name="y", task=task, labels=labels, reason="given")
    assert choose_objective(get_metric(name), target) == objective


def test_targets_below_zero_keep_their_scale_or_are_refused():
    assert choose_scale(get_metric("mape"), np.array([1.0, 3.0])).transform == "log1p"
    assert choose_scale(get_metric("smape"), np.array([0.0, 3.0])).transform == "log1p"
    assert choose_scale(get_metric("mape"), np.array([-2.0, 3.0])).transform == "identity"
    with pytest.raises(PlanError, match="needs targets of at least 0; the smallest is -2"):
        choose_scale(get_metric("rmsle"), np.array([-2.0, 3.0]))
    other = replace(get_metric("mae"), name="mine", nonnegative=True)
    with pytest.raises(PlanError, match="metric 'mine' needs targets of at least 0"):
        choose_scale(other, np.array([-2.0, 3.0]))


def test_a_metric_that_divides_by_the_target_refuses_zeros():
    y = np.concatenate([np.zeros(1200), np.arange(1.0, 901.0)])
    with pytest.raises(PlanError) as caught:
        choose_scale(get_metric("mape"), y)
    assert caught.value.message == (
        "metric 'mape' divides by the target, and 1,200 of 2,100 targets are 0: these rows alone "
        "would make up the score."
    )
    assert caught.value.hint == "Use smape or mae, or remove these rows from train."


def test_texts_whose_order_is_known_are_fitted_as_ordered():
    target = Target(
        name="y", task="multiclass", labels=("low", "mid", "top"), reason="", ordered=True
    )
    assert choose_objective(get_metric("qwk"), target) == "squared_error"
    assert choose_objective(get_metric("qwk"), replace(target, ordered=False)) == "log_loss"
    assert choose_objective(get_metric("accuracy"), target) == "log_loss"


@pytest.fixture
def own_metric(tmp_path: Path):
    def write(text: str) -> str:
        path = tmp_path / "my_metric.py"
        path.write_text(text)
        return f"{path}:score"

    return write


FOURTH = "def score(y_true, y_pred):\n    return ((y_true - y_pred) ** 4).mean()\n"


def test_a_users_function_is_a_metric(own_metric: Write):
    name = own_metric(FOURTH + "greater_is_better = False\n")
    modules = set(sys.modules)
    metric = get_metric(name, "regression")
    assert (metric.wants, metric.greater_is_better, metric.tasks) == (
        "value",
        False,
        frozenset({"regression"}),
    )
    assert metric.loss(np.zeros(2), np.full(2, 2.0)) == 16.0
    assert set(sys.modules) == modules


def test_attributes_of_the_function_come_before_those_of_the_file(own_metric: Write):
    text = FOURTH + "wants = 'probability'\nscore.wants = 'label'\n"
    metric = get_metric(own_metric(text), "binary")
    assert (metric.wants, metric.greater_is_better) == ("label", True)


def test_a_users_metric_reaches_a_worker_process(own_metric: Write):
    metric = get_metric(own_metric(FOURTH), "regression")
    assert pickle.loads(pickle.dumps(metric)).score(np.zeros(1), np.ones(1)) == 1.0


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        (
            "def other(y, p): ...\n",
            "{path}: no function 'score'.",
            "It defines other; name one after the colon.",
        ),
        (
            "def score(y, p)\n",
            "{path}:score: raised SyntaxError: expected ':' (my_metric.py, line 1)",
            (
                "Correct the file; the function is called as score(y_true, y_pred) and returns a "
                "number."
            ),
        ),
        (
            FOURTH + "wants = 'money'\n",
            "{path}:score: wants is 'money'.",
            "Set it to one of probability, label, value.",
        ),
        (
            FOURTH + "greater_is_better = 'yes'\n",
            "{path}:score: greater_is_better is 'yes'.",
            "Set it to True or False.",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_a_clear_error(
    own_metric: Write, text: str, message: str, hint: str
):
    name = own_metric(text)
    with pytest.raises(PlanError) as caught:
        get_metric(name, "regression")
    assert caught.value.message == message.format(path=name.removesuffix(":score"))
    assert caught.value.hint == hint


def test_a_missing_file_is_a_clear_error():
    with pytest.raises(PlanError, match=r"no_such\.py: no such file \(named by the metric"):
        get_metric("no_such.py:score")


def test_a_function_that_raises_is_a_clear_error(own_metric: Write):
    metric = get_metric(own_metric("def score(y, p):\n    return 1 / 0\n"), "regression")
    with pytest.raises(PlanError, match="raised ZeroDivisionError: division by zero"):
        metric.score(np.zeros(1), np.zeros(1))

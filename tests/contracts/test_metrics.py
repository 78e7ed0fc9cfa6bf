"""What every entry of METRICS must keep to, plug-ins included."""

import pickle
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from automl_cli.core.dataset import Task
from automl_cli.core.metric import Metric
from automl_cli.metrics import METRICS

CASES = [
    (name, task)
    for name in METRICS
    for task in ("binary", "multiclass", "regression")
    if task in METRICS.get(name).tasks
]

Numbers = npt.NDArray[Any]


def truth_of(task: Task, n: int = 60) -> Numbers:
    rng = np.random.default_rng(3)
    if task == "regression":
        return rng.gamma(2.0, 2.0, n)
    return np.concatenate([np.arange(3), rng.integers(0, 3, n - 3)]) // (2 - (task == "multiclass"))


def answers_of(metric: Metric, task: Task, y: Numbers, noise: float) -> Numbers:
    """Return answers of the metric's kind: perfect without noise, worse with more."""
    rng = np.random.default_rng(5)
    if metric.wants == "value":
        return y * np.exp(noise * rng.normal(size=len(y)))
    chances = np.eye(2 if task == "binary" else 3)[y] + noise * rng.random((len(y), 1))
    chances = chances + noise * rng.random(chances.shape)
    if metric.wants == "ranking":
        return np.argsort(-chances, axis=1, kind="stable")[:, : metric.k]
    if metric.wants == "label":
        return np.argmax(chances, axis=1)
    chances /= chances.sum(axis=1, keepdims=True)
    return chances[:, 1] if task == "binary" else chances


@pytest.mark.parametrize(("name", "task"), CASES)
class TestEveryMetric:
    def test_its_name_is_that_of_its_entry(self, name: str, task: Task):
        assert METRICS.get(name).name == name
        assert task in METRICS.get(name).tasks

    def test_the_perfect_answer_has_the_lowest_loss(self, name: str, task: Task):
        metric, y = METRICS.get(name), truth_of(task)
        losses = [metric.loss(y, answers_of(metric, task, y, noise)) for noise in (0.0, 3.0, 9.0)]
        assert losses[0] < min(losses[1:])

    def test_the_score_is_a_python_float_and_its_inputs_stay_as_they_are(
        self, name: str, task: Task
    ):
        metric, y = METRICS.get(name), truth_of(task)
        answers = answers_of(metric, task, y, 1.0)
        y.setflags(write=False)
        answers.setflags(write=False)
        assert type(metric.score(y, answers)) is float

    def test_a_class_that_no_row_has_is_no_error(self, name: str, task: Task):
        metric, y = METRICS.get(name), truth_of(task)
        answers = answers_of(metric, task, y, 1.0)
        rows = y != y[1]
        score = metric.score(y[rows], answers[rows])
        assert np.isfinite(score) or np.unique(y[rows]).size == 1

    def test_one_class_or_value_throughout_is_no_error(self, name: str, task: Task):
        metric, y = METRICS.get(name), truth_of(task)
        answers = answers_of(metric, task, y, 1.0)
        rows = y == y[0]
        assert type(metric.score(y[rows], answers[rows])) is float

    def test_one_row_can_be_scored_if_rows_are_averaged(self, name: str, task: Task):
        metric, y = METRICS.get(name), truth_of(task)
        if metric.decomposable:
            assert np.isfinite(metric.score(y[:1], answers_of(metric, task, y, 1.0)[:1]))

    def test_it_reaches_a_worker_process(self, name: str, task: Task):
        metric, y = METRICS.get(name), truth_of(task)
        answers = answers_of(metric, task, y, 1.0)
        copy = pickle.loads(pickle.dumps(metric))
        assert copy.score(y, answers) == metric.score(y, answers)

    def test_it_selects_by_itself_only_what_models_predict(self, name: str, task: Task):
        metric = METRICS.get(name)
        if metric.selection == "metric":
            assert metric.wants == ("value" if task == "regression" else "probability")
        if metric.selection == "rank_correlation":
            assert task == "regression"

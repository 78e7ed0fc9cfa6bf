"""Competition metrics as records; the table METRICS.

A metric is one line of the table: how it scores, what the submission holds, and which loss and
which scale models are fitted with.

>>> get_metric("rmsle").transform
'log1p'
>>> get_metric("map_at_7").k
7
"""

import re
from dataclasses import replace
from functools import partial

import numpy as np

from automl_cli.core.arrays import FloatVector, IntVector
from automl_cli.core.dataset import Target, Task
from automl_cli.core.errors import PlanError
from automl_cli.core.metric import Metric, Objective, Score, Transform
from automl_cli.core.registry import Registry
from automl_cli.metrics import labels, probabilities, rankings, values
from automl_cli.metrics.files import is_file_metric, read_metric

__all__ = [
    "METRICS",
    "check_metric",
    "choose_objective",
    "choose_scale",
    "default_metric",
    "get_metric",
    "is_file_metric",
]

_ALL_CLASSES: tuple[Task, ...] = ("binary", "multiclass")
_DEFAULTS: dict[Task, str] = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}


def get_metric(name: str, task: Task | None = None) -> Metric:
    """Return the metric called `name`.

    Parameters
    ----------
    name
        An entry of METRICS, ``map_at_K`` for any K, or a user's function: ``my_metric.py:score``.
    task
        Decides what a user's function is given when its file does not say.

    Raises
    ------
    PlanError
        If there is no such metric, or the user's file cannot be used.
    """
    if is_file_metric(name):
        return read_metric(name, task)
    depth = re.fullmatch(r"map_at_([1-9]\d*)", name)
    return _ranking(int(depth[1])) if depth else METRICS.get(name)


def default_metric(task: Task) -> Metric:
    """Return the metric of a run that names none.

    Examples
    --------
    >>> default_metric("binary").name
    'roc_auc'
    """
    return METRICS.get(_DEFAULTS[task])


def check_metric(metric: Metric, task: Task) -> None:
    """Refuse a metric that does not fit the task.

    Raises
    ------
    PlanError
        If `metric` is not defined for `task`; the hint lists those that are.
    """
    if task in metric.tasks:
        return
    fitting = ", ".join(name for name in METRICS if task in METRICS.get(name).tasks)
    raise PlanError(
        f"metric {metric.name!r} does not fit a {task} target.",
        hint=f"Take one that does: {fitting}.",
    )


def choose_objective(metric: Metric, target: Target) -> Objective:
    """Return the loss to fit models of `target` with.

    An ordinal metric is fitted as a regression on the label values when there are more than two
    labels and all are numbers, else as a classification.
    """
    if target.task == "regression":
        return metric.objective
    if metric.ordinal and target.n_classes > 2 and all(map(_is_number, target.labels)):
        return "squared_error"
    return "log_loss"


def choose_scale(metric: Metric, y: FloatVector | IntVector) -> Metric:
    """Return the metric with a transform that the values of a regression's target allow.

    Raises
    ------
    PlanError
        If the metric itself is undefined for values below zero and there are some.
    """
    if metric.transform == "identity" or y.min() >= 0:
        return metric
    if metric.name == "rmsle":
        raise PlanError(
            f"metric 'rmsle' needs targets of at least 0; the smallest is {y.min():g}.",
            hint="Correct the rows below 0, or take rmse or mae.",
        )
    return replace(metric, transform="identity")


def _is_number(label: str) -> bool:
    try:
        return bool(np.isfinite(float(label)))
    except ValueError:
        return False


def _probability(
    name: str,
    score: Score,
    *,
    greater: bool = False,
    decomposable: bool = True,
    tasks: tuple[Task, ...] = _ALL_CLASSES,
) -> Metric:
    return Metric(
        name=name,
        score=score,
        greater_is_better=greater,
        wants="probability",
        tasks=frozenset(tasks),
        objective="log_loss",
        decomposable=decomposable,
    )


def _label(
    name: str,
    score: Score,
    *,
    decomposable: bool = False,
    tasks: tuple[Task, ...] = _ALL_CLASSES,
    ordinal: bool = False,
) -> Metric:
    return Metric(
        name=name,
        score=score,
        greater_is_better=True,
        wants="label",
        tasks=frozenset(tasks),
        objective="squared_error" if ordinal else "log_loss",
        decomposable=decomposable,
        ordinal=ordinal,
    )


def _value(
    name: str,
    score: Score,
    *,
    objective: Objective = "squared_error",
    transform: Transform = "identity",
    greater: bool = False,
    decomposable: bool = True,
) -> Metric:
    return Metric(
        name=name,
        score=score,
        greater_is_better=greater,
        wants="value",
        tasks=frozenset({"regression"}),
        objective=objective,
        transform=transform,
        decomposable=decomposable,
    )


def _ranking(k: int) -> Metric:
    return Metric(
        name=f"map_at_{k}",
        score=partial(rankings.map_at_k, k=k),
        greater_is_better=True,
        wants="ranking",
        tasks=frozenset({"multiclass"}),
        objective="log_loss",
        k=k,
    )


_TABLE = (
    _probability("roc_auc", probabilities.roc_auc, greater=True, decomposable=False),
    _probability("gini", probabilities.gini, greater=True, decomposable=False, tasks=("binary",)),
    _probability(
        "average_precision",
        probabilities.average_precision,
        greater=True,
        decomposable=False,
        tasks=("binary",),
    ),
    _probability("log_loss", probabilities.log_loss),
    _probability("balanced_log_loss", probabilities.balanced_log_loss, decomposable=False),
    _probability("brier", probabilities.brier),
    _label("accuracy", labels.accuracy, decomposable=True),
    _label("balanced_accuracy", labels.balanced_accuracy),
    _label("f1", labels.f1, tasks=("binary",)),
    _label("f1_macro", labels.f1_macro),
    _label("f1_micro", labels.accuracy, decomposable=True),  # one label a row: the same number
    _label("mcc", labels.mcc),
    _label("qwk", labels.qwk, ordinal=True),
    _value("rmse", values.rmse),
    _value("mse", values.mse),
    _value("rmsle", values.rmsle, transform="log1p"),
    _value("mae", values.mae, objective="absolute_error"),
    _value("medae", values.medae, objective="absolute_error", decomposable=False),
    # A relative error is an absolute error of the logarithm in first order. The pull of mape
    # towards small values is left to one factor in the decision layer.
    _value("mape", values.mape, objective="absolute_error", transform="log1p"),
    _value("smape", values.smape, objective="absolute_error", transform="log1p"),
    _value("r2", values.r2, greater=True, decomposable=False),
    _value("pearson", values.pearson, greater=True, decomposable=False),
    _value("spearman", values.spearman, greater=True, decomposable=False),
    _value("mcrmse", values.rmse),  # one target a problem; the mean over columns is the run's
    _ranking(3),
    _ranking(5),
)

METRICS: Registry[Metric] = Registry("metrics", {metric.name: metric for metric in _TABLE})

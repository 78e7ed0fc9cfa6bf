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
from automl_cli.core.metric import Metric, Objective
from automl_cli.core.peers import find_metric
from automl_cli.core.registry import Registry
from automl_cli.core.user_file import is_in_file
from automl_cli.metrics import labels, probabilities, rankings, values
from automl_cli.metrics.files import read_metric

__all__ = [
    "METRICS",
    "check_metric",
    "choose_objective",
    "choose_scale",
    "default_metric",
    "get_metric",
]

_DEFAULTS: dict[Task, str] = {"binary": "roc_auc", "multiclass": "log_loss", "regression": "rmse"}


def get_metric(name: str, task: Task | None = None) -> Metric:
    """Return the metric called `name`.

    Parameters
    ----------
    name
        An entry of METRICS, ``map_at_K`` for any K, both in any case, or a user's function:
        ``my_metric.py:score``.
    task
        Decides what a user's function is given when its file does not say.

    Raises
    ------
    PlanError
        If there is no such metric, or the user's file cannot be used. The hint names the metric
        that other tools call so.
    """
    if is_in_file(name):
        return read_metric(name, task)
    depth = re.fullmatch(r"map_at_([1-9]\d*)", name, re.IGNORECASE)
    if depth:
        return _ranking(int(depth[1]))
    if name not in METRICS and name.casefold() in METRICS:
        return METRICS.get(name.casefold())
    try:
        return METRICS.get(name)
    except PlanError as error:
        raise PlanError(error.message, hint=METRICS.hint(name, find_metric(name))) from None


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
        hint=f"Use one that does: {fitting}.",
    )


def choose_objective(metric: Metric, target: Target) -> Objective:
    """Return the loss to fit models of `target` with.

    An ordinal metric is fitted as a regression on the label values when there are more than two
    labels and all are numbers, or on their places where their order is known; else as a
    classification.
    """
    if target.task == "regression":
        return metric.objective
    is_ordered = target.ordered or all(map(_is_number, target.labels))
    if metric.ordinal and target.n_classes > 2 and is_ordered:
        return "squared_error"
    return "log_loss"


def choose_scale(metric: Metric, y: FloatVector | IntVector) -> Metric:
    """Return the metric with a transform that the values of a regression's target allow.

    Raises
    ------
    PlanError
        If the metric itself is undefined for values below zero, or for zero, and there are some.
    """
    n_zeros = int((y == 0).sum())
    if metric.relative and n_zeros:
        raise PlanError(
            f"metric {metric.name!r} divides by the target, and {n_zeros:,} of {len(y):,} targets "
            "are 0: these rows alone would make up the score.",
            hint="Use smape or mae, or remove these rows from train.",
        )
    if y.min() >= 0:
        return metric
    if metric.nonnegative:
        raise PlanError(
            f"metric {metric.name!r} needs targets of at least 0; the smallest is {y.min():g}.",
            hint="Correct the rows below 0, or use rmse or mae.",
        )
    return replace(metric, transform="identity")


def _is_number(label: str) -> bool:
    try:
        return bool(np.isfinite(float(label)))
    except ValueError:
        return False


def _ranking(k: int) -> Metric:
    return Metric(
        name=f"map_at_{k}",
        score=partial(rankings.map_at_k, k=k),
        greater_is_better=True,
        wants="ranking",
        tasks=_MULTICLASS,
        objective="log_loss",
        k=k,
    )


_BINARY: frozenset[Task] = frozenset({"binary"})
_MULTICLASS: frozenset[Task] = frozenset({"multiclass"})
_REGRESSION: frozenset[Task] = frozenset({"regression"})

_chance = partial(
    Metric,
    wants="probability",
    tasks=_BINARY | _MULTICLASS,
    greater_is_better=False,
    objective="log_loss",
    selection="metric",
)
_area = partial(_chance, greater_is_better=True, decomposable=False, order_only=True)
_balanced = partial(_chance, decomposable=False, selection="objective", balanced=True)
_label = partial(
    Metric,
    wants="label",
    tasks=_BINARY | _MULTICLASS,
    greater_is_better=True,
    objective="log_loss",
    decomposable=False,
)
_likeliest = partial(_label, decomposable=True, likeliest=True)
_error = partial(
    Metric,
    wants="value",
    tasks=_REGRESSION,
    greater_is_better=False,
    objective="squared_error",
)
_absolute = partial(_error, objective="absolute_error")
# A relative error is an absolute error of the logarithm in first order. The pull of mape towards
# small values is left to one factor in the decision layer.
_share = partial(_absolute, transform="log1p", selection="metric")
_fit = partial(_error, greater_is_better=True, decomposable=False)

_TABLE = (
    _area(name="roc_auc", score=probabilities.roc_auc),
    _area(name="gini", score=probabilities.gini, tasks=_BINARY),
    _area(name="average_precision", score=probabilities.average_precision, tasks=_BINARY),
    _chance(name="log_loss", score=probabilities.log_loss),
    _balanced(name="balanced_log_loss", score=probabilities.balanced_log_loss),
    _chance(name="brier", score=probabilities.brier),
    _likeliest(name="accuracy", score=labels.accuracy),
    _label(name="balanced_accuracy", score=labels.balanced_accuracy, balanced=True),
    _label(name="f1", score=labels.f1, tasks=_BINARY),
    _label(name="f1_macro", score=labels.f1_macro),
    _likeliest(name="f1_micro", score=labels.accuracy),  # one label a row: the same number
    _label(name="mcc", score=labels.mcc),
    _label(name="qwk", score=labels.qwk, objective="squared_error", ordinal=True),
    _error(name="rmse", score=values.rmse),
    _error(name="mse", score=values.mse),
    _error(name="rmsle", score=values.rmsle, transform="log1p", nonnegative=True),
    _absolute(name="mae", score=values.mae),
    _absolute(name="medae", score=values.medae, decomposable=False),
    _share(name="mape", score=values.mape, relative=True),
    _share(name="smape", score=values.smape),
    _fit(name="r2", score=values.r2),
    _fit(name="pearson", score=values.pearson, selection="metric"),
    _fit(name="spearman", score=values.spearman, selection="rank_correlation"),
    _error(name="mcrmse", score=values.rmse),  # one target a problem; the run's is their mean
    _ranking(3),
    _ranking(5),
)

METRICS: Registry[Metric] = Registry("metrics", {metric.name: metric for metric in _TABLE})

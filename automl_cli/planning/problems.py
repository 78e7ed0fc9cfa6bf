"""Config and data set become problems: metric, scale and folds of each target."""

from collections.abc import Sequence

import numpy as np

from automl_cli.config.schema import RunConfig
from automl_cli.core.arrays import FloatVector, IntVector
from automl_cli.core.dataset import Dataset, Target
from automl_cli.core.errors import PlanError
from automl_cli.core.foldplan import FoldPlan
from automl_cli.core.metric import Metric, Wants
from automl_cli.core.problem import Problem
from automl_cli.core.user_file import is_in_file
from automl_cli.data.options import DataOptions
from automl_cli.data.submission import check_shape
from automl_cli.metrics import (
    check_metric,
    choose_objective,
    choose_scale,
    default_metric,
    get_metric,
)
from automl_cli.planning.validation import Validation, choose_validation
from automl_cli.splits import make_fold_plan

LARGEST_VALUE = 1e18  # squared errors of more leave the range of float32
LEAST_SPREAD = 1e-18  # and those of less


def make_data_options(config: RunConfig) -> DataOptions:
    """Return what the config fixes about the columns."""
    data, validation = config.data, config.validation
    extra = (validation.group, validation.time, validation.column)
    # A fold column says where a row was put, which no row of the test table has.
    folds = () if validation.column is None else (validation.column,)
    return DataOptions(
        target=data.target or (),
        id=data.id,
        task=None if data.task == "auto" else data.task,
        positive=data.positive,
        drop=(*data.drop, *folds),
        missing=data.missing,
        roles=data.roles,
        parts=data.parts,
        # A hold-out keeps targets from everything, and which rows it takes is not known yet.
        labels=validation.holdout is None,
        extra=tuple(name for name in extra if name is not None),
        wants=_find_wants(config.metric),
        ordinal=_is_ordinal(config.metric),
        order=data.order,
        spelling=data.spelling,
    )


def choose_metric(dataset: Dataset, target: Target, config: RunConfig) -> tuple[Metric, str]:
    """Return the metric of a target and why it was chosen.

    Raises
    ------
    PlanError
        If the metric does not fit the task.
    """
    if config.metric is not None:
        metric = get_metric(config.metric, target.task)
        check_metric(metric, target.task)
        return metric, "given"
    sample = dataset.sample
    if sample is not None and sample.shape == "ranking":
        return get_metric("map_at_3"), "the sample lists classes in order"
    if sample is not None and sample.holds.get(target.name) == "labels":
        return get_metric("accuracy"), "the sample holds labels"
    if sample is not None and target.name in sample.column_of and target.task == "multiclass":
        return get_metric("accuracy"), "the sample has one column for several classes"
    return default_metric(target.task), f"the default for {target.task} targets"


def make_run_facts(
    dataset: Dataset, problems: Sequence[Problem], config: RunConfig, validation: Validation
) -> list[tuple[str, str, str]]:
    """Return every guess as (what, value, reason): the data's, the metric and the folds."""
    facts = [*dataset.schema.facts, *make_metric_facts(dataset, config)]
    plan = problems[0].folds
    why = f"; {validation.reason}" if validation.reason else ""
    text = (
        "this does not show whether labels or probabilities are expected; set --metric, such as "
        "accuracy for labels"
    )
    facts += [("sample", f"{shown} of {name}", text) for name, shown in find_open(dataset, config)]
    return [*facts, ("validation", plan.name, f"{plan.n_enough} folds{why}")]


def make_metric_facts(dataset: Dataset, config: RunConfig) -> list[tuple[str, str, str]]:
    """Return the metric of each target as (what, value, reason).

    Raises
    ------
    PlanError
        If the metric does not fit the task.
    """
    facts = []
    targets = dataset.schema.targets
    for target in targets:
        of = "" if len(targets) == 1 else f" of {target.name}"
        metric, reason = choose_metric(dataset, target, config)
        facts.append((f"metric{of}", metric.name, reason))
    return facts


def find_open(dataset: Dataset, config: RunConfig) -> list[tuple[str, str]]:
    """Return each column of the sample that may want labels or probabilities, and what it holds."""
    sample = dataset.sample
    if config.metric is not None or sample is None:
        return []
    shown = {"open": "the same class in every row", "empty": "empty cells"}
    return [
        (sample.column_of[target.name], shown[sample.holds[target.name]])
        for target in dataset.schema.targets
        if sample.holds.get(target.name) in shown
        and choose_metric(dataset, target, config)[0].wants == "probability"
    ]


def find_doubts(problems: Sequence[Problem]) -> list[str]:
    """Return what the user had better settle before a run is believed, as sentences."""
    return [
        f"{one.metric.name} counts how far apart classes are, and the order of the classes of "
        f"{one.target.name!r} is not known: they are taken alphabetically "
        f"({', '.join(one.target.labels[:10])}). List them from lowest to highest in data.order."
        for one in problems
        if one.metric.ordinal and one.target.n_classes > 2 and one.objective == "log_loss"
    ]


def make_problem(
    dataset: Dataset, target: Target, config: RunConfig, validation: Validation | None = None
) -> Problem:
    """Return one target's problem: metric, scale and folds.

    Parameters
    ----------
    dataset, target, config
        What is to be solved.
    validation
        How the rows are split; None: it is found out.

    Raises
    ------
    PlanError
        If metric, target and validation do not fit together.
    """
    metric, _ = choose_metric(dataset, target, config)
    if dataset.test is not None:
        check_shape(dataset, target, metric.wants)
    y = dataset.targets[target.name]
    if target.task == "regression":
        metric = choose_scale(metric, y)
        _check_size(target, y)
    objective = choose_objective(metric, target)
    is_classifier = objective == "log_loss" and target.task == "multiclass"
    split = validation or choose_validation(dataset, config)
    folds = make_fold_plan(split.options, y, target.task, split.extra)
    is_ordinal, original_y = objective != "log_loss", None
    if dataset.original is not None:
        added = dataset.original.targets[target.name]
        _check_original(added, metric, folds)
        if target.task == "regression":
            _check_size(target, added)
        original_y = _make_fit_y(target, metric, added, is_ordinal=is_ordinal)
    return Problem(
        target=target,
        y=y,
        fit_y=_make_fit_y(target, metric, y, is_ordinal=is_ordinal),
        objective=objective,
        n_outputs=target.n_classes if is_classifier else 1,
        metric=metric,
        folds=folds,
        seed=config.seed,
        original_y=original_y,
    )


def _find_wants(name: str | None) -> Wants | None:
    # What a user's own metric wants follows from the task, so it cannot decide the task.
    return None if name is None or is_in_file(name) else get_metric(name).wants


def _is_ordinal(name: str | None) -> bool:
    return name is not None and not is_in_file(name) and get_metric(name).ordinal


def _check_size(target: Target, y: FloatVector | IntVector) -> None:
    largest = float(np.abs(y).max())
    if largest > LARGEST_VALUE:
        raise PlanError(
            f"the target {target.name!r} reaches {largest:g}; models fit up to {LARGEST_VALUE:g}.",
            hint="Divide the column by a power of ten, and multiply the predictions by it.",
        )
    spread = float(np.ptp(y))
    if spread < LEAST_SPREAD:
        raise PlanError(
            f"the target {target.name!r} varies by {spread:g}; models see {LEAST_SPREAD:g} and "
            "more.",
            hint="Multiply the column by a power of ten, and divide the predictions by it.",
        )


def _check_original(y: FloatVector | IntVector, metric: Metric, folds: FoldPlan) -> None:
    if folds.ordered:
        raise PlanError(
            "data.original: the folds follow time, in which its rows have no place.",
            hint="Leave it out, or choose another validation.splitter.",
        )
    if folds.grouped:
        raise PlanError(
            "data.original: the folds keep groups together, and its rows may be of any of them.",
            hint="Leave it out, or choose another validation.splitter.",
        )
    if metric.transform == "log1p" and y.min() < 0:
        raise PlanError(
            f"data.original: its target reaches {y.min():g}, and {metric.name} takes logarithms.",
            hint="Leave out its rows with a target below 0.",
        )


def _make_fit_y(
    target: Target, metric: Metric, y: FloatVector | IntVector, *, is_ordinal: bool
) -> FloatVector | IntVector:
    if target.task == "regression":
        return np.log1p(y) if metric.transform == "log1p" else y
    return target.grades[y] if is_ordinal else y

"""What is explained: its values, and the family of its generalised linear model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from automl_cli.core.arrays import FloatVector
from automl_cli.core.dataset import Target, Task
from automl_cli.core.errors import ConfigError, DataError
from automl_cli.core.metric import Transform

Family: TypeAlias = Literal["gaussian", "binomial", "multinomial", "poisson"]
MOST_CLASSES = 20  # each has coefficients of its own
LEAST, LARGEST = 1e-100, 1e100  # sizes of numbers whose squares are numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What is explained.

    Parameters
    ----------
    name
        The column.
    y
        Shape (rows,): numbers on the scale of `transform`, or class codes; NaN where missing.
    family
        How it varies.
    labels
        The classes in code order; the last of two is the one whose odds are told, and the first of
        more the one that the others are compared with.
    transform
        The scale of the numbers.
    """

    name: str
    y: FloatVector
    family: Family
    labels: tuple[str, ...] = ()
    transform: Transform = "identity"

    def count_informative(self) -> int:
        """Return how many rows tell something: all, or those of the rarest class twice."""
        known = self.y[~np.isnan(self.y)]
        if not self.labels:
            return len(known)
        return min(len(known), 2 * int(np.bincount(known.astype(int)).min()))


def make_response(
    target: Target,
    y: "np.typing.NDArray[Any]",
    *,
    transform: Transform = "identity",
    family: str | None = None,
) -> Response:
    """Return a target as what is explained.

    Raises
    ------
    ConfigError
        If `family` is no family, or not one of the target's task.
    DataError
        If there are too many classes, or counts that are none.
    """
    fitting = FAMILIES[target.task]
    if family is not None and family not in fitting:
        raise ConfigError(
            f"--family: {family!r} does not suit the {target.task} target {target.name!r}.",
            hint=f"Use one of {', '.join(fitting)}, or leave it out.",
        )
    if target.n_classes > MOST_CLASSES:
        raise DataError(
            f"the target {target.name!r} has {target.n_classes} classes; {MOST_CLASSES} are the "
            "most.",
            hint="Ask for one column with --between and --on, or make a target of fewer classes.",
        )
    chosen: Family = fitting[0] if family is None else fitting[fitting.index(family)]
    values = np.asarray(y, dtype=np.float64)
    if target.task == "regression":
        _check_size(target.name, values)
    if chosen == "poisson":
        _check_counts(target.name, values)
        transform = "identity"
    return Response(
        name=target.name,
        y=np.log1p(values) if transform == "log1p" else values,
        family=chosen,
        labels=target.labels,
        transform=transform,
    )


def make_column_response(column: "pd.Series[Any]", family: str | None = None) -> Response:
    """Return any column of the table as what is explained.

    Raises
    ------
    ConfigError, DataError
        As `make_response`.
    """
    name = str(column.name)
    if isinstance(column.dtype, pd.CategoricalDtype):
        codes = column.cat.remove_unused_categories().cat
        labels = tuple(str(label) for label in codes.categories)
        values = np.where(codes.codes < 0, np.nan, codes.codes)
    else:
        values, labels = column.to_numpy(dtype=np.float64, na_value=np.nan), ()
        if set(np.unique(values[~np.isnan(values)])) == {0.0, 1.0}:
            labels = ("0", "1")
    task: Task = "regression" if not labels else "binary" if len(labels) == 2 else "multiclass"
    target = Target(name=name, task=task, labels=labels, reason="asked for")
    return make_response(target, values, family=family)


def _check_size(name: str, values: FloatVector) -> None:
    known = values[~np.isnan(values)]
    largest = float(np.abs(known).max(initial=0.0))
    if largest > LARGEST or 0 < largest < LEAST:
        raise DataError(
            f"{name!r} reaches {largest:g}; models take from {LEAST:g} to {LARGEST:g}.",
            hint="Multiply the column by a power of ten.",
        )


def _check_counts(name: str, values: FloatVector) -> None:
    known = values[~np.isnan(values)]
    if (known < 0).any() or (known != np.round(known)).any():
        raise DataError(
            f"{name!r} holds values that are not counts.",
            hint="Leave --family out: numbers of any kind are compared by their means.",
        )


FAMILIES: Mapping[Task, tuple[Family, ...]] = {
    "regression": ("gaussian", "poisson"),
    "binary": ("binomial",),
    "multiclass": ("multinomial",),
}

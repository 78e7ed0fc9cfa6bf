"""A user's own metric: a function in a Python file, named ``my_metric.py:score``.

def score(y_true, y_pred):
    return ((y_true - y_pred) ** 4).mean()

greater_is_better = False
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args

import numpy.typing as npt

from automl_cli.core.dataset import Task
from automl_cli.core.errors import PlanError
from automl_cli.core.metric import Metric, Wants
from automl_cli.core.user_file import FAILURES, make_failure, read_function

CALLED = "score(y_true, y_pred) and returns a number"
_TASKS: dict[str, tuple[Task, ...]] = {
    "probability": ("binary", "multiclass"),
    "label": ("binary", "multiclass"),
    "value": ("regression",),
}


def read_metric(name: str, task: Task | None) -> Metric:
    """Return the metric that a user's file defines.

    The function is called as ``score(y_true, y_pred)`` and returns a number; `y_true` holds class
    codes (0, 1, … in the order of the labels) or values. It or its module may set

    - ``greater_is_better``: True (the default) or False;
    - ``wants``: what `y_pred` holds: ``"probability"`` (of the positive class, or one column a
      class; the default for classes), ``"label"`` (class codes) or ``"value"`` (the default for
      a regression).

    Raises
    ------
    PlanError
        If the file or the function is missing or fails, or an attribute is wrong.
    """
    score = _read_score(name)
    wants = score.attribute("wants", "value" if task == "regression" else "probability")
    greater = score.attribute("greater_is_better", default=True)
    if wants not in _TASKS:
        raise PlanError(
            f"{name}: wants is {wants!r}.", hint=f"Set it to one of {', '.join(_TASKS)}."
        )
    if not isinstance(greater, bool):
        raise PlanError(
            f"{name}: greater_is_better is {greater!r}.", hint="Set it to True or False."
        )
    return Metric(
        name=name,
        score=score,
        greater_is_better=greater,
        wants=next(kind for kind in get_args(Wants) if kind == wants),
        tasks=frozenset(_TASKS[str(wants)]),
        objective="squared_error" if wants == "value" else "log_loss",
        decomposable=False,  # nothing is known about it
        selection="objective" if wants == "label" else "metric",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class FileScore:
    """A score function from a file; a worker process that receives it reads the file again."""

    name: str
    function: Callable[..., Any]

    def __call__(self, y: npt.NDArray[Any], prediction: npt.NDArray[Any]) -> float:
        """Return what the user's function returns, as a float."""
        try:
            return float(self.function(y, prediction))
        except FAILURES as error:
            raise make_failure(self.name, error, CALLED) from error

    def __reduce__(self) -> tuple[object, ...]:
        return _read_score, (self.name,)

    def attribute(self, name: str, default: object) -> object:
        """Return the attribute of the function, else of its module, else `default`."""
        module = getattr(self.function, "__globals__", {})
        return getattr(self.function, name, module.get(name, default))


def _read_score(name: str) -> FileScore:
    return FileScore(name=name, function=read_function(name, "metric", CALLED))

"""A user's own metric: a function in a Python file, named ``my_metric.py:score``.

def score(y_true, y_pred):
    return ((y_true - y_pred) ** 4).mean()

greater_is_better = False
"""

import runpy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy.typing as npt

from automl_cli.core.dataset import Task
from automl_cli.core.errors import PlanError
from automl_cli.core.metric import Metric, Wants

# A user's code may fail in any way that is not an exit; what is not listed is a bug of ours.
_FAILURES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    NameError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
)
_TASKS: dict[str, tuple[Task, ...]] = {
    "probability": ("binary", "multiclass"),
    "label": ("binary", "multiclass"),
    "value": ("regression",),
}


def is_file_metric(name: str) -> bool:
    """Return True for names such as ``my_metric.py:score``."""
    return name.rpartition(":")[0].endswith(".py")


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
    score = FileScore(name=name, function=_read_function(name))
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
        except _FAILURES as error:
            raise _make_error(self.name, error) from error

    def __reduce__(self) -> tuple[object, ...]:
        return _read_score, (self.name,)

    def attribute(self, name: str, default: object) -> object:
        """Return the attribute of the function, else of its module, else `default`."""
        module = getattr(self.function, "__globals__", {})
        return getattr(self.function, name, module.get(name, default))


def _read_score(name: str) -> FileScore:
    return FileScore(name=name, function=_read_function(name))


def _read_function(name: str) -> Callable[..., Any]:
    path, _, function = name.rpartition(":")
    if not Path(path).is_file():
        raise PlanError(
            f"{path}: no such file, wanted by the metric {name!r}.",
            hint="Give the path of a Python file, as in my_metric.py:score.",
        )
    content = _run(name, path)
    found = content.get(function)
    if callable(found):
        return found  # type: ignore[no-any-return] # checked to be callable
    defined = [key for key, value in content.items() if callable(value) and key[0] != "_"]
    raise PlanError(
        f"{path}: no function {function!r}.",
        hint=f"It defines {', '.join(defined) or 'none'}; name one after the colon.",
    )


def _run(name: str, path: str) -> Mapping[str, Any]:
    # runpy restores sys.modules and leaves no compiled file beside the user's.
    try:
        return runpy.run_path(path, run_name="automl_metric")
    except _FAILURES as error:
        raise _make_error(name, error) from error


def _make_error(name: str, error: BaseException) -> PlanError:
    return PlanError(
        f"{name}: raised {type(error).__name__}: {error}",
        hint="Correct the file; it is called as score(y_true, y_pred) and returns a number.",
    )

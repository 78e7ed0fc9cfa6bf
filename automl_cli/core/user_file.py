"""A function in a user's own Python file, named ``my_metric.py:score``."""

import runpy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from automl_cli.core.errors import PlanError

# A user's code may fail in any of these ways; what is not listed is a bug of ours.
FAILURES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    ImportError,
    LookupError,
    NameError,
    OSError,
    RuntimeError,
    SyntaxError,
    SystemExit,
    TypeError,
    ValueError,
)


def is_in_file(name: str) -> bool:
    """Return True for names such as ``my_metric.py:score``.

    Examples
    --------
    >>> is_in_file("my_metric.py:score"), is_in_file("roc_auc")
    (True, False)
    """
    return name.rpartition(":")[0].endswith(".py")


def is_file(path: Path) -> bool:
    """Return whether there is such a file; a name that the system cannot take names none."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def read_code(name: str | None) -> str:
    """Return the text of the file that a name leads to; nothing for other names."""
    if name is None or not is_in_file(name):
        return ""
    return Path(name.rpartition(":")[0]).read_text(encoding="utf-8")


def read_function(name: str, kind: str, called: str) -> Callable[..., Any]:
    """Return the function that a name leads to.

    Parameters
    ----------
    name
        The path of a file, a colon and the name of a function.
    kind
        What it is for, for messages: "metric".
    called
        How it is called and what it returns, for hints.

    Raises
    ------
    PlanError
        If the file or the function is missing, or the file fails.
    """
    path, _, function = name.rpartition(":")
    if not is_file(Path(path)):
        raise PlanError(
            f"{path}: no such file (named by the {kind} {name!r}).",
            hint=f"Give the path of a Python file, as in my_{kind}.py:{function or 'name'}.",
        )
    content = _run(name, path, called)
    found = content.get(function)
    if callable(found):
        return found  # type: ignore[no-any-return]  # checked to be callable
    defined = [key for key, value in content.items() if callable(value) and key[0] != "_"]
    raise PlanError(
        f"{path}: no function {function!r}.",
        hint=f"It defines {', '.join(defined) or 'none'}; name one after the colon.",
    )


def make_failure(name: str, error: BaseException, called: str) -> PlanError:
    """Return what the user is told when their code has raised an error."""
    return PlanError(
        f"{name}: raised {type(error).__name__}: {error}",
        hint=f"Correct the file; the function is called as {called}.",
    )


def _run(name: str, path: str, called: str) -> Mapping[str, Any]:
    # runpy restores sys.modules and leaves no compiled file beside the user's.
    try:
        return runpy.run_path(path, run_name="automl_user_file")
    except FAILURES as error:
        raise make_failure(name, error, called) from error

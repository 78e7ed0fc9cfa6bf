"""The errors a user can cause, each with the next action.

    AutomlError            exit code 2, shown as one message and one hint
    ├── DataError          a file, a table or its roles: data.read, data.infer, data.submission
    ├── ConfigError        YAML, --set and flags; carries all mistakes of a file at once
    ├── PlanError          data and config do not fit together: splits, metrics, plan
    ├── RunError           the run directory: locked, other version, unwritable, full
    ├── BudgetError        the budget is too short for anything useful
    └── KaggleError        Kaggle refuses, cannot be reached, or is not installed

Everything else that escapes is a bug of this program and exits with code 1.
"""


class AutomlError(Exception):
    """A mistake the user can mend.

    Parameters
    ----------
    message
        Which thing, where, what was expected and what came.
    hint
        The next action, a whole sentence.

    Examples
    --------
    >>> raise AutomlError("train.csv: no such file.", hint="Give the path of a csv file.")
    Traceback (most recent call last):
    ...
    automl_cli.core.errors.AutomlError: train.csv: no such file.
    """

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        """Keep the hint when the error crosses a process border."""
        return _rebuild, (type(self), self.message, self.hint)


def _rebuild(kind: type[AutomlError], message: str, hint: str) -> AutomlError:
    return kind(message, hint=hint)


class DataError(AutomlError):
    """A file, a table or the roles of its columns."""


class ConfigError(AutomlError):
    """A YAML file, a ``--set`` or a flag."""


class PlanError(AutomlError):
    """Data and config do not fit together."""


class RunError(AutomlError):
    """The run directory cannot be used."""


class BudgetError(AutomlError):
    """The budget is too short for anything useful."""


class KaggleError(AutomlError):
    """Kaggle refuses, cannot be reached, or its package is not installed."""

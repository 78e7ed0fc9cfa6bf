"""The values of parameters that the user has set, tried on made rows before the run.

Only the libraries know which values they take. What they say about a fit on a handful of rows is
reported with the key and the place that set the value, all at once.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as LateError
from dataclasses import dataclass, field

from automl_cli.config.load import LoadedConfig
from automl_cli.config.mistakes import KeyPath, Mistake, format_value, raise_mistakes
from automl_cli.core.candidate import ParamValue
from automl_cli.core.deadline import Deadline
from automl_cli.core.problem import Problem
from automl_cli.models import MODELS
from automl_cli.models.description import find_defaults, format_param
from automl_cli.planning.plan import is_possible
from automl_cli.train.attempt import Crash, attempt
from automl_cli.train.executor import Executor, is_worker_death
from automl_cli.train.made_rows import FEW_ROWS, fit_made_rows

LONGEST_SECONDS, MOST_SHARE = 30.0, 0.2  # and of the budget; what comes later is left to the run
MOST_ROWS = 20_000  # of the rows that what is refused is tried on again


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenParams:
    """Parameters of a model that the user has set in one place.

    Parameters
    ----------
    place
        The keys that lead to the parameters.
    model
        The model.
    given
        The parameters that it is given, on top of its defaults.
    own
        Names of those that the user has set here; presets have the others.
    """

    place: KeyPath
    model: str
    given: Mapping[str, ParamValue]
    own: Sequence[str]


def check_values(loaded: LoadedConfig, problems: Sequence[Problem], executor: Executor) -> None:
    """Refuse values of parameters that a model's library does not take.

    Nothing is tried, and no time spent, where only presets have set parameters.

    Parameters
    ----------
    loaded
        The config; its names are known to be right.
    problems
        The targets: classes and values may have other parameters.
    executor
        Where to try: the libraries are loaded there anyway, and may crash there.

    Raises
    ------
    ConfigError
        Lists every value that is refused with its place and what the library says.
    """
    mistakes: dict[str, Mistake] = {}
    settings = list(_find_settings(loaded))
    budget = loaded.config.budget
    seconds = LONGEST_SECONDS if budget is None else min(LONGEST_SECONDS, MOST_SHARE * budget)
    deadline = Deadline.after(seconds)
    for problem in problems:
        trials = _Trials(problem, executor, deadline)
        named = [one for one in settings if is_possible(problem, MODELS.get(one.model))]
        futures = [trials.begin(one.model, one.given) for one in named]
        for setting, _ in zip(named, futures, strict=True):
            for mistake in _check(setting, trials, loaded):
                mistakes.setdefault(str(mistake), mistake)
    raise_mistakes(list(mistakes.values()))


@dataclass(slots=True)
class _Trials:
    """Fits on made rows for one target, each made once."""

    problem: Problem
    executor: Executor
    deadline: Deadline
    begun: "dict[tuple[object, ...], Future[str | Crash]]" = field(default_factory=dict)

    def begin(
        self, model: str, given: Mapping[str, ParamValue], rows: int = FEW_ROWS
    ) -> "Future[str | Crash]":
        """Hand a fit out, unless that was done before."""
        params = MODELS.get(model).make_params(self.problem.fitted_task, given)
        # True and 1 are equal, and not the same to a library.
        name = (model, rows, *((key, repr(value)) for key, value in params.items()))
        if name not in self.begun:
            loss, n_outputs = self.problem.objective, self.problem.n_outputs
            work: Callable[..., str] = fit_made_rows
            args = (model, params, loss, n_outputs, rows)
            self.begun[name] = self.executor.submit(attempt, work, *args)
        return self.begun[name]

    def find_error(self, model: str, given: Mapping[str, ParamValue]) -> str:
        """Return why a model cannot be fitted with parameters, or nothing if it may."""
        error = _await(self.begin(model, given), self.deadline)
        more = min(MOST_ROWS, self.problem.folds.n_rows)
        if error and more > FEW_ROWS:  # a value may ask for more rows than a handful
            error = _await(self.begin(model, given, more), self.deadline)
        return error


def _check(setting: GivenParams, trials: _Trials, loaded: LoadedConfig) -> Iterator[Mistake]:
    error = trials.find_error(setting.model, setting.given)
    if not error or trials.find_error(setting.model, {}):
        return  # with its defaults it fails as well: the made rows are not to its liking
    defaults = find_defaults(setting.model, trials.problem.fitted_task)
    found = False
    for name in setting.own:
        said = trials.find_error(setting.model, {name: setting.given[name]})
        if said:
            found = True
            value = format_value(setting.given[name])
            default = f": the default is {format_value(defaults[name])}" if name in defaults else ""
            yield loaded.mistake(
                (*setting.place, name),
                f"{setting.model} does not accept {value}: {said}",
                hint=f"Give another value, or leave {name} out{default}.",
            )
    others = {key: value for key, value in setting.given.items() if key not in setting.own}
    if not found and not trials.find_error(setting.model, others):  # they are refused elsewhere
        values = ", ".join(format_param(name, setting.given[name]) for name in setting.own)
        yield loaded.mistake(
            setting.place,
            f"{setting.model} does not accept these values together ({values}): {error}",
            hint="Change one of them, or leave it out.",
        )


def _find_settings(loaded: LoadedConfig) -> Iterator[GivenParams]:
    config = loaded.config
    named = {name: own for name, own in config.models.items() if isinstance(own, Mapping)}
    places: list[tuple[KeyPath, str, Mapping[str, ParamValue]]] = [
        (("models", name), name, own) for name, own in named.items()
    ]
    places += [
        (("candidates", number, "params"), entry.model, entry.params)
        for number, entry in enumerate(config.candidates)
        if config.models.get(entry.model) is not False
    ]
    for place, model, own in places:
        said = [name for name in own if not _is_from_preset(loaded, (*place, name))]
        if said:
            given = {**named.get(model, {}), **own}
            yield GivenParams(place=place, model=model, given=given, own=said)


def _is_from_preset(loaded: LoadedConfig, path: KeyPath) -> bool:
    return loaded.where(path).source.startswith("preset ")


def _await(future: "Future[str | Crash]", deadline: Deadline) -> str:
    """Return what a library said, or nothing if it took the values or nobody knows."""
    try:
        error = future.exception(max(0.0, deadline.seconds_left()))
    except (LateError, CancelledError):
        future.cancel()
        return ""
    if error is not None:
        if is_worker_death(error):
            return ""
        raise error
    outcome = future.result()
    if isinstance(outcome, str) or outcome.out_of_memory or outcome.mistake is not None:
        return ""
    return clean_error(outcome.error)


def clean_error(error: str) -> str:
    r"""Return what a library says without its own source files and stack.

    Examples
    --------
    >>> clean_error("LightGBMError: Check failed: (max_bin) > (1) at /__w/config.cpp, line 352 .")
    'Check failed: (max_bin) > (1).'
    >>> clean_error("CatBoostError: options/tree.cpp:128: Maximum tree depth is 16")
    'Maximum tree depth is 16.'
    >>> clean_error("XGBoostError: [05:03:02] /w/quantile.cc:29: Check failed: 1 vs. 2\nStack …")
    'Check failed: 1 vs. 2.'
    """
    text = error.partition(": ")[2] or error
    text = re.sub(r"^\[[\d:]+\] ", "", text.strip().partition("\n")[0])
    text = re.sub(r"^\S+\.(?:cpp|cc|cu|h|hpp):\d+: ", "", text)
    text = re.sub(r" at \S+, line \d+ ?\.?$", "", text)
    text = re.sub(r"^Error: ", "", text).strip()
    return text if text.endswith((".", "!", "?")) else f"{text}."

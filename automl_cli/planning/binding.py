"""The names in a config meet the tables that know them, and each other.

Whatever does not fit is reported at once, with the place that says it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from automl_cli.config.load import LoadedConfig
from automl_cli.config.mistakes import KeyPath, Mistake, join_names, raise_mistakes
from automl_cli.config.schema import SearchConfig
from automl_cli.config.values import TOP
from automl_cli.core.candidate import FeatureRecipe, ParamValue
from automl_cli.core.errors import PlanError
from automl_cli.core.registry import Registry
from automl_cli.core.user_file import is_in_file
from automl_cli.ensemble import COMBINERS
from automl_cli.features import GROUPS
from automl_cli.metrics import get_metric
from automl_cli.models import MODELS
from automl_cli.splits import SPLITTERS
from automl_cli.splits.used import KEYS, find_unused_options, find_users

CATEGORY_GROUPS = frozenset({"native", "onehot"})  # what they make is dropped by other models


def check_names(loaded: LoadedConfig) -> None:
    """Refuse names that no table has, and steps that a model has no use for.

    Raises
    ------
    ConfigError
        Lists every unknown model, parameter, step, splitter and combiner with its place.
    """
    raise_mistakes(list(_find_mistakes(loaded)))


def check_config(loaded: LoadedConfig) -> None:
    """Refuse what `check_names` refuses, and what the run would pass over in silence.

    Raises
    ------
    ConfigError
        Lists every mistake with its place.
    """
    unused = [*_find_unused(loaded), *_find_unfounded(loaded)]
    raise_mistakes([*_find_mistakes(loaded), *unused])


def _find_unused(loaded: LoadedConfig) -> Iterator[Mistake]:
    own = loaded.config.validation
    given = {key for key in KEYS if getattr(own, key)}
    for key, splitter in find_unused_options(own.splitter, given):
        users = join_names(find_users(key), "or")
        if own.splitter == "auto":
            problem = f"validation.{splitter} is given as well, and only that one would be used."
            hint = f"Leave one of them out, or set validation.splitter to {users}."
        else:
            problem = f"validation.splitter is {splitter}, which does not use it."
            hint = f"Leave validation.{key} out, or set validation.splitter to {users}."
        yield loaded.mistake(("validation", key), problem, hint=hint)


def _find_unfounded(loaded: LoadedConfig) -> Iterator[Mistake]:
    """Find steps that learn from the original data set where there is none."""
    config = loaded.config
    if config.data.original is not None:
        return
    groups = [name for name, params in config.features.groups.items() if params is not False]
    named: list[tuple[KeyPath, str]] = [(("features", "groups", name), name) for name in groups]
    for model, recipe in config.features.recipes.items():
        named += [(("features", "recipes", model), step.name) for step in recipe]
    for number, entry in enumerate(config.candidates):
        named += [(("candidates", number), step.name) for step in entry.features or ()]
    for place, name in named:
        if name in GROUPS and GROUPS.get(name).original is not None:
            problem = f"{name} learns from the original data set, and the run has none."
            hint = "Name its table with data.original (--original), or leave the step out."
            yield loaded.mistake(place, problem, hint=hint)


def _find_mistakes(loaded: LoadedConfig) -> Iterator[Mistake]:
    config = loaded.config
    splitter = config.validation.splitter
    if splitter != "auto" and not is_in_file(splitter):
        yield from _missing(loaded, ("validation", "splitter"), splitter, SPLITTERS)
    for name in config.ensemble.combiners:
        yield from _missing(loaded, ("ensemble", "combiners"), name, COMBINERS)
    for name, params in config.models.items():
        yield from _check_model(loaded, ("models", name), name, params or {})
    for group, params in config.features.groups.items():
        if params is not False:
            yield from _check_group(loaded, ("features", "groups", group), group, params)
    yield from _check_search(loaded, config.search)
    for model, recipe in config.features.recipes.items():
        yield from _missing(loaded, ("features", "recipes", model), model, MODELS)
        yield from _check_recipe(loaded, ("features", "recipes", model), model, recipe)
    for number, entry in enumerate(config.candidates):
        place = ("candidates", number)
        yield from _check_model(loaded, place, entry.model, entry.params)
        yield from _check_recipe(loaded, place, entry.model, entry.features or ())
    if config.metric is not None:
        yield from _check_metric_name(loaded, config.metric)


def _check_search(loaded: LoadedConfig, own: SearchConfig) -> Iterator[Mistake]:
    for name in own.models:
        yield from _missing(loaded, ("search", "models"), name, MODELS)
    for model, ranges in own.space.items():
        yield from _check_model(loaded, ("search", "space", model), model, dict.fromkeys(ranges))
    if own.prior == "none" and not own.trials:
        problem = "it is none, and search.trials is 0: there would be no candidates."
        hint = "Set search.trials to the number of settings per model."
        yield loaded.mistake(("search", "prior"), problem, hint=hint)


def _check_metric_name(loaded: LoadedConfig, name: str) -> Iterator[Mistake]:
    try:
        get_metric(name)
    except PlanError as error:
        yield loaded.mistake(("metric",), error.message, hint=error.hint)


def _missing(
    loaded: LoadedConfig, place: KeyPath, name: str, table: Registry[Any]
) -> Iterator[Mistake]:
    if name not in table:
        kind = table.kind.removesuffix("s")
        yield loaded.mistake(place, f"{name!r}: no such {kind}.", hint=table.hint(name))


def _check_model(
    loaded: LoadedConfig, place: KeyPath, name: str, params: Mapping[str, ParamValue]
) -> Iterator[Mistake]:
    if name not in MODELS:
        yield from _missing(loaded, place, name, MODELS)
        return
    known = Registry("parameters", dict.fromkeys(sorted(MODELS.get(name).known_params)))
    for param in params:
        if param not in known:
            close = known.hint(param).partition("`")[0].strip()
            hint = close or f"{name} knows {', '.join(known)}."
            yield loaded.mistake((*place, param), f"{name} has no parameter {param!r}.", hint=hint)


def _check_recipe(
    loaded: LoadedConfig, place: KeyPath, model: str, recipe: FeatureRecipe
) -> Iterator[Mistake]:
    takes_categories = model not in MODELS or MODELS.get(model).takes_categories
    for step in recipe:
        if step.name in CATEGORY_GROUPS and not takes_categories:
            problem = f"{model} takes no categories, and {step.name} makes nothing else."
            hint = "Use `counts` or `target_mean` instead."
            yield loaded.mistake(place, problem, hint=hint)
        yield from _check_group(loaded, place, step.name, dict(step.params))


def _check_group(
    loaded: LoadedConfig, place: KeyPath, name: str, params: Mapping[str, ParamValue]
) -> Iterator[Mistake]:
    if name not in GROUPS:
        yield from _missing(loaded, place, name, GROUPS)
        return
    own = dict(params)
    top = own.pop(TOP, None)
    if top is not None and (type(top) is not int or top < 1):
        problem = f"{name}.{TOP}: expected a whole number from 1, got {top!r}."
        yield loaded.mistake(place, problem, hint="It is the most columns kept in a fold.")
    if top is not None and not GROUPS.get(name).is_screened:
        problem = f"{name}.{TOP}: its columns belong together and are not screened."
        yield loaded.mistake(place, problem, hint=f"Leave `{TOP}` out.")
    try:
        GROUPS.get(name).check(own)
    except PlanError as error:
        yield loaded.mistake(place, error.message, hint=error.hint)

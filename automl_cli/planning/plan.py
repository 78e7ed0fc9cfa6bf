"""Config and problem become a plan: the candidates to try.

Everything that decides the result of a candidate is settled here, in its specification.
"""

from collections.abc import Collection, Mapping
from dataclasses import replace

from automl_cli.config.schema import CandidateConfig, RunConfig
from automl_cli.config.values import TOP, make_step
from automl_cli.core.candidate import CandidateSpec, FeatureRecipe, ParamValue
from automl_cli.core.dataset import Dataset
from automl_cli.core.errors import PlanError
from automl_cli.core.keys import make_key
from automl_cli.core.model import ModelSpec
from automl_cli.core.problem import Problem
from automl_cli.core.user_file import read_code
from automl_cli.features import GROUPS
from automl_cli.models import MODELS
from automl_cli.models.description import FEW_ROUNDS
from automl_cli.planning.growth import choose_growth, grow_params

STARTER_ROUNDS = FEW_ROUNDS  # a first submission within seconds
ROWS_FOR_TWO_THREADS = 50_000  # below it two fits side by side beat one with two threads
DEFAULT_TOP = 30  # columns of a group that the screen may keep in a fold
UNKEYED = {
    "budget": True,
    "limits": True,
    "run": {"workers", "folder", "report"},
    "data": {"original"},  # its content is in the key of the data set, wherever it lies
}


def make_specs(problem: Problem, config: RunConfig) -> list[CandidateSpec]:
    """Return the candidates of a problem, the first to be tried first.

    Raises
    ------
    PlanError
        If the config names no model that can solve the task.
    """
    wanted = [
        (name, dict(params), None)
        for name, params in config.models.items()
        if isinstance(params, Mapping)
    ]
    named = {name: params for name, params, _ in wanted}
    further = [
        (entry.model, {**named.get(entry.model, {}), **entry.params}, _choose_recipe(entry, config))
        for entry in config.candidates
        if config.models.get(entry.model) is not False
    ]
    growth = choose_growth(problem, config)
    chosen = [
        grow_spec(make_spec(problem, config, MODELS.get(name), params, recipe), growth, config)
        for name, params, recipe in [*wanted, *further]
        if is_possible(problem, MODELS.get(name))
    ]
    if not chosen:
        raise _make_error(problem, dict.fromkeys(name for name, _, _ in [*wanted, *further]))
    distinct = list(dict.fromkeys(chosen))[: config.limits.candidates]
    starter = _make_starter(distinct[0], forced=any(is_screened(spec) for spec in distinct))
    return list(dict.fromkeys([starter, *distinct] if starter else distinct))


def list_libraries(config: RunConfig) -> tuple[str, ...]:
    """Return the modules that fits of the first model import."""
    first = next((name for name, own in config.models.items() if isinstance(own, Mapping)), None)
    return () if first is None else MODELS.get(first).libraries


def is_screened(spec: CandidateSpec) -> bool:
    """Return whether a candidate waits for the screen to choose among its columns."""
    return any(step.top is not None for step in spec.recipe)


def make_plain(spec: CandidateSpec) -> CandidateSpec:
    """Return a candidate without its screened steps."""
    return replace(spec, recipe=tuple(step for step in spec.recipe if step.top is None))


def make_generated(config: RunConfig) -> FeatureRecipe:
    """Return the steps that the groups of the config add to every model's own recipe."""
    screens = config.features.screen != "none"
    return tuple(
        make_step(
            name,
            {TOP: DEFAULT_TOP, **params}
            if screens and GROUPS.get(name).is_screened
            else _without_top(params),
        )
        for name, params in config.features.groups.items()
        if isinstance(params, Mapping)
    )


def is_possible(problem: Problem, model: ModelSpec) -> bool:
    """Return whether a model can solve the task, and is meant for so many rows."""
    added = 0 if problem.original_y is None else len(problem.original_y)
    small_enough = model.max_rows is None or problem.folds.n_rows + added <= model.max_rows
    return problem.fitted_task in model.tasks and small_enough


def make_spec(
    problem: Problem,
    config: RunConfig,
    model: ModelSpec,
    params: Mapping[str, ParamValue],
    recipe: FeatureRecipe | None,
) -> CandidateSpec:
    """Return a candidate, its parameters on top of the model's defaults.

    Parameters
    ----------
    problem, config
        What it is for.
    model, params
        The model and its own parameters.
    recipe
        Its features; None: the model's, with the config's groups.
    """
    n_rows = problem.folds.n_rows
    return CandidateSpec(
        target=problem.target.name,
        model=model.name,
        recipe=recipe
        or config.features.recipes.get(model.name)
        or (*model.recipe, *make_generated(config)),
        params=tuple(model.make_params(problem.fitted_task, params).items()),
        seed=config.seed,
        max_rounds=config.limits.rounds,
        patience=config.limits.patience or _choose_patience(n_rows),
        n_threads=config.run.threads or (1 if n_rows < ROWS_FOR_TWO_THREADS else 2),
    )


def grow_spec(spec: CandidateSpec, factor: float, config: RunConfig) -> CandidateSpec:
    """Return a candidate with larger trees, but for what the user has named of its model."""
    params = grow_params(
        MODELS.get(spec.model), dict(spec.params), factor, read_own(spec.model, config)
    )
    return replace(spec, params=tuple(sorted(params.items())))


def read_own(model: str, config: RunConfig) -> Mapping[str, ParamValue]:
    """Return what the user has fixed of a model; it is not searched."""
    own = config.models.get(model)
    return own if isinstance(own, Mapping) else {}


def make_run_key(dataset: Dataset, config: RunConfig) -> str:
    """Return the key of a run: its data and its config without limits and workers."""
    code = read_code(config.metric) + read_code(config.validation.splitter)
    return make_key([dataset.key, code, config.model_dump(mode="json", exclude=UNKEYED)])  # type: ignore[arg-type]  # pydantic takes nested sets


def _make_error(problem: Problem, requested: Collection[str]) -> PlanError:
    hint = "Name more under `models:`; `automl list models` shows all."
    if not requested:
        return PlanError("models: the config switches every model off.", hint=hint)
    names = next(iter(requested)) if len(requested) == 1 else f"none of {', '.join(requested)}"
    can = "cannot" if len(requested) == 1 else "can"
    limits = [
        f"{name} is for at most {MODELS.get(name).max_rows:,}"
        for name in requested
        if problem.fitted_task in MODELS.get(name).tasks
    ]
    why = f" ({', '.join(limits)})" if limits else ""
    return PlanError(
        f"models: {names} {can} solve a {problem.target.task} target of "
        f"{problem.folds.n_rows:,} rows{why}.",
        hint=hint,
    )


def _choose_recipe(entry: CandidateConfig, config: RunConfig) -> FeatureRecipe | None:
    if entry.features is not None or entry.generated or entry.model not in MODELS:
        return entry.features
    return config.features.recipes.get(entry.model) or MODELS.get(entry.model).recipe


def _without_top(params: Mapping[str, ParamValue]) -> dict[str, ParamValue]:
    return {name: value for name, value in params.items() if name != TOP}


def _make_starter(first: CandidateSpec, *, forced: bool) -> CandidateSpec | None:
    """Return a small version of the first candidate without generated columns.

    It gives a submission within seconds, and the screen a gradient (`forced`).
    """
    plain = make_plain(first)
    model = MODELS.get(first.model)
    if model.search_rate is None or first.max_rounds < 4 * STARTER_ROUNDS:
        return plain if forced else None
    params = {**dict(first.params), "learning_rate": model.search_rate}
    return replace(plain, params=tuple(sorted(params.items())), max_rounds=STARTER_ROUNDS)


def _choose_patience(n_rows: int) -> int:
    # 300 rounds up to 10,000 rows, fewer where a round costs more (patience
    # in proportion to 1 / rows), never below 50.
    return max(50, min(300, round(300 * 10_000 / n_rows)))

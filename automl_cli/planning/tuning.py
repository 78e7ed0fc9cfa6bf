"""What a search may set for each model, and the candidates that its settings are."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from automl_cli.config.schema import RunConfig
from automl_cli.config.values import TOP
from automl_cli.core.candidate import CandidateSpec, FeatureRecipe, ParamValue, Step
from automl_cli.core.dataset import Column
from automl_cli.core.model import ModelSpec, Range
from automl_cli.core.problem import Problem
from automl_cli.decision.scoring import make_selection_loss
from automl_cli.features.state import FeatureSet
from automl_cli.models import MODELS
from automl_cli.planning.plan import is_possible, make_generated, make_plain, make_spec
from automl_cli.train.screened import Screened
from automl_cli.train.search import TOPS, Quest
from automl_cli.train.trials import Board, Setting, judge_rows

CATEGORY_STEPS = frozenset({"native", "onehot"})
MEANS = (Step("target_mean"), Step("counts"))
FINER = 0.4  # of the searched learning rate: what the best settings are fitted with again
VALUES = Step("exact_value", (("max_share", 1.0),))
# The settings that a search begins with: columns of each group, and the number of the way.
FIRST = ((30, 0), (0, -1), (0, 0), (100, 0), (30, -1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What turns settings into candidates.

    Parameters
    ----------
    problem
        The target.
    config
        Everything the user has said.
    columns
        The feature columns.
    screened
        The screened groups, or None without.
    plain_sets
        For each recipe without screened steps where its features lie.
    original
        What a row of the original data set counts; 0: they are left out.
    """

    problem: Problem
    config: RunConfig
    columns: tuple[Column, ...]
    screened: Screened | None
    plain_sets: Mapping[FeatureRecipe, FeatureSet]
    original: float = 0.0


def make_quests(workshop: Workshop, folder: Path) -> list[Quest]:
    """Return what is searched: one quest for each model that the config names.

    Parameters
    ----------
    workshop
        What the settings are for.
    folder
        Where the journals of the studies go.
    """
    config = workshop.config
    if not config.search.trials or len(workshop.problem.folds) < 2:
        return []
    models = [
        MODELS.get(name)
        for name in config.search.models
        if isinstance(config.models.get(name), Mapping)
    ]
    return [
        _make_quest(workshop, model, folder)
        for model in models
        if is_possible(workshop.problem, model)
    ]


def make_ways(
    model: ModelSpec, config: RunConfig, columns: Sequence[Column]
) -> dict[str, FeatureRecipe]:
    """Return the recipes in which columns may be handed over, by name, the model's own first.

    Categories as `means`, or as `both`; last the `values` of numbers as categories, each of them.
    """
    own = config.features.recipes.get(model.name) or model.recipe
    roles = {column.role for column in columns}
    ways = {"own": own}
    if "categorical" in roles and any(step.name in CATEGORY_STEPS for step in own):
        others = (step for step in own if step.name not in CATEGORY_STEPS and step not in MEANS)
        ways["means"] = (*others, *MEANS)
        ways["both"] = (*own, *(step for step in MEANS if step not in own))
    if "numeric" in roles and not any(step.name == VALUES.name for step in own):
        ways["values"] = (*own, VALUES)
    return ways


def list_ways(config: RunConfig, columns: Sequence[Column]) -> Iterator[FeatureRecipe]:
    """Yield every recipe without screened steps that a search may give a candidate."""
    generated = make_generated(config)
    for name in config.search.models if config.search.trials else ():
        if isinstance(config.models.get(name), Mapping):
            for way in make_ways(MODELS.get(name), config, columns).values():
                yield tuple(step for step in join_steps(way, generated) if step.top is None)


def make_candidate(
    workshop: Workshop, model: ModelSpec, setting: Setting, rate: float = 1.0
) -> tuple[CandidateSpec, FeatureSet]:
    """Return the candidate of a setting, and where its features lie.

    Parameters
    ----------
    workshop, model
        What the setting is for.
    setting
        A point of the search space.
    rate
        The learning rate, as a multiple of the searched one.
    """
    config = workshop.config
    steps = (
        step if step.top is None else Step(step.name, step.params, setting.tops.get(step.name, 0))
        for step in _list_generated(model, config)
    )
    way = make_ways(model, config, workshop.columns)[setting.way]
    recipe = join_steps(way, [step for step in steps if step.top != 0])
    fixed = {} if model.search_rate is None else {"learning_rate": rate * model.search_rate}
    params = {**fixed, **_read_own(model, config), **setting.params}
    spec = make_spec(workshop.problem, config, model, params, recipe)
    spec = replace(spec, original=workshop.original)
    if workshop.screened is not None:
        return workshop.screened.resolve(spec)
    plain = make_plain(spec)
    return plain, workshop.plain_sets[plain.recipe]


def join_steps(way: FeatureRecipe, generated: Iterable[Step]) -> FeatureRecipe:
    """Return a way of handing columns over and the generated groups, but those it has itself."""
    names = {step.name for step in way}  # what is taken whole needs no choice
    return (*way, *(step for step in generated if step.name not in names))


def choose_settings(board: Board, most: int) -> list[Setting]:
    """Return the best settings of those that were tried on all folds, the best first.

    The rows of the judges alone decide, so that the others can tell what the choice is worth.
    """
    rows = judge_rows(board.problem.folds)
    measure = make_selection_loss(board.problem, rows)
    whole = [
        (measure(entry.candidate.oof[rows]), entry.number, entry.setting)
        for entry in board.entries
        if entry.candidate is not None
    ]
    return [setting for _, _, setting in sorted(whole, key=lambda one: one[:2])[:most]]


def _make_quest(workshop: Workshop, model: ModelSpec, folder: Path) -> Quest:
    config = workshop.config
    groups = _choose_tops(model, config)
    own = _read_own(model, config)
    ways = tuple(make_ways(model, config, workshop.columns))
    return Quest(
        model=model,
        space=tuple(one for one in model.space if one.name not in own),
        tops=groups if workshop.screened is not None else {},
        ways=ways,
        settle=lambda setting: make_candidate(workshop, model, setting),
        first=list(_make_first(workshop, model, groups, ways)),
        trials=config.search.trials,
        seed=config.seed,
        journal=folder / f"{model.name}.journal",
    )


def _make_first(
    workshop: Workshop,
    model: ModelSpec,
    groups: Mapping[str, Sequence[int]],
    ways: Sequence[str],
) -> Iterator[Setting]:
    """Return settings to begin with: the defaults with more and fewer columns."""
    own = _read_own(model, workshop.config)
    defaults = model.make_params(workshop.problem.fitted_task, own)
    params = {
        one.name: _fit_in(one, defaults.get(one.name)) for one in model.space if one.name not in own
    }
    for top, way in FIRST:
        tops = {group: min(top, own_tops[-1]) for group, own_tops in groups.items()}
        yield Setting(params=params, tops=tops, way=ways[way])


def _read_own(model: ModelSpec, config: RunConfig) -> Mapping[str, ParamValue]:
    """Return what the user has fixed of a model; it is not searched."""
    own = config.models.get(model.name)
    return own if isinstance(own, Mapping) else {}


def _list_generated(model: ModelSpec, config: RunConfig) -> FeatureRecipe:
    # A recipe of the user's own stands instead of the groups.
    return () if model.name in config.features.recipes else make_generated(config)


def _choose_tops(model: ModelSpec, config: RunConfig) -> dict[str, tuple[int, ...]]:
    """Return how many columns each screened group may give, ascending, at most what is said."""
    chosen = {}
    for step in _list_generated(model, config):
        if step.top is not None:
            own = dict(config.features.groups[step.name] or {}).get(TOP)
            most = own if isinstance(own, int) else TOPS[-1]
            chosen[step.name] = (*(top for top in TOPS if top < most), most)
    return chosen


def _fit_in(own: Range, default: ParamValue) -> int | float:
    if not isinstance(default, int | float):
        default = math.sqrt(own.low * own.high) if own.log else (own.low + own.high) / 2
    inside = min(max(default, own.low), own.high)
    return round(inside) if isinstance(own.low, int) else inside

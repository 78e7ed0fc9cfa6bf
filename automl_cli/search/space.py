"""What a search may set: ways of handing columns over, columns of groups, parameters."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from automl_cli.config.schema import RunConfig
from automl_cli.config.values import TOP
from automl_cli.core.candidate import FeatureRecipe, ParamValue, Step
from automl_cli.core.dataset import Column, Task
from automl_cli.core.model import ModelSpec, Range
from automl_cli.models import MODELS
from automl_cli.planning.growth import grow_params
from automl_cli.planning.plan import make_generated, read_own

CATEGORY_STEPS = frozenset({"native", "onehot"})
MEANS = (Step("target_mean"), Step("counts"))
VALUES = Step("exact_value", (("max_share", 1.0),))
FEW_VALUES = Step("exact_value", (("max_share", 0.1),))
FACTOR = 30  # between the ends of a range in which factors matter, if the model says nothing
TOPS = (0, 10, 30, 100, 300)  # columns that a group may give, if the user names no number

Tops: TypeAlias = Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One point of a search space.

    Parameters
    ----------
    params
        Parameters of the model.
    tops
        For each group the most columns that it may give; 0 switches it off.
    way
        How columns are handed over: a name of `make_ways`.
    """

    params: Mapping[str, ParamValue]
    tops: Tops
    way: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchSpace:
    """What may be set for one model.

    Parameters
    ----------
    model
        Whose parameters are set.
    ranges
        Its parameters that may be set.
    tops
        For each group of generated columns how many it may give, ascending from 0: switched off.
    ways
        The names of the ways in which columns may be handed over, the model's own first.
    growth
        How many times as many leaves trees get as is usual.
    """

    model: ModelSpec
    ranges: Sequence[Range]
    tops: Mapping[str, Sequence[int]]
    ways: tuple[str, ...]
    growth: float = 1.0

    def limit_tops(self, most: int) -> dict[str, int]:
        """Return for each group the largest number of columns that is at most `most`."""
        return {group: min(most, own[-1]) for group, own in self.tops.items()}


def make_space(
    model: ModelSpec, config: RunConfig, columns: Sequence[Column], growth: float = 1.0
) -> SearchSpace:
    """Return what may be set for a model, but for what the user has fixed.

    Parameters
    ----------
    model, config
        The model, and what the user has said.
    columns
        The feature columns.
    growth
        How many times as many leaves trees get as is usual.
    """
    return SearchSpace(
        model=model,
        ranges=tuple(_list_ranges(model, config, growth)),
        tops=_choose_tops(model, config),
        ways=tuple(make_ways(model, config, columns)),
        growth=growth,
    )


def make_default(space: SearchSpace, task: Task, own: Mapping[str, ParamValue]) -> Setting:
    """Return the setting of the model's defaults, with 30 columns of each group.

    Parameters
    ----------
    space
        What may be set; defaults outside are moved to its edge.
    task
        The task that the model is fitted for.
    own
        What the user has fixed.
    """
    defaults = grow_params(space.model, space.model.make_params(task, own), space.growth, own)
    params = {one.name: _fit_in(one, defaults.get(one.name)) for one in space.ranges}
    return Setting(params=params, tops=space.limit_tops(30), way=space.ways[0])


def make_ways(
    model: ModelSpec, config: RunConfig, columns: Sequence[Column]
) -> dict[str, FeatureRecipe]:
    """Return the recipes in which columns may be handed over, by name, the model's own first.

    Categories as `means`, or as `both`; last the `values` of numbers as categories, each of them,
    or only of numbers that have `few_values`.
    """
    own = config.features.recipes.get(model.name) or model.recipe
    roles = {column.role for column in columns}
    ways = {"own": own}
    if "categorical" in roles and any(step.name in CATEGORY_STEPS for step in own):
        others = (step for step in own if step.name not in CATEGORY_STEPS and step not in MEANS)
        ways["means"] = (*others, *MEANS)
        ways["both"] = (*own, *(step for step in MEANS if step not in own))
    if "numeric" in roles and not any(step.name == VALUES.name for step in own):
        ways["few_values"] = (*own, FEW_VALUES)
        ways["values"] = (*own, VALUES)
    return ways


def name_way(
    recipe: FeatureRecipe, model: ModelSpec, config: RunConfig, columns: Sequence[Column]
) -> str | None:
    """Return the way in which a recipe hands columns over; None if it is none of them."""
    plain = tuple(step for step in recipe if step.top is None)
    # A group of generated columns that is not screened is no part of the way.
    added = [step for step in make_generated(config) if step in plain]
    for name, way in make_ways(model, config, columns).items():
        if tuple(step for step in plain if step not in added or step in way) == way:
            return name
    return None


def list_ways(config: RunConfig, columns: Sequence[Column]) -> Iterator[FeatureRecipe]:
    """Yield every recipe without screened steps that a search may give a candidate."""
    generated = make_generated(config)
    for name, params in config.models.items() if config.search.trials else ():
        if isinstance(params, Mapping):
            for way in make_ways(MODELS.get(name), config, columns).values():
                yield way
                yield tuple(step for step in join_steps(way, generated) if step.top is None)


def join_steps(way: FeatureRecipe, generated: Iterable[Step]) -> FeatureRecipe:
    """Return a way of handing columns over and the generated groups, but those it has itself."""
    names = {step.name for step in way}  # what is taken whole needs no choice
    return (*way, *(step for step in generated if step.name not in names))


def list_generated(model: ModelSpec, config: RunConfig) -> FeatureRecipe:
    """Return the generated groups that a model's candidates may have."""
    # A recipe of the user's own stands instead of the groups.
    return () if model.name in config.features.recipes else make_generated(config)


def _choose_tops(model: ModelSpec, config: RunConfig) -> dict[str, tuple[int, ...]]:
    """Return how many columns each screened group may give, ascending, at most what is said."""
    chosen = {}
    for step in list_generated(model, config):
        if step.top is not None:
            own = dict(config.features.groups[step.name] or {}).get(TOP)
            most = own if isinstance(own, int) else TOPS[-1]
            chosen[step.name] = (*(top for top in TOPS if top < most), most)
    return chosen


def _list_ranges(model: ModelSpec, config: RunConfig, growth: float) -> Iterator[Range]:
    """Yield the ranges that the user has named, and the model's own of other parameters."""
    fixed, named = read_own(model.name, config), config.search.space.get(model.name, {})
    for one in model.space:
        if one.name not in {*fixed, *named}:
            yield _widen(one, model, growth)
    scales = {one.name: one.log for one in model.space}
    for name, (low, high) in named.items():
        if name not in fixed:
            yield Range(name, low, high, log=low > 0 and scales.get(name, high / low >= FACTOR))


def _widen(own: Range, model: ModelSpec, growth: float) -> Range:
    """Return a range that reaches as much further as trees are larger."""
    if model.growth is None or model.growth.param != own.name:
        return own
    return replace(own, high=model.growth.grow(own.high, max(growth, 1.0)))


def _fit_in(own: Range, default: ParamValue) -> int | float:
    if not isinstance(default, int | float):
        default = math.sqrt(own.low * own.high) if own.log else (own.low + own.high) / 2
    inside = min(max(default, own.low), own.high)
    return round(inside) if isinstance(own.low, int) else inside

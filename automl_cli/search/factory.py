"""Settings become candidates, and where their features lie."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from automl_cli.config.schema import RunConfig
from automl_cli.core.candidate import CandidateSpec, FeatureRecipe, ParamValue, Step
from automl_cli.core.dataset import Column
from automl_cli.core.model import ModelSpec
from automl_cli.core.problem import Problem
from automl_cli.features.state import FeatureSet
from automl_cli.models import MODELS
from automl_cli.planning.plan import is_possible, is_screened, make_plain, make_spec, read_own
from automl_cli.search.space import Setting, Tops, join_steps, list_generated, make_ways
from automl_cli.train.screened import Screened


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateFactory:
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

    def make(
        self, model: ModelSpec, setting: Setting, rate: float = 1.0
    ) -> tuple[CandidateSpec, FeatureSet] | None:
        """Return the candidate of a setting; None if its way makes no feature of this table.

        Parameters
        ----------
        model, setting
            A point of the model's search space; the user's own parameters go below it.
        rate
            The learning rate, as a multiple of the one for searching.
        """
        fixed = {} if model.search_rate is None else {"learning_rate": rate * model.search_rate}
        params = {**fixed, **read_own(model.name, self.config), **setting.params}
        return self._make(model, params, self._make_recipe(model, setting.way, setting.tops))

    def resolve(self, spec: CandidateSpec) -> tuple[CandidateSpec, FeatureSet] | None:
        """Return a planned candidate with the columns that the screen gives it."""
        if is_screened(spec) and self.screened is not None:
            return self.screened.resolve(spec)
        plain = make_plain(spec)
        found = self.plain_sets.get(plain.recipe)
        return None if found is None else (plain, found)

    def change_way(
        self, spec: CandidateSpec, model: ModelSpec, way: str, tops: Tops
    ) -> tuple[CandidateSpec, FeatureSet] | None:
        """Return a planned candidate with its columns handed over in another way."""
        changed = replace(spec, recipe=self._make_recipe(model, way, tops))
        return self.resolve(changed)

    def _make_recipe(self, model: ModelSpec, way: str, tops: Tops) -> FeatureRecipe:
        steps = (
            step if step.top is None else Step(step.name, step.params, tops.get(step.name, 0))
            for step in list_generated(model, self.config)
        )
        known = make_ways(model, self.config, self.columns)
        recipe = known.get(way, known["own"])
        return join_steps(recipe, [step for step in steps if step.top != 0])

    def _make(
        self, model: ModelSpec, params: Mapping[str, ParamValue], recipe: FeatureRecipe
    ) -> tuple[CandidateSpec, FeatureSet] | None:
        spec = make_spec(self.problem, self.config, model, params, recipe)
        return self.resolve(replace(spec, original=self.original))


def list_searched(factory: CandidateFactory) -> Iterator[ModelSpec]:
    """Yield the models whose settings are searched, in the order of the config."""
    config, problem = factory.config, factory.problem
    if config.search.trials and len(problem.folds) > 1:
        for name in config.search.models:
            model = MODELS.get(name)
            if isinstance(config.models.get(name), Mapping) and is_possible(problem, model):
                yield model

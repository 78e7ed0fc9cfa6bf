"""A small real problem, prepared in a run directory."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from automl_cli.config.load import load_config
from automl_cli.config.schema import RunConfig
from automl_cli.core.candidate import CandidateSpec, FeatureRecipe
from automl_cli.core.dataset import Column
from automl_cli.core.deadline import Deadline
from automl_cli.core.events import Event
from automl_cli.core.problem import Problem
from automl_cli.data.files import find_files
from automl_cli.data.infer import infer_dataset
from automl_cli.features.state import FeatureSet, prepare_features
from automl_cli.planning.plan import make_specs
from automl_cli.planning.problems import make_data_options, make_problem
from automl_cli.search.factory import CandidateFactory
from automl_cli.search.space import list_ways
from automl_cli.store import RunDirectory
from automl_cli.train.assignment import save_assignment
from automl_cli.train.execution import Execution
from automl_cli.train.executor import Executor
from automl_cli.train.proposal import FixedPlan, Proposal
from automl_cli.train.time_budget import make_time_budget

PENGUINS = Path(__file__).parents[1] / "examples" / "penguins"


@dataclass(frozen=True)
class Site:
    """A problem ready to be cross-fitted."""

    run: RunDirectory
    problem: Problem
    specs: list[CandidateSpec]
    keys: dict[str, FeatureSet]
    events: list[Event]
    config: RunConfig
    columns: tuple[Column, ...]
    plain_sets: dict[FeatureRecipe, FeatureSet]

    def count_fits(self) -> int:
        """Return how many folds were fitted."""
        return sum(event.kind == "fitted" for event in self.events)

    def plan(
        self, specs: list[CandidateSpec] | None = None, n_folds: int | None = None
    ) -> FixedPlan:
        """Return the plan of `specs`, by default all, on `n_folds` folds, by default enough."""
        wanted = n_folds or self.problem.folds.n_enough
        return FixedPlan(
            deque(
                Proposal(spec=spec, feature_set=self.keys[spec.key], n_folds=wanted)
                for spec in specs or self.specs
            )
        )

    def execution(
        self,
        executor: Executor,
        *,
        workers: int = 2,
        seconds: float | None = None,
        renew: Callable[[], Executor] | None = None,
    ) -> Execution:
        """Return an execution whose events are collected."""
        budget = make_time_budget(Deadline.after(seconds), reserve_seconds=0, workers=workers)
        return Execution(
            run=self.run,
            executor=executor,
            time_budget=budget,
            listener=self.events.append,
            renew=renew,
        )

    def factory(self) -> CandidateFactory:
        """Return what makes candidates of settings."""
        return CandidateFactory(
            problem=self.problem,
            config=self.config,
            columns=self.columns,
            screened=None,
            plain_sets=self.plain_sets,
        )


def make_site(folder: Path, overrides: Sequence[str] = ()) -> Site:
    """Prepare the penguins in a run directory below `folder`."""
    own = ["limits.rounds=30", "metric=log_loss", *overrides]
    config = load_config(preset="smoke", overrides=own).config
    dataset = infer_dataset(find_files([PENGUINS]), make_data_options(config)).dataset
    problem = make_problem(dataset, dataset.schema.targets[0], config)
    run = RunDirectory(folder / "run")
    run.root.mkdir()
    save_assignment(problem, run.problem(problem.target.name))
    specs = make_specs(problem, config)
    columns = dataset.schema.columns
    recipes = dict.fromkeys([*(spec.recipe for spec in specs), *list_ways(config, columns)])
    plain_sets = {
        recipe: prepare_features(dataset, recipe, run.features, transductive=True).feature_set
        for recipe in recipes
    }
    return Site(
        run=run,
        problem=problem,
        specs=specs,
        keys={spec.key: plain_sets[spec.recipe] for spec in specs},
        events=[],
        config=config,
        columns=columns,
        plain_sets=plain_sets,
    )


class OddError(Exception):
    """Cannot be unpickled: its parameter has to be given by name."""

    def __init__(self, *, text: str) -> None:
        super().__init__(text)


def raise_odd_error() -> str:
    """Stand for a library that raises such an exception in a worker."""
    raise OddError(text="odd")

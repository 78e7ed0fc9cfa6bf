"""A small real problem, prepared in a run directory."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from automl_cli.config.load import load_config
from automl_cli.core.candidate import CandidateSpec
from automl_cli.core.deadline import Deadline
from automl_cli.core.events import Event
from automl_cli.core.problem import Problem
from automl_cli.data.files import find_files
from automl_cli.data.infer import infer_dataset
from automl_cli.features.state import FeatureSet, prepare_features
from automl_cli.planning.plan import make_specs
from automl_cli.planning.problems import make_data_options, make_problem
from automl_cli.store import RunDirectory
from automl_cli.train.assignment import save_assignment
from automl_cli.train.executor import Executor
from automl_cli.train.order import Crew, Order
from automl_cli.train.pace import make_pace

PENGUINS = Path(__file__).parents[1] / "examples" / "penguins"


@dataclass(frozen=True)
class Site:
    """A problem ready to be cross-fitted."""

    run: RunDirectory
    problem: Problem
    specs: list[CandidateSpec]
    keys: dict[str, FeatureSet]
    events: list[Event]

    def count_fits(self) -> int:
        """Return how many folds were fitted."""
        return sum(event.kind == "fitted" for event in self.events)

    def order(self, specs: list[CandidateSpec] | None = None) -> Order:
        """Return the order for `specs`, by default all."""
        return Order(problem=self.problem, specs=specs or self.specs, feature_sets=self.keys)

    def crew(
        self,
        executor: Executor,
        *,
        workers: int = 2,
        seconds: float | None = None,
        renew: Callable[[], Executor] | None = None,
    ) -> Crew:
        """Return a crew whose events are collected."""
        pace = make_pace(Deadline.after(seconds), reserve_seconds=0, workers=workers)
        return Crew(
            run=self.run, executor=executor, pace=pace, listener=self.events.append, renew=renew
        )


def make_site(folder: Path) -> Site:
    """Prepare the penguins in a run directory below `folder`."""
    config = load_config(preset="smoke", overrides=["limits.rounds=30", "metric=log_loss"]).config
    dataset = infer_dataset(find_files([PENGUINS]), make_data_options(config)).dataset
    problem = make_problem(dataset, dataset.schema.targets[0], config)
    run = RunDirectory(folder / "run")
    run.root.mkdir()
    save_assignment(problem, run.problem(problem.target.name))
    specs = make_specs(problem, config)
    keys = {
        spec.key: prepare_features(
            dataset, spec.recipe, run.features, transductive=True
        ).feature_set
        for spec in specs
    }
    return Site(run=run, problem=problem, specs=specs, keys=keys, events=[])


class OddError(Exception):
    """Cannot be unpickled: its parameter has to be given by name."""

    def __init__(self, *, text: str) -> None:
        super().__init__(text)


def raise_odd_error() -> str:
    """Stand for a library that raises such an exception in a worker."""
    raise OddError(text="odd")

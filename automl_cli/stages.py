"""The stages of one problem: a first candidate, the screen, the candidates, the blend.

for solution in pursue(task, crew):
    ...  # each better than the one before
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from automl_cli.config.schema import RunConfig
from automl_cli.core.candidate import CandidateSpec, FeatureRecipe
from automl_cli.core.deadline import Deadline
from automl_cli.core.events import Event, JsonValue
from automl_cli.core.problem import Problem
from automl_cli.features.state import FeatureSet
from automl_cli.plan import is_screened, make_plain
from automl_cli.solve import (
    Assembly,
    Solution,
    load_candidates,
    make_blended_solution,
    solve,
)
from automl_cli.train.collect import load_candidate
from automl_cli.train.order import Crew
from automl_cli.train.screened import Screened, screen_features
from automl_cli.train.screening import Screening

SCREEN_SHARE = 0.15  # of the time left that screening may take


@dataclass(frozen=True, slots=True, kw_only=True)
class Undertaking:
    """One problem and how it is to be solved.

    Parameters
    ----------
    problem
        The target.
    specs
        The candidates, the first to be tried first; it has no screened steps if others have.
    plain_sets
        For each recipe without screened steps where its features lie.
    data_key
        Key of the data set.
    transductive
        Whether features are fitted on test rows as well.
    config
        Everything the user has said.
    """

    problem: Problem
    specs: Sequence[CandidateSpec]
    plain_sets: Mapping[FeatureRecipe, FeatureSet]
    data_key: str
    transductive: bool
    config: RunConfig


def begin(task: Undertaking, crew: Crew) -> Iterator[Solution]:
    """Yield the solution of the first candidate."""
    first = task.specs[:1]
    yield from solve(task.problem, first, _find_plain_sets(task, first), crew)


def pursue(task: Undertaking, crew: Crew) -> Iterator[Solution]:
    """Yield each solution that is better than the one before, last of all the ensemble's."""
    if any(is_screened(spec) for spec in task.specs):
        yield from begin(task, crew)
    feature_sets = _settle(task, _screen(task, crew))
    specs = tuple(feature_sets)
    names: list[JsonValue] = [spec.key for spec in specs]
    crew.listener(Event(kind="planned", fields={"candidates": names}))
    sets = {spec.key: feature_set for spec, feature_set in feature_sets.items()}
    yield from solve(task.problem, specs, sets, crew)
    found = load_candidates(specs, crew)
    if found:
        ensemble = task.config.ensemble
        assembly = Assembly(combiners=ensemble.combiners, max_members=ensemble.max_members)
        yield make_blended_solution(task.problem, found, assembly, crew)


def _screen(task: Undertaking, crew: Crew) -> Screened | None:
    """Screen all steps that candidates want; None if there are none or the base is missing."""
    wanted = [step for spec in task.specs for step in spec.recipe if step.top is not None]
    base = task.specs[0]
    if not wanted or load_candidate(crew.run, base) is None:
        return None
    screening = Screening(
        run=str(crew.run.root),
        data_key=task.data_key,
        transductive=task.transductive,
        base=base,
        steps=tuple(dict.fromkeys(replace(step, top=0) for step in wanted)),
        rate=task.config.features.false_discovery_rate,
    )
    left = crew.pace.fits_end.seconds_left()
    return screen_features(screening, crew, Deadline.after(SCREEN_SHARE * left))


def _settle(task: Undertaking, screened: Screened | None) -> dict[CandidateSpec, FeatureSet]:
    """Return the candidates with the columns that the screen gives them, without repetitions."""
    settled = {}
    for spec in task.specs:
        if is_screened(spec) and screened is not None:
            own, feature_set = screened.settle(spec)
        else:
            own = make_plain(spec)
            feature_set = task.plain_sets[own.recipe]
        settled[own] = feature_set
    return settled


def _find_plain_sets(task: Undertaking, specs: Sequence[CandidateSpec]) -> dict[str, FeatureSet]:
    return {spec.key: task.plain_sets[spec.recipe] for spec in specs}

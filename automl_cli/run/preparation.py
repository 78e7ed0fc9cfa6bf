"""What the workers read is made: the columns of every recipe, and the folds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from automl_cli.config.schema import RunConfig
from automl_cli.core.candidate import CandidateSpec, FeatureRecipe
from automl_cli.core.dataset import Dataset
from automl_cli.core.errors import PlanError
from automl_cli.core.events import Event
from automl_cli.features.state import FeatureSet, prepare_features
from automl_cli.features.tables import save_tables
from automl_cli.planning.original import hide_copies, list_open_steps, list_variants
from automl_cli.planning.plan import is_screened, make_plain, make_specs
from automl_cli.run.session import Session
from automl_cli.search.space import list_ways
from automl_cli.train.assignment import save_assignment


def prepare(session: Session) -> Session:
    """Make what the workers read; candidates whose recipe makes no feature are left out.

    Raises
    ------
    PlanError
        If no recipe makes a feature: name other steps, or none.
    """
    dataset = hide_copies(session.dataset, session.separation)
    planned = list(_list_recipes(session, session.request.loaded.config, session.specs))
    plain_sets, errors = _prepare_recipes(session, dataset, planned)
    if errors and not plain_sets:
        raise errors[0]
    specs = {
        name: tuple(spec for spec in every if make_plain(spec).recipe in plain_sets)
        for name, every in session.specs.items()
    }
    if _has_screened(specs):
        save_tables(dataset, session.directory.tables)
    for problem in session.problems:
        save_assignment(problem, session.directory.problem(problem.target.name))
    return replace(session, specs=specs, plain_sets=plain_sets)


def prepare_original(session: Session) -> Session:
    """Make the columns that learn from the original data set, for recipes that may get them."""
    config = session.request.loaded.config
    dataset, steps = hide_copies(session.dataset, session.separation), list_open_steps(config)
    if dataset.original is None or not steps:
        return session
    wanted = [
        (*every[0].recipe, step) for every in session.specs.values() if every for step in steps
    ]
    has_screened = False
    for variant in list_variants(config):
        specs = {one.target.name: make_specs(one, variant) for one in session.problems}
        wanted.extend(_list_recipes(session, variant, specs))
        has_screened |= _has_screened(specs)
    if has_screened and not _has_screened(session.specs):
        save_tables(dataset, session.directory.tables)
    tried = [recipe for recipe in wanted if any(step in recipe for step in steps)]
    made, _ = _prepare_recipes(session, dataset, tried)
    return replace(session, plain_sets={**session.plain_sets, **made})


def _has_screened(specs: Mapping[str, Sequence[CandidateSpec]]) -> bool:
    return any(is_screened(spec) for every in specs.values() for spec in every)


def _list_recipes(
    session: Session, config: RunConfig, specs: Mapping[str, Sequence[CandidateSpec]]
) -> Iterator[FeatureRecipe]:
    """Yield the recipes without screened steps of these candidates, and of all that is searched."""
    for every in specs.values():
        yield from (make_plain(spec).recipe for spec in every)
    yield from list_ways(config, session.dataset.schema.columns)


def _prepare_recipes(
    session: Session, dataset: Dataset, recipes: Sequence[FeatureRecipe]
) -> tuple[dict[FeatureRecipe, FeatureSet], list[PlanError]]:
    """Return where the columns of each recipe lie, and why others make none."""
    found: dict[FeatureRecipe, FeatureSet] = {}
    errors: list[PlanError] = []
    for recipe in dict.fromkeys(recipes):
        try:
            made = prepare_features(
                dataset,
                recipe,
                session.directory.features,
                transductive=session.transductive,
            )
        except PlanError as error:
            errors.append(error)
            session.listener(Event(kind="warning", fields={"message": error.message}))
        else:
            found[recipe] = made.feature_set
    return found, errors

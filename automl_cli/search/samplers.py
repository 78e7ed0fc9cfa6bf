"""The sampler of each model, and the ways that are tried on the first booster among them."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

from automl_cli.planning.growth import choose_growth
from automl_cli.planning.plan import read_own
from automl_cli.search.factory import CandidateFactory, list_searched
from automl_cli.search.point import Point
from automl_cli.search.sampler import Sampler, make_sampler
from automl_cli.search.space import SearchSpace, Setting, make_default, make_space
from automl_cli.search.ways import TOP, Way, make_trials


def make_samplers(
    factory: CandidateFactory, factor: float, lost: Collection[str] = ()
) -> dict[str, Sampler]:
    """Return the sampler of each model that is searched, by its name.

    Parameters
    ----------
    factory
        Makes candidates.
    factor
        How many times as many leaves trees get as is guessed.
    lost
        The ways that are of no use on this table.
    """
    config = factory.config
    samplers = {}
    for model in list_searched(factory):
        known = make_space(
            model, config, factory.columns, factor * choose_growth(factory.problem, config)
        )
        ways = tuple(way for way in known.ways if way not in lost) or known.ways
        space = replace(known, ways=ways)
        first = list_first(space, _make_default(factory, space))
        samplers[model.name] = make_sampler(
            space, first, seed=config.seed, trials=config.search.trials
        )
    return samplers


def make_way_trials(
    factory: CandidateFactory, samplers: Iterable[Sampler]
) -> Iterator[tuple[Way, Point]]:
    """Yield the ways to try on the first booster that is searched, each as a candidate."""
    for sampler in samplers:
        space = sampler.space
        if space.model.search_rate is not None:
            yield from make_trials(factory, space, _make_default(factory, space))
            return


def list_first(space: SearchSpace, default: Setting) -> list[Setting]:
    """Return the settings that a sampler begins with: the defaults with more and fewer columns."""
    last = len(space.ways) - 1
    return [
        replace(default, tops=space.limit_tops(top), way=space.ways[way])
        for top, way in ((TOP, 0), (0, last), (0, 0), (100, 0), (TOP, last))
    ]


def _make_default(factory: CandidateFactory, space: SearchSpace) -> Setting:
    own = read_own(space.model.name, factory.config)
    return make_default(space, factory.problem.fitted_task, own)

"""Which ways of handing columns over pay on this table, tried on one cheap learner first.

    own, means, both, values     as `search.space.make_ways` names them
    … with generated columns     the groups that are screened, 30 columns each

What clearly loses against the best way is not begun again; candidates of the list that would have
it get another instead: one that is like it with or without generated columns, if there is such a
one left. What the blend gives weight to stays, however bad it is alone.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from automl_cli.core.candidate import Candidate, CandidateSpec
from automl_cli.core.problem import Problem
from automl_cli.decision.losses import RowLosses, compare_losses
from automl_cli.search.factory import CandidateFactory
from automl_cli.search.gains import measure_row_losses
from automl_cli.search.point import Point, make_trial
from automl_cli.search.space import SearchSpace, Setting

TOP = 30  # columns of each group
CLEARLY = 2.0  # paired standard errors by which a way loses
COUNTS = 0.05  # weight in the blend with which a way stays

Way: TypeAlias = tuple[str, bool]  # its name, and whether generated columns are added


@dataclass(frozen=True, slots=True, kw_only=True)
class WaysVerdict:
    """What is known of the ways once all were tried.

    Parameters
    ----------
    ranked
        The ways that were tried, the lowest loss first.
    worse
        Those that clearly lose against the first.
    lost
        Those of them that the blend gives no weight to.
    trial
        What has tried the best one.
    """

    ranked: tuple[Way, ...]
    worse: frozenset[Way]
    lost: frozenset[Way]
    trial: CandidateSpec | None = None

    @property
    def best(self) -> Way:
        """The way with the lowest loss."""
        return self.ranked[0]

    def find_lost_names(self) -> frozenset[str]:
        """Return the names of the ways that have lost in every form that was tried."""
        left = {way[0] for way in self.ranked if way not in self.lost}
        return frozenset(name for name, _ in self.lost if name not in left)

    def find_other(self, way: Way) -> Way:
        """Return what stands in for a way that has lost.

        The best one that is like it with or without generated columns, if that has not lost as
        well: a blend of both kinds is better than of one.
        """
        alike = (one for one in self.ranked if one[1] == way[1] and one not in self.lost)
        return next(alike, self.best)


def list_trials(space: SearchSpace, default: Setting) -> list[tuple[Way, Setting]]:
    """Return the ways to try on a model, and the setting that tries each.

    Parameters
    ----------
    space
        What may be set.
    default
        The parameters to try them with.
    """
    tops = (0, TOP) if space.tops else (0,)
    tried = [(way, top) for top in tops for way in space.ways]
    # Without generated columns a trial takes a fourth of the time; but most candidates of the list
    # have them, with columns as they are.
    tried.sort(key=lambda one: one[0] != space.ways[0])
    return [
        (
            (way, bool(top)),
            Setting(params=default.params, tops=space.limit_tops(top), way=way),
        )
        for way, top in tried
    ]


def judge_ways(
    problem: Problem,
    tried: Mapping[Way, Candidate],
    weights: Mapping[str, float],
) -> WaysVerdict | None:
    """Return what the judges of the first folds say of the ways; None if none was tried.

    Parameters
    ----------
    problem
        The target, with all its folds.
    tried
        The candidate of each way.
    weights
        Of candidates in the blend of all that are there, by key.
    """
    # One that was tried for the size of its trees, on all rows, has an advantage.
    share = min((candidate.row_share for candidate in tried.values()), default=1.0)
    tried = {way: one for way, one in tried.items() if one.row_share == share}
    if not tried:
        return None
    losses = measure_row_losses(problem, tried)
    ranked = tuple(sorted(losses, key=lambda way: float(losses[way].mean())))
    best = ranked[0]
    worse = frozenset(way for way in tried if _is_clearly_worse(losses[way], losses[best]))
    lost = frozenset(way for way in worse if weights.get(tried[way].spec.key, 0.0) < COUNTS)
    return WaysVerdict(ranked=ranked, worse=worse, lost=lost, trial=tried[best].spec)


def _is_clearly_worse(losses: RowLosses, best: RowLosses) -> bool:
    behind, error = compare_losses(losses, best)
    return behind > CLEARLY * error > 0


def make_trials(
    factory: CandidateFactory, space: SearchSpace, default: Setting
) -> Iterator[tuple[Way, Point]]:
    """Yield the ways to try on a model, each as a candidate of few rounds."""
    for way, setting in list_trials(space, default):
        point = make_trial(factory, space.model, setting, "way")
        if point is not None:
            yield way, point

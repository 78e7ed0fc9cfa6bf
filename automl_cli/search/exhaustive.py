"""Everything that is listed, without a clock: each candidate on enough folds, then the searches.

Nothing here depends on which fit ends first: candidates of the list are independent, and a search
goes on with its next batch when the last one is complete.
"""

import math
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from automl_cli.core.candidate import Candidate
from automl_cli.core.problem import Problem
from automl_cli.models import MODELS
from automl_cli.search.finer import make_meant
from automl_cli.search.gains import measure_losses
from automl_cli.search.point import Point
from automl_cli.search.queue import CandidateQueue
from automl_cli.train.proposal import Outcome, Proposal

PROMOTED = 0.1  # of a model's settings that come to as many folds as are enough
N_FINER = 2  # settings of each model that are fitted again with a finer learning rate


@dataclass(slots=True)
class ExhaustiveStudy:
    """What was tried on a problem without a clock, and what is next: a planner of `cross_fit`.

    Parameters
    ----------
    problem
        The target, with all its folds.
    queue
        What is to be fitted.
    planned
        The list.
    candidates
        What is there, by key.
    losses
        Of settings, on judges, by key.
    points
        What samplers have proposed, by key.
    pending, failed
        Keys of proposals whose outcome is not known, and of those that came to nothing.
    """

    problem: Problem
    queue: CandidateQueue
    planned: deque[Proposal]
    candidates: dict[str, Candidate] = field(default_factory=dict)
    losses: dict[str, float] = field(default_factory=dict)
    points: dict[str, Point] = field(default_factory=dict)
    pending: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    ended: str = ""
    _script: Iterator[Proposal | None] | None = None

    def propose(self) -> Proposal | None:
        """Return what is next; None: nothing until another outcome is known, or at all."""
        if self._script is None:
            self._script = self._play()
        return next(self._script, None)

    def upcoming(self) -> Iterable[str]:
        """Return the keys of candidates of the list that are next."""
        return (proposal.spec.key for proposal in self.planned)

    def observe(self, outcome: Outcome) -> None:
        """Take note of what came of a proposal."""
        self.pending.discard(outcome.spec.key)
        if isinstance(outcome, Candidate):
            self.candidates[outcome.spec.key] = outcome
        else:
            self.failed.add(outcome.spec.key)

    def restore(self, finished: Mapping[str, Candidate]) -> None:
        """Take note of candidates that were finished before the study."""
        self.candidates |= finished

    def _play(self) -> Iterator[Proposal | None]:
        while self.planned:
            proposal = self.planned.popleft()
            if self._lacks(proposal.spec.key, proposal.n_folds):
                self.pending.add(proposal.spec.key)
                yield proposal
        yield from self._await()
        for model in self.queue.samplers:
            yield from self._search(model)

    def _search(self, model: str) -> Iterator[Proposal | None]:
        sampler, plan = self.queue.samplers[model], self.problem.folds
        drawn: list[Point] = []
        while not sampler.is_exhausted:
            batch = self.queue.draw(model)
            drawn += batch
            yield from self._fit(batch, plan.n_first)
            for point in batch:
                key = point.spec.key
                if key in self.candidates and key not in self.losses:
                    known = {key: self.candidates[key]}
                    self.losses |= measure_losses(self.problem, known)
                sampler.record(point.number, self.losses.get(key))
            n_promoted = math.ceil(PROMOTED * len(drawn))
            yield from self._fit(self._rank(drawn)[:n_promoted], plan.n_enough)
        if MODELS.get(model).search_rate is not None:
            whole = [point for point in self._rank(drawn) if self._has_enough(point.spec.key)]
            finer = [make_meant(self.queue, point) for point in whole[:N_FINER]]
            chosen = [replace(point, number=-1) for point in finer if point is not None]
            yield from self._fit(chosen, plan.n_enough)

    def _rank(self, points: Sequence[Point]) -> list[Point]:
        """Return the points that were fitted, the lowest loss first, each candidate once."""
        known = {point.spec.key: point for point in points if point.spec.key in self.losses}
        return [known[key] for key in sorted(known, key=lambda key: (self.losses[key], key))]

    def _fit(self, points: Sequence[Point], n_folds: int) -> Iterator[Proposal | None]:
        for point in points:
            key = point.spec.key
            self.points[key] = point
            if key not in self.pending and self._lacks(key, n_folds):
                self.pending.add(key)
                yield Proposal(spec=point.spec, feature_set=point.feature_set, n_folds=n_folds)
        yield from self._await()

    def _await(self) -> Iterator[None]:
        while self.pending:
            yield None

    def _lacks(self, key: str, n_folds: int) -> bool:
        if key in self.failed:
            return False
        known = self.candidates.get(key)
        # What an earlier command's clock has cut is fitted again.
        return known is None or known.cut or known.n_folds < n_folds

    def _has_enough(self, key: str) -> bool:
        return not self._lacks(key, self.problem.folds.n_enough)


def make_exhaustive(queue: CandidateQueue) -> ExhaustiveStudy:
    """Return the study that fits the whole list, in its order, and searches all models."""
    queue.rate = 1.0
    if queue.growth is None:
        queue.set_growth({})
    n_folds = queue.factory.problem.folds.n_enough
    settled = [queue.factory.resolve(spec) for spec in queue.listed]
    proposals = [
        Proposal(spec=spec, feature_set=feature_set, n_folds=n_folds)
        for spec, feature_set in filter(None, settled)
    ]
    distinct = {proposal.spec.key: proposal for proposal in proposals}
    return ExhaustiveStudy(queue.factory.problem, queue, deque(distinct.values()))

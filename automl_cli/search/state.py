"""All that a planner knows: plain numbers, so that plans can be played without fitting anything."""

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

SHORTEST = 0.5  # seconds that anything takes, however quick it is
LEAST_WEIGHT = 0.02  # in the blend that is worth more folds

Source: TypeAlias = Literal["first", "growth", "way", "planned", "search", "finer"]
TRIALS = frozenset({"growth", "way"})  # what only shows sizes of trees, and ways


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialState:
    """A candidate that was begun, and what it has shown.

    Parameters
    ----------
    key, model
        Which one.
    source
        Why it is there: the first of the run, larger trees or a way on trial, from the list, from
        the sampler, or another one with a finer learning rate.
    n_folds
        Folds that it has.
    wanted
        Folds that it has or that are under way.
    fold_seconds
        What one fold took, on average, its predictions included.
    loss
        Of the judges that its first folds hold out; infinite before.
    gain
        By how much the blend's loss fell when it came, beyond chance.
    ambiguity
        By how much the mean of very many folds' models would have a lower loss than one of them;
        0: unknown.
    weight
        In the blend of all that are there.
    adds
        By how much the loss of a blend of those with enough folds falls if it enters; 0 if it is
        one of them.
    finest_seconds
        What a fold would take with the learning rate that was meant for it; 0: it has that rate.
    ended
        True if it cannot have more folds: it failed, there was no time, or it is fitted anew with a
        finer rate.
    """

    key: str
    model: str
    source: Source
    n_folds: int = 0
    wanted: int = 0
    fold_seconds: float = 0.0
    loss: float = math.inf
    gain: float = 0.0
    ambiguity: float = 0.0
    weight: float = 0.0
    adds: float = 0.0
    finest_seconds: float = 0.0
    ended: bool = False

    @property
    def is_running(self) -> bool:
        """Whether folds are under way."""
        return not self.ended and self.wanted > self.n_folds

    @property
    def is_useless(self) -> bool:
        """Whether no blend is better with it."""
        return self.weight < LEAST_WEIGHT and self.adds <= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmState:
    """A model whose candidates may be tried next.

    Parameters
    ----------
    model
        Which one.
    n_left
        Candidates that it has left, from the list and from the sampler.
    fold_seconds
        What a fold of the next one is thought to take; 0: nothing is known.
    least_seconds
        The same with the largest learning rate.
    is_listed
        Whether its next candidate is of the list.
    position
        The first place that it has left among all candidates, from 1: those of the list come first.
    """

    model: str
    n_left: int
    fold_seconds: float = 0.0
    least_seconds: float = 0.0
    is_listed: bool = False
    position: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyState:
    """All that decides what is next.

    Parameters
    ----------
    rungs
        The numbers of folds that a candidate may have, ascending.
    n_blended
        The rung that members of the blend have at least.
    trials
        In the order in which they were begun.
    arms
        In the order of the list.
    lead
        The model that still has trials of sizes or ways, or nothing.
    best_way
        The key of the trial of the best way, or nothing before all were judged.
    is_settled
        Whether all ways were judged, or none is tried.
    workers
        Fits that run at the same time.
    seconds_left
        Until fits have to end.
    seconds_total
        That the study has had and has.
    loss
        Of the blend of all candidates; 0: unknown.
    """

    rungs: tuple[int, ...]
    n_blended: int
    trials: tuple[TrialState, ...]
    arms: tuple[ArmState, ...]
    lead: str
    best_way: str
    is_settled: bool
    workers: int
    seconds_left: float
    seconds_total: float
    loss: float = 0.0

    @property
    def n_first(self) -> int:
        """The folds that a candidate starts with."""
        return self.rungs[0]

    @property
    def share_used(self) -> float:
        """The share of the time that has passed."""
        return 1.0 - self.seconds_left / max(self.seconds_total, 1e-9)

    def work_seconds(self, fold_seconds: float, n_folds: float) -> float:
        """Return what folds take of the time of all workers."""
        return max(fold_seconds * n_folds / self.workers, SHORTEST)

    def is_eligible(self, trial: TrialState) -> bool:
        """Return whether it is more than the first of the run, or a trial that has lost."""
        return trial.source not in {"first", *TRIALS} or trial.key == self.best_way


@dataclass(frozen=True, slots=True)
class Explore:
    """Begin the next candidate of a model."""

    model: str
    slice_seconds: float


@dataclass(frozen=True, slots=True)
class Promote:
    """Give a candidate more folds."""

    key: str
    n_folds: int


@dataclass(frozen=True, slots=True)
class Refine:
    """Fit a candidate anew with a finer learning rate, on so many folds."""

    key: str
    n_folds: int
    slice_seconds: float


@dataclass(frozen=True, slots=True)
class Wait:
    """Begin nothing now; `reason` says why not, if nothing is under way."""

    reason: str


Action: TypeAlias = Explore | Promote | Refine | Wait

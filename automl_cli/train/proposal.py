"""What a planner asks for, one candidate at a time, and what comes of it.

`cross_fit` asks a `Planner` whenever a worker is free. Which candidate is next, and on how many
folds, is the planner's business alone; how its folds are fitted is that of `cross_fit`.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from automl_cli.core.candidate import Candidate, CandidateSpec, Failure
from automl_cli.features.state import FeatureSet


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A candidate that is to have some folds.

    Parameters
    ----------
    spec
        The candidate.
    feature_set
        Where its features lie.
    n_folds
        How many folds it is to have, the first ones; those that it has are not fitted again.
    slice_seconds
        What one fold may take, or None: as long as there is time.
    row_share
        The share of its training rows that each fold learns from.
    rounds
        Those that its folds have predicted with, if it has some.
    is_needed
        Whether there is nothing to hand in without it: then it is fitted however late it is.
    """

    spec: CandidateSpec
    feature_set: FeatureSet
    n_folds: int
    slice_seconds: float | None = None
    row_share: float = 1.0
    rounds: tuple[int, ...] = ()
    is_needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A candidate that the clock left out."""

    spec: CandidateSpec
    reason: str


Outcome = Candidate | Failure | Skipped


class Planner(Protocol):
    """Decides what is fitted next."""

    def propose(self) -> Proposal | None:
        """Return what is next; None: nothing until another outcome is known, or at all."""
        ...

    def observe(self, outcome: Outcome) -> None:
        """Take note of what came of a proposal, before the next question."""
        ...

    def upcoming(self) -> Iterable[str]:
        """Return the keys of candidates that will probably be next, for whoever watches."""
        ...


@dataclass(slots=True)
class FixedPlan:
    """Proposals that are known beforehand, in their order."""

    waiting: deque[Proposal] = field(default_factory=deque)

    def propose(self) -> Proposal | None:
        """Return the next one."""
        return self.waiting.popleft() if self.waiting else None

    def observe(self, outcome: Outcome) -> None:
        """Let it pass: nothing depends on it."""

    def upcoming(self) -> Iterable[str]:
        """Return the keys of the others."""
        return (proposal.spec.key for proposal in self.waiting)

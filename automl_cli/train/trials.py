"""Settings on trial: first on one fold, the promising ones on two, the best on all.

All settings of a study see the same folds in the same order, so any two can be compared row by
row. What goes on to more folds is decided after each batch among all that were tried so far, as
in asynchronous successive halving (Li et al., 2020).
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from automl_cli.core.arrays import IntVector
from automl_cli.core.candidate import Candidate, CandidateSpec, ParamValue
from automl_cli.core.foldplan import FoldPlan
from automl_cli.core.problem import Problem
from automl_cli.features.state import FeatureSet
from automl_cli.train.cross_fit import cross_fit
from automl_cli.train.order import Crew, Order, Outcome, Trial

MOST_JUDGES = 2  # folds by which settings are chosen for all folds
SHARE_OF_TWO, SHARE_OF_ALL = 0.3, 0.1  # of all trials, that come to two folds, and to all
SLOWER = 1.5  # times the median that a fit of a fold may take: the best settings are often slow
CLEARLY = 2.0  # standard errors by which a setting is clearly worse than the best


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One point of a search space.

    Parameters
    ----------
    params
        Parameters of the model.
    tops
        For each group the most columns that it may give; 0 switches it off.
    way
        How columns are handed over: a name that whoever makes the recipe knows.
    """

    params: Mapping[str, ParamValue]
    tops: Mapping[str, int]
    way: str


@dataclass(slots=True, kw_only=True)
class Entry:
    """A setting and how far it has come. The board alone changes it.

    Parameters
    ----------
    number
        Of the trial, from 0.
    setting, spec, feature_set
        What is tried.
    n_folds
        Folds it has been tried on.
    trial
        What it has shown on these folds, or on those before if it has all.
    candidate
        What came of it on all folds.
    dropped
        Why it went no further, or nothing.
    ended
        True if it cannot go further: it failed, there was no time, or it repeats an earlier one.
        One that was only clearly worse than the best can, should that one fail.
    """

    number: int
    setting: Setting
    spec: CandidateSpec
    feature_set: FeatureSet
    n_folds: int = 0
    trial: Trial | None = None
    candidate: Candidate | None = None
    dropped: str = ""
    ended: bool = False

    def loss(self, n_folds: int) -> float:
        """Return the mean loss on the first folds, infinite if it was not tried on them."""
        if self.trial is None or len(self.trial.losses) < n_folds:
            return math.inf
        return float(np.mean(self.trial.losses[:n_folds]))


@dataclass(slots=True)
class Board:
    """The settings of one study in the order of their trials.

    Parameters
    ----------
    problem
        The target.
    crew
        Who works.
    entries
        All settings.
    """

    problem: Problem
    crew: Crew
    entries: list[Entry] = field(default_factory=list)

    def evaluate(self, entries: Sequence[Entry], n_folds: int) -> Iterator[Outcome]:
        """Fit settings on their first folds; yield what comes of each, in the order given.

        Different settings may be one candidate, as when a group has fewer columns than it may
        give. What is known of the first of them is known of the others: nothing is fitted again.
        """
        first: dict[str, Entry] = {}
        for entry in self.entries:
            first.setdefault(entry.spec.key, entry)
        own = [entry for entry in entries if first[entry.spec.key] is entry]
        order = Order(
            problem=self.problem,
            specs=[entry.spec for entry in own],
            feature_sets={entry.spec.key: entry.feature_set for entry in own},
            n_folds=n_folds,
        )
        found = {outcome.spec.key: outcome for outcome in cross_fit(order, self.crew)}
        for entry in entries:
            earlier = first[entry.spec.key]
            if earlier is not entry:
                _repeat(entry, earlier)
            elif entry.spec.key in found:
                _note(entry, found[entry.spec.key], n_folds)
                yield found[entry.spec.key]

    def promote(self) -> Iterator[Outcome]:
        """Fit the best settings so far on more folds."""
        n_judges = count_judges(self.problem.folds)
        if n_judges > 1:
            yield from self.evaluate(self._choose(1, n_judges, SHARE_OF_TWO), n_judges)
        n_all = len(self.problem.folds)
        yield from self.evaluate(self._choose(n_judges, n_all, SHARE_OF_ALL), n_all)

    def has_time_for(self, n_trials: int) -> bool:
        """Return whether so many more trials leave time to bring the best settings to all folds."""
        pace = self.crew.pace
        if pace.fits_end.seconds_left() <= 0:
            return False
        tried = [entry.trial for entry in self.entries if entry.trial is not None]
        if not pace.is_limited or not tried:
            return True
        fold_seconds = float(np.median([one.fit_seconds / len(one.losses) for one in tried]))
        n_whole = math.ceil(SHARE_OF_ALL * (len(self.entries) + n_trials))
        n_whole -= sum(entry.candidate is not None for entry in self.entries)
        n_fits = n_trials + max(1, n_whole) * len(self.problem.folds)
        return pace.can_finish(SLOWER * fold_seconds, n_fits)

    def finish(self) -> Iterator[Outcome]:
        """Fit the best setting on all folds if none has come so far; if it fails, the next one."""
        while not any(entry.candidate for entry in self.entries):
            tried = [entry for entry in self.entries if entry.trial and not entry.ended]
            if not tried:
                return
            best = min(tried, key=lambda entry: (-entry.n_folds, entry.loss(entry.n_folds)))
            best.dropped = ""
            yield from self.evaluate([best], len(self.problem.folds))
            if self.crew.pace.fits_end.seconds_left() <= 0:
                return

    def _choose(self, known: int, n_folds: int, share: float) -> list[Entry]:
        """Return those of the best on `known` folds that are to get `n_folds`."""
        n_kept = math.ceil(share * len(self.entries))
        able = [entry for entry in self.entries if entry.trial and not entry.ended]
        ranked = sorted(able, key=lambda entry: (entry.loss(known), entry.number))
        chosen = []
        for entry in ranked[:n_kept]:
            if entry.n_folds >= n_folds or entry.n_folds < known:
                continue
            is_worse = entry is not ranked[0] and self._is_clearly_worse(entry, ranked[0])
            entry.dropped = "clearly worse than the best" if is_worse else ""
            if not is_worse:
                chosen.append(entry)
        return sorted(chosen, key=lambda entry: entry.number)

    def _is_clearly_worse(self, entry: Entry, best: Entry) -> bool:
        """Compare two settings row by row on the folds that both were tried on.

        The rows are the sample: given the two fits their losses are independent. Those of one
        group are not, and the one or two blocks that a grouped plan has held out so far give no
        error to go by; there the ranks alone decide.
        """
        if self.problem.folds.grouped or entry.trial is None or best.trial is None:
            return False
        pairs = zip(entry.trial.row_losses, best.trial.row_losses, strict=False)
        differences = np.concatenate([own - other for own, other in pairs]).astype(np.float64)
        error = differences.std() / math.sqrt(len(differences))
        return bool(differences.mean() > CLEARLY * error > 0)


def count_judges(plan: FoldPlan) -> int:
    """Return how many folds, the first ones, have a say in which settings come to all folds."""
    return min(MOST_JUDGES, len(plan) - 1)


def judge_rows(plan: FoldPlan) -> IntVector:
    """Return the sorted rows by which settings are chosen: those that the first folds hold out."""
    return np.unique(np.concatenate([fold.held_out for fold in plan.folds[: count_judges(plan)]]))


def leave_judges_out(plan: FoldPlan) -> FoldPlan:
    """Return the plan without the rows by which settings were chosen.

    On the others the figures of candidates that a search has found are honest.
    """
    seen = judge_rows(plan)
    folds = [
        replace(fold, held_out=np.setdiff1d(fold.held_out, seen, assume_unique=True))
        for fold in plan.folds[count_judges(plan) :]
    ]
    return replace(plan, folds=tuple(fold for fold in folds if len(fold.held_out)))


def _note(entry: Entry, outcome: Outcome, n_folds: int) -> None:
    if isinstance(outcome, Trial):
        entry.trial, entry.n_folds = outcome, n_folds
    elif isinstance(outcome, Candidate):
        entry.candidate, entry.n_folds = outcome, n_folds
    else:
        entry.dropped, entry.ended = "it failed or there was no time", True


def _repeat(entry: Entry, earlier: Entry) -> None:
    entry.trial, entry.n_folds = earlier.trial, earlier.n_folds
    entry.dropped, entry.ended = f"the same as trial {earlier.number}", True

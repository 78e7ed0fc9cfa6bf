"""How far one candidate is: which of its tasks are done, running or still to be started."""

import math
from dataclasses import dataclass, field
from pathlib import Path

from automl_cli.core.foldplan import FoldPlan
from automl_cli.store import RunDirectory
from automl_cli.train.proposal import Proposal
from automl_cli.train.rounds import choose_rounds
from automl_cli.train.unit import FitRecord, Unit, predictions_folder, read_fit

MORE_ROUNDS = 1.25  # times those of the first fold that others may take under a clock


@dataclass(frozen=True, slots=True)
class FoldTask:
    """Something a worker does: fit a fold, or predict with it."""

    key: str
    fold: int
    is_fit: bool


@dataclass(slots=True, kw_only=True, eq=False)  # one is like no other
class CandidateProgress:
    """A candidate and how far it is. The scheduler alone changes it.

    Parameters
    ----------
    proposal
        What is wanted.
    plan
        All folds of the problem.
    round_limit
        The limit that all folds share.
    n_folds
        How many of the folds are wanted, the first ones; fewer than proposed once time is up.
    row_share
        The share of the training rows that its fits have memory for.
    is_shrunk
        Whether a fit was ended for want of memory, and the share made smaller.
    is_late
        Whether time is up: what is running still counts, and no further fold is begun.
    fits
        Records of finished fits.
    predicted
        Folders of finished predictions.
    running
        Tasks in the hands of a worker.
    deaths
        How often a worker died over a task.
    """

    proposal: Proposal
    plan: FoldPlan
    round_limit: int
    n_folds: int
    row_share: float = 1.0
    is_shrunk: bool = False
    is_late: bool = False
    fits: dict[int, FitRecord] = field(default_factory=dict)
    predicted: dict[int, Path] = field(default_factory=dict)
    running: set[FoldTask] = field(default_factory=set)
    deaths: dict[FoldTask, int] = field(default_factory=dict)
    rounds: tuple[int | None, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether every fold that is wanted is predicted."""
        return len(self.predicted) == self.n_folds

    @property
    def n_missing(self) -> int:
        """How many of its folds are still to be fitted."""
        return sum(fold not in self.fits for fold in range(self.n_folds))

    def next_task(self) -> FoldTask | None:
        """Return a task that can be started now, or None."""
        if self.n_missing or (self.is_late and self.running):
            return self._next_fit()
        for fold in range(self.n_folds):
            task = FoldTask(self.proposal.spec.key, fold, is_fit=False)
            if fold not in self.predicted and task not in self.running:
                return task
        return None

    def make_unit(self, run: RunDirectory, fold: int) -> Unit:
        """Return the unit of one fold."""
        return Unit(
            run=str(run.root),
            spec=self.proposal.spec,
            fold=fold,
            feature_set=self.proposal.feature_set,
            max_rounds=self.round_limit,
            stop_at=None,
            row_share=self.row_share,
        )

    def add_fit(self, fold: int, record: FitRecord) -> None:
        """Take note of a finished fit; with the last one the rounds are chosen."""
        self.fits[fold] = record
        if self.proposal.slice_seconds is not None and record.rounds is not None:
            self._limit_rounds(fold, record.rounds, cut=record.cut)
        if self.is_late:
            self.truncate()
        elif not self.n_missing:
            self.rounds = self._choose_rounds()

    def _limit_rounds(self, fold: int, rounds: int, *, cut: bool) -> None:
        if cut:
            self.round_limit = min(self.round_limit, max(1, rounds))
        elif fold == 0:
            self.round_limit = min(self.round_limit, math.ceil(MORE_ROUNDS * rounds))

    def load_finished(self, run: RunDirectory, *, with_cut: bool) -> None:
        """Take note of what was finished before.

        Parameters
        ----------
        run
            The run directory.
        with_cut
            Whether fits that a clock has cut count.
        """
        for fold in range(self.n_folds):
            record = read_fit(run, self.proposal.spec.key, fold, with_cut=with_cut)
            if record is not None:
                self.add_fit(fold, record)
        if not self.n_missing:
            self._load_predictions()

    def load_prediction(self, fold: int) -> None:
        """Take note of the fold's predictions, if they are there."""
        folder = predictions_folder(self.fits[fold].folder, self.rounds[fold])
        if folder.exists():
            self.predicted[fold] = folder

    def truncate(self) -> bool:
        """Be content with the folds that are fitted; return whether there are any.

        Of a repeat after the first all folds count or none.
        """
        fitted = 0
        while fitted in self.fits:
            fitted += 1
        rungs = [n for n in self.plan.rungs if n <= fitted]
        in_first = sum(fold.repeat == 0 for fold in self.plan.folds[:fitted])
        self.n_folds = max([in_first, *rungs])
        if self.n_folds:
            self.predicted = {}
            self.rounds = self._choose_rounds()
            self._load_predictions()
        return self.n_folds > 0

    def _load_predictions(self) -> None:
        for fold in range(self.n_folds):
            self.load_prediction(fold)

    def _next_fit(self) -> FoldTask | None:
        # Under a clock the first fold runs alone: it sets the round limit of the others.
        first_alone = self.proposal.slice_seconds is not None and not self.fits
        for fold in range(1 if first_alone else self.n_folds):
            task = FoldTask(self.proposal.spec.key, fold, is_fit=True)
            if fold not in self.fits and task not in self.running:
                return None if self.is_late else task
        return None

    def _choose_rounds(self) -> tuple[int | None, ...]:
        curves = [self.fits[fold].curve for fold in range(self.n_folds)]
        known = [curve for curve in curves if curve is not None]
        if len(known) < self.n_folds:
            return (None,) * self.n_folds
        repeats = [fold.repeat for fold in self.plan.folds[: self.n_folds]]
        return choose_rounds(known, repeats, self.proposal.rounds)

"""One candidate on its way: which of its tasks are done, running or still to be started."""

from dataclasses import dataclass, field
from pathlib import Path

from automl_cli.core.candidate import CandidateSpec
from automl_cli.features.state import FeatureSet
from automl_cli.store import RunDirectory
from automl_cli.train.rounds import choose_rounds
from automl_cli.train.unit import FitRecord, Unit, predictions_folder, read_fit


@dataclass(frozen=True, slots=True)
class FoldTask:
    """Something a worker does: fit a fold, or predict with it."""

    key: str
    fold: int
    is_fit: bool


@dataclass(slots=True, kw_only=True, eq=False)  # one course is like no other
class Course:
    """A candidate and how far it is. The scheduler alone changes it.

    Parameters
    ----------
    spec
        The candidate.
    feature_set
        Where its features lie.
    repeats
        The repeat of each fold.
    round_limit
        The limit that all folds share.
    n_folds
        How many of the folds are wanted, the first ones.
    slice_seconds
        What one fold may take, or None.
    row_share
        The share of the training rows that its fits have memory for.
    is_shrunk
        Whether a fit was ended for want of memory, and the share made smaller.
    fits
        Records of finished fits.
    predicted
        Folders of finished predictions.
    running
        Tasks in the hands of a worker.
    deaths
        How often a worker died over a task.
    """

    spec: CandidateSpec
    feature_set: FeatureSet
    repeats: tuple[int, ...]
    round_limit: int
    n_folds: int
    slice_seconds: float | None = None
    row_share: float = 1.0
    is_shrunk: bool = False
    fits: dict[int, FitRecord] = field(default_factory=dict)
    predicted: dict[int, Path] = field(default_factory=dict)
    running: set[FoldTask] = field(default_factory=set)
    deaths: dict[FoldTask, int] = field(default_factory=dict)
    rounds: tuple[int | None, ...] = ()

    @property
    def is_trial(self) -> bool:
        """Whether only some of the folds are wanted: fitted, and not predicted."""
        return self.n_folds < len(self.repeats)

    @property
    def is_complete(self) -> bool:
        """Whether every fold that is wanted is predicted, or fitted if it is a trial."""
        return len(self.fits if self.is_trial else self.predicted) == self.n_folds

    @property
    def n_missing(self) -> int:
        """How many of its folds are still to be fitted."""
        return self.n_folds - len(self.fits)

    def next_task(self) -> FoldTask | None:
        """Return a task that can be started now, or None."""
        if len(self.fits) < self.n_folds:
            return self._next_fit()
        if self.is_trial:
            return None
        for fold in range(self.n_folds):
            task = FoldTask(self.spec.key, fold, is_fit=False)
            if fold not in self.predicted and task not in self.running:
                return task
        return None

    def make_unit(self, run: RunDirectory, fold: int, stop_at: float | None) -> Unit:
        """Return the unit of one fold."""
        return Unit(
            run=str(run.root),
            spec=self.spec,
            fold=fold,
            feature_set=self.feature_set,
            max_rounds=self.round_limit,
            stop_at=stop_at,
            row_share=self.row_share,
        )

    def add_fit(self, fold: int, record: FitRecord) -> None:
        """Take note of a finished fit; with the last one the rounds are chosen."""
        self.fits[fold] = record
        if self.slice_seconds is not None and record.cut and record.rounds is not None:
            self.round_limit = min(self.round_limit, max(1, record.rounds))
        if len(self.fits) == len(self.repeats):
            self.rounds = self._choose_rounds()

    def load_finished(self, run: RunDirectory) -> None:
        """Take note of what earlier commands have finished."""
        for fold in range(self.n_folds):
            record = read_fit(run, self.spec.key, fold, with_cut=False, judged=self.is_trial)
            if record is not None:
                self.add_fit(fold, record)
        if self.is_trial or len(self.fits) < self.n_folds:
            return
        for fold in range(self.n_folds):
            self.load_prediction(fold)

    def load_prediction(self, fold: int) -> None:
        """Take note of the fold's predictions, if they are there."""
        folder = predictions_folder(self.fits[fold].folder, self.rounds[fold])
        if folder.exists():
            self.predicted[fold] = folder

    def _next_fit(self) -> FoldTask | None:
        # Under a clock the first fold runs alone: it sets the round limit of the others.
        first_alone = self.slice_seconds is not None and not self.fits
        for fold in range(1 if first_alone else self.n_folds):
            task = FoldTask(self.spec.key, fold, is_fit=True)
            if fold not in self.fits and task not in self.running:
                return task
        return None

    def _choose_rounds(self) -> tuple[int | None, ...]:
        curves = [self.fits[fold].curve for fold in range(self.n_folds)]
        known = [curve for curve in curves if curve is not None]
        if len(known) < self.n_folds:
            return (None,) * self.n_folds
        return choose_rounds(known, self.repeats)

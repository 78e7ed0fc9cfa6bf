"""The unit of work: one (candidate, fold).

`fit_unit` fits a model and records its curve, `predict_unit` predicts the held-out and the test
rows with a given number of rounds. Both run in a worker, find all they need in the run directory,
write a folder that appears when it is complete, and are not repeated when it is there.
"""

import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from automl_cli.core.arrays import FloatMatrix, FloatVector
from automl_cli.core.candidate import CandidateSpec
from automl_cli.core.errors import RunError
from automl_cli.core.judges import mark_judges
from automl_cli.core.keys import make_seed
from automl_cli.core.margins import make_predictions
from automl_cli.core.matrix import Matrix
from automl_cli.core.model import Fit, FitJob, Watch
from automl_cli.core.resampling import thin_rows
from automl_cli.features.encoder import Encoder
from automl_cli.features.matrix import (
    FoldMatrices,
    make_fold_matrices,
    make_prediction_matrices,
)
from automl_cli.features.state import FeatureSet, load_features
from automl_cli.features.target_encoding import EncodingTarget, OriginalRows
from automl_cli.models import MODELS
from automl_cli.store import (
    RunDirectory,
    Writable,
    read_array,
    read_json,
    write_array,
    write_folder,
    write_json,
)
from automl_cli.train.assignment import Assignment, load_assignment
from automl_cli.train.executor import import_libraries, redirect_output
from automl_cli.train.memory import peak_bytes, reset_peak


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One fit that is to be made.

    Parameters
    ----------
    run
        The run directory.
    spec
        The candidate.
    fold
        Number of the fold.
    feature_set
        Where the features of the candidate's recipe lie.
    max_rounds
        Round limit shared by the candidate's folds; at most that of the specification.
    stop_at
        Seconds since the epoch at which the fit ends with what it has, or None.
    max_seconds
        What it may take before that, once the model's libraries are there; None: all of it.
    row_share
        The share of the fold's training rows that it is fitted on; less than 1 where memory is
        short.
    """

    run: str
    spec: CandidateSpec
    fold: int
    feature_set: FeatureSet
    max_rounds: int
    stop_at: float | None
    row_share: float = 1.0
    max_seconds: float | None = None

    def begin(self) -> "Unit":
        """Return the unit with its time counting from now, and import what it needs before."""
        import_libraries(MODELS.get(self.spec.model).libraries)
        if self.stop_at is None or self.max_seconds is None:
            return self
        return replace(self, stop_at=min(self.stop_at, time.time() + self.max_seconds))


@dataclass(frozen=True, slots=True, kw_only=True)
class FitRecord:
    """What is known of a finished fit.

    Parameters
    ----------
    folder
        Where it lies.
    rounds
        Rounds it was trained for; None for models without rounds.
    curve
        Loss of the held-out rows after each round, or None.
    seconds
        Wall-clock seconds of features and fit.
    cut
        True if the clock ended it, at `Unit.stop_at` or at a round limit set by the clock.
    row_share
        The share of the training rows that there was memory for.
    peak_bytes
        The most memory that its worker took.
    """

    folder: Path
    rounds: int | None
    curve: FloatVector | None
    seconds: float
    cut: bool
    peak_bytes: int
    row_share: float = 1.0


def fit_unit(unit: Unit) -> str:
    """Fit one fold of a candidate; return the name of its folder."""
    run = RunDirectory(Path(unit.run))
    redirect_output(run.log)
    if read_fit(run, unit.spec.key, unit.fold, with_cut=False) is not None:
        return run.unit(unit.spec.key, unit.fold).name
    unit = unit.begin()
    started = time.time()
    reset_peak()
    assignment = _thin(unit, load_assignment(run.problem(unit.spec.target)))
    state = load_features(run.features, unit.feature_set)
    original = _choose_original(unit, assignment)
    encoding = EncodingTarget(y=assignment.y, n_outputs=assignment.n_outputs, original=original)
    matrices = make_fold_matrices(state, encoding, assignment.folds, unit.fold)
    fit = _fit(unit, assignment, matrices, original)
    cut = fit.cut or _reached_limit(unit, fit)
    n_cut = run.count_cuts(unit.spec.key, unit.fold) + 1 if cut else 0
    folder = run.unit(unit.spec.key, unit.fold, cut=n_cut)
    rounds = None if fit.curve is None else len(fit.curve)
    seconds = time.time() - started

    def fill(beside: Path) -> None:
        _save(beside, fit, matrices.encoder)
        facts: dict[str, Writable] = {
            "rounds": rounds,
            "seconds": seconds,
            "cut": cut,
            "row_share": unit.row_share,
            "peak_bytes": peak_bytes(),
            "steps": list(unit.feature_set.steps),
        }
        write_json(beside / "fit.json", facts)

    write_folder(folder, fill)
    return folder.name


def predict_unit(unit: Unit, folder_name: str, rounds: int | None) -> str:
    """Predict the held-out and test rows of a fitted fold; return the name of the folder."""
    run = RunDirectory(Path(unit.run))
    folder = run.unit(unit.spec.key, unit.fold).with_name(folder_name)
    target = predictions_folder(folder, rounds)
    if target.exists():
        return target.name
    assignment = load_assignment(run.problem(unit.spec.target))
    state = load_features(run.features, unit.feature_set)
    encoder = Encoder.load(folder / "encoder.npz")
    model = MODELS.get(unit.spec.model).load(folder / "model")
    started = time.perf_counter()  # a library's first import is no part of what predicting takes
    held_out, test = make_prediction_matrices(state, encoder, assignment.folds.folds[unit.fold])

    def predict(matrix: Matrix) -> FloatMatrix:
        margins = model.predict(matrix, rounds=rounds)
        return make_predictions(margins, assignment.objective)

    def fill(beside: Path) -> None:
        write_array(beside / "held_out.npy", predict(held_out))
        if test is not None:
            write_array(beside / "test.npy", predict(test))
        write_json(beside / "predict.json", {"seconds": time.perf_counter() - started})

    write_folder(target, fill)
    return target.name


def read_fit(run: RunDirectory, key: str, fold: int, *, with_cut: bool = True) -> FitRecord | None:
    """Return the record of a finished fit, the whole one before the last one that was cut.

    A fit whose files are damaged counts as not made.
    """
    n_cuts = run.count_cuts(key, fold) if with_cut else 0
    for cut in (0, *range(n_cuts, 0, -1)):
        with suppress(RunError, KeyError):
            return _read_fit(run.unit(key, fold, cut=cut))
    return None


def _read_fit(folder: Path) -> FitRecord:
    facts = read_json(folder / "fit.json")
    curve = read_array(folder / "curve.npy") if facts["rounds"] is not None else None
    return FitRecord(
        folder=folder,
        rounds=None if facts["rounds"] is None else int(str(facts["rounds"])),
        curve=curve,
        seconds=float(str(facts["seconds"])),
        cut=bool(facts["cut"]),
        peak_bytes=int(str(facts["peak_bytes"])),
        row_share=float(str(facts["row_share"])),
    )


def predictions_folder(folder: Path, rounds: int | None) -> Path:
    """Return where the predictions with so many rounds lie."""
    return folder / ("predictions" if rounds is None else f"predictions-{rounds}")


def _thin(unit: Unit, assignment: Assignment) -> Assignment:
    """Return the assignment with as many training rows as the unit is to look at."""
    folds = list(assignment.folds.folds)
    fold = folds[unit.fold]
    most = max(1, int(unit.row_share * len(fold.train)))
    most = min(most, MODELS.get(unit.spec.model).enough_rows or most)
    if most == len(fold.train):
        return assignment
    rows = thin_rows(fold.train, most, make_seed(unit.spec.seed, "thinned", unit.fold))
    folds[unit.fold] = replace(fold, train=rows)
    return replace(assignment, folds=replace(assignment.folds, folds=tuple(folds)))


def _choose_original(unit: Unit, assignment: Assignment) -> OriginalRows | None:
    """Return the rows of the original data set that the unit learns from, thinned like its own."""
    if not unit.spec.original or assignment.original_y is None:
        return None
    y = assignment.original_y
    most = max(1, int(unit.row_share * len(y)))
    most = min(most, MODELS.get(unit.spec.model).enough_rows or most)
    seed = make_seed(unit.spec.seed, "original", unit.fold)
    rows = thin_rows(np.arange(len(y)), most, seed)
    return OriginalRows(rows=rows, y=y[rows])


def _fit(
    unit: Unit, assignment: Assignment, matrices: FoldMatrices, original: OriginalRows | None
) -> Fit:
    fold, spec = assignment.folds.folds[unit.fold], unit.spec
    model = MODELS.get(spec.model)
    y, weight = assignment.y[fold.train], None
    if original is not None:
        weight = np.repeat([1.0, spec.original], [len(y), len(original.y)])
        y = np.concatenate([y, original.y])
    job = FitJob(
        matrix=matrices.train,
        y=y,
        weight=weight if spec.original < 1 else None,
        offset=None,
        watch=_make_watch(unit, assignment, matrices.held_out),
        objective=assignment.objective,
        n_outputs=assignment.n_outputs,
        params=dict(spec.params),
        max_rounds=min(unit.max_rounds, spec.max_rounds),
        patience=spec.patience,
        seed=make_seed(spec.seed, spec.full_key, unit.fold),
        n_threads=spec.n_threads,
        stop_at=unit.stop_at,
    )
    return model.fit(job)


def _make_watch(unit: Unit, assignment: Assignment, held_out: Matrix) -> Watch:
    """Return the rows whose loss ends the training.

    Where one fold may be all that a candidate gets, the first one chooses its rounds by itself:
    by judges alone, so that the others can tell what it is worth.
    """
    plan = assignment.folds
    rows = plan.folds[unit.fold].held_out
    if unit.fold > 0 or not plan.is_first_alone:
        return Watch(matrix=held_out, y=assignment.y[rows], offset=None)
    judges = mark_judges(plan)[rows]
    return Watch(matrix=held_out.take(judges), y=assignment.y[rows[judges]], offset=None)


def _reached_limit(unit: Unit, fit: Fit) -> bool:
    limited = unit.max_rounds < unit.spec.max_rounds
    return limited and fit.curve is not None and len(fit.curve) >= unit.max_rounds


def _save(folder: Path, fit: Fit, encoder: Encoder) -> None:
    (folder / "model").mkdir()
    fit.model.save(folder / "model")
    encoder.save(folder / "encoder.npz")
    if fit.curve is not None:
        write_array(folder / "curve.npy", fit.curve)

"""Targets that some libraries refuse: a single value, or classes without a training row.

Every model passes its fit and load through `fit_target` and `load_target`, so that its own code
meets at least two values and classes 0 … n_outputs - 1 that are all there.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from automl_cli.core.arrays import FloatCube, FloatMatrix, FloatVector, IntVector
from automl_cli.core.matrix import Matrix
from automl_cli.core.metric import Objective
from automl_cli.core.model import Fit, FitJob, FittedModel, Watch

CONSTANT_FILE = "constant.json"
CLASSES_FILE = "classes.json"


def fit_target(job: FitJob, fit: Callable[[FitJob], Fit]) -> Fit:
    """Return the outcome of `fit`, or of something simpler where `fit` would be refused.

    Parameters
    ----------
    job
        Any job.
    fit
        The model's own fit.
    """
    present = np.unique(job.y)
    if len(present) == 1:
        return fit_constant(job)
    if job.n_outputs == 1 or len(present) == job.n_outputs:
        return fit(job)
    inner = fit(_make_present_job(job, present.astype(np.int64)))
    floor = np.log(0.5 / (len(job.y) + 0.5 * job.n_outputs))  # half a row for an absent class
    model = _PresentClasses(
        inner=inner.model,
        present=tuple(int(code) for code in present),
        n_outputs=job.n_outputs,
        floor=float(floor),
    )
    return replace(inner, model=model)


def load_target(folder: Path, load: Callable[[Path], FittedModel]) -> FittedModel:
    """Return the model that `fit_target` made and that was saved in `folder`."""
    if (folder / CONSTANT_FILE).exists():
        return _Constant(margins=tuple(json.loads((folder / CONSTANT_FILE).read_text())))
    inner = load(folder)
    if not (folder / CLASSES_FILE).exists():
        return inner
    state = json.loads((folder / CLASSES_FILE).read_text())
    return _PresentClasses(
        inner=inner,
        present=tuple(state["present"]),
        n_outputs=state["n_outputs"],
        floor=state["floor"],
    )


def fit_constant(job: FitJob) -> Fit:
    """Return the model that adds the same margins to every row's offset.

    Class frequencies are smoothed by half a row; values are the mean or the median. With an
    offset, classes keep it unchanged.
    """
    model = _Constant(margins=tuple(float(margin) for margin in _find_constant(job)))
    if job.watch is None:
        return Fit(model=model, curve=None, cut=False)
    margins = model.predict(job.watch.matrix, offset=job.watch.offset)
    curve = np.array([measure_loss(margins, job.watch.y, job.objective)])
    return Fit(model=model, curve=curve, cut=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Constant:
    margins: tuple[float, ...]

    def predict(
        self,
        matrix: Matrix,
        *,
        offset: FloatMatrix | None = None,
        rounds: int | None = None,  # noqa: ARG002 (there are none)
    ) -> FloatMatrix:
        margins = np.tile(np.array(self.margins), (matrix.n_rows, 1))
        return margins if offset is None else margins + offset

    def contribute(
        self,
        matrix: Matrix,
        *,
        rounds: int | None = None,  # noqa: ARG002 (there are none)
    ) -> FloatCube | None:
        made = np.zeros((matrix.n_rows, len(self.margins), matrix.n_columns + 1))
        made[:, :, -1] = self.margins
        return made

    def save(self, folder: Path) -> None:
        (folder / CONSTANT_FILE).write_text(json.dumps(self.margins))


@dataclass(frozen=True, slots=True, kw_only=True)
class _PresentClasses:
    """A model of the classes seen in training; the others get a small constant probability."""

    inner: FittedModel
    present: tuple[int, ...]
    n_outputs: int
    floor: float

    def predict(
        self, matrix: Matrix, *, offset: FloatMatrix | None = None, rounds: int | None = None
    ) -> FloatMatrix:
        known = self.inner.predict(matrix, rounds=rounds)
        if known.shape[1] == 1:
            known = np.hstack([np.zeros_like(known), known])
        margins = np.empty((matrix.n_rows, self.n_outputs))
        margins[:] = np.logaddexp.reduce(known, axis=1, keepdims=True) + self.floor
        margins[:, self.present] = known
        return margins if offset is None else margins + offset

    def save(self, folder: Path) -> None:
        self.inner.save(folder)
        state = {"present": self.present, "n_outputs": self.n_outputs, "floor": self.floor}
        (folder / CLASSES_FILE).write_text(json.dumps(state))


def _make_present_job(job: FitJob, present: IntVector) -> FitJob:
    return replace(
        job,
        y=np.searchsorted(present, job.y),
        offset=None if job.offset is None else _take_present(job.offset, present),
        watch=_make_present_watch(job.watch, present),
        n_outputs=1 if len(present) == 2 else len(present),  # two classes are a binary task
    )


def _take_present(offset: FloatMatrix, present: IntVector) -> FloatMatrix:
    own = offset[:, present]
    return own[:, 1:] - own[:, :1] if len(present) == 2 else own


def _make_present_watch(watch: Watch | None, present: IntVector) -> Watch | None:
    """Leave out the rows of absent classes: every round gives them the same probability."""
    if watch is None:
        return None
    rows = np.flatnonzero(np.isin(watch.y, present))
    if not len(rows):
        return None
    matrix = replace(
        watch.matrix, values=watch.matrix.values[rows], categories=watch.matrix.categories[rows]
    )
    offset = None if watch.offset is None else _take_present(watch.offset[rows], present)
    return Watch(matrix=matrix, y=np.searchsorted(present, watch.y[rows]), offset=offset)


def _find_constant(job: FitJob) -> FloatVector:
    if job.objective == "log_loss":
        if job.offset is not None:
            return np.zeros(job.n_outputs)
        counts = np.bincount(job.y.astype(np.int64), minlength=max(2, job.n_outputs)) + 0.5
        logits = np.log(counts)
        return np.asarray(logits[1:] - logits[0] if job.n_outputs == 1 else logits - logits.mean())
    residual = job.y if job.offset is None else job.y - job.offset[:, 0]
    middle = np.mean if job.objective == "squared_error" else np.median
    return np.array([middle(residual)])


def measure_loss(margins: FloatMatrix, y: FloatVector | IntVector, objective: Objective) -> float:
    """Return the mean loss of margins, the root of the mean square for squared errors."""
    if objective == "squared_error":
        return float(np.sqrt(np.mean((y - margins[:, 0]) ** 2)))
    if objective == "absolute_error":
        return float(np.mean(np.abs(y - margins[:, 0])))
    if margins.shape[1] == 1:
        margins = np.hstack([np.zeros_like(margins), margins])
    chosen = np.take_along_axis(margins, y.astype(np.int64)[:, None], axis=1)[:, 0]
    return float(np.mean(np.logaddexp.reduce(margins, axis=1) - chosen))

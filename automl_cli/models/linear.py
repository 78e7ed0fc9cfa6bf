"""Linear model: logistic, multinomial, ridge or least absolute regression.

One L-BFGS serves all four: only the loss differs. It takes weights and an offset, and looks at
the clock after each step. Values are standardised; categories become sparse indicators.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from automl_cli.core.arrays import FloatCube, FloatMatrix, FloatVector
from automl_cli.core.candidate import Step
from automl_cli.core.matrix import Matrix
from automl_cli.core.metric import Objective
from automl_cli.core.model import Fit, FitJob, FittedModel, ModelSpec, Range
from automl_cli.core.threads import limit_blas
from automl_cli.models.columns import expand_categories, measure_columns
from automl_cli.models.lbfgs import (
    LinearProblem,
    Loss,
    measure_absolute_error,
    measure_log_loss,
    measure_squared_error,
    minimise,
)
from automl_cli.models.params import get_positive
from automl_cli.models.targets import fit_target, load_target


def fit(job: FitJob) -> Fit:
    """Fit a linear model."""
    return fit_target(job, _fit)


def load(folder: Path) -> FittedModel:
    """Load what `fit` made from `folder`."""
    return load_target(folder, _load)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearModel:
    """Coefficients on the scale of the features.

    Parameters
    ----------
    fill
        What stands for a value that is not finite (its training mean), shape (p,).
    slopes
        Of the values, shape (p, outputs).
    effects
        Of the categories' levels, one column after the other, shape (sum of levels, outputs).
    intercept
        Shape (outputs,).
    """

    fill: FloatVector
    slopes: FloatMatrix
    effects: FloatMatrix
    intercept: FloatVector

    def predict(
        self,
        matrix: Matrix,
        *,
        offset: FloatMatrix | None = None,
        rounds: int | None = None,  # noqa: ARG002 (there are none)
    ) -> FloatMatrix:
        """Return margins; see `FittedModel`."""
        values = np.where(np.isfinite(matrix.values), matrix.values, self.fill)
        with limit_blas(1):
            margins = values @ self.slopes + self.intercept
        margins += expand_categories(matrix) @ self.effects
        return margins if offset is None else margins + offset

    def contribute(
        self,
        matrix: Matrix,
        *,
        rounds: int | None = None,  # noqa: ARG002 (there are none)
    ) -> FloatCube | None:
        """Return slope x (value - training mean), and the effect of each category's level."""
        n_rows, n_outputs, p = matrix.n_rows, len(self.intercept), len(self.fill)
        made = np.zeros((n_rows, n_outputs, matrix.n_columns + 1))
        values = np.where(np.isfinite(matrix.values), matrix.values, self.fill)
        made[:, :, :p] = (values - self.fill)[:, None, :] * self.slopes.T
        starts = np.cumsum((0, *matrix.levels))
        for k in range(len(matrix.levels)):
            made[:, :, p + k] = self.effects[starts[k] + matrix.categories[:, k]]
        made[:, :, -1] = self.intercept + self.fill @ self.slopes
        return made

    def save(self, folder: Path) -> None:
        """Write the arrays into one npz file."""
        np.savez(
            folder / "model.npz",
            fill=self.fill,
            slopes=self.slopes,
            effects=self.effects,
            intercept=self.intercept,
        )


def _fit(job: FitJob) -> Fit:
    mean, spread = measure_columns(job.matrix)
    centre, scale = _measure_target(job)
    max_iter = int(get_positive(job.params, "max_iter"))
    with limit_blas(job.n_threads):
        problem = _make_problem(job, (mean, spread), (centre, scale))
        coefficients, cut = minimise(problem, max_iter=max_iter, stop_at=job.stop_at)
    p = len(mean)
    slopes = coefficients[:p] * scale / spread[:, None]
    model = LinearModel(
        fill=mean,
        slopes=slopes,
        effects=coefficients[p:-1] * scale,
        intercept=coefficients[-1] * scale + centre - mean @ slopes,
    )
    return Fit(model=model, curve=None, cut=cut)


def _load(folder: Path) -> FittedModel:
    with np.load(folder / "model.npz", allow_pickle=False) as arrays:
        return LinearModel(**{name: arrays[name] for name in arrays.files})


def _measure_target(job: FitJob) -> tuple[float, float]:
    """Return centre and scale of what is left to explain, so that C means the same everywhere."""
    if job.objective == "log_loss":
        return 0.0, 1.0
    residual = job.y if job.offset is None else job.y - job.offset[:, 0]
    return float(residual.mean()), float(residual.std()) or 1.0


def _make_problem(
    job: FitJob, columns: tuple[FloatVector, FloatVector], target: tuple[float, float]
) -> LinearProblem:
    (mean, spread), (centre, scale) = columns, target
    values = job.matrix.values
    rows = len(values)
    weight = np.ones(rows) if job.weight is None else job.weight / job.weight.mean()
    start = np.zeros((rows, job.n_outputs)) if job.offset is None else job.offset
    return LinearProblem(
        values=np.where(np.isfinite(values), (values - mean) / spread, 0.0),
        indicators=expand_categories(job.matrix),
        target=(_make_target(job) - centre) / scale,
        start=start / scale,
        weight=weight,
        loss=_LOSSES[job.objective],
        penalty=1.0 / (get_positive(job.params, "C") * rows),
    )


def _make_target(job: FitJob) -> FloatMatrix:
    if job.n_outputs == 1:
        return job.y[:, None].astype(np.float64)
    return np.asarray(job.y[:, None] == np.arange(job.n_outputs), dtype=np.float64)


_LOSSES: Mapping[Objective, Loss] = {
    "log_loss": measure_log_loss,
    "squared_error": measure_squared_error,
    "absolute_error": measure_absolute_error,
}

SPEC = ModelSpec(
    name="linear",
    effort=0.5,
    fit=fit,
    load=load,
    libraries=("scipy.optimize",),
    recipe=(
        Step("scaled"),
        Step("onehot"),
        Step("target_mean"),
        Step("calendar"),
        Step("text_linear"),
    ),
    defaults={"*": {"C": 1.0, "max_iter": 300}, "regression": {"C": 0.3}},
    known_params=frozenset({"C", "max_iter"}),
    tasks=frozenset({"binary", "multiclass", "regression"}),
    has_rounds=False,
    takes_categories=True,
    takes_offset=True,
    enough_rows=200_000,  # for some hundred coefficients
    space=(Range("C", 0.001, 30.0, log=True),),
    explains=True,
)

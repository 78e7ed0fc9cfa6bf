"""Kernel ridge: smooth functions of all columns together, for small tables.

With a Gaussian kernel this is the mean of a Gaussian process with noise (Rasmussen and Williams
2006, chapter 2), on `landmarks` rows drawn at random (Nyström's approximation; Williams and Seeger
2001), and exact if there are no more rows. Width and noise are those with the smallest
leave-one-out error, which needs no further fit. Classes are fitted as 0 and 1 by least squares
(Rifkin and Klautau 2004); a logistic model of the leave-one-out answers turns these into log-odds,
as Platt (1999) did with support vectors. Absolute error is fitted as squared error.
"""

from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from automl_cli.core.arrays import FloatMatrix, FloatVector, IntVector
from automl_cli.core.candidate import Step
from automl_cli.core.matrix import Matrix
from automl_cli.core.model import Fit, FitJob, FittedModel, ModelSpec, Range
from automl_cli.core.threads import limit_blas
from automl_cli.models.distances import (
    Axes,
    Points,
    make_axes,
    make_points,
    measure_distances,
    weigh_axes,
)
from automl_cli.models.lbfgs import LinearProblem, measure_log_loss, minimise
from automl_cli.models.params import get_number_from_zero, get_positive
from automl_cli.models.progress import is_over
from automl_cli.models.targets import fit_target, load_target

GAMMAS = (1.0, 0.3, 0.1, 3.0)  # the first is taken if the clock allows no other
ALPHAS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)
ROWS_TO_CHOOSE = 500  # on which gamma is chosen
JITTER = 1e-6  # added to the kernel's diagonal, because equal rows make it singular
SLOPE = 10.0  # of log-odds by answers from 0 to 1, about
CELLS = 4_000_000  # distances that are held at once: 32 MB


def fit(job: FitJob) -> Fit:
    """Fit a kernel ridge."""
    return fit_target(job, _fit)


def load(folder: Path) -> FittedModel:
    """Load what `fit` made from `folder`."""
    return load_target(folder, _load)


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelModel:
    """What each landmark adds to a margin.

    Parameters
    ----------
    axes
        The scale of each column.
    landmarks
        The rows from which distances are measured.
    width
        The squared distance at which the kernel has fallen to 1/e.
    coefficients
        Shape (landmarks, outputs).
    intercept
        Shape (outputs,).
    """

    axes: Axes
    landmarks: Points
    width: float
    coefficients: FloatMatrix
    intercept: FloatVector

    def predict(
        self,
        matrix: Matrix,
        *,
        offset: FloatMatrix | None = None,
        rounds: int | None = None,  # noqa: ARG002 (there are none)
    ) -> FloatMatrix:
        """Return margins; see `FittedModel`."""
        points = make_points(matrix, self.axes)
        margins = np.empty((matrix.n_rows, len(self.intercept)))
        step = max(1, CELLS // len(self.coefficients))
        with limit_blas(1):
            for start in range(0, matrix.n_rows, step):
                own = slice(start, start + step)
                near = _measure_kernel(points.take(own), self.landmarks, self.width)
                margins[own] = near @ self.coefficients + self.intercept
        return margins if offset is None else margins + offset

    def save(self, folder: Path) -> None:
        """Write the arrays into one npz file."""
        np.savez(
            folder / "model.npz",
            allow_pickle=False,
            **asdict(self.axes),
            values=self.landmarks.values,
            categories=self.landmarks.categories,
            width=np.array(self.width),
            coefficients=self.coefficients,
            intercept=self.intercept,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Task:
    """What is fitted: rows, answers around 0 of shape (rows, outputs), weights with mean 1."""

    points: Points
    answers: FloatMatrix
    weight: FloatVector

    def take(self, rows: IntVector) -> "_Task":
        return _Task(
            points=self.points.take(rows), answers=self.answers[rows], weight=self.weight[rows]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ridge:
    """A fitted ridge: its landmarks' coefficients, and what it answers without each row."""

    coefficients: FloatMatrix
    left_out: FloatMatrix
    loss: float


def _fit(job: FitJob) -> Fit:
    answers, centre, scale = _make_answers(job)
    weight = np.ones(len(job.y)) if job.weight is None else job.weight / job.weight.mean()
    relevance = get_number_from_zero(job.params, "relevance")
    axes = weigh_axes(make_axes(job.matrix), job.matrix, answers, weight, relevance)
    points = make_points(job.matrix, axes)
    task = _Task(points=points, answers=answers, weight=weight)
    order = np.random.default_rng(job.seed).permutation(len(job.y))
    landmarks = points.take(order[: int(get_positive(job.params, "landmarks"))])
    with limit_blas(job.n_threads):
        width = _choose_width(job, task.take(order[:ROWS_TO_CHOOSE]))
        ridge = _fit_ridge(task, landmarks, width, _list_values(job, "alpha", ALPHAS))
        slopes, intercept = np.diag(scale), centre
        if job.objective == "log_loss":
            slopes, intercept = _fit_log_odds(job, ridge.left_out, weight)
        coefficients = ridge.coefficients @ slopes
    model = KernelModel(
        axes=axes,
        landmarks=landmarks,
        width=width,
        coefficients=coefficients,
        intercept=intercept,
    )
    return Fit(model=model, curve=None, cut=is_over(job.stop_at))


def _load(folder: Path) -> FittedModel:
    with np.load(folder / "model.npz", allow_pickle=False) as stored:
        axes = Axes(**{field.name: stored[field.name] for field in fields(Axes)})
        return KernelModel(
            axes=axes,
            landmarks=Points(
                values=stored["values"], categories=stored["categories"], unlike=axes.unlike
            ),
            width=stored["width"].item(),
            coefficients=stored["coefficients"],
            intercept=stored["intercept"],
        )


def _make_answers(job: FitJob) -> tuple[FloatMatrix, FloatVector, FloatVector]:
    """Return what is fitted, around 0, and the centre and scale that were taken from it."""
    y = _make_target(job)
    centre = np.average(y, axis=0, weights=job.weight)
    scale = y.std(axis=0) if job.objective != "log_loss" else np.ones(y.shape[1])
    return (y - centre) / scale, centre, scale


def _make_target(job: FitJob) -> FloatMatrix:
    if job.n_outputs == 1:
        return job.y[:, None].astype(np.float64)
    return np.asarray(job.y[:, None] == np.arange(job.n_outputs), dtype=np.float64)


def _choose_width(job: FitJob, task: _Task) -> float:
    """Return the width with the least error; gamma is measured in mean squared distances."""
    typical = max(float(measure_distances(task.points, task.points).mean()), JITTER)
    gammas = _list_values(job, "gamma", GAMMAS)
    if len(gammas) == 1:
        return typical / gammas[0]
    alphas = _list_values(job, "alpha", ALPHAS)
    losses: list[float] = []
    for gamma in gammas:
        if losses and is_over(job.stop_at):
            break
        losses.append(_fit_ridge(task, task.points, typical / gamma, alphas).loss)
    return typical / gammas[int(np.argmin(losses))]


def _list_values(job: FitJob, name: str, every: tuple[float, ...]) -> tuple[float, ...]:
    """Return the value that a parameter was given, or `every` value to choose from."""
    return every if job.params[name] is None else (get_positive(job.params, name),)


def _fit_ridge(task: _Task, landmarks: Points, width: float, alphas: tuple[float, ...]) -> _Ridge:
    """Return the ridge with the alpha that has the least leave-one-out error.

    Its features are such that their products are the kernel, as far as the landmarks tell it; in
    the directions of the eigenvectors every alpha costs a product of matrices alone.
    """
    known = _measure_kernel(landmarks, landmarks, width)
    known[np.diag_indices_from(known)] += JITTER
    root = np.linalg.inv(np.linalg.cholesky(known)).T
    heavy = np.sqrt(task.weight)[:, None]
    features = heavy * (_measure_kernel(task.points, landmarks, width) @ root)
    answers = heavy * task.answers
    sizes, directions = np.linalg.eigh(features.T @ features)
    turned = features @ directions
    squares, products = turned**2, turned.T @ answers

    def shrink(alpha: float) -> FloatVector:
        return np.asarray(1.0 / (np.maximum(sizes, 0.0) + alpha))

    def measure_errors(alpha: float) -> FloatMatrix:
        own = np.minimum(squares @ shrink(alpha), 1.0 - JITTER)[:, None]  # a row's say in itself
        residual = answers - turned @ (products * shrink(alpha)[:, None])
        return np.asarray(residual / (1.0 - own))

    losses = [float((measure_errors(alpha) ** 2).mean()) for alpha in alphas]
    best = int(np.argmin(losses))
    turned_slopes = products * shrink(alphas[best])[:, None]
    return _Ridge(
        coefficients=root @ (directions @ turned_slopes),
        left_out=task.answers - measure_errors(alphas[best]) / heavy,
        loss=losses[best],
    )


def _fit_log_odds(
    job: FitJob, answers: FloatMatrix, weight: FloatVector
) -> tuple[FloatMatrix, FloatVector]:
    """Return slopes, shape (outputs, outputs), and intercepts from answers to margins."""
    from scipy.sparse import csr_array

    problem = LinearProblem(
        values=answers,
        indicators=csr_array((len(answers), 0)),
        target=_make_target(job),
        start=np.zeros_like(answers),
        weight=weight,
        loss=measure_log_loss,
        penalty=1.0 / (SLOPE**2 * len(answers)),
    )
    coefficients, _ = minimise(problem, max_iter=200, stop_at=None)
    return coefficients[:-1], coefficients[-1]


def _measure_kernel(left: Points, right: Points, width: float) -> FloatMatrix:
    return np.asarray(np.exp(measure_distances(left, right) / -width))


SPEC = ModelSpec(
    name="kernel",
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
    defaults={"*": {"gamma": None, "alpha": None, "landmarks": 1500, "relevance": 0.0}},
    known_params=frozenset({"alpha", "gamma", "landmarks", "relevance"}),
    tasks=frozenset({"binary", "multiclass", "regression"}),
    has_rounds=False,
    takes_categories=True,
    takes_offset=False,
    max_rows=5_000,  # with more, landmarks tell less than trees do
    space=(
        Range("gamma", 0.03, 3.0, log=True),
        Range("alpha", 0.001, 100.0, log=True),
        Range("relevance", 0.0, 2.0),
    ),
)

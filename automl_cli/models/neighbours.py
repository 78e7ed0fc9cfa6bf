"""Nearest neighbours: each row is answered by the training rows that are most like it.

The rule of Fix and Hodges (1951) and of Cover and Hart (1967), nearer rows counting more as Dudani
(1976) proposed. Every distance is measured; a tree of the rows gains little with more than ten
columns. Rows as near as the farthest neighbour count as well, so that the order of the rows never
decides, which matters in tables of categories, where many distances are equal.
"""

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from automl_cli.core.arrays import FloatMatrix, FloatVector, IntVector
from automl_cli.core.candidate import Step
from automl_cli.core.margins import make_margins
from automl_cli.core.matrix import Matrix
from automl_cli.core.metric import Objective
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
from automl_cli.models.params import get_number_from_zero, get_positive
from automl_cli.models.progress import is_over
from automl_cli.models.targets import fit_target, load_target

CELLS = 4_000_000  # distances that are held at once: 32 MB
TIED = 1e-9  # distances this close are equal but for rounding
MIDDLE = 1e-6  # of the weight of all neighbours, in which the middle of it may lie
NEAREST = 0.01  # of the farthest neighbour's squared distance; nearer ones count no more


def fit(job: FitJob) -> Fit:
    """Keep the training rows."""
    return fit_target(job, _fit)


def load(folder: Path) -> FittedModel:
    """Load what `fit` made from `folder`."""
    return load_target(folder, _load)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighboursModel:
    """The training rows, those of the smallest target first, and how they answer.

    Parameters
    ----------
    axes
        The scale of each column.
    points
        The training rows.
    y, weight
        Their targets and weights (1 on average), shape (rows,).
    objective, n_outputs
        What is answered.
    k
        How many neighbours a row has, at least.
    power
        Of the distance, by which a neighbour counts less.
    smoothing
        How many neighbours the shares of the classes in training count as, so that none is 0.
    """

    axes: Axes
    points: Points
    y: FloatVector | IntVector
    weight: FloatVector
    objective: Objective
    n_outputs: int
    k: int
    power: float
    smoothing: float

    def predict(
        self,
        matrix: Matrix,
        *,
        offset: FloatMatrix | None = None,
        rounds: int | None = None,  # noqa: ARG002 (there are none)
    ) -> FloatMatrix:
        """Return margins; see `FittedModel`."""
        points = make_points(matrix, self.axes)
        margins = np.empty((matrix.n_rows, self.n_outputs))
        step = max(1, CELLS // len(self.y))
        with limit_blas(1):
            for start in range(0, matrix.n_rows, step):
                own = slice(start, start + step)
                margins[own] = self._answer(points.take(own))
        return margins if offset is None else margins + offset

    def save(self, folder: Path) -> None:
        """Write the rows into one npz file, and how they answer as JSON."""
        np.savez(
            folder / "model.npz",
            allow_pickle=False,
            **asdict(self.axes),
            values=self.points.values,
            categories=self.points.categories,
            y=self.y,
            weight=self.weight,
        )
        state = {name: getattr(self, name) for name in _PLAIN}
        (folder / "model.json").write_text(json.dumps(state))

    def _answer(self, points: Points) -> FloatMatrix:
        from scipy.sparse import csr_array

        squared = measure_distances(points, self.points)
        nth = min(self.k, len(self.y)) - 1
        farthest = np.partition(squared, nth, axis=1)[:, nth]
        rows, near = np.nonzero(squared <= (farthest * (1 + TIED) + TIED)[:, None])
        share = squared[rows, near] / np.maximum(farthest, TIED)[rows]
        weight = self.weight[near] / (share + NEAREST) ** (self.power / 2)
        starts = np.searchsorted(rows, np.arange(len(squared) + 1))
        if self.objective == "absolute_error":
            return _measure_medians(self.y[near].astype(np.float64), weight, starts)[:, None]
        counted = csr_array((weight, near, starts), shape=squared.shape)
        answers = _make_answers(self.y, self.n_outputs, self.objective)
        total = np.asarray(counted.sum(axis=1), dtype=np.float64)[:, None]
        if self.objective == "squared_error":
            return np.asarray(counted @ answers) / total
        prior = np.average(answers, axis=0, weights=self.weight)
        shares = (np.asarray(counted @ answers) + self.smoothing * prior) / (total + self.smoothing)
        return make_margins(shares, self.objective)


def _fit(job: FitJob) -> Fit:
    order = np.argsort(job.y, kind="stable")  # for medians, which are found by adding up
    weight = np.ones(len(job.y)) if job.weight is None else job.weight / job.weight.mean()
    answers = _make_answers(job.y, job.n_outputs, job.objective)
    relevance = get_number_from_zero(job.params, "relevance")
    axes = weigh_axes(make_axes(job.matrix), job.matrix, answers, weight, relevance)
    model = NeighboursModel(
        axes=axes,
        points=make_points(job.matrix, axes).take(order),
        y=job.y[order],
        weight=weight[order],
        objective=job.objective,
        n_outputs=job.n_outputs,
        k=int(get_positive(job.params, "k")),
        power=get_number_from_zero(job.params, "power"),
        smoothing=get_positive(job.params, "smoothing"),
    )
    return Fit(model=model, curve=None, cut=is_over(job.stop_at))


def _load(folder: Path) -> FittedModel:
    state = json.loads((folder / "model.json").read_text())
    with np.load(folder / "model.npz", allow_pickle=False) as stored:
        axes = Axes(**{field.name: stored[field.name] for field in fields(Axes)})
        return NeighboursModel(
            axes=axes,
            points=Points(
                values=stored["values"], categories=stored["categories"], unlike=axes.unlike
            ),
            y=stored["y"],
            weight=stored["weight"],
            **{name: state[name] for name in _PLAIN},
        )


def _measure_medians(y: FloatVector, weight: FloatVector, starts: IntVector) -> FloatVector:
    """Return the weighted median of each group; within a group `y` ascends.

    Where half of the weight lies on either side it is the middle between two values, whatever the
    rounding. `starts` holds where each group begins, and the end of the last, shape (groups + 1,).

    Examples
    --------
    >>> _measure_medians(np.array([1.0, 2.0, 9.0, 4.0, 6.0]), np.ones(5), np.array([0, 3, 5]))
    array([2., 5.])
    """
    added = np.append(0.0, np.cumsum(weight))
    first, end = added[starts[:-1]], added[starts[1:]]
    half, rounding = (first + end) / 2, MIDDLE * (end - first)
    lower = np.searchsorted(added[1:], half - rounding)
    upper = np.searchsorted(added[1:], half + rounding, side="right")
    return np.asarray((y[lower] + y[upper]) / 2)


def _make_answers(y: FloatVector | IntVector, n_outputs: int, objective: Objective) -> FloatMatrix:
    if objective == "log_loss" and n_outputs > 1:
        return np.asarray(y[:, None] == np.arange(n_outputs), dtype=np.float64)
    return y[:, None].astype(np.float64)


_PLAIN = ("objective", "n_outputs", "k", "power", "smoothing")

SPEC = ModelSpec(
    name="neighbours",
    fit=fit,
    load=load,
    libraries=("scipy.sparse",),
    recipe=(Step("scaled"), Step("onehot"), Step("calendar"), Step("text_linear")),
    defaults={"*": {"k": 20, "power": 1.0, "relevance": 1.0, "smoothing": 0.5}},
    known_params=frozenset({"k", "power", "relevance", "smoothing"}),
    tasks=frozenset({"binary", "multiclass", "regression"}),
    has_rounds=False,
    takes_categories=True,
    takes_offset=False,
    max_rows=50_000,  # to predict as many rows takes half a minute a fold
    enough_rows=10_000,  # predictions take time in proportion
    space=(
        Range("k", 3, 100, log=True),
        Range("power", 0.0, 4.0),
        Range("relevance", 0.0, 2.0),
    ),
)

"""A small neural network whose weights are averaged over its epochs.

scikit-learn trains it epoch by epoch; an epoch is a round. What predicts after a round is the
exponential mean of the weights so far (Polyak averaging), which does what a falling learning rate
would do, and is kept for every round, so that the other folds can choose it. A prediction is a few
matrix products: only arrays are stored. Absolute error is fitted as squared error, which is all
that scikit-learn's network offers. Categories of very many levels enter by their target means
alone: a weight for each level and unit would fill the memory, once for every epoch.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from automl_cli.core.arrays import Float32Matrix, FloatMatrix, FloatVector
from automl_cli.core.candidate import Step
from automl_cli.core.matrix import Matrix
from automl_cli.core.model import Fit, FitJob, FittedModel, ModelSpec, Range
from automl_cli.core.threads import limit_blas
from automl_cli.models.columns import expand_categories, measure_columns
from automl_cli.models.params import get_positive
from automl_cli.models.progress import Progress
from automl_cli.models.targets import fit_target, load_target, measure_loss

if TYPE_CHECKING:
    from scipy.sparse import csr_array
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    Network: TypeAlias = MLPClassifier | MLPRegressor

Inputs: TypeAlias = "Float32Matrix | FloatMatrix | csr_array"
Layers: TypeAlias = tuple[Float32Matrix, ...]  # weights (inputs, outputs), bias (1, outputs), …
MOMENTUM = 0.7  # of the mean of the weights, an epoch
MOST_PATIENCE = 12  # epochs; patience is meant for rounds of boosting, which are smaller
FARTHEST = 5.0  # standard deviations; beyond, a network extrapolates
MOST_LEVELS = 500  # of a category that gets a unit a level
MOST_DENSE = 500  # such units of all categories; more are kept sparse, which is slower for few


def fit(job: FitJob) -> Fit:
    """Fit a neural network."""
    return fit_target(job, _fit)


def load(folder: Path) -> FittedModel:
    """Load what `fit` made from `folder`."""
    return load_target(folder, _load)


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkModel:
    """The averaged layers after each epoch.

    Parameters
    ----------
    mean, spread
        Of each value in training, shape (p,); a missing value counts as the mean.
    epochs
        The layers after each epoch.
    scale, centre
        From what the network answers to the values of the target; 1 and 0 for classes.
    """

    mean: FloatVector
    spread: FloatVector
    epochs: tuple[Layers, ...]
    scale: float
    centre: float

    def predict(
        self, matrix: Matrix, *, offset: FloatMatrix | None = None, rounds: int | None = None
    ) -> FloatMatrix:
        """Return margins; see `FittedModel`."""
        margins = self.answer(_make_inputs(matrix, self.mean, self.spread), rounds)
        return margins if offset is None else margins + offset

    def answer(self, inputs: Inputs, rounds: int | None = None) -> FloatMatrix:
        """Return the margins of rows that `_make_inputs` has prepared."""
        with limit_blas(1):
            layers = self.epochs[(rounds or len(self.epochs)) - 1]
            return _answer(layers, inputs.astype(np.float64)) * self.scale + self.centre

    def save(self, folder: Path) -> None:
        """Write the arrays into one npz file, those of all epochs side by side."""
        layers = {
            f"layer_{k}": np.stack(arrays)
            for k, arrays in enumerate(zip(*self.epochs, strict=True))
        }
        np.savez(
            folder / "model.npz",
            allow_pickle=False,
            mean=self.mean,
            spread=self.spread,
            target=np.array([self.scale, self.centre]),
            **layers,
        )


def _fit(job: FitJob) -> Fit:
    mean, spread = measure_columns(job.matrix)
    scale, centre = _measure_target(job)
    start = NetworkModel(mean=mean, spread=spread, epochs=(), scale=scale, centre=centre)
    progress = Progress(_limit(job))
    with limit_blas(job.n_threads):
        epochs = _train(job, start, progress)
    model = replace(start, epochs=epochs)
    return Fit(model=model, curve=progress.curve(), cut=progress.cut)


def _train(job: FitJob, start: NetworkModel, progress: Progress) -> tuple[Layers, ...]:
    """Return the averaged layers after each epoch, as many as the watch and the clock allow."""
    inputs = _make_inputs(job.matrix, start.mean, start.spread)
    y = job.y if job.objective == "log_loss" else (job.y - start.centre) / start.scale
    known = {"classes": np.unique(job.y)} if job.objective == "log_loss" else {}
    network = _make_network(job)
    watched = None
    if job.watch is not None:
        watched = _make_inputs(job.watch.matrix, start.mean, start.spread), job.watch.y
    epochs: list[Layers] = []
    is_over = False
    while not is_over:
        network.partial_fit(inputs, y, sample_weight=job.weight, **known)
        epochs.append(_average(epochs[-1:], _read_layers(network)))
        loss = None
        if watched is not None:
            margins = replace(start, epochs=(epochs[-1],)).answer(watched[0])
            loss = measure_loss(margins, watched[1], job.objective)
        is_over = progress.ends(loss)
    return tuple(epochs)


def _load(folder: Path) -> FittedModel:
    with np.load(folder / "model.npz", allow_pickle=False) as arrays:
        scale, centre = arrays["target"].tolist()
        n_layers = sum(name.startswith("layer_") for name in arrays.files)
        layers = [arrays[f"layer_{k}"] for k in range(n_layers)]
        return NetworkModel(
            mean=arrays["mean"],
            spread=arrays["spread"],
            epochs=tuple(zip(*layers, strict=True)),
            scale=scale,
            centre=centre,
        )


def _limit(job: FitJob) -> FitJob:
    most = int(get_positive(job.params, "epochs"))
    return replace(
        job, max_rounds=min(job.max_rounds, most), patience=min(job.patience, MOST_PATIENCE)
    )


def _measure_target(job: FitJob) -> tuple[float, float]:
    return (1.0, 0.0) if job.objective == "log_loss" else (float(job.y.std()), float(job.y.mean()))


def _make_network(job: FitJob) -> "Network":
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    kind = MLPClassifier if job.objective == "log_loss" else MLPRegressor
    width, depth = (int(get_positive(job.params, name)) for name in ("width", "depth"))
    return kind(
        hidden_layer_sizes=(width,) * depth,
        alpha=get_positive(job.params, "alpha"),
        learning_rate_init=get_positive(job.params, "learning_rate"),
        batch_size=min(len(job.y), int(get_positive(job.params, "batch_size"))),
        # Kept from epoch to epoch: a number would begin each with the same order of the rows.
        random_state=np.random.RandomState(job.seed),  # all that scikit-learn takes
    )


def _make_inputs(matrix: Matrix, mean: FloatVector, spread: FloatVector) -> Inputs:
    """Return what the network is given, shape (rows, values + levels), sparse if that is wide."""
    from scipy.sparse import csr_array, hstack

    scaled = np.where(np.isfinite(matrix.values), (matrix.values - mean) / spread, 0.0)
    values = np.clip(scaled, -FARTHEST, FARTHEST).astype(np.float32)
    few = [k for k, n_levels in enumerate(matrix.levels) if n_levels <= MOST_LEVELS]
    own = replace(
        matrix,
        categories=matrix.categories[:, few],
        levels=tuple(matrix.levels[k] for k in few),
    )
    units = expand_categories(own).astype(np.float32)
    if units.shape[1] <= MOST_DENSE:
        return np.hstack([values, units.toarray()])
    return csr_array(hstack([csr_array(values), units]))


def _answer(layers: Layers, inputs: Inputs) -> FloatMatrix:
    for weights, bias in zip(layers[:-2:2], layers[1:-2:2], strict=True):
        inputs = np.maximum(inputs @ weights + bias, 0)
    return np.asarray(inputs @ layers[-2] + layers[-1], dtype=np.float64)


def _read_layers(network: "Network") -> Layers:
    pairs = zip(network.coefs_, network.intercepts_, strict=True)
    arrays = (array for weights, bias in pairs for array in (weights, bias[None, :]))
    return tuple(array.astype(np.float32) for array in arrays)


def _average(before: list[Layers], now: Layers) -> Layers:
    if not before:
        return now
    pairs = zip(before[0], now, strict=True)
    return tuple(MOMENTUM * old + (1 - MOMENTUM) * new for old, new in pairs)


SPEC = ModelSpec(
    name="mlp",
    effort=2.0,
    most_rate=0.006,
    fit=fit,
    load=load,
    libraries=("sklearn.neural_network",),
    recipe=(
        Step("scaled"),
        Step("onehot"),
        Step("target_mean"),
        Step("calendar"),
        Step("text_linear"),
    ),
    defaults={
        "*": {
            "width": 128,
            "depth": 2,
            "epochs": 60,
            "alpha": 0.1,
            "learning_rate": 0.002,
            "batch_size": 256,
        }
    },
    known_params=frozenset({"alpha", "batch_size", "depth", "epochs", "learning_rate", "width"}),
    tasks=frozenset({"binary", "multiclass", "regression"}),
    has_rounds=True,
    takes_categories=True,
    takes_offset=False,
    max_rows=100_000,
    space=(
        Range("width", 32, 256, log=True),
        Range("alpha", 1e-3, 10.0, log=True),
    ),
)

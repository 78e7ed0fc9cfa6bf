"""A small neural network whose weights are averaged over its epochs.

scikit-learn trains it epoch by epoch; an epoch is a round. What predicts after a round is the
exponential mean of the weights so far (Polyak averaging), which does what a falling learning rate
would do, and is kept for every round, so that the other folds can choose it. A prediction is a few
matrix products: only arrays are stored. Absolute error is fitted as squared error, which is all
that scikit-learn's network offers. Numbers enter scaled and in pieces (`models.network_inputs`).
Categories of very many levels enter by their target means alone: a weight for each level and unit
would fill the memory, once for every epoch.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from automl_cli.core.arrays import Float32Matrix, FloatMatrix
from automl_cli.core.candidate import Step
from automl_cli.core.matrix import Matrix
from automl_cli.core.model import Fit, FitJob, FittedModel, ModelSpec, Range
from automl_cli.core.threads import limit_blas
from automl_cli.models.network_inputs import InputCoding, Inputs, fit_inputs, make_inputs
from automl_cli.models.params import get_number_from_zero, get_positive
from automl_cli.models.progress import Progress
from automl_cli.models.targets import fit_target, load_target, measure_loss

if TYPE_CHECKING:
    from sklearn.neural_network import MLPClassifier, MLPRegressor

    Network: TypeAlias = MLPClassifier | MLPRegressor

Layers: TypeAlias = tuple[Float32Matrix, ...]  # weights (inputs, outputs), bias (1, outputs), …
CHUNK = 10_000  # rows that are answered at once: inputs are wide
MOMENTUM = 0.7  # of the mean of the weights, an epoch
MOST_PATIENCE = 12  # epochs; patience is meant for rounds of boosting, which are smaller


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
    coding
        How columns become inputs.
    epochs
        The layers after each epoch.
    scale, centre
        From what the network answers to the values of the target; 1 and 0 for classes.
    """

    coding: InputCoding
    epochs: tuple[Layers, ...]
    scale: float
    centre: float

    def predict(
        self, matrix: Matrix, *, offset: FloatMatrix | None = None, rounds: int | None = None
    ) -> FloatMatrix:
        """Return margins; see `FittedModel`."""
        margins = self.answer(make_inputs(self.coding, matrix), rounds)
        return margins if offset is None else margins + offset

    def answer(self, inputs: Inputs, rounds: int | None = None) -> FloatMatrix:
        """Return the margins of rows that `make_inputs` has prepared."""
        layers = self.epochs[(rounds or len(self.epochs)) - 1]
        starts = range(0, max(inputs.shape[0], 1), CHUNK)
        with limit_blas(1):
            # In double precision a row has the same answer whatever rows it comes with.
            parts = [_answer(layers, inputs[k : k + CHUNK].astype(np.float64)) for k in starts]
        return np.concatenate(parts) * self.scale + self.centre

    def save(self, folder: Path) -> None:
        """Write the arrays into one npz file, those of all epochs side by side."""
        layers = {
            f"layer_{k}": np.stack(arrays)
            for k, arrays in enumerate(zip(*self.epochs, strict=True))
        }
        np.savez(
            folder / "model.npz",
            allow_pickle=False,
            **self.coding.to_arrays(),
            target=np.array([self.scale, self.centre]),
            **layers,
        )


def _fit(job: FitJob) -> Fit:
    coding = fit_inputs(
        job.matrix,
        pieces=int(get_number_from_zero(job.params, "pieces")),
        seed=job.seed,
    )
    scale, centre = _measure_target(job)
    start = NetworkModel(coding=coding, epochs=(), scale=scale, centre=centre)
    progress = Progress(_limit(job))
    with limit_blas(job.n_threads):
        epochs = _train(job, start, progress)
    model = replace(start, epochs=epochs)
    return Fit(model=model, curve=progress.curve(), cut=progress.cut)


def _train(job: FitJob, start: NetworkModel, progress: Progress) -> tuple[Layers, ...]:
    """Return the averaged layers after each epoch, as many as the watch and the clock allow."""
    inputs = make_inputs(start.coding, job.matrix)
    y = job.y if job.objective == "log_loss" else (job.y - start.centre) / start.scale
    known = {"classes": np.unique(job.y)} if job.objective == "log_loss" else {}
    network = _make_network(job)
    watched = None
    if job.watch is not None:
        watched = make_inputs(start.coding, job.watch.matrix), job.watch.y
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
            coding=InputCoding.from_arrays(arrays),
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
        Step("onehot", (("max_values", 32),)),
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
            "pieces": 16,
        }
    },
    known_params=frozenset(
        {
            "alpha",
            "batch_size",
            "depth",
            "epochs",
            "learning_rate",
            "pieces",
            "width",
        }
    ),
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

"""What models are fitted on in the tests that hold for all of them."""

from dataclasses import replace

import numpy as np

from automl_cli.core.matrix import Matrix
from automl_cli.core.model import Fit, FitJob, ModelSpec, Watch
from automl_cli.models import MODELS

ROWS, ROUNDS = 240, 12
OUTPUTS = {"binary": 1, "multiclass": 4, "regression": 1}
LEVELS = (4, 30)
FEW = {"n_estimators": 10}  # for models that have it
CASES = [(name, task) for name in MODELS for task in sorted(MODELS.get(name).tasks)]


def make_matrix(spec: ModelSpec, rows: int = ROWS, seed: int = 0) -> Matrix:
    """Make four numbers, the third with gaps, and two categories if the model takes them."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(rows, 4)).astype(np.float32)
    values[rng.random(rows) < 0.2, 2] = np.nan
    levels = LEVELS if spec.takes_categories else ()
    codes = [rng.integers(0, level, rows) for level in levels]
    categories = np.array(codes, dtype=np.int32).reshape(len(levels), rows).T
    return Matrix(
        values=values,
        categories=np.ascontiguousarray(categories),
        value_names=tuple("abcd"),
        category_names=("kind", "place")[: len(levels)],
        levels=levels,
    )


def make_y(matrix: Matrix, task: str, seed: int = 0) -> np.ndarray:
    rng = np.random.default_rng(seed + 1)
    signal = 2 * matrix.values[:, 0] + np.abs(matrix.values[:, 1])
    noisy = signal.astype(np.float64) + 0.5 * rng.normal(size=matrix.n_rows)
    if task == "regression":
        return noisy + 10.0
    cuts = [0.8] if task == "binary" else [-1.0, 0.8, 2.5]
    return np.searchsorted(cuts, noisy)


def make_job(name: str, task: str, *, watched: bool = True, **changes: object) -> FitJob:
    spec = MODELS.get(name)
    matrix, held_out = make_matrix(spec), make_matrix(spec, 60, seed=7)
    own = {key: value for key, value in FEW.items() if key in spec.known_params}
    job = FitJob(
        matrix=matrix,
        y=make_y(matrix, task),
        weight=None,
        offset=None,
        watch=Watch(matrix=held_out, y=make_y(held_out, task), offset=None) if watched else None,
        objective="squared_error" if task == "regression" else "log_loss",
        n_outputs=OUTPUTS[task],
        params=spec.make_params(task, own),
        max_rounds=ROUNDS,
        patience=ROUNDS,
        seed=3,
        n_threads=1,
        stop_at=None,
    )
    return replace(job, **changes)


def run(name: str, job: FitJob) -> Fit:
    return MODELS.get(name).fit(job)

"""A fit on a handful of made rows: whether a model takes the values of its parameters."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from automl_cli.core.candidate import ParamValue
from automl_cli.core.matrix import Matrix
from automl_cli.core.metric import Objective
from automl_cli.core.model import FitJob, Watch
from automl_cli.models import MODELS
from automl_cli.train.executor import redirect_output

FEW_ROWS = 200
COLUMNS, LEVELS = 8, 4
ROUNDS = 2
SECONDS = 1.0  # after which a fit stops with what it has


def fit_made_rows(
    model: str, params: Mapping[str, ParamValue], objective: Objective, n_outputs: int, rows: int
) -> str:
    """Fit a model for a moment, in a worker; return nothing.

    Whatever it raises is the library's word on the parameters: the rows are such that any model
    takes them (no gaps, no rare classes, no constant columns).

    Parameters
    ----------
    model
        Name of an entry of MODELS.
    params
        Its complete parameters.
    objective, n_outputs
        See `FitJob`.
    rows
        How many rows to make.
    """
    redirect_output(Path(os.devnull))
    spec = MODELS.get(model)
    rng = np.random.default_rng(0)
    q = int(spec.takes_categories)
    matrix = Matrix(
        values=rng.normal(size=(rows, COLUMNS)).astype(np.float32),
        categories=rng.integers(1, LEVELS, (rows, q)).astype(np.int32),
        value_names=tuple(f"x{number}" for number in range(COLUMNS)),
        category_names=("c",) * q,
        levels=(LEVELS,) * q,
    )
    is_classified = objective == "log_loss"
    y = np.arange(rows) % max(2, n_outputs) if is_classified else 10.0 + rng.normal(size=rows)
    spec.fit(
        FitJob(
            matrix=matrix,
            y=y,
            weight=None,
            offset=None,
            watch=Watch(matrix=matrix, y=y, offset=None),
            objective=objective,
            n_outputs=n_outputs,
            params=dict(params),
            max_rounds=ROUNDS,
            patience=ROUNDS,
            seed=0,
            n_threads=1,
            stop_at=time.time() + SECONDS,
        )
    )
    return ""

"""The second opinion: whether a column is more important than chance would make it.

A small LightGBM explains the gradient by the signals of all columns together. It does so again for
gradients on shuffled rows, with signals made anew from these. A column that is more important than
in every shuffle is kept (null importances, Altmann et al., 2010). Unlike the gradient's own test it
sees effects that columns have together, and it costs some ten times as much.
"""

from collections.abc import Sequence

import numpy as np

from automl_cli.core.arrays import BoolVector, Float32Matrix, FloatVector, IntVector
from automl_cli.features.screen import View
from automl_cli.features.signals import make_signals, sample_seen
from automl_cli.features.steps import StoredColumn

N_SHUFFLES = 10
N_TREES = 60


def find_important(columns: Sequence[StoredColumn], view: View, fold: int) -> BoolVector:
    """Return which columns are more important than in every shuffle, shape (columns,).

    Parameters
    ----------
    columns
        All that compete.
    view
        What is to be explained.
    fold
        Which fold asks.
    """
    rows = sample_seen(view, fold)
    rng = np.random.default_rng(fold)
    real = _measure(columns, view, fold, rows)
    by_chance = [_measure(columns, view.permute(rng), fold, rows) for _ in range(N_SHUFFLES)]
    return np.asarray(real > np.max(by_chance, axis=0))


def _measure(
    columns: Sequence[StoredColumn], view: View, fold: int, rows: IntVector
) -> FloatVector:
    signals = make_signals(columns, view, fold, rows)
    outputs = np.split(signals, len(view.gradient.gradient), axis=1)
    gradient = view.gradient.take(rows)
    gains = [
        _fit(signal, slope, curvature)
        for signal, slope, curvature in zip(
            outputs, gradient.gradient, gradient.hessian, strict=True
        )
    ]
    return np.asarray(np.sum(gains, axis=0))


def _fit(signal: Float32Matrix, slope: FloatVector, curvature: FloatVector) -> FloatVector:
    import lightgbm

    params = {
        "objective": "regression",
        "learning_rate": 0.1,
        "num_leaves": 15,
        "feature_fraction": 0.5,
        "deterministic": True,
        "force_col_wise": True,
        "num_threads": 1,
        "seed": 0,
        "verbosity": -1,
    }
    # A step against the hessian: the gradient per unit of curvature, weighted by it.
    data = lightgbm.Dataset(signal.T, slope / curvature, weight=curvature, params=params)
    booster = lightgbm.train(params, data, N_TREES)
    return np.asarray(booster.feature_importance("gain"), dtype=np.float64)

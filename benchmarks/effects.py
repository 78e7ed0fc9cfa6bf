"""Drawn data whose truth is known, for benchmarks/importance.py."""

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import chi2, t

from automl_cli.core.arrays import FloatMatrix, FloatVector, IntVector
from automl_cli.core.dataset import Target
from automl_cli.core.matrix import Matrix
from automl_cli.core.problem import Problem
from automl_cli.metrics import METRICS
from automl_cli.splits import SplitOptions, make_fold_plan

LINEAR = {"linear 1": 0.10, "linear 2": 0.15, "linear 3": 0.20}
NOISE = tuple(f"noise {k}" for k in range(1, 7))
PROBE = "lunch"
N_FOLDS = 5


class Design(NamedTuple):
    """What is drawn."""

    name: str
    task: str = "regression"
    members: tuple[str, ...] = ("lightgbm", "linear")
    strength: float = 1.0  # of all effects; 0: no column has one
    n_rows: int = 600
    share: float = 1.0  # of the held-out rows that is looked at


@dataclass(frozen=True)
class Setting:
    """A drawn problem and its columns."""

    problem: Problem
    frame: pd.DataFrame
    seed: int


def draw(design: Design, seed: int) -> Setting:
    """Return a problem whose truth is known; every seed gives another one."""
    rng = np.random.default_rng([seed, design.n_rows])
    frame = draw_columns(design.n_rows, rng)
    margin = make_margin(frame, design.strength * (2.0 if design.task == "binary" else 1.0))
    if design.task == "binary":
        y = (rng.random(design.n_rows) < 1 / (1 + np.exp(-margin))).astype(np.int64)
        metric, labels = METRICS.get("log_loss"), ("no", "yes")
    else:
        y, metric, labels = margin + rng.normal(size=design.n_rows), METRICS.get("rmse"), ()
    problem = Problem(
        target=Target(name="y", task=design.task, labels=labels, reason=""),
        y=y,
        fit_y=y,
        objective="log_loss" if design.task == "binary" else "squared_error",
        n_outputs=1,
        metric=metric,
        folds=make_fold_plan(SplitOptions(folds=N_FOLDS, seed=seed), y, design.task, {}),
        seed=seed,
    )
    return Setting(problem, frame, seed)


def draw_columns(n_rows: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return the columns, the lunch last."""
    names = [*LINEAR, "product 1", "product 2", "copy 1", *NOISE, PROBE]
    frame = pd.DataFrame({name: rng.normal(size=n_rows) for name in names})
    for name in ("copy 2", "copy 3"):
        frame.insert(6, name, frame["copy 1"] + 0.3 * rng.normal(size=n_rows))
    return frame


def make_margin(frame: pd.DataFrame, strength: float) -> FloatVector:
    """Return the true expectation, or the true log-odds."""
    margin = sum(effect * frame[name] for name, effect in LINEAR.items())
    margin += 0.5 * frame["product 1"] * frame["product 2"] + 0.3 * frame["copy 1"]
    return strength * margin.to_numpy()


def make_matrix(frame: pd.DataFrame) -> Matrix:
    """Return the columns as a model takes them."""
    return Matrix(
        values=np.asfortranarray(frame.to_numpy(dtype=np.float32)),
        categories=np.empty((len(frame), 0), dtype=np.int32),
        value_names=tuple(map(str, frame.columns)),
        category_names=(),
        levels=(),
    )


def take(matrix: Matrix, rows: IntVector) -> Matrix:
    """Return some rows."""
    values = matrix.values[rows]  # noqa: PD011 (a matrix, not a frame)
    return replace(matrix, values=values, categories=matrix.categories[rows])


def compare_likelihoods(design: Design, setting: Setting) -> dict[str, dict[str, float]]:
    """Return p-values of each linear effect by the likelihood ratio.

    Once in the true model, which nobody knows, and once in the linear model of all columns.
    """
    frame, problem = setting.frame.drop(columns=PROBE), setting.problem
    product = frame["product 1"] * frame["product 2"]
    true = frame[[*LINEAR, "copy 1"]].assign(product=product)
    fit = fit_logistic if design.task == "binary" else fit_normal
    found: dict[str, dict[str, float]] = {}
    for way, columns in {"true model": true, "linear model": frame}.items():
        terms = columns.assign(one=1.0)
        full = fit(terms.to_numpy(), problem.y)
        without = {name: fit(terms.drop(columns=name).to_numpy(), problem.y) for name in LINEAR}
        found[way] = {name: float(chi2.sf(2 * (full - own), 1)) for name, own in without.items()}
    return found


def fit_normal(x: FloatMatrix, y: FloatVector) -> float:
    """Return the log-likelihood of a linear model, its variance fitted too."""
    rest = y - x @ np.linalg.lstsq(x, y, rcond=None)[0]
    return float(-len(y) / 2 * np.log(np.mean(rest**2)))


def fit_logistic(x: FloatMatrix, y: IntVector) -> float:
    """Return the log-likelihood of a logistic model, by Newton's method."""
    beta = np.zeros(x.shape[1])
    for _ in range(20):
        p = 1 / (1 + np.exp(-x @ beta))
        beta += np.linalg.solve((x * (p * (1 - p))[:, None]).T @ x, x.T @ (y - p))
    margin = x @ beta
    return float(np.sum(y * margin - np.logaddexp(0, margin)))


def judge_fold_means(means: FloatVector) -> float:
    """Return the p-value of Nadeau and Bengio (2003) from the means of the folds."""
    if not means.any():
        return 1.0
    n_folds = len(means)
    error = np.sqrt((1 / n_folds + 1 / (n_folds - 1)) * means.var(ddof=1))
    return float(t.sf(means.mean() / error, n_folds - 1))

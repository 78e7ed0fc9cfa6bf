"""What a model is: a function over a `FitJob`, and a way to load what it saved.

The three boosters disagree on early stopping, categories, weights and limits; one record states
all that a fit may know, and each model maps it to its library.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from automl_cli.core.arrays import FloatCube, FloatMatrix, FloatVector, IntVector
from automl_cli.core.candidate import FeatureRecipe, ParamValue
from automl_cli.core.dataset import Task
from automl_cli.core.matrix import Matrix
from automl_cli.core.metric import Objective


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Held-out rows whose loss is recorded after each round; they never choose the rounds."""

    matrix: Matrix
    y: FloatVector | IntVector
    offset: FloatMatrix | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FitJob:
    """All that a fit may know.

    Parameters
    ----------
    matrix
        Training rows. Its arrays may be read-only.
    y
        Shape (rows,): class codes (int64) for ``log_loss``, else values (float64).
    weight
        Shape (rows,), positive, or None.
    offset
        Margins to start from, shape (rows, n_outputs), or None.
    watch
        Held-out rows, or None (then no curve is recorded and `max_rounds` rounds are made).
    objective
        The loss to fit; its mean over the watch (RMSE for ``squared_error``) is the curve.
    n_outputs
        1 for regression and binary, the number of classes for multiclass.
    params
        The model's own parameters, all known to its `ModelSpec`.
    max_rounds
        Upper limit of boosting rounds (ignored by models without rounds).
    patience
        Rounds without improvement of the watch's loss after which training ends; only saves
        time, the rounds used for predicting are chosen from the other folds' curves.
    seed, n_threads
        Equal jobs with equal seed and threads give equal models.
    stop_at
        Seconds since the epoch at which the fit returns what it has, or None.
    """

    matrix: Matrix
    y: FloatVector | IntVector
    weight: FloatVector | None
    offset: FloatMatrix | None
    watch: Watch | None
    objective: Objective
    n_outputs: int
    params: Mapping[str, ParamValue]
    max_rounds: int
    patience: int
    seed: int
    n_threads: int
    stop_at: float | None


class FittedModel(Protocol):
    """A fitted model that can be saved without pickling and loaded without running code."""

    def predict(
        self, matrix: Matrix, *, offset: FloatMatrix | None = None, rounds: int | None = None
    ) -> FloatMatrix:
        """Return margins, shape (rows, n_outputs), float64: log-odds, logits or values.

        `offset` is added; `rounds` limits the boosting rounds used (None: all).
        """
        ...

    def save(self, folder: Path) -> None:
        """Write native files, JSON or npy into the existing `folder`."""
        ...


@runtime_checkable
class ExplainedModel(Protocol):
    """A fitted model that can say what each column contributes to its margins."""

    def contribute(self, matrix: Matrix, *, rounds: int | None = None) -> FloatCube | None:
        """Return SHAP values, shape (rows, n_outputs, p + q + 1), float64.

        The columns are the values, then the categories; the last one is what is answered before
        any column is looked at. Together they are the margins of `predict` without an offset.
        None if this very model cannot tell.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """The outcome of a fit.

    Parameters
    ----------
    model
        The fitted model.
    curve
        Loss of the watch after each round, shape (rounds,), or None for models without rounds
        or jobs without a watch.
    cut
        True if `stop_at` ended the training.
    """

    model: FittedModel
    curve: FloatVector | None
    cut: bool


@dataclass(frozen=True, slots=True)
class Range:
    """A parameter that a search may set, and between which values.

    Parameters
    ----------
    name
        The parameter.
    low, high
        Both are possible; whole numbers give whole numbers.
    log
        True if factors matter and not differences.
    """

    name: str
    low: int | float
    high: int | float
    log: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """The parameter that says how large trees are, and how it grows with them.

    Parameters
    ----------
    param
        The parameter.
    most
        Its largest value.
    per_doubling
        What twice the leaves add to it, if it is a depth; 0: it is the number of leaves itself.
    """

    param: str
    most: int
    per_doubling: float = 0.0

    def grow(self, value: float, factor: float) -> int:
        """Return the parameter's value for trees with `factor` times as many leaves.

        Examples
        --------
        >>> Growth(param="num_leaves", most=1023).grow(24, 4)
        96
        >>> Growth(param="max_depth", most=12, per_doubling=1.0).grow(6, 4)
        8
        """
        if self.per_doubling:
            grown = value + self.per_doubling * math.log2(factor)
        else:
            grown = value * factor
        return max(1, min(round(grown), max(self.most, round(value))))


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSpec:
    """An entry of MODELS.

    Parameters
    ----------
    name
        Its name in YAML, keys and tables.
    fit, load
        ``fit(job) -> Fit`` and ``load(folder) -> FittedModel``.
    recipe
        The default features.
    defaults
        Default parameters by task; ``"*"`` holds those of every task, the task's own override.
    known_params
        Every parameter name that `fit` accepts.
    tasks
        Tasks it can solve.
    has_rounds
        True if it grows by rounds (recorded curve, `rounds` in predict).
    takes_categories
        False if the recipe must not contain native categories.
    takes_offset
        True if `FitJob.offset` is honoured.
    max_rows
        Training rows above which the portfolio leaves it out, or None.
    enough_rows
        Training rows that a fit sees at most, drawn at random, target means included: more would
        cost more time than they are worth. None: all.
    space
        The parameters that a search sets.
    explains
        True if its fitted models are `ExplainedModel`.
    search_rate
        The learning rate where speed counts, in a search and for the first submission, larger than
        usual; None for models that do not learn in many small rounds.
    most_rate
        The largest learning rate: above it the model gets worse whatever the time.
    effort
        What a fit takes, in fits of LightGBM: a guess, before the first one has shown it.
    growth
        How its trees grow with the rows that there are to learn from; None: they do not.
    libraries
        Modules that take long to import: a worker imports them before the time of a fit counts.
    """

    name: str
    fit: Callable[[FitJob], Fit]
    load: Callable[[Path], FittedModel]
    recipe: FeatureRecipe
    defaults: Mapping[str, Mapping[str, ParamValue]]
    known_params: frozenset[str]
    tasks: frozenset[Task]
    has_rounds: bool
    takes_categories: bool
    takes_offset: bool
    max_rows: int | None = None
    enough_rows: int | None = None
    space: tuple[Range, ...] = ()
    explains: bool = False
    search_rate: float | None = None
    most_rate: float = 0.2
    effort: float = 1.0
    growth: Growth | None = None
    libraries: tuple[str, ...] = ()

    def make_params(self, task: Task, own: Mapping[str, ParamValue]) -> dict[str, ParamValue]:
        """Return the defaults of `task` with `own` on top, in name order."""
        merged = {**self.defaults.get("*", {}), **self.defaults.get(task, {}), **own}
        return dict(sorted(merged.items()))

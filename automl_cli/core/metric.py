"""A competition metric as a record, and the lowest of several losses."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from automl_cli.core.arrays import FloatVector
from automl_cli.core.dataset import Task

Wants: TypeAlias = Literal["probability", "label", "value", "ranking"]
Objective: TypeAlias = Literal["log_loss", "squared_error", "absolute_error"]
Transform: TypeAlias = Literal["identity", "log1p"]
SelectionRule: TypeAlias = Literal["objective", "metric", "rank_correlation"]
Score: TypeAlias = Callable[[npt.NDArray[Any], npt.NDArray[Any]], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """How a competition scores a submission and what that means for fitting.

    Parameters
    ----------
    name
        Its name in YAML, flags and tables.
    score
        ``score(y, prediction) -> float``. `y` holds class codes (int64) or values (float64),
        shape (rows,). `prediction` depends on `wants`: ``probability`` float64 (rows,) of the
        positive class in a binary task and (rows, classes) in a multiclass one; ``label`` int64
        codes (rows,); ``value`` float64 (rows,); ``ranking`` int64 codes (rows, k), best first.
    greater_is_better
        Direction.
    wants
        What the submission holds.
    tasks
        Tasks it is defined for.
    objective
        The loss that models are fitted with.
    transform
        Scale of the target that models are fitted on and predictions are blended on.
    decomposable
        True if the score is a mean over rows (or a monotone function of one), so that pooled
        and by-fold scores agree.
    selection
        The loss by which models and blends are chosen: the smooth ``objective`` on the scale of
        `transform`; the ``metric`` itself, if it is smooth and takes what models predict; or the
        ``rank_correlation`` of the predictions with the ranks of the truth.
    balanced
        True if each class weighs the same, however many rows it has.
    likeliest
        True if the likeliest class of calibrated probabilities is the best label.
    order_only
        True if it looks at the order of one column of predictions and at nothing else.
    relative
        True if a row's error counts in proportion to its true value, so that values a constant
        factor lower may score better.
    nonnegative
        True if it is undefined for targets below 0.
    ordinal
        True if the class labels are numbers whose distance counts (qwk): fitted as a regression
        on the label values, decided by cut-points.
    k
        Classes listed in each row of a ``ranking``; 0 for other metrics.
    """

    name: str
    score: Score
    greater_is_better: bool
    wants: Wants
    tasks: frozenset[Task]
    objective: Objective
    transform: Transform = "identity"
    decomposable: bool = True
    selection: SelectionRule = "objective"
    balanced: bool = False
    likeliest: bool = False
    order_only: bool = False
    relative: bool = False
    nonnegative: bool = False
    ordinal: bool = False
    k: int = 0

    def loss(self, y: npt.NDArray[np.generic], prediction: npt.NDArray[np.generic]) -> float:
        """Return the score with lower meaning better."""
        value = self.score(y, prediction)
        return -value if self.greater_is_better else value


def find_lowest(losses: Sequence[float] | FloatVector) -> int:
    """Return the position of the first lowest loss; undefined ones (NaN) are the highest.

    Examples
    --------
    >>> find_lowest([float("nan"), 2.0, 1.0])
    2
    """
    values = np.asarray(losses, dtype=np.float64)
    return int(np.argmin(np.where(np.isnan(values), np.inf, values)))

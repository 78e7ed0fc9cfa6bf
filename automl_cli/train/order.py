"""What is to be cross-fitted, by whom, and what may come of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from automl_cli.core.candidate import Candidate, CandidateSpec, Failure
from automl_cli.core.events import Listener
from automl_cli.core.problem import Problem
from automl_cli.features.state import FeatureSet
from automl_cli.store import RunDirectory
from automl_cli.train.executor import Executor
from automl_cli.train.forecast import Forecast
from automl_cli.train.memory import MemoryBudget
from automl_cli.train.pace import Pace


def _never(_: BaseException) -> bool:
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Where units run and what limits them.

    Parameters
    ----------
    run
        The run directory.
    executor
        Any `concurrent.futures.Executor`.
    screeners
        Jobs of one thread, such as screening a group, that run at the same time; None: as many as
        fits.
    room
        The memory that units may take, or None: no limit.
    ended_for_memory
        Whether an error of a unit means that it took too much memory.
    renew
        Gives a new executor when the old one broke as a whole, or None for executors that
        replace a dead worker by themselves.
    pace
        The time limits.
    listener
        Told of every finished unit.
    forecast
        What fits have shown of seconds and memory. It learns from every fit, in whichever stage.
    """

    run: RunDirectory
    executor: Executor
    pace: Pace
    listener: Listener
    screeners: int | None = None
    room: MemoryBudget | None = None
    ended_for_memory: Callable[[BaseException], bool] = _never
    renew: Callable[[], Executor] | None = None
    forecast: Forecast = field(default_factory=Forecast)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be cross-fitted.

    Parameters
    ----------
    problem
        The target.
    specs
        The candidates, the most promising first.
    feature_sets
        For each candidate's key where its features lie.
    n_folds
        How many folds to fit, the first ones; None: all. What has fewer than all is a `Trial`.
    is_needed
        Whether there is nothing to hand in until one of them is finished.
    """

    problem: Problem
    specs: Sequence[CandidateSpec]
    feature_sets: Mapping[str, FeatureSet]
    n_folds: int | None = None
    is_needed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A candidate on some of its folds, to be compared with others on the same folds.

    Parameters
    ----------
    spec
        What was fitted.
    losses
        Mean loss of the held-out rows of each of the first folds, at the fold's own best round:
        a little too good, and alike so for all candidates of a model.
    row_losses
        For each of these folds the loss of its held-out rows.
    fit_seconds
        Summed over the folds.
    """

    spec: CandidateSpec
    losses: tuple[float, ...]
    row_losses: tuple[npt.NDArray[np.float32], ...]
    fit_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped:
    """A candidate that the clock left out."""

    spec: CandidateSpec
    reason: str


Outcome = Candidate | Trial | Failure | Skipped

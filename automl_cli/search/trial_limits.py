"""What trials of sizes and ways may take, and on how many rows ways are tried."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from automl_cli.core.candidate import CandidateSpec
from automl_cli.core.foldplan import FoldPlan
from automl_cli.core.problem import Problem
from automl_cli.planning.growth import count_training_rows
from automl_cli.search.queue import CandidateQueue
from automl_cli.search.state import SHORTEST, TrialState
from automl_cli.train.execution import Execution

MOST_TRIALS = 0.15  # of the time, after which the sizes and ways that are left are not tried
WAYS_SHARE = 0.1  # of the time that all ways together may take
WAY_SHARE = 0.03  # that one of them may take
LEAST_SHARE = 0.2  # of the rows: with fewer a way of many values looks worse than it is
LEAST_ROWS = 25_000  # with fewer any way of many columns does, if there are more
SETUP = 2.0  # times what its rounds take that a fit of new columns takes


def count_trial_seconds(trials: Iterable[TrialState], workers: int) -> float:
    """Return the seconds that trials of sizes and ways take; those under way like the last."""
    seconds, latest = 0.0, 0.0
    for trial in trials:
        if trial.source in {"growth", "way"}:
            latest = trial.fold_seconds or latest
            seconds += latest * trial.wanted
    return seconds / workers


@dataclass(slots=True)
class WayLimits:
    """What ways on trial may take: the same for all, so that they can be compared.

    Parameters
    ----------
    row_share
        The share of the rows that they learn from; None before the first one.
    """

    row_share: float | None = None

    def find(
        self, queue: CandidateQueue, execution: Execution, seconds: float, spec: CandidateSpec
    ) -> tuple[float, float]:
        """Return what a fold of a way may take, and the share of the rows it learns from.

        Parameters
        ----------
        queue
            What may be begun.
        execution
            Where fits run.
        seconds
            All that the study has.
        spec
            A way.
        """
        problem, workers = queue.factory.problem, execution.time_budget.workers
        if self.row_share is None:
            n_ways = len(queue.ways_of) + len(queue.ways)
            known = execution.forecast.fold_seconds(spec)
            self.row_share = choose_row_share(problem, n_ways, known, seconds, workers)
        return limit_way(seconds, problem.folds, workers), self.row_share


def limit_way(seconds: float, plan: FoldPlan, workers: int) -> float:
    """Return what a fold of one way may take; a slow one ends with what it has.

    Parameters
    ----------
    seconds
        All that the study has.
    plan
        The folds.
    workers
        Fits that run at the same time.
    """
    return max(SHORTEST, WAY_SHARE * seconds / _count_rounds(plan, workers))


def choose_row_share(
    problem: Problem, n_ways: int, fold_seconds: float, seconds: float, workers: int
) -> float:
    """Return the share of the rows on which ways are tried, so that all of them end in time.

    Parameters
    ----------
    problem
        The target.
    n_ways
        How many are to be tried.
    fold_seconds
        What a fold of one is thought to take on all rows; 0: nothing is known.
    seconds
        All that the study has.
    workers
        Fits that run at the same time.
    """
    if not fold_seconds:
        return 1.0
    needed = n_ways * _count_rounds(problem.folds, workers) * SETUP * fold_seconds
    least = max(LEAST_SHARE, LEAST_ROWS / count_training_rows(problem))
    return min(1.0, max(least, WAYS_SHARE * seconds / needed))


def _count_rounds(plan: FoldPlan, workers: int) -> int:
    """Return how often workers have to be free until a candidate has its first folds."""
    return math.ceil(plan.n_first / min(workers, plan.n_first))

from collections.abc import Callable

import numpy as np
import pytest

from automl_cli.core.problem import Problem
from automl_cli.search.state import Source, TrialState
from automl_cli.search.trial_limits import (
    LEAST_ROWS,
    LEAST_SHARE,
    choose_row_share,
    count_trial_seconds,
    limit_way,
)

MakeProblem = Callable[..., Problem]


def trial(source: Source, fold_seconds: float, n_folds: int = 2) -> TrialState:
    return TrialState(
        key=source, model="a", source=source, n_folds=n_folds, wanted=2, fold_seconds=fold_seconds
    )


def test_trials_under_way_count_like_the_last_one() -> None:
    trials = [
        trial("planned", 50.0),
        trial("growth", 3.0),
        trial("way", 1.0),
        trial("way", 0.0, n_folds=0),
    ]
    assert count_trial_seconds(trials, workers=2) == pytest.approx((6 + 2 + 2) / 2)


def test_ways_of_many_rows_share_the_time(make_problem: MakeProblem) -> None:
    problem = make_problem("mse", np.arange(200_000.0))
    share = choose_row_share(problem, 8, fold_seconds=10.0, seconds=800.0, workers=1)
    assert LEAST_SHARE < share < 1.0
    assert choose_row_share(problem, 8, fold_seconds=10.0, seconds=1.0, workers=1) == LEAST_SHARE
    assert choose_row_share(problem, 8, fold_seconds=0.0, seconds=1.0, workers=1) == 1.0


def test_ways_of_few_rows_learn_from_all_however_long_it_takes(make_problem: MakeProblem) -> None:
    problem = make_problem("mse", np.arange(float(LEAST_ROWS)))
    assert choose_row_share(problem, 8, fold_seconds=100.0, seconds=1.0, workers=1) == 1.0


def test_a_way_gets_no_more_of_the_time_for_more_folds(make_problem: MakeProblem) -> None:
    many, few = (make_problem("mse", np.arange(n)).folds for n in (10_000.0, 1_000.0))
    assert few.n_first > many.n_first
    limits = [limit_way(300.0, plan, 1) * plan.n_first for plan in (many, few)]
    assert limits[0] == pytest.approx(limits[1])

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fold_models import make_candidate

from automl_cli.core.errors import RunError
from automl_cli.core.problem import Problem
from automl_cli.search.ambiguity import measure_ambiguity
from automl_cli.store import RunDirectory

MakeProblem = Callable[..., Problem]


@pytest.mark.parametrize("n_folds", [2, 3, 5])
def test_the_ambiguity_is_the_variance_of_one_model(
    tmp_path: Path, make_problem: MakeProblem, n_folds: int
) -> None:
    problem = make_problem("mse", np.arange(100.0))
    one = make_candidate(tmp_path, problem, n_folds)  # fold k predicts k for each row
    variance = np.var(np.arange(n_folds), ddof=1)
    assert measure_ambiguity(RunDirectory(tmp_path), problem, one) == pytest.approx(variance)


def test_the_mean_of_all_folds_has_a_loss_that_is_lower_by_its_part_of_the_ambiguity(
    tmp_path: Path, make_problem: MakeProblem
) -> None:
    problem = make_problem("mse", np.arange(100.0))
    one = make_candidate(tmp_path, problem, 4)
    ambiguity = measure_ambiguity(RunDirectory(tmp_path), problem, one)
    y, folds = 7.0, np.arange(4.0)
    single, mean = ((y - folds) ** 2).mean(), (y - folds.mean()) ** 2
    assert single - mean == pytest.approx(ambiguity * (1 - 1 / 4))


def test_absolute_errors_fall_by_less_where_they_are_large(
    tmp_path: Path, make_problem: MakeProblem
) -> None:
    run = RunDirectory(tmp_path)
    small, large = (make_problem("mae", scale * np.arange(100.0)) for scale in (1, 10))
    one = make_candidate(tmp_path, small, 3)
    near = measure_ambiguity(run, small, one)
    assert measure_ambiguity(run, large, one) == pytest.approx(near / 10)


def test_of_one_fold_or_without_test_rows_nothing_is_known(
    tmp_path: Path, make_problem: MakeProblem
) -> None:
    problem, run = make_problem("mse", np.arange(100.0)), RunDirectory(tmp_path)
    one = make_candidate(tmp_path, problem, 3)
    single = replace(one, fits=one.fits[:1], fold_scores=one.fold_scores[:1])
    assert measure_ambiguity(run, problem, replace(one, test=None)) == 0.0
    assert measure_ambiguity(run, problem, single) == 0.0


def test_a_lost_file_is_an_error(tmp_path: Path, make_problem: MakeProblem) -> None:
    problem = make_problem("mse", np.arange(100.0))
    one = make_candidate(tmp_path, problem, 3)
    next(tmp_path.rglob("test.npy")).unlink()
    with pytest.raises(RunError):
        measure_ambiguity(RunDirectory(tmp_path), problem, one)

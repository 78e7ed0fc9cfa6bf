from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fold_models import make_candidate

from automl_cli.core.deadline import Deadline
from automl_cli.core.problem import Problem
from automl_cli.ensemble.tournament import make_single_blend
from automl_cli.run.replicates import expect_submission
from automl_cli.store import RunDirectory

MakeProblem = Callable[..., Problem]
ALWAYS = Deadline(None)


@pytest.fixture
def problem(make_problem: MakeProblem) -> Problem:
    return make_problem("mse", np.arange(100.0))


def test_folds_of_the_directory_are_compared(tmp_path: Path, problem: Problem) -> None:
    one = make_candidate(tmp_path, problem, 3)
    run, blend, known = RunDirectory(tmp_path), make_single_blend(one), {one.spec.key: one}
    expected = expect_submission(run, problem, blend, known, ALWAYS)
    assert expected == pytest.approx(3.0 - 2.0 / 3.0)
    without = replace(blend, test=None)
    assert expect_submission(run, problem, without, known, ALWAYS) is None
    assert expect_submission(run, problem, blend, {}, ALWAYS) is None
    assert expect_submission(run, problem, blend, known, Deadline.after(0.0)) is None


def test_a_lost_file_tells_nothing(tmp_path: Path, problem: Problem) -> None:
    one = make_candidate(tmp_path, problem, 2)
    next(tmp_path.rglob("test.npy")).unlink()
    run, blend = RunDirectory(tmp_path), make_single_blend(one)
    assert expect_submission(run, problem, blend, {one.spec.key: one}, ALWAYS) is None


def test_one_fold_tells_nothing(tmp_path: Path, problem: Problem) -> None:
    one = make_candidate(tmp_path, problem, 1)
    run, blend = RunDirectory(tmp_path), make_single_blend(one)
    assert expect_submission(run, problem, blend, {one.spec.key: one}, ALWAYS) is None

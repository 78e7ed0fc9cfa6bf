"""Members that say the same as another one are found, others are not."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from automl_cli.core.candidate import Candidate
from automl_cli.core.problem import Problem
from automl_cli.ensemble.outside import find_copies

Make = Callable[..., Any]
N_ROWS = 4_000


@pytest.fixture(scope="module")
def problem(make_problem: Make) -> Problem:
    rng = np.random.default_rng(0)
    return make_problem("log_loss", rng.integers(0, 2, N_ROWS), labels=("n", "y"))


@pytest.fixture
def members(problem: Problem, make_candidate: Make) -> dict[str, Candidate]:
    rng = np.random.default_rng(1)
    margins = problem.y + rng.normal(size=N_ROWS)
    values = {
        "first": margins,
        "rounded": np.log(1 / (1 / (1 / (1 + np.exp(-margins))).round(4) - 1)),
        "rescaled": 3.0 * margins - 1.0,
        "calibrated": np.sinh(margins),
        "another seed": margins + 0.05 * rng.normal(size=N_ROWS),
        "noise": rng.normal(size=N_ROWS),
        "constant": np.zeros(N_ROWS),
    }
    return {
        name: make_candidate(name, (1 / (1 + np.exp(-z)))[:, None].astype(np.float32))
        for name, z in values.items()
    }


def test_copies_are_joined_to_the_first_of_them(
    problem: Problem, members: dict[str, Candidate]
) -> None:
    found = find_copies(problem, list(members.values()), n_safe=0)
    names = {one.spec.key: name for name, one in members.items()}
    assert {names[one.key] for one in found} == {"rounded", "rescaled", "calibrated"}
    assert {names[one.of] for one in found} == {"first"}
    assert all(0.9999 <= one.likeness <= 1.0 for one in found)


def test_the_runs_own_candidates_are_never_copies(
    problem: Problem, members: dict[str, Candidate]
) -> None:
    assert find_copies(problem, list(members.values()), n_safe=len(members)) == ()


def test_models_of_several_classes_are_compared_too(
    make_problem: Make, make_candidate: Make
) -> None:
    rng = np.random.default_rng(2)
    problem = make_problem("log_loss", rng.integers(0, 3, 600), labels=("a", "b", "c"))
    p = rng.dirichlet(np.ones(3), 600)
    sharper = p**2 / (p**2).sum(axis=1, keepdims=True)
    members = [make_candidate(name, one) for name, one in (("p", p), ("sharper", sharper))]
    assert [one.key for one in find_copies(problem, members, n_safe=0)] == [members[1].spec.key]

"""What each fold's models of an ensemble predict for test rows."""

from collections.abc import Mapping
from contextlib import suppress

import numpy as np

from automl_cli.core.arrays import FloatMatrix, IntVector
from automl_cli.core.candidate import Blend, Candidate
from automl_cli.core.deadline import Deadline
from automl_cli.core.errors import RunError
from automl_cli.core.problem import Problem
from automl_cli.core.resampling import thin_rows
from automl_cli.ensemble.expectation import expect_score, is_expectable
from automl_cli.store import RunDirectory
from automl_cli.train.collect import load_test

MOST_ROWS = 20_000  # tell how much folds differ
KEPT_SECONDS = 0.5  # for writing: of the second that the tournament has left


def expect_submission(
    run: RunDirectory,
    problem: Problem,
    blend: Blend,
    candidates: Mapping[str, Candidate],
    deadline: Deadline,
) -> float | None:
    """Return what the ensemble's submission is expected to score; None where that is unknown.

    Parameters
    ----------
    run
        Where the fits lie.
    problem
        The target with all its folds.
    blend
        The ensemble.
    candidates
        Its members, and perhaps others, by key.
    deadline
        When nothing more is read, and nothing told.
    """
    members = [candidates[key] for key in blend.members if key in candidates]
    if blend.test is None or len(members) < len(blend.members):
        return None
    n_places = sum(fold.repeat == 0 for fold in problem.folds)
    n_shared = min(n_places, *(one.n_folds for one in members))
    is_known = all(len(one.fits) == one.n_folds for one in members)
    if n_shared < 2 or not is_known or not is_expectable(problem):
        return None
    rows = thin_rows(np.arange(len(blend.test)), MOST_ROWS, problem.seed)
    replicates: list[list[FloatMatrix]] = [[] for _ in range(n_shared)]
    with suppress(RunError):
        for member in members:
            for place, replicate in enumerate(replicates):
                if deadline.seconds_left() <= KEPT_SECONDS:
                    return None
                folds = range(place, member.n_folds, n_places)
                replicate.append(_average_repeats(run, member, folds, rows))
        return expect_score(problem, blend, replicates)
    return None


def _average_repeats(
    run: RunDirectory, candidate: Candidate, folds: range, rows: IntVector
) -> FloatMatrix:
    """Return the mean of the same fold of each repeat, for some test rows."""
    parts = [load_test(run, candidate, fold)[rows] for fold in folds]
    return np.asarray(np.mean(parts, axis=0))

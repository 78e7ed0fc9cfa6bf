"""What each fold's models of an ensemble predict for test rows."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import numpy as np

from automl_cli.core.arrays import FloatMatrix, IntVector
from automl_cli.core.candidate import Blend, Candidate
from automl_cli.core.errors import RunError
from automl_cli.core.problem import Problem
from automl_cli.core.resampling import thin_rows
from automl_cli.ensemble.expectation import expect_score, is_expectable
from automl_cli.store import RunDirectory, read_array
from automl_cli.train.unit import predictions_folder

MOST_ROWS = 20_000  # tell how much folds differ


def expect_submission(
    run: RunDirectory, problem: Problem, blend: Blend, candidates: Mapping[str, Candidate]
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
    """
    members = [candidates[key] for key in blend.members if key in candidates]
    if blend.test is None or len(members) < len(blend.members):
        return None
    n_places = sum(fold.repeat == 0 for fold in problem.folds)
    n_shared = min(n_places, *(one.n_folds for one in members))
    if n_shared < 2 or not is_expectable(problem):
        return None
    rows = thin_rows(np.arange(len(blend.test)), MOST_ROWS, problem.seed)
    with suppress(RunError):
        replicates = [
            [
                _average_repeats(run, one, range(place, one.n_folds, n_places), rows)
                for one in members
            ]
            for place in range(n_shared)
        ]
        return expect_score(problem, blend, replicates)
    return None


def _average_repeats(
    run: RunDirectory, candidate: Candidate, folds: range, rows: IntVector
) -> FloatMatrix:
    """Return the mean of the same fold of each repeat, for some test rows."""
    parts = [read_array(_find_predictions(run, candidate, fold))[rows] for fold in folds]
    return np.asarray(np.mean(parts, axis=0))


def _find_predictions(run: RunDirectory, candidate: Candidate, fold: int) -> Path:
    if fold >= len(candidate.fits):
        raise RunError(f"{candidate.spec.key}: fits are unknown.")
    rounds = candidate.rounds[fold] if candidate.rounds else None
    folder = run.root / "units" / candidate.spec.key / candidate.fits[fold]
    return predictions_folder(folder, rounds) / "test.npy"

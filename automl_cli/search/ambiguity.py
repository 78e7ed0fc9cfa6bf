"""What more folds of a candidate are worth: how much the models that it has differ.

A submission averages the models of all folds. For losses that are convex in the prediction the mean
of n models is better than one of them by a part of their ambiguity, 1 - 1 / n, and no labels are
needed to know it (Krogh and Vedelsby, NeurIPS 1994).
"""

import numpy as np

from automl_cli.core.candidate import Candidate
from automl_cli.core.problem import Problem
from automl_cli.core.resampling import thin_rows
from automl_cli.decision.losses import row_losses
from automl_cli.ensemble.expectation import measure_divergence, measure_variance
from automl_cli.store import RunDirectory
from automl_cli.train.collect import load_test

MOST_ROWS = 5_000  # of the test table


def measure_ambiguity(run: RunDirectory, problem: Problem, candidate: Candidate) -> float:
    """Return by how much the mean of very many folds' models has a lower loss than one of them.

    Parameters
    ----------
    run
        Where the fits lie.
    problem
        The target.
    candidate
        Any; with fewer than two folds, or without a test table, nothing is known: 0.

    Raises
    ------
    RunError
        If predictions are damaged: fit again.
    """
    n_folds = candidate.n_folds
    if n_folds < 2 or candidate.test is None or not candidate.fits:
        return 0.0
    rows = thin_rows(np.arange(len(candidate.test)), MOST_ROWS, problem.seed)
    models = np.stack([load_test(run, candidate, fold)[rows] for fold in range(n_folds)])
    if problem.objective == "log_loss":
        gain = measure_divergence(models)
    else:
        gain = measure_variance(models)
    if problem.objective == "absolute_error":
        # The second derivative of a mean absolute error is twice the density of errors at zero,
        # which for those of a Laplace distribution is half of one over their mean.
        covered = ~np.isnan(candidate.oof[:, 0])
        losses = row_losses(problem.fit_y[covered], candidate.oof[covered], problem.objective)
        gain /= 2.0 * max(float(losses.mean()), 1e-9)
    return gain / (1.0 - 1.0 / n_folds)

"""How far the weights of a blend are from certain."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from automl_cli.core.arrays import FloatVector
from automl_cli.core.candidate import Blend, Candidate
from automl_cli.core.deadline import Deadline
from automl_cli.core.keys import make_seed
from automl_cli.core.problem import Problem
from automl_cli.core.threads import limit_blas
from automl_cli.ensemble.combiners import COMBINERS, get_weights

MOST_DRAWS, LEAST_DRAWS = 30, 6
_CELLS = 60_000_000  # of all draws that combiners look at
_ROWS = 100_000  # of a draw that combiners look at


def count_draws(n_members: int, n_rows: int) -> int:
    """Return of how many draws the rows the spread is: fewer where a fit takes long.

    Examples
    --------
    >>> count_draws(8, 1_000), count_draws(100, 700_000)
    (30, 6)
    """
    affordable = _CELLS // max(1, n_members * min(n_rows, _ROWS))
    return max(LEAST_DRAWS, min(MOST_DRAWS, affordable))


def measure_spread(
    problem: Problem, made: Blend, members: Sequence[Candidate], *, n_threads: int = 1
) -> FloatVector:
    """Return the standard deviation of each member's weight over draws of the rows (bootstrap).

    Parameters
    ----------
    problem
        What is answered.
    made
        The blend.
    members
        Its members, in its order.
    n_threads
        How many draws are computed at a time.
    """
    combiner = COMBINERS.get(made.combiner)
    predictions = [member.oof for member in members]
    covered = np.flatnonzero(problem.folds.covered())
    rng = np.random.default_rng(make_seed(problem.seed, "spread"))
    n_draws = count_draws(len(members), len(covered))
    draws = (rng.choice(covered, len(covered)) for _ in range(n_draws))
    no_limit = Deadline(None)
    with limit_blas(), ThreadPoolExecutor(n_threads) as pool:
        fits = [pool.submit(combiner.fit, problem, predictions, rows, no_limit) for rows in draws]
        weights = [get_weights(fit.result()) for fit in fits]
    return np.asarray(np.std(weights, axis=0))

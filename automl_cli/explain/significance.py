"""From the losses of permuted rows to intervals, p-values and false-discovery rates.

The statistic is the mean over held-out rows of (loss with the column permuted - loss). For one
fitted model the rows are independent, and a column that says nothing has mean 0. But the models of
two folds have each learned from the other fold's rows: what rows i and j seem to have in common
enters as j predicts i, and again as i predicts j. For a model that makes a great many independent
things of a column that says nothing, the variance is therefore 1 + s times that of independent
rows, s being the share of the held-out rows that is looked at: with all of them each pair counts
twice. Nadeau and Bengio (2003) say much the same of the variance of a few folds (1 + folds *
n_held_out / n_train). Intervals have this factor, and so have rates of false discoveries, which
look at the far tail. For a slope alone independent rows are right as they are, and what models of
tables make of noise lies between: with 1 + s / 4 noise was significant as rarely as promised in
every simulation, at about .8 of the power of the likelihood-ratio test, so it is the factor of
single p-values (`benchmarks/importance.py` shows all of them).
"""

from dataclasses import dataclass

import numpy as np

from automl_cli.core.arrays import FloatVector, IntVector

LEVEL = 0.95  # of intervals


@dataclass(frozen=True, slots=True, kw_only=True)
class LossTest:
    """A mean difference of row losses with its uncertainty.

    Parameters
    ----------
    mean
        Positive if the loss is higher without the column.
    low, high
        Its two-sided interval of 95 %.
    p
        Of the one-sided test against 0 or less; 1 if no row has changed.
    bound
        The same with the variance of the interval, from which rates of false discoveries come.
    """

    mean: float
    low: float
    high: float
    p: float
    bound: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What the variance of independent rows is multiplied by."""

    test: float
    interval: float


def make_correction(n_rows: int, n_covered: int, *, ordered: bool) -> Correction:
    """Return the factors of the variance.

    Parameters
    ----------
    n_rows
        Held-out rows that are looked at.
    n_covered
        Rows that some fold holds out.
    ordered
        True in a time plan: no two folds learn from each other.

    Examples
    --------
    >>> make_correction(500, 1000, ordered=False)
    Correction(test=1.125, interval=1.5)
    """
    share = 0.0 if ordered else n_rows / n_covered
    return Correction(test=1.0 + share / 4, interval=1.0 + share)


def run_loss_test(
    differences: FloatVector, correction: Correction, parts: IntVector | None = None
) -> LossTest:
    """Test whether the mean of the rows' differences is above 0.

    Parameters
    ----------
    differences
        Loss without the column minus loss with it, shape (rows,).
    correction
        See `make_correction`.
    parts
        The part of each row if rows within one are not independent, shape (rows,): then parts are
        what is counted.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> run_loss_test(rng.normal(size=1000) + 0.2, Correction(test=2.0, interval=2.0)).p < 0.001
    True
    """
    from scipy.stats import t

    mean = float(differences.mean())
    if not differences.any():
        return LossTest(mean=0.0, low=0.0, high=0.0, p=1.0, bound=1.0)
    # Influences of the rows on the mean, summed by part; they have mean 0.
    influences = (differences - mean) / len(differences)
    if parts is not None:
        numbers = np.unique(parts, return_inverse=True)[1]
        influences = np.bincount(numbers, influences).astype(np.float64)
    n_parts = len(influences)
    if n_parts < 2:
        return LossTest(mean=mean, low=-np.inf, high=np.inf, p=1.0, bound=1.0)
    plain = float(np.sqrt(n_parts / (n_parts - 1) * np.sum(influences**2)))
    reach = plain * np.sqrt(correction.interval) * float(t.ppf((1 + LEVEL) / 2, n_parts - 1))

    def test(factor: float) -> float:
        error = plain * np.sqrt(factor)
        return float(t.sf(mean / error, n_parts - 1)) if error else float(mean <= 0)

    p = test(correction.test)
    return LossTest(
        mean=mean,
        low=mean - reach,
        high=mean + reach,
        p=p,
        bound=max(p, test(correction.interval)),
    )

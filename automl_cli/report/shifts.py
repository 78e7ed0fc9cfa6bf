"""How far the columns of train and test are apart, column by column."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.core.arrays import FloatVector
from automl_cli.core.dataset import Column
from automl_cli.core.resampling import thin_rows
from automl_cli.statistics.corrections import correct

N_BINS = 10
MOST_ROWS = 100_000  # of each table
RARE = 0.02  # the share of a level below which it is taken together with other such ones
FLOOR = 1e-4  # the least share of a bin, so that an empty one costs much and not everything
MODERATE, LARGE = 0.1, 0.25  # of the stability index, as banks read it


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """The distance of a column between train and test.

    Parameters
    ----------
    name
        The column.
    stability
        Population stability index over ten bins of equally many training rows, or over levels
        (rare ones as one): the sum of (q - p) ln(q / p), missing values being a bin of their own.
    statistic
        Kolmogorov and Smirnov's distance of numbers; None for categories.
    p
        That of a chi-squared test of levels; of numbers the lesser of the distance's and of a
        chi-squared test of the missing values, times two if there are both. Adjusted for all
        columns (Benjamini and Hochberg 1995).
    missing
        The share of missing values in train and in test.
    unseen
        The share of test rows with a level that train has not.
    """

    name: str
    stability: float
    statistic: float | None
    p: float
    missing: tuple[float, float]
    unseen: float


def measure_shifts(
    train: pd.DataFrame, test: pd.DataFrame, columns: Sequence[Column]
) -> list[Shift]:
    """Return the shift of each numeric, categorical or datetime column, the largest first."""
    train = train.iloc[thin_rows(np.arange(len(train)), MOST_ROWS, 0)]
    test = test.iloc[thin_rows(np.arange(len(test)), MOST_ROWS, 0)]
    shown = [column for column in columns if column.role != "text"]
    if not shown or train.empty or test.empty:
        return []
    found = [_measure(column, train[column.name], test[column.name]) for column in shown]
    adjusted = correct([one.p for one in found], "fdr")
    shifts = [
        Shift(
            name=one.name,
            stability=one.stability,
            statistic=one.statistic,
            p=p,
            missing=one.missing,
            unseen=one.unseen,
        )
        for one, p in zip(found, adjusted, strict=True)
    ]
    return sorted(shifts, key=lambda one: (-one.stability, one.name))


def convert_to_floats(values: pd.Series) -> FloatVector:
    """Return numbers or dates as floats, missing ones as NaN."""
    if pd.api.types.is_datetime64_any_dtype(values):
        ticks = values.to_numpy().astype(np.int64).astype(np.float64)
        return np.where(values.isna().to_numpy(), np.nan, ticks)
    return values.to_numpy(dtype=np.float64, na_value=np.nan)


def _measure(column: Column, train: pd.Series, test: pd.Series) -> Shift:
    from scipy.stats import ks_2samp

    missing = float(train.isna().mean()), float(test.isna().mean())
    if column.role == "categorical":
        codes = train.cat.codes.to_numpy(), test.cat.codes.to_numpy()
        shares = _count_levels(*codes)
        return Shift(
            name=column.name,
            stability=_measure_stability(*_pool_rare(*shares)),
            statistic=None,
            p=_test_levels(*shares),
            missing=missing,
            unseen=float(np.mean((codes[1] >= 0) & ~np.isin(codes[1], codes[0]))),
        )
    mine, its = convert_to_floats(train), convert_to_floats(test)
    known = mine[~np.isnan(mine)], its[~np.isnan(its)]
    levels = np.linspace(0, 1, N_BINS + 1)[1:-1]
    edges = np.unique(np.quantile(known[0], levels)) if len(known[0]) else np.zeros(1)
    counts = [
        np.bincount(
            np.where(np.isnan(values), 0, np.searchsorted(edges, values, side="left") + 1),
            minlength=len(edges) + 2,
        ).astype(np.float64)
        for values in (mine, its)
    ]
    tested = ks_2samp(*known, method="asymp") if all(map(len, known)) else None
    return Shift(
        name=column.name,
        stability=_measure_stability(*(one / one.sum() for one in counts)),
        statistic=None if tested is None else float(tested.statistic),
        p=_join_tests(None if tested is None else float(tested.pvalue), mine, its),
        missing=missing,
        unseen=0.0,
    )


def _join_tests(of_known: float | None, train: FloatVector, test: FloatVector) -> float:
    """Return the p-value of two tests (Bonferroni): known values say nothing of missing ones."""
    found = [] if of_known is None else [of_known]
    gaps = [np.bincount(np.isnan(one), minlength=2).astype(np.float64) for one in (train, test)]
    if (gaps[0] + gaps[1]).all():
        found.append(_test_levels(*gaps))
    return min(1.0, len(found) * min(found)) if found else 1.0


def _count_levels(
    train: npt.NDArray[np.integer], test: npt.NDArray[np.integer]
) -> tuple[FloatVector, FloatVector]:
    n_levels = int(max(train.max(), test.max())) + 2
    counts = [
        np.bincount(codes.astype(np.int64) + 1, minlength=n_levels).astype(np.float64)
        for codes in (train, test)
    ]
    return counts[0], counts[1]


def _pool_rare(train: FloatVector, test: FloatVector) -> tuple[FloatVector, FloatVector]:
    """Return the shares of levels, those that are rare in both tables taken together.

    One by one they come and go by chance, and each would add to the index.
    """
    shares = train / max(1.0, train.sum()), test / max(1.0, test.sum())
    rare = np.maximum(*shares) < RARE
    pooled = [np.append(share[~rare], share[rare].sum()) for share in shares]
    return pooled[0], pooled[1]


def _measure_stability(train: FloatVector, test: FloatVector) -> float:
    p, q = np.maximum(train, FLOOR), np.maximum(test, FLOOR)
    return float(np.sum((q - p) * np.log(q / p)))


def _test_levels(train: FloatVector, test: FloatVector) -> float:
    from scipy.stats import chi2_contingency

    table = np.stack([train, test])
    table = table[:, table.sum(axis=0) > 0]
    # Rare levels are put together: the test wants about five expected rows in each cell.
    expected = table.sum(axis=0) * table.sum(axis=1).min() / table.sum()
    rare = expected < 5
    if rare.any():
        table = np.column_stack([table[:, ~rare], table[:, rare].sum(axis=1)])
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2 or (table.sum(axis=1) == 0).any():
        return 1.0
    return float(chi2_contingency(table).pvalue)

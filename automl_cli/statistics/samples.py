"""The tests of two groups, and of several together.

Each is given a `GroupedValues`, the values of a column and the group of each row.
"""

import warnings
from dataclasses import dataclass, replace

import numpy as np

from automl_cli.core.arrays import FloatMatrix, FloatVector, IntVector
from automl_cli.statistics.clusters import allow_for_few
from automl_cli.statistics.fits import Fitted, fit_model, run_wald_test

CHI_SQUARED = "chi-squared test"
EXPECTED = 5.0  # rows of each cell, below which the exact test is taken


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupedValues:
    """Values, shape (rows,), with the group of each."""

    y: FloatVector
    groups: IntVector
    labels: tuple[str, ...]
    n_classes: int
    clusters: IntVector | None
    level: float

    def take(self, *groups: int) -> "GroupedValues":
        """Return these groups alone, numbered from 0."""
        rows = np.isin(self.groups, groups)
        return replace(
            self,
            y=self.y[rows],
            groups=np.searchsorted(np.array(groups), self.groups[rows]).astype(np.int64),
            labels=tuple(self.labels[group] for group in groups),
            clusters=None if self.clusters is None else self.clusters[rows],
        )

    def split(self) -> list[FloatVector]:
        """Return the values of each group."""
        return [self.y[self.groups == group] for group in range(len(self.labels))]

    def count(self) -> FloatMatrix:
        """Return the rows of each group and class, shape (groups, classes)."""
        n_classes = max(2, self.n_classes)
        cells = self.groups * n_classes + self.y.astype(np.int64)
        counted = np.bincount(cells, minlength=len(self.labels) * n_classes)
        return counted.reshape(-1, n_classes).astype(np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupDifference:
    """What two groups differ by.

    Parameters
    ----------
    first, second
        The groups.
    difference, low, high
        The second's mean or share less the first's, with its interval; NaN for several classes.
    effect, effect_name
        Hedges' g, the odds ratio or Cramér's V.
    test
        The name of the test.
    p, p_corrected
        Of the test, and corrected for the number of pairs.
    """

    first: str
    second: str
    difference: float
    low: float
    high: float
    effect: float
    effect_name: str
    test: str
    p: float
    p_corrected: float = float("nan")


def compare_means(sample: GroupedValues) -> GroupDifference:
    """Compare means by Welch's t-test."""
    from scipy.stats import ttest_ind

    first, second = sample.split()
    low = high = p = float("nan")
    if max(np.ptp(first), np.ptp(second)) > 0:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one of the groups may be constant
            found = ttest_ind(second, first, equal_var=False)
            low, high = found.confidence_interval(1 - sample.level)
            p = float(found.pvalue)
    return GroupDifference(
        first=sample.labels[0],
        second=sample.labels[1],
        difference=float(second.mean() - first.mean()),
        low=float(low),
        high=float(high),
        effect=_find_g(first, second),
        effect_name="Hedges' g",
        test="Welch's t-test",
        p=p,
    )


def compare_shares(sample: GroupedValues) -> GroupDifference:
    """Compare shares of the second class by the score test, or Fisher's exact one for few rows.

    The score test is Rao's test of the binomial model on an indicator, or Pearson's chi-squared;
    the interval is Newcombe's (1998), of two score intervals.
    """
    from scipy.stats import fisher_exact
    from statsmodels.stats.proportion import confint_proportions_2indep

    table = sample.count()
    (n_first, n_second), hits = table.sum(axis=1), table[:, 1]
    counts = (hits[1], n_second, hits[0], n_first)
    low, high = confint_proportions_2indep(
        *counts, method="newcomb", compare="diff", alpha=sample.level
    )
    if _find_expected(table).min() < EXPECTED:
        test, p = "Fisher's exact test", float(fisher_exact(table).pvalue)
    else:
        test, p = "score test", run_table_test(sample)
    with np.errstate(all="ignore"):
        odds = np.divide(table[:, 1], table[:, 0])
        ratio = float(odds[1] / odds[0])
    return GroupDifference(
        first=sample.labels[0],
        second=sample.labels[1],
        difference=float(hits[1] / n_second - hits[0] / n_first),
        low=float(low),
        high=float(high),
        effect=ratio,
        effect_name="odds ratio",
        test=test,
        p=p,
    )


def compare_classes(sample: GroupedValues) -> GroupDifference:
    """Compare several classes by the chi-squared test."""
    table = sample.count()
    table = table[:, table.sum(axis=0) > 0]
    nan = float("nan")
    return GroupDifference(
        first=sample.labels[0],
        second=sample.labels[1],
        difference=nan,
        low=nan,
        high=nan,
        effect=_find_v(table),
        effect_name="Cramér's V",
        test=CHI_SQUARED,
        p=run_table_test(sample),
    )


def compare_linear(sample: GroupedValues) -> GroupDifference:
    """Compare means or shares by a linear model with clustered errors."""
    from scipy.stats import t

    fitted = _fit(sample)
    difference, error = float(fitted.estimates[0, 1]), float(np.sqrt(fitted.robust[1, 1]))
    width = float(t.ppf(1 - sample.level / 2, fitted.df[1])) * error
    first, second = sample.split()
    return GroupDifference(
        first=sample.labels[0],
        second=sample.labels[1],
        difference=difference,
        low=difference - width,
        high=difference + width,
        effect=_find_g(first, second),
        effect_name="Hedges' g",
        test="clustered t-test",
        p=run_wald_test(fitted, (1,))[1],
    )


def run_welch_anova(sample: GroupedValues) -> float:
    """Return the p-value of Welch's analysis of variance."""
    from statsmodels.stats.oneway import anova_oneway

    with np.errstate(all="ignore"):
        return float(anova_oneway(sample.split(), use_var="unequal").pvalue)


def run_table_test(sample: GroupedValues) -> float:
    """Return the p-value of the chi-squared test of groups by classes."""
    from scipy.stats import chi2_contingency

    table = sample.count()
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2:
        return float("nan")
    return float(chi2_contingency(table, correction=False).pvalue)


def run_linear_test(sample: GroupedValues) -> float:
    """Return the p-value of all indicators of a linear model with clustered errors."""
    return run_wald_test(_fit(sample), tuple(range(1, len(sample.labels))))[1]


def _fit(sample: GroupedValues) -> Fitted:
    """Return the linear model of the indicators of all groups but the first."""
    matrix = np.eye(len(sample.labels))[sample.groups]
    matrix[:, 0] = 1.0
    clusters = np.unique(np.asarray(sample.clusters), return_inverse=True)[1].astype(np.int64)
    fitted = fit_model(matrix, sample.y, "gaussian", clusters)
    return allow_for_few(fitted, matrix, clusters)


def _find_g(first: FloatVector, second: FloatVector) -> float:
    """Return Hedges' g: the difference in pooled standard deviations, corrected for few rows."""
    n_first, n_second = len(first), len(second)
    degrees = n_first + n_second - 2
    pooled = ((n_first - 1) * first.var(ddof=1) + (n_second - 1) * second.var(ddof=1)) / degrees
    if pooled == 0:
        return float("nan")
    shrink = 1 - 3 / (4 * degrees - 1)
    return float(shrink * (second.mean() - first.mean()) / np.sqrt(pooled))


def _find_expected(table: FloatMatrix) -> FloatMatrix:
    return np.asarray(np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum())


def _find_v(table: FloatMatrix) -> float:
    """Return Cramér's V: 0 for equal shares, 1 if the groups tell the class."""
    smaller = min(table.shape) - 1
    if smaller == 0:
        return 0.0
    expected = _find_expected(table)
    return float(np.sqrt((((table - expected) ** 2) / expected).sum() / table.sum() / smaller))

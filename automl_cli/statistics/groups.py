"""Whether groups of rows differ in a column: by how much, and with what certainty.

Means are compared by Welch's t-test and, for several groups, by Welch's analysis of variance first.
Both are linear models of the column on indicators of the groups, with errors that may differ by
group. Shares are compared by the score test, several classes by the chi-squared test. With
clusters it is the linear model with clustered errors.
"""

from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.core.arrays import FloatMatrix, FloatVector, IntVector
from automl_cli.core.errors import DataError
from automl_cli.statistics.corrections import correct
from automl_cli.statistics.effects import Settings
from automl_cli.statistics.fits import fit_model, run_wald_test
from automl_cli.statistics.response import Response

MOST_GROUPS = 20
LEAST_ROWS = 2  # of a group: one row has no variance
EXPECTED = 5.0  # rows of each cell, below which the exact test is taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The rows of one group.

    Parameters
    ----------
    label
        Its name.
    n_rows
        How many have a value.
    mean, deviation
        Of the numbers; of two classes the share of the second, and NaN.
    shares
        Of the classes, if there are more than two.
    """

    label: str
    n_rows: int
    mean: float
    deviation: float
    shares: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What two groups differ by.

    Parameters
    ----------
    first, second
        The groups.
    difference, low, high
        The second's mean or share less the first's, with its interval; NaN for several classes.
    effect, effect_name
        Hedges' g, the odds ratio or Cramér's V.
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
    p: float
    p_corrected: float = float("nan")


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Groups compared.

    Parameters
    ----------
    test
        The name of the test of any two groups.
    overall, p_overall
        The name and the p-value of the test of all groups together.
    groups, differences
        What was compared, and each pair.
    left_out
        Groups with too few rows.
    """

    test: str
    overall: str
    p_overall: float
    groups: tuple[Group, ...]
    differences: tuple[Difference, ...]
    left_out: tuple[str, ...]


def compare_groups(response: Response, column: "pd.Series[Any]", settings: Settings) -> Comparison:
    """Compare a response between the groups that a column makes.

    Raises
    ------
    DataError
        If the column makes fewer than two groups, or too many.
    """
    codes, labels = _find_groups(column)
    known = (codes >= 0) & ~np.isnan(response.values)
    if settings.clusters is not None:
        known &= settings.clusters >= 0
    counts = np.bincount(codes[known], minlength=len(labels))
    kept = [code for code in range(len(labels)) if counts[code] >= LEAST_ROWS]
    if len(kept) < 2:
        raise DataError(
            f"{column.name}: {len(kept)} group(s) with {LEAST_ROWS} rows or more to compare.",
            hint="Name a column with --between that divides the rows.",
        )
    known &= np.isin(codes, kept)
    place = {code: number for number, code in enumerate(kept)}
    own = np.array([place[code] for code in codes[known]], dtype=np.int64)
    clusters = None if settings.clusters is None else settings.clusters[known]
    sample = _Sample(
        values=response.values[known],
        groups=own,
        labels=tuple(labels[code] for code in kept),
        n_classes=len(response.labels),
        clusters=clusters,
        level=settings.level,
    )
    left_out = tuple(label for code, label in enumerate(labels) if code not in kept)
    return replace(_compare(sample, settings.correction), left_out=left_out)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sample:
    """Values, shape (rows,), with the group of each."""

    values: FloatVector
    groups: IntVector
    labels: tuple[str, ...]
    n_classes: int
    clusters: IntVector | None
    level: float

    def take(self, *groups: int) -> "_Sample":
        """Return these groups alone, numbered from 0."""
        rows = np.isin(self.groups, groups)
        return replace(
            self,
            values=self.values[rows],
            groups=np.searchsorted(np.array(groups), self.groups[rows]).astype(np.int64),
            labels=tuple(self.labels[group] for group in groups),
            clusters=None if self.clusters is None else self.clusters[rows],
        )

    def split(self) -> list[FloatVector]:
        """Return the values of each group."""
        return [self.values[self.groups == group] for group in range(len(self.labels))]

    def count(self) -> FloatMatrix:
        """Return the rows of each group and class, shape (groups, classes)."""
        n_classes = max(2, self.n_classes)
        cells = self.groups * n_classes + self.values.astype(np.int64)
        counted = np.bincount(cells, minlength=len(self.labels) * n_classes)
        return counted.reshape(-1, n_classes).astype(np.float64)


def _compare(sample: _Sample, correction: str) -> Comparison:
    if sample.clusters is not None:
        if sample.n_classes > 2:
            raise DataError(
                "several classes are not compared between groups with clustered rows.",
                hint="Leave --between out: the column is then tested beside the others.",
            )
        overall, pair, names = _test_linear, _compare_linear, ("clustered t-test", "clustered F")
    elif sample.n_classes == 0:
        overall, pair, names = _test_welch, _compare_means, ("Welch's t-test", "Welch's ANOVA")
    elif sample.n_classes == 2:
        overall, pair, names = _test_table, _compare_shares, ("score test", "chi-squared test")
    else:
        overall, pair, names = _test_table, _compare_classes, ("chi-squared test",) * 2
    pairs = [
        pair(sample.take(first, second))
        for first, second in combinations(range(len(sample.labels)), 2)
    ]
    corrected = correct([one.p for one in pairs], correction)
    return Comparison(
        test=names[0],
        overall=names[1],
        p_overall=pairs[0].p if len(pairs) == 1 else overall(sample),
        groups=tuple(_describe(sample, group) for group in range(len(sample.labels))),
        differences=tuple(
            replace(one, p_corrected=p) for one, p in zip(pairs, corrected, strict=True)
        ),
        left_out=(),
    )


def _find_groups(column: "pd.Series[Any]") -> tuple[IntVector, list[str]]:
    found = column.astype("object").where(column.notna(), None)
    codes, levels = pd.factorize(found, sort=True)
    if len(levels) > MOST_GROUPS:
        raise DataError(
            f"{column.name}: {len(levels)} different values, {MOST_GROUPS} groups are the most.",
            hint="Leave --between out: the column is then tested beside the others.",
        )
    return np.asarray(codes, dtype=np.int64), [_spell(level) for level in levels]


def _spell(level: object) -> str:
    return f"{level:g}" if isinstance(level, float) else str(level)


def _describe(sample: _Sample, group: int) -> Group:
    values = sample.values[sample.groups == group]
    shares: npt.NDArray[np.float64] = np.zeros(0)
    if sample.n_classes > 2:
        shares = np.bincount(values.astype(np.int64), minlength=sample.n_classes) / len(values)
    return Group(
        label=sample.labels[group],
        n_rows=len(values),
        mean=float("nan") if sample.n_classes > 2 else float(values.mean()),
        deviation=float(values.std(ddof=1)) if sample.n_classes == 0 else float("nan"),
        shares=tuple(float(share) for share in shares),
    )


def _compare_means(sample: _Sample) -> Difference:
    from scipy.stats import ttest_ind

    first, second = sample.split()
    with np.errstate(all="ignore"):
        found = ttest_ind(second, first, equal_var=False)
        low, high = found.confidence_interval(1 - sample.level)
    return Difference(
        first=sample.labels[0],
        second=sample.labels[1],
        difference=float(second.mean() - first.mean()),
        low=float(low),
        high=float(high),
        effect=_find_g(first, second),
        effect_name="Hedges' g",
        p=float(found.pvalue),
    )


def _compare_shares(sample: _Sample) -> Difference:
    from scipy.stats import fisher_exact
    from statsmodels.stats.proportion import confint_proportions_2indep, test_proportions_2indep

    table = sample.count()
    (n_first, n_second), hits = table.sum(axis=1), table[:, 1]
    counts = (hits[1], n_second, hits[0], n_first)
    low, high = confint_proportions_2indep(
        *counts, method="score", compare="diff", alpha=sample.level, correction=False
    )
    if _find_expected(table).min() < EXPECTED:
        p = float(fisher_exact(table).pvalue)
    else:
        p = float(test_proportions_2indep(*counts, method="score", correction=False).pvalue)
    with np.errstate(all="ignore"):
        odds = np.divide(table[:, 1], table[:, 0])
        ratio = float(odds[1] / odds[0])
    return Difference(
        first=sample.labels[0],
        second=sample.labels[1],
        difference=float(hits[1] / n_second - hits[0] / n_first),
        low=float(low),
        high=float(high),
        effect=ratio,
        effect_name="odds ratio",
        p=p,
    )


def _compare_classes(sample: _Sample) -> Difference:
    table = sample.count()
    table = table[:, table.sum(axis=0) > 0]
    nan = float("nan")
    return Difference(
        first=sample.labels[0],
        second=sample.labels[1],
        difference=nan,
        low=nan,
        high=nan,
        effect=_find_v(table),
        effect_name="Cramér's V",
        p=_test_table(sample),
    )


def _compare_linear(sample: _Sample) -> Difference:
    from scipy.stats import t

    fitted = fit_model(_make_indicators(sample), sample.values, "gaussian", _recode(sample))
    difference, error = float(fitted.estimates[0, 1]), float(np.sqrt(fitted.robust[1, 1]))
    width = float(t(fitted.df).ppf(1 - sample.level / 2)) * error
    first, second = sample.split()
    return Difference(
        first=sample.labels[0],
        second=sample.labels[1],
        difference=difference,
        low=difference - width,
        high=difference + width,
        effect=_find_g(first, second),
        effect_name="Hedges' g",
        p=run_wald_test(fitted, (1,))[1],
    )


def _test_welch(sample: _Sample) -> float:
    from statsmodels.stats.oneway import anova_oneway

    with np.errstate(all="ignore"):
        return float(anova_oneway(sample.split(), use_var="unequal").pvalue)


def _test_table(sample: _Sample) -> float:
    from scipy.stats import chi2_contingency

    table = sample.count()
    table = table[:, table.sum(axis=0) > 0]
    if table.shape[1] < 2:
        return float("nan")
    return float(chi2_contingency(table, correction=False).pvalue)


def _test_linear(sample: _Sample) -> float:
    matrix = _make_indicators(sample)
    fitted = fit_model(matrix, sample.values, "gaussian", _recode(sample))
    return run_wald_test(fitted, tuple(range(1, matrix.shape[1])))[1]


def _make_indicators(sample: _Sample) -> FloatMatrix:
    matrix = np.eye(len(sample.labels))[sample.groups]
    matrix[:, 0] = 1.0
    return matrix


def _recode(sample: _Sample) -> IntVector:
    clusters = np.unique(np.asarray(sample.clusters), return_inverse=True)[1].astype(np.int64)
    if clusters.max() < 2:
        raise DataError(
            f"--cluster: {clusters.max() + 1} cluster(s) in {' and '.join(sample.labels[:2])}.",
            hint="Name a column with more values.",
        )
    return clusters


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
    return np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()


def _find_v(table: FloatMatrix) -> float:
    """Return Cramér's V: 0 for equal shares, 1 if the groups tell the class."""
    smaller = min(table.shape) - 1
    if smaller == 0:
        return 0.0
    expected = _find_expected(table)
    return float(np.sqrt((((table - expected) ** 2) / expected).sum() / table.sum() / smaller))

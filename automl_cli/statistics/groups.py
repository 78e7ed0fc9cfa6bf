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

from automl_cli.core.arrays import BoolVector, IntVector
from automl_cli.core.counts import format_count
from automl_cli.core.errors import DataError
from automl_cli.statistics.clusters import LEAST_CLUSTERS, count_clusters
from automl_cli.statistics.corrections import correct
from automl_cli.statistics.effects import Settings
from automl_cli.statistics.response import Response
from automl_cli.statistics.samples import (
    CHI_SQUARED,
    GroupDifference,
    GroupedValues,
    compare_classes,
    compare_linear,
    compare_means,
    compare_shares,
    run_linear_test,
    run_table_test,
    run_welch_anova,
)

MOST_GROUPS = 20
MOST_DIGITS = 1e15  # numbers beyond are told with an exponent
LEAST_ROWS = 2  # of a group: one row has no variance


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSummary:
    """The rows of one group.

    Parameters
    ----------
    label
        Its name.
    n_rows
        How many have a value.
    n_clusters
        In which they lie; 0 without clusters.
    mean, deviation
        Of the numbers; of two classes the share of the second, and NaN.
    shares
        Of the classes, if there are more than two.
    """

    label: str
    n_rows: int
    n_clusters: int
    mean: float
    deviation: float
    shares: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupComparison:
    """Groups compared.

    Parameters
    ----------
    test
        The name of the test of any two groups, or of the tests.
    overall, p_overall
        The name and the p-value of the test of all groups together.
    groups, differences
        What was compared, and each pair.
    left_out
        Groups with too few rows or clusters.
    n_missing
        Rows without a group, a response or a cluster.
    n_ungrouped
        Those of them without a group.
    """

    test: str
    overall: str
    p_overall: float
    groups: tuple[GroupSummary, ...]
    differences: tuple[GroupDifference, ...]
    left_out: tuple[str, ...]
    n_missing: int = 0
    n_ungrouped: int = 0


def compare_groups(
    response: Response, column: "pd.Series[Any]", settings: Settings
) -> GroupComparison:
    """Compare a response between the groups that a column makes.

    Raises
    ------
    DataError
        If the column makes fewer than two groups, or too many.
    """
    codes, labels = _find_groups(column)
    known = (codes >= 0) & ~np.isnan(response.y)
    if settings.clusters is not None:
        known &= settings.clusters >= 0
    n_missing = np.sum(~known)
    members = [known & (codes == code) for code in range(len(labels))]
    kept = [code for code, rows in enumerate(members) if _has_enough(rows, settings.clusters)]
    if len(kept) < 2:
        wide = "" if settings.clusters is None else f", in {LEAST_CLUSTERS} clusters or more,"
        raise DataError(
            f"{column.name}: {format_count(len(kept), 'group')} with {LEAST_ROWS} rows or "
            f"more{wide} to compare.",
            hint="Name a column with --between that divides the rows.",
        )
    known &= np.isin(codes, kept)
    place = {code: number for number, code in enumerate(kept)}
    own = np.array([place[code] for code in codes[known]], dtype=np.int64)
    clusters = None if settings.clusters is None else settings.clusters[known]
    sample = GroupedValues(
        y=response.y[known],
        groups=own,
        labels=tuple(labels[code] for code in kept),
        n_classes=len(response.labels),
        clusters=clusters,
        level=settings.level,
    )
    left_out = tuple(label for code, label in enumerate(labels) if code not in kept)
    return replace(
        _compare(sample, settings.correction),
        left_out=left_out,
        n_missing=int(n_missing),
        n_ungrouped=int(np.sum(codes < 0)),
    )


def _has_enough(rows: BoolVector, clusters: IntVector | None) -> bool:
    if clusters is not None and count_clusters(clusters, rows) < LEAST_CLUSTERS:
        return False
    return bool(rows.sum() >= LEAST_ROWS)


def _compare(sample: GroupedValues, correction: str) -> GroupComparison:
    if sample.clusters is not None:
        if sample.n_classes > 2:
            raise DataError(
                "several classes are not compared between groups with clustered rows.",
                hint="Leave --between out: the column is then tested beside the others.",
            )
        overall, pair, joint = run_linear_test, compare_linear, "clustered F"
    elif sample.n_classes == 0:
        overall, pair, joint = run_welch_anova, compare_means, "Welch's ANOVA"
    elif sample.n_classes == 2:
        overall, pair, joint = run_table_test, compare_shares, CHI_SQUARED
    else:
        overall, pair, joint = run_table_test, compare_classes, CHI_SQUARED
    pairs = [
        pair(sample.take(first, second))
        for first, second in combinations(range(len(sample.labels)), 2)
    ]
    corrected = correct([one.p for one in pairs], correction)
    return GroupComparison(
        test=" or ".join(dict.fromkeys(one.test for one in pairs)),
        overall=joint if len(pairs) > 1 else pairs[0].test,
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
    return np.asarray(codes, dtype=np.int64), [_format(level) for level in levels]


def _format(level: object) -> str:
    if not isinstance(level, float):
        return str(level)
    return str(int(level)) if level.is_integer() and abs(level) < MOST_DIGITS else str(level)


def _describe(sample: GroupedValues, group: int) -> GroupSummary:
    rows = sample.groups == group
    values, clusters = sample.y[rows], sample.clusters
    shares: npt.NDArray[np.float64] = np.zeros(0)
    if sample.n_classes > 2:
        shares = np.bincount(values.astype(np.int64), minlength=sample.n_classes) / len(values)
    return GroupSummary(
        label=sample.labels[group],
        n_rows=len(values),
        n_clusters=0 if clusters is None else count_clusters(clusters, rows),
        mean=float("nan") if sample.n_classes > 2 else float(values.mean()),
        deviation=float(values.std(ddof=1)) if sample.n_classes == 0 else float("nan"),
        shares=tuple(float(share) for share in shares),
    )

"""Rows divided by a column's values, and the parts where the ensemble errs most.

A segment is a level of a category or a stretch of a number. Its excess is the mean loss in it minus
the mean loss outside. Many segments are looked at, so a p-value alone would find some by chance:
they are adjusted for the false discovery rate (Benjamini and Yekutieli 2001, which holds for
overlapping segments).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from automl_cli.core.arrays import BoolVector, FloatVector, IntVector
from automl_cli.report.shifts import convert_to_floats
from automl_cli.report.wording import format_cell_value, shorten

MOST_LEVELS, N_STRETCHES = 20, 5
LEAST_ROWS, LEAST_SHARE = 30, 0.01
MOST_SHARE = 0.5  # a part with more rows is no part but most of them
N_PAIRED = 5  # the columns with the most uneven errors are also looked at two by two
SURE = 0.05  # of the adjusted p-value


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """Rows that share a property, and how much worse their predictions are.

    Parameters
    ----------
    name
        The property, such as ``age ≤ 20``.
    n_rows
        How many rows.
    excess, error
        Mean loss in it minus the mean outside, and its standard error; NaN if its rows, or all
        others, belong together: then nothing tells how much chance there is between such parts.
    adjusted
        The p-value that it is no larger than 0, adjusted for all segments.
    predicted, observed
        Mean prediction and mean truth of the rows, if the target has such.
    """

    name: str
    n_rows: int
    excess: float
    error: float
    adjusted: float
    predicted: float | None = None
    observed: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    name: str
    rows: BoolVector


def find_worst(
    frame: pd.DataFrame,
    losses: FloatVector,
    parts: IntVector | None = None,
    *,
    means: tuple[FloatVector, FloatVector] | None = None,
    most: int = 10,
) -> tuple[list[Segment], int]:
    """Return the worst segments and how many were looked at.

    Those come first whose excess is surely no chance, by excess; then the others, by how sure it
    is.

    Parameters
    ----------
    frame
        The feature columns, one row a loss.
    losses
        Of each row.
    parts
        Rows that belong together, for the errors; None: every row stands for itself.
    means
        Predictions and truth of each row, whose means are told.
    most
        The most segments to return.
    """
    single = {name: list(_divide(frame[name], str(name))) for name in frame.columns}
    paired = _choose_paired(single, losses)
    every = [part for found in single.values() for part in found]
    every += [part for one, two in combinations(paired, 2) for part in _cross(single, one, two)]
    every = _join_equal(part for part in every if _is_large(part.rows))
    if not every:
        return [], 0
    found = [_measure(part.rows, losses, parts) for part in every]
    adjusted = _adjust(found)
    segments = [
        Segment(
            name=part.name,
            n_rows=int(part.rows.sum()),
            excess=excess,
            error=error,
            adjusted=float(p),
            predicted=None if means is None else float(means[0][part.rows].mean()),
            observed=None if means is None else float(means[1][part.rows].mean()),
        )
        for part, (excess, error, _), p in zip(every, found, adjusted, strict=True)
    ]
    ranked = sorted(segments, key=_rank)
    return [one for one in ranked if one.excess > 0][:most], len(every)


def _rank(one: Segment) -> tuple[bool, float]:
    is_sure = one.adjusted <= SURE
    if is_sure or one.error == 0:
        return not is_sure, -one.excess
    return True, -one.excess / one.error if np.isfinite(one.error) else 0.0


def _divide(values: pd.Series, name: str) -> Iterator[_Part]:
    missing = values.isna().to_numpy()
    if missing.any():
        yield _Part(name=f"{name} is missing", rows=missing)
    if pd.api.types.is_numeric_dtype(values) or pd.api.types.is_datetime64_any_dtype(values):
        distinct = np.unique(values.dropna().to_numpy())
        if len(distinct) <= N_STRETCHES:
            yield from _divide_levels(values, name)
        else:
            yield from _divide_stretches(values, name)
    elif isinstance(values.dtype, pd.CategoricalDtype):
        yield from _divide_levels(values, name)


def _divide_levels(values: pd.Series, name: str) -> Iterator[_Part]:
    for level in values.value_counts().index[:MOST_LEVELS]:
        text = format_cell_value(level) if isinstance(level, float) else shorten(str(level), 40)
        yield _Part(name=f"{name} = {text}", rows=(values == level).to_numpy(dtype=bool))


def _divide_stretches(values: pd.Series, name: str) -> Iterator[_Part]:
    array = convert_to_floats(values)
    edges = np.unique(np.nanquantile(array, np.linspace(0, 1, N_STRETCHES + 1)[1:-1]))
    texts = [_format_edge(edge, values) for edge in edges]
    for place in range(len(edges) + 1):
        above = array > edges[place - 1] if place else ~np.isnan(array)
        below = array <= edges[place] if place < len(edges) else ~np.isnan(array)
        if place == 0:
            message = f"{name} ≤ {texts[0]}"
        elif place == len(edges):
            message = f"{name} > {texts[-1]}"
        else:
            message = f"{texts[place - 1]} < {name} ≤ {texts[place]}"
        yield _Part(name=message, rows=above & below)


def _format_edge(edge: float, values: pd.Series) -> str:
    if pd.api.types.is_datetime64_any_dtype(values):
        return str(np.array([int(edge)]).astype(values.to_numpy().dtype)[0])[:10]
    return format_cell_value(edge)


def _choose_paired(single: dict[str, list[_Part]], losses: FloatVector) -> list[str]:
    """Return the columns whose segments differ most, by the variance between them."""

    def spread(parts: Sequence[_Part]) -> float:
        means = [(losses[part.rows].mean(), part.rows.sum()) for part in parts if part.rows.any()]
        if len(means) < 2:
            return 0.0
        values, weights = np.array(means).T
        return float(
            np.average((values - np.average(values, weights=weights)) ** 2, weights=weights)
        )

    ranked = sorted(single, key=lambda name: -spread(single[name]))
    return [name for name in ranked[:N_PAIRED] if spread(single[name]) > 0]


def _cross(single: dict[str, list[_Part]], one: str, two: str) -> Iterator[_Part]:
    for first in single[one]:
        for second in single[two]:
            rows = first.rows & second.rows
            if rows.sum() < min(first.rows.sum(), second.rows.sum()):  # else it is one of them
                yield _Part(name=f"{first.name} and {second.name}", rows=rows)


def _join_equal(parts: Iterable[_Part]) -> list[_Part]:
    """Return each set of rows once, called by the first of its names."""
    found: dict[bytes, list[_Part]] = {}
    for part in parts:
        found.setdefault(np.packbits(part.rows).tobytes(), []).append(part)
    return [
        first
        if not others
        else _Part(name=f"{first.name} (the same rows: {others[0].name}{more})", rows=first.rows)
        for first, *others in found.values()
        for more in [f" and {len(others) - 1} more" if len(others) > 1 else ""]
    ]


def _is_large(rows: BoolVector) -> bool:
    n_in = int(rows.sum())
    return max(LEAST_ROWS, LEAST_SHARE * len(rows)) <= n_in <= MOST_SHARE * len(rows)


def _measure(
    rows: BoolVector, losses: FloatVector, parts: IntVector | None
) -> tuple[float, float, int]:
    """Return the excess, its error, and the degrees of freedom of the side that has fewer."""
    numbers = np.arange(len(losses)) if parts is None else parts
    sides = [_find_spread(losses[side], numbers[side]) for side in (rows, ~rows)]
    excess = float(losses[rows].mean() - losses[~rows].mean())
    error = float(np.sqrt(sum(variance for variance, _ in sides)))
    return excess, error, min(freedom for _, freedom in sides)


def _find_spread(losses: FloatVector, parts: IntVector) -> tuple[float, int]:
    """Return the variance of a mean of rows that come in parts (linearised), and its freedom.

    The deviations of a single part sum to 0, which is no variance but the lack of one: NaN.
    """
    sums = np.bincount(np.unique(parts, return_inverse=True)[1], weights=losses - losses.mean())
    freedom = len(sums) - 1
    if freedom == 0:
        return float("nan"), 0
    return float((sums**2).sum() / len(losses) ** 2 * len(sums) / freedom), freedom


def _adjust(found: Sequence[tuple[float, float, int]]) -> FloatVector:
    from scipy.stats import false_discovery_control, t

    excess, error, freedom = np.array(found).T
    ratios = np.divide(excess, error, out=np.zeros_like(excess), where=error > 0)
    p = np.where(np.isfinite(error), t.sf(ratios, np.maximum(1, freedom)), 1.0)
    return np.asarray(false_discovery_control(p, method="by"), dtype=np.float64)

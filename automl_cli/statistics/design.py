"""From typed columns to the matrix of a generalised linear model.

Numbers are centred and scaled, so that the fit is stable; `Parameter.scale` leads back to the
column's own units. Categories become one indicator a level beside the most frequent one; rare
levels, and those in few clusters of rows, are pooled. Missing values are a level, or an indicator
beside the number.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from automl_cli.core.arrays import BoolVector, FloatMatrix, FloatVector, IntVector
from automl_cli.core.dataset import Column
from automl_cli.core.errors import PlanError
from automl_cli.statistics.clusters import LEAST_CLUSTERS, count_clusters, find_sides

LEAST_ROWS = 10  # that a level or a gap needs for an effect of its own
LEAST_SHARE = 0.005  # of the rows, that it needs as well
MOST_LEVELS = (20, 10, 5, 3)  # tried in this order until the parameters are few enough
ROWS_A_PARAMETER = 20
POOLED, MISSING, INTERCEPT = "(others)", "(missing)", "(intercept)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A column of the matrix.

    Parameters
    ----------
    name
        How it is shown: ``age``, or ``city = Rome``.
    scale
        Units of the table's column in one unit of the matrix: an effect of the matrix divided by it
        is an effect a unit.
    spread
        Standard deviation in units of the table's column; None where it says nothing (indicators).
    """

    name: str
    scale: float = 1.0
    spread: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A column of the table, or a term of a formula: what one test is about.

    Parameters
    ----------
    name
        Of the column.
    positions
        Its columns in the matrix.
    reference
        The level that the others are compared with; None where there are none.
    is_product
        True for an interaction of a formula, which goes with its parts by construction.
    within
        The interactions of a formula that it is a part of.
    """

    name: str
    positions: tuple[int, ...]
    reference: str | None = None
    is_product: bool = False
    within: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PooledLevels:
    """Levels of a column that count as one.

    Parameters
    ----------
    column
        Its name.
    n_levels
        How many they are.
    share
        Of the rows, that they have together.
    """

    column: str
    n_levels: int
    share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """The matrix of a model.

    Parameters
    ----------
    matrix
        Shape (rows, parameters).
    parameters
        What its columns are.
    terms
        What is tested; the intercept is no term.
    rows
        The rows of the table that it holds.
    left_out
        Columns that are not in it, with the reason.
    pools
        Levels that it does not tell apart.
    """

    matrix: FloatMatrix
    parameters: tuple[Parameter, ...]
    terms: tuple[Term, ...]
    rows: IntVector
    left_out: tuple[tuple[str, str], ...] = ()
    pools: tuple[PooledLevels, ...] = ()

    def narrow(self, kept: Sequence[int]) -> "Design":
        """Return the design with these columns of the matrix alone."""
        place = {old: new for new, old in enumerate(kept)}
        terms = [
            replace(term, positions=tuple(place[one] for one in term.positions if one in place))
            for term in self.terms
        ]
        return replace(
            self,
            matrix=self.matrix[:, list(kept)],
            parameters=tuple(self.parameters[one] for one in kept),
            terms=tuple(term for term in terms if term.positions),
        )


def make_design(
    frame: pd.DataFrame, columns: Sequence[Column], clusters: IntVector | None = None
) -> Design:
    """Return the design of all columns together.

    Parameters
    ----------
    frame
        The table, typed as `core.dataset.Column` promises.
    columns
        Those to take.
    clusters
        The cluster of each row as a code, below 0 where there is none; None: rows are independent.

    Raises
    ------
    PlanError
        If there would be more than a parameter for `ROWS_A_PARAMETER` rows even with few levels:
        test fewer columns.
    """
    limit = max(1, len(frame) // ROWS_A_PARAMETER)
    for most_levels in MOST_LEVELS:
        design = make_free_design(frame, columns, most_levels, clusters)
        if len(design.parameters) - 1 <= limit:
            return design
    raise PlanError(
        f"{len(design.parameters) - 1} parameters for {len(frame):,} rows, which allow {limit} "
        f"({ROWS_A_PARAMETER} rows each).",
        hint="Name fewer with --columns, or test each column by itself with --alone.",
    )


def make_free_design(
    frame: pd.DataFrame,
    columns: Sequence[Column],
    most_levels: int = MOST_LEVELS[0],
    clusters: IntVector | None = None,
) -> Design:
    """Return the design of all columns together, however many parameters it has."""
    parts: list[FloatMatrix] = [np.ones((len(frame), 1))]
    parameters, terms = [Parameter(name=INTERCEPT)], []
    left_out: list[tuple[str, str]] = []
    pools: list[PooledLevels] = []
    for column in columns:
        part = PARTS[column.role](frame[column.name], most_levels, clusters)
        if not part.parameters:
            left_out.append((column.name, part.reason))
            continue
        start = len(parameters)
        positions = tuple(range(start, start + len(part.parameters)))
        terms.append(Term(name=column.name, positions=positions, reference=part.reference))
        parameters += part.parameters
        parts += part.arrays
        pools += part.pools
    return Design(
        matrix=np.column_stack(parts),
        parameters=tuple(parameters),
        terms=tuple(terms),
        rows=np.arange(len(frame)),
        left_out=tuple(left_out),
        pools=tuple(pools),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """What a column gives: arrays of shape (rows, 1), or none and the reason."""

    arrays: list[FloatMatrix] = field(default_factory=list)
    parameters: list[Parameter] = field(default_factory=list)
    reference: str | None = None
    reason: str = ""
    pools: list[PooledLevels] = field(default_factory=list)


_MakePart: TypeAlias = "Callable[[pd.Series[Any], int, IntVector | None], _Part]"


def _make_numeric(column: "pd.Series[Any]", _: int, clusters: IntVector | None) -> _Part:
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    return _make_number(values, str(column.name), clusters)


def _make_dates(column: "pd.Series[Any]", _: int, clusters: IntVector | None) -> _Part:
    days = (column - column.min()) / pd.Timedelta(days=1)
    values = days.to_numpy(dtype=np.float64, na_value=np.nan)
    return _make_number(values, f"{column.name}, in days", clusters)


def _make_number(values: FloatVector, name: str, clusters: IntVector | None) -> _Part:
    known = np.isfinite(values)
    needed = _least(len(values))
    arrays, parameters, reason = [], [], "(nearly) constant"
    if known.any():
        sides = find_sides(values[known])
        own = None if clusters is None else clusters[known]
        if sides[0].sum() >= LEAST_ROWS and _is_spread(own, *sides):
            largest = np.abs(values[known]).max()  # squares of more than 1e154 are infinite
            units = np.where(known, values / largest, 0.0)
            mean, deviation = units[known].mean(), units[known].std()
            arrays.append(np.where(known, (units - mean) / deviation, 0.0)[:, None])
            spread = float(largest * deviation)
            parameters.append(Parameter(name=name, scale=spread, spread=spread))
        elif sides[0].sum() >= LEAST_ROWS:
            reason = f"it varies in fewer than {LEAST_CLUSTERS} clusters"
    is_estimable = needed <= (~known).sum() <= len(values) - needed
    if is_estimable and _is_spread(clusters, known, ~known):
        arrays.append((~known).astype(np.float64)[:, None])
        parameters.append(Parameter(name=f"{name} = {MISSING}"))
    return _Part(arrays=arrays, parameters=parameters, reason=reason)


def _make_categories(
    column: "pd.Series[Any]", most_levels: int, clusters: IntVector | None
) -> _Part:
    texts = column.astype("object").where(column.notna(), MISSING).astype(str)
    counts = texts.value_counts()
    counts = counts.sort_index().sort_values(ascending=False, kind="stable")
    needed = _least(len(texts))
    wide = [str(level) for level in counts.index[counts >= needed]]
    frequent = [level for level in wide if _is_spread(clusters, (texts == level).to_numpy())]
    frequent = frequent[: most_levels - 1]
    if not frequent:
        least = "" if clusters is None else f" in {LEAST_CLUSTERS} clusters"
        return _Part(reason=f"no level has {needed} rows{least}")
    reference, levels = frequent[0], [level for level in frequent[1:] if level != POOLED]
    pooled = texts.where(texts.isin(frequent), POOLED)
    others = (pooled == POOLED).to_numpy()
    n_levels = int(texts[others].nunique())
    pool = PooledLevels(column=str(column.name), n_levels=n_levels, share=float(others.mean()))
    if others.sum() >= needed and _is_spread(clusters, others):
        levels.append(POOLED)
    elif others.sum() >= needed:  # fewer rows stay with the reference without a word
        reference = f"{reference} or {POOLED}"
    if not levels:
        few = f"all but {frequent[0]} is in fewer than {LEAST_CLUSTERS} clusters"
        return _Part(reason=few if reference != frequent[0] else "(nearly) constant")
    return _Part(
        arrays=[np.asarray(pooled == level, dtype=np.float64)[:, None] for level in levels],
        parameters=[Parameter(name=f"{column.name} = {level}") for level in levels],
        reference=reference,
        pools=[pool] if others.sum() >= needed else [],
    )


def _make_nothing(_: "pd.Series[Any]", __: int, ___: IntVector | None) -> _Part:
    return _Part(reason="a text has no linear effect")


def _least(n_rows: int) -> int:
    return max(LEAST_ROWS, round(LEAST_SHARE * n_rows))


def _is_spread(clusters: IntVector | None, *sides: BoolVector) -> bool:
    """Return whether each side lies in enough clusters to be told from another."""
    return clusters is None or all(
        count_clusters(clusters, rows) >= LEAST_CLUSTERS for rows in sides
    )


PARTS: Mapping[str, _MakePart] = {
    "numeric": _make_numeric,
    "categorical": _make_categories,
    "datetime": _make_dates,
    "text": _make_nothing,
}

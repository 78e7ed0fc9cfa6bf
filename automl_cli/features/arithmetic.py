"""Sums, differences, products and ratios of numeric columns; logarithms and squares.

A tree needs many splits to draw the line a = b, and one on a - b. Pairs are chosen without the
target: those of like scale and high rank correlation come first. What has the same values as a
column or an earlier expression is made once.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

import numpy as np
import pandas as pd

from automl_cli.core.arrays import FloatMatrix, FloatVector
from automl_cli.core.dataset import Column
from automl_cli.features.finite import drop_infinite, measure_skewness, read_finite, sample_rows
from automl_cli.features.group import (
    FeatureGroup,
    Features,
    GroupParams,
    GroupState,
    get_count,
    make_chunks,
    names_of_role,
)

Expression: TypeAlias = list[str]  # an operation and the one or two columns it takes

LEAST_DISTINCT = 3  # crosses of two-valued columns say all that their products could
SKEWED = 1.0
FAR_APART = 2.0  # in powers of ten: the sum of such columns is the larger one


def fit_arithmetic(
    frame: pd.DataFrame, columns: tuple[Column, ...], params: GroupParams
) -> GroupState | None:
    """Choose the expressions; of `max_pairs` pairs of columns at most."""
    max_pairs = get_count("arithmetic", params, "max_pairs")
    sample = frame.iloc[sample_rows(len(frame))]
    known = {name: read_finite(sample, name) for name in names_of_role(columns, "numeric")}
    varied = {name: x for name, x in known.items() if _count_distinct(x) >= LEAST_DISTINCT}
    wanted = [*_choose_curves(varied), *_choose_pairs(varied, max_pairs)]
    kept = list(_drop_copies(known, wanted))
    return GroupState(meta={"expressions": kept}) if kept else None


def transform_arithmetic(state: GroupState, frame: pd.DataFrame) -> Iterator[Features]:
    """Return the expressions, computed in float64; NaN where one is undefined or too large."""
    expressions: list[Expression] = state.meta["expressions"]
    names = dict.fromkeys(name for _, *inputs in expressions for name in inputs)
    known = {name: read_finite(frame, name) for name in names}
    made = ((_name(expression), _evaluate(expression, known)) for expression in expressions)
    yield from make_chunks(made, len(frame))


def keep_arithmetic(state: GroupState, names: frozenset[str]) -> GroupState:
    """Return a state of the expressions of these names."""
    expressions: list[Expression] = state.meta["expressions"]
    return GroupState(meta={"expressions": [e for e in expressions if _name(e) in names]})


def _count_distinct(values: FloatVector) -> int:
    return len(np.unique(values[~np.isnan(values)]))


def _choose_curves(known: Mapping[str, FloatVector]) -> Iterator[Expression]:
    for name, values in known.items():
        seen = values[~np.isnan(values)]
        skewness = measure_skewness(seen)
        if skewness > SKEWED and seen.min() >= 0:
            yield ["log" if seen.min() > 0 else "log1p", name]
        elif skewness < -SKEWED and seen.min() >= 0:
            yield ["square", name]


def _choose_pairs(known: Mapping[str, FloatVector], max_pairs: int) -> Iterator[Expression]:
    if len(known) < 2:
        return
    names = list(known)
    gaps = _measure_gaps(known)
    correlations = np.abs(np.corrcoef([_rank(values) for values in known.values()]))
    first, second = np.triu_indices(len(names), k=1)
    costs = (np.minimum(gaps, FAR_APART) / FAR_APART - correlations)[first, second]
    for pair in np.argsort(costs, kind="stable")[:max_pairs]:
        one, other = names[first[pair]], names[second[pair]]
        if gaps[first[pair], second[pair]] < FAR_APART:
            yield ["plus", one, other]
            yield ["minus", one, other]
        yield ["times", one, other]
        fewer_zeros = (known[one] == 0).sum() < (known[other] == 0).sum()
        yield ["div", other, one] if fewer_zeros else ["div", one, other]


def _measure_gaps(known: Mapping[str, FloatVector]) -> FloatMatrix:
    # By pair: how many powers of ten their deviations are apart.
    scales = np.log10([np.nanstd(values) for values in known.values()])
    return np.asarray(np.abs(scales[:, None] - scales))


def _rank(values: FloatVector) -> FloatVector:
    # Missing values get the middle rank, where they neither add to a correlation nor take from it.
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ranks = (np.cumsum(counts) - counts / 2)[places]
    missing = np.isnan(values)
    ranks[missing] = ranks[~missing].mean()
    return np.asarray(ranks)


def _drop_copies(
    known: Mapping[str, FloatVector], wanted: list[Expression]
) -> Iterator[Expression]:
    taken = {_fingerprint(values) for values in known.values()}
    for expression in wanted:
        values = _evaluate(expression, known)
        mark = _fingerprint(values)
        if _count_distinct(values) > 1 and mark not in taken:
            taken.add(mark)
            yield expression


def _fingerprint(values: FloatVector) -> bytes:
    # Five digits of each value, so that .1 + .2 is .3, and the same for b - a as for a - b.
    mantissas, exponents = np.frexp(np.where(np.isnan(values), 0.0, values))
    sign = np.sign(mantissas[np.argmax(mantissas != 0)])
    digits = np.round(mantissas * sign, 5) + 0.0  # makes -0.0 to 0.0
    return b"".join(part.tobytes() for part in (np.isnan(values), digits, exponents))


def _evaluate(expression: Expression, known: Mapping[str, FloatVector]) -> FloatVector:
    operation, *inputs = expression
    with np.errstate(all="ignore"):
        return drop_infinite(OPERATIONS[operation](*(known[name] for name in inputs)))


def _name(expression: Expression) -> str:
    operation, *inputs = expression
    return f"__{operation}__".join(inputs) if len(inputs) == 2 else f"{inputs[0]}__{operation}"


OPERATIONS: Mapping[str, Callable[..., FloatVector]] = {
    "plus": np.add,
    "minus": np.subtract,
    "times": np.multiply,
    "div": np.divide,
    "log": np.log,
    "log1p": np.log1p,
    "square": np.square,
}
ARITHMETIC = FeatureGroup(
    name="arithmetic",
    fit=fit_arithmetic,
    transform=transform_arithmetic,
    keep=keep_arithmetic,
    defaults={"max_pairs": 60},
)

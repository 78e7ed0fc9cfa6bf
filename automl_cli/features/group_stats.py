"""How a number compares with its group: mean, deviation, distance to the mean, rank.

Groups are the labels of a category, the exact values of a number with few of them, or ten quantile
bins. Pairs are chosen without the target: categories first, then the groups that tell most about
the number. A rank comes from stored quantiles of the group, so that it is a function of one row.
Groups that were not seen, or in a few rows only, give NaN.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from automl_cli.core.arrays import CodeVector, FloatMatrix, FloatVector, IntVector
from automl_cli.core.dataset import Column
from automl_cli.features.bases import Base, code_bases, fit_bases, pack_bases, unpack_bases
from automl_cli.features.finite import drop_infinite, read_finite, sample_rows
from automl_cli.features.group import (
    FeatureGroup,
    Features,
    GroupParams,
    GroupState,
    get_count,
    make_chunks,
    names_of_role,
)

N_BINS = 10
LEAST_VARIED = 10  # distinct values of a column worth comparing
LEAST_ROWS = 5  # a smaller group's mean is hardly more than the row itself
DETERMINED = 0.9999  # the group tells the number: nothing to compare
LEVELS = (np.arange(20) + 0.5) / 20  # of the stored quantiles


def fit_group_stats(
    frame: pd.DataFrame, columns: tuple[Column, ...], params: GroupParams
) -> GroupState | None:
    """Choose `max_pairs` groups and numbers at most, and learn each group's statistics."""
    max_pairs = get_count("group_stats", params, "max_pairs")
    bases = [base for base in fit_bases(frame, columns, (N_BINS,)) if _is_large(base)]
    sample = frame.iloc[sample_rows(len(frame))]
    pairs = _choose_pairs(bases, sample, names_of_role(columns, "numeric"))[:max_pairs]
    if not pairs:
        return None
    used = sorted({position for position, _ in pairs})
    codes = dict(zip(used, code_bases([bases[k] for k in used], frame), strict=True))
    measured = {}
    for name in dict.fromkeys(name for _, name in pairs):
        values = read_finite(frame, name)
        # A mean that may be near zero is no unit to measure in.
        whats = [what for what in NAMES if what != "ratio" or not (values < 0).any()]
        rows = np.argsort(values)[: np.count_nonzero(~np.isnan(values))]
        for position in (position for position, other in pairs if other == name):
            n_codes = len(bases[position].coding.counts)
            table = _measure_groups(codes[position], n_codes, values, rows)
            measured[position, name] = (used.index(position), name, whats), table
    described, tables = zip(*(measured[pair] for pair in pairs), strict=True)
    return _pack([bases[k] for k in used], described, tables)


def transform_group_stats(state: GroupState, frame: pd.DataFrame) -> Iterator[Features]:
    """Return each pair's statistics; a ratio only where the column was never negative."""
    return make_chunks(_compare_all(state, frame), len(frame))


def keep_group_stats(state: GroupState, names: frozenset[str]) -> GroupState:
    """Return a state of the statistics of these names, with the groups that they need."""
    bases = unpack_bases(state)
    kept: dict[int, tuple[int, str, list[str]]] = {}
    for number, (position, name, whats) in enumerate(state.meta["pairs"]):
        own = [what for what in whats if _name(what, name, bases[position]) in names]
        if own:
            kept[number] = (position, name, own)
    used = sorted({position for position, _, _ in kept.values()})
    described = [(used.index(position), name, whats) for position, name, whats in kept.values()]
    return _pack([bases[k] for k in used], described, [state.arrays[f"pair_{k}"] for k in kept])


def _is_large(base: Base) -> bool:
    # Most rows are in groups that are large enough: a name or a ticket is no group.
    counts = base.coding.counts
    return bool(2 * counts[counts >= LEAST_ROWS].sum() > counts.sum())


def _choose_pairs(
    bases: Sequence[Base], sample: pd.DataFrame, numeric: Sequence[str]
) -> list[tuple[int, str]]:
    # Numbers as groups come after categories; those that tell most about the number first.
    known = {name: read_finite(sample, name) for name in numeric}
    varied = [name for name, x in known.items() if len(np.unique(x[~np.isnan(x)])) >= LEAST_VARIED]
    if not varied:
        return []
    values = np.stack([known[name] for name in varied], axis=1)
    scaled = np.nan_to_num((values - np.nanmean(values, axis=0)) / np.nanstd(values, axis=0))
    is_known = (~np.isnan(values)).astype(np.float64)
    rated = []
    for position, (base, codes) in enumerate(zip(bases, code_bases(bases, sample), strict=True)):
        shares = _measure_shares(codes, scaled, is_known)
        rated += [
            (base.column in known, -share, position, name)
            for name, share in zip(varied, shares.tolist(), strict=True)
            if name != base.column and share < DETERMINED
        ]
    return [(position, name) for _, _, position, name in sorted(rated)]


def _measure_shares(codes: CodeVector, scaled: FloatMatrix, is_known: FloatMatrix) -> FloatVector:
    # By column: the share of its variance between groups, corrected for their number.
    from scipy.sparse import csr_array

    n_rows = len(codes)
    members = csr_array((np.ones(n_rows), (codes, np.arange(n_rows))))
    sums, counts = np.asarray(members @ scaled), np.asarray(members @ is_known)
    n_known, n_groups = counts.sum(axis=0), (counts > 0).sum(axis=0)
    between = (sums**2 / np.maximum(counts, 1)).sum(axis=0) / n_known
    corrected = 1 - (1 - between) * (n_known - 1) / np.maximum(n_known - n_groups, 1)
    return np.asarray(np.where(n_known > n_groups, corrected, 0))


def _measure_groups(
    codes: CodeVector, n_codes: int, values: FloatVector, rows: IntVector
) -> FloatMatrix:
    """Return mean, deviation and quantiles by code, shape (2 + quantiles, codes).

    `rows` are those whose value is not missing, the lowest value first: sorting them by code, in
    this order, puts each group's values in order.
    """
    used = ~np.isnan(values)
    ordered, grouped = values[rows], codes[rows]
    codes, values = codes[used], values[used]
    counts = np.bincount(codes, minlength=n_codes)
    sizes, large = np.maximum(counts, 1), counts >= LEAST_ROWS
    centre = values.mean()
    means = np.bincount(codes, weights=values - centre, minlength=n_codes) / sizes
    squares = (values - centre - means[codes]) ** 2
    stats = np.full((2 + len(LEVELS), n_codes), np.nan)
    stats[0, large] = means[large] + centre
    stats[1, large] = np.sqrt(np.bincount(codes, weights=squares, minlength=n_codes) / sizes)[large]
    starts = np.cumsum(counts) - counts
    places = starts + (LEVELS[:, None] * counts).astype(np.int64)
    short = grouped.astype(np.uint16) if n_codes <= 2**16 else grouped  # sorts ten times faster
    stats[2:, large] = ordered[np.argsort(short, kind="stable")[places[:, large]]]
    return stats


def _pack(
    bases: Sequence[Base],
    pairs: Sequence[tuple[int, str, list[str]]],
    tables: Sequence[FloatMatrix],
) -> GroupState:
    packed = pack_bases(bases)
    return GroupState(
        meta={**packed.meta, "pairs": [list(pair) for pair in pairs]},
        arrays={**packed.arrays, **{f"pair_{k}": table for k, table in enumerate(tables)}},
    )


def _compare_all(state: GroupState, frame: pd.DataFrame) -> Iterator[tuple[str, FloatVector]]:
    bases = unpack_bases(state)
    codes = code_bases(bases, frame)
    for number, (position, name, whats) in enumerate(state.meta["pairs"]):
        values, stats = read_finite(frame, name), state.arrays[f"pair_{number}"]
        for what in whats:
            compared = _compare(what, values, stats, codes[position])
            yield _name(what, name, bases[position]), compared


def _name(what: str, column: str, base: Base) -> str:
    return NAMES[what].format(column, base.name)


def _compare(what: str, values: FloatVector, stats: FloatMatrix, codes: CodeVector) -> FloatVector:
    if what == "std":
        return drop_infinite(stats[1, codes])
    mean = stats[0, codes]
    if what == "mean":
        return np.asarray(mean)
    if what == "difference":
        return drop_infinite(values - mean)
    if what == "ratio":
        with np.errstate(all="ignore"):
            return drop_infinite(values / mean)
    unknown = np.isnan(values) | np.isnan(mean)
    return np.where(unknown, np.nan, _rank(values, stats[2:], codes) / len(LEVELS))


def _rank(values: FloatVector, quantiles: FloatMatrix, codes: CodeVector) -> FloatVector:
    # How many of a group's quantiles are below a value; among equal ones: the middle. A binary
    # search in all groups at once, each padded to one less than a power of two.
    width = 2 ** len(quantiles).bit_length()
    table = np.full((quantiles.shape[1], width - 1), np.inf)
    table[:, : len(quantiles)] = quantiles.T
    starts = codes.astype(np.int64) * (width - 1)
    below = _search(table.ravel(), starts, width, values, np.less)
    return (below + _search(table.ravel(), starts, width, values, np.less_equal)) / 2


def _search(
    table: FloatVector, starts: IntVector, width: int, values: FloatVector, is_passed: np.ufunc
) -> IntVector:
    places = starts.copy()
    while width > 1:
        width //= 2
        places += width * is_passed(table.take(places + (width - 1)), values)
    return places - starts


NAMES: Mapping[str, str] = {
    "mean": "{0}__{1}_mean",
    "std": "{0}__{1}_std",
    "difference": "{0}__minus__{1}_mean",
    "ratio": "{0}__div__{1}_mean",
    "rank": "{0}__{1}_rank",
}
GROUP_STATS = FeatureGroup(
    name="group_stats",
    fit=fit_group_stats,
    transform=transform_group_stats,
    keep=keep_group_stats,
    defaults={"max_pairs": 40},
)

"""Columns as codes: tables of known values, their look-up, and the features made of them.

Inside this module's callers a code is 0 for a value that did not occur when the table was made,
1, 2, … for the known values in order, and one more for missing. Labels are known by a hash, so
that numbers and labels are looked up in the same way and no state holds strings.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.core.arrays import CodeMatrix, CodeVector, FloatVector, IntVector
from automl_cli.features.finite import read_finite
from automl_cli.features.group import CHUNK, Features

Keys: TypeAlias = npt.NDArray[np.float64 | np.int64 | np.int32]

SEARCHED = 16  # times fewer values than known ones: a search of each beats a table of all known


@dataclass(frozen=True, slots=True, kw_only=True)
class Coding:
    """What the codes of one column mean.

    Parameters
    ----------
    known
        The known values in ascending order, shape (known,).
    counts
        How often each code occurred, shape (known + 2,): 0 for unseen, the known ones, missing.
    exact
        True if a value must be a known one; False if it belongs to the largest that is not above
        it, as in bins.
    """

    known: Keys
    counts: CodeVector
    exact: bool = True

    @property
    def n_levels(self) -> int:
        """How many codes occurred, missing included."""
        return int(np.count_nonzero(self.counts))


def read_keys(frame: pd.DataFrame, name: str) -> FloatVector:
    """Return a column as float64, shape (rows,): numbers, or the hash of each label.

    Missing, infinite and huge values are NaN.
    """
    column = frame[name]
    if isinstance(column.dtype, pd.CategoricalDtype):
        labels = column.cat.categories.to_numpy(dtype=object)
        hashes = pd.util.hash_array(labels, categorize=False) >> np.uint64(11)  # float64: 53 bits
        return np.append(hashes.astype(np.float64), np.nan)[column.cat.codes]  # missing is -1
    return read_finite(frame, name)


def fit_values(values: Keys) -> Coding:
    """Return the coding in which each value that occurs has a code of its own.

    Examples
    --------
    >>> coding = fit_values(np.array([2.5, 1.0, np.nan, 2.5]))
    >>> coding.known, coding.counts
    (array([1. , 2.5]), array([0, 1, 2, 1], dtype=int32))
    >>> look_up(coding, np.array([2.5, 7.0, np.nan]))
    array([2, 0, 3], dtype=int32)
    """
    known, counts = np.unique(values[~np.isnan(values)], return_counts=True)
    n_missing = len(values) - counts.sum()
    return make_coding(known, counts, n_missing)


def make_coding(
    known: Keys, counts: npt.NDArray[np.integer], n_missing: int = 0, *, exact: bool = True
) -> Coding:
    """Return the coding of known values that occurred so often."""
    joined = np.concatenate([[0], counts, [n_missing]]).astype(np.int32)
    return Coding(known=known, counts=joined, exact=exact)


def fit_bins(exact: Coding, n_bins: int) -> Coding:
    """Return the coding of at most `n_bins` bins of about equally many rows.

    Parameters
    ----------
    exact
        What `fit_values` has found; values that are frequent make bins coincide.
    n_bins
        The number wanted.

    Examples
    --------
    >>> bins = fit_bins(fit_values(np.array([1.0, 2.0, 3.0, 4.0])), 2)
    >>> look_up(bins, np.array([-7.0, 2.9, 3.0, 70.0]))
    array([1, 1, 2, 2], dtype=int32)
    """
    quantiles = np.arange(1, n_bins) / n_bins
    starts = np.unique([0, *find_quantiles(exact, quantiles)])
    known = exact.known[starts].astype(np.float64)
    known[0] = -np.inf
    return merge_levels(exact, known, starts, exact=False)


def find_quantiles(coding: Coding, quantiles: FloatVector) -> IntVector:
    """Return the positions among the known values of quantiles of the rows, all below 1."""
    below = np.cumsum(coding.counts[1:-1])
    return np.asarray(np.searchsorted(below, quantiles * below[-1], side="right"))


def merge_levels(fine: Coding, known: FloatVector, starts: IntVector, *, exact: bool) -> Coding:
    """Return a coding whose code i joins the codes of `fine` from position ``starts[i]`` on."""
    counts = np.add.reduceat(fine.counts[1:-1], starts)
    return make_coding(known, counts, int(fine.counts[-1]), exact=exact)


def look_up(coding: Coding, values: Keys) -> CodeVector:
    """Return the code of each value: 0 for unseen, ``len(known) + 1`` for missing."""
    return next(look_up_all([coding], values))


def look_up_all(codings: Sequence[Coding], values: Keys) -> Iterator[CodeVector]:
    """Yield the codes of the same values in several codings; all bins share one search."""
    missing = np.isnan(values)
    bounds = [coding.known for coding in codings if not coding.exact]
    if bounds:
        fine = np.unique(np.concatenate(bounds))
        places = np.searchsorted(fine, values, side="right") - 1
    for coding in codings:
        if coding.exact:
            codes = find_known(coding.known, values)
        else:
            bins = np.searchsorted(coding.known, fine, side="right").astype(np.int32)
            codes = bins.take(places)
        codes[missing] = len(coding.known) + 1
        yield codes


def find_known(known: Keys, values: Keys) -> CodeVector:
    """Return 1 + the position of each value among the known ones, 0 for others.

    Examples
    --------
    >>> find_known(np.array([1.0, 2.5]), np.array([2.5, 7.0]))
    array([2, 0], dtype=int32)
    """
    if len(known) > SEARCHED * len(values):
        places = np.searchsorted(known, values, side="right")
        places[known[places - 1] != values] = 0
    else:  # pandas keeps a hash table, which is several times faster than a search
        places = pd.Index(known).get_indexer(pd.Index(values)) + 1
    return places.astype(np.int32)


def chunk_codes(
    names: Sequence[str], codings: Sequence[Coding], codes: Iterable[CodeVector], n_rows: int
) -> Iterator[tuple[Sequence[str], Sequence[Coding], CodeMatrix]]:
    """Yield names, codings and codes of shape (columns, rows), `CHUNK` columns at once."""
    remaining = iter(codes)
    for start in range(0, len(names), CHUNK):
        own = slice(start, start + CHUNK)
        array = np.empty((len(names[own]), n_rows), dtype=np.int32)
        for row, made in zip(array, remaining, strict=False):
            row[:] = made
        yield names[own], codings[own], array


def make_target_means(
    names: Sequence[str], codings: Sequence[Coding], codes: CodeMatrix, smoothing: float
) -> Features:
    """Return codes of which each fold makes target means, missing joined with unseen as 0."""
    n_known = np.array([[len(coding.known)] for coding in codings], dtype=np.int32)
    missing = codes > n_known
    return Features(
        kind="target_mean",
        names=tuple(names),
        array=np.where(missing, np.int32(0), codes) if missing.any() else codes,
        levels=tuple((n_known[:, 0] + 1).tolist()),
        smoothing=smoothing,
    )


def make_log_counts(
    names: Sequence[str], codings: Sequence[Coding], codes: CodeMatrix
) -> tuple[Features, ...]:
    """Return log(1 + how often each code occurred), 0 for unseen, where it says something."""
    kept = [number for number, coding in enumerate(codings) if _is_uneven(coding)]
    if not kept:
        return ()
    array = np.empty((len(kept), codes.shape[1]), dtype=np.float32)
    for row, number in zip(array, kept, strict=True):
        table = np.log1p(codings[number].counts).astype(np.float32)
        np.take(table, codes[number], out=row, mode="clip")  # no code is beyond: only faster
    return (Features(kind="values", names=tuple(count_name(names[k]) for k in kept), array=array),)


def pack_codings(codings: Sequence[Coding], name: str) -> dict[str, npt.NDArray[Any]]:
    """Return codings of one type as the arrays of a state, their names beginning with `name`."""
    if not codings:
        return {}
    return {
        f"{name}_known": np.concatenate([coding.known for coding in codings]),
        f"{name}_counts": np.concatenate([coding.counts for coding in codings]),
        f"{name}_ends": np.cumsum([len(coding.known) for coding in codings]),
        f"{name}_exact": np.array([coding.exact for coding in codings]),
    }


def unpack_codings(arrays: Mapping[str, npt.NDArray[Any]], name: str) -> list[Coding]:
    """Return what `pack_codings` was given."""
    if f"{name}_ends" not in arrays:
        return []
    ends, exact = arrays[f"{name}_ends"], arrays[f"{name}_exact"]
    count_ends = ends + 2 * np.arange(1, len(ends) + 1)
    return [
        Coding(known=known, counts=counts, exact=bool(is_exact))
        for known, counts, is_exact in zip(
            np.split(arrays[f"{name}_known"], ends[:-1]),
            np.split(arrays[f"{name}_counts"], count_ends[:-1]),
            exact,
            strict=True,
        )
    ]


def keep_codings(
    arrays: Mapping[str, npt.NDArray[Any]], name: str, kept: Sequence[int]
) -> dict[str, npt.NDArray[Any]]:
    """Return what `pack_codings` would have made of the codings at the positions `kept` alone."""
    codings = unpack_codings(arrays, name)
    return pack_codings([codings[k] for k in kept], name)


def find_wanted(names: Sequence[str], wanted: frozenset[str]) -> list[int]:
    """Return the positions of the names of which the codes or the counts are wanted."""
    return [k for k, name in enumerate(names) if not wanted.isdisjoint({name, count_name(name)})]


def count_name(name: str) -> str:
    """Return what the counts of a coded column are called."""
    return f"{name}__log_count"


def _is_uneven(coding: Coding) -> bool:
    # Counts that differ little, as those of quantile bins without ties, are noise.
    counts = coding.counts[coding.counts > 0]
    return bool(counts.max() >= 2 * counts.min())

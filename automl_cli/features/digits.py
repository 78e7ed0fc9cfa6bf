"""Digits of numbers as they are written: the last ones, and how many decimals there are.

A number is read as the whole number of its column's last decimal place: with two decimals 12.30 is
1230, its digits from the last are 0, 3, 2, 1. Beyond about seven significant digits nothing is
read, so that 0.1 stored in four bytes and in eight is the same number.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TypeAlias

import numpy as np
import pandas as pd

from automl_cli.core.arrays import FloatVector, IntVector
from automl_cli.core.dataset import Column
from automl_cli.features.codes import (
    Coding,
    chunk_codes,
    fit_values,
    keep_codings,
    look_up,
    make_target_means,
    pack_codings,
    read_keys,
    unpack_codings,
)
from automl_cli.features.group import (
    FeatureGroup,
    Features,
    GroupParams,
    GroupState,
    get_count,
    get_smoothing,
    make_chunks,
    names_of_role,
)

LEAST_VALUES = 20  # columns with fewer are categories, whose digits say nothing more
ROWS_A_LEVEL = 5  # fewer on average teach nothing
PRECISION = 1e-7  # of a number of four bytes, relative
MOST_DECIMALS = 9
MOST_ZEROS = 3  # before the point
N_SAMPLED = 10_000
LARGEST_WHOLE = 1e18  # fits 64 bits; numbers beyond 2**53 have lost their last digits anyway

# A column, its decimal places, and what is read: `digit` number k from the last, the last k
# digits (`last`), or the number of `decimals`, below 0 for zeros before the point.
DigitPart: TypeAlias = tuple[str, int, str, int]


def fit_digits(
    frame: pd.DataFrame, columns: tuple[Column, ...], params: GroupParams
) -> GroupState | None:
    """Learn how many decimals each column has and which digits vary."""
    smoothing = get_smoothing("digits", params)
    n_digits = get_count("digits", params, "n_digits")
    parts, codings = [], []
    for name in names_of_role(columns, "numeric"):
        values = read_keys(frame, name)
        seen = values[~np.isnan(values)]
        if len(np.unique(seen)) < LEAST_VALUES:
            continue
        for part, coding in _fit_parts(frame, _list_parts(name, find_decimals(seen), n_digits)):
            parts.append(list(part))
            codings.append(coding)
    if not parts:
        return None
    return GroupState(
        meta={"parts": parts, "smoothing": smoothing}, arrays=pack_codings(codings, "part")
    )


def transform_digits(state: GroupState, frame: pd.DataFrame) -> Iterator[Features]:
    """Return digits and decimals as numbers, missing as NaN, and all parts for target means."""
    parts: list[DigitPart] = [tuple(part) for part in state.meta["parts"]]
    # The last k digits as a number are a sum of digits: they serve as codes only.
    numbers = [part for part in parts if part[2] != "last"]
    named = (_name(*part) for part in numbers)
    yield from make_chunks(zip(named, _read_parts(frame, numbers), strict=True), len(frame))
    codings = unpack_codings(state.arrays, "part")
    codes = map(look_up, codings, _read_parts(frame, parts))
    for chunk in chunk_codes([_name_codes(*part) for part in parts], codings, codes, len(frame)):
        yield make_target_means(*chunk, state.meta["smoothing"])


def keep_digits(state: GroupState, names: frozenset[str]) -> GroupState:
    """Return a state of the parts that these names are made of."""
    parts = state.meta["parts"]
    kept = [k for k, p in enumerate(parts) if not names.isdisjoint({_name(*p), _name_codes(*p)})]
    return GroupState(
        meta={**state.meta, "parts": [parts[k] for k in kept]},
        arrays=keep_codings(state.arrays, "part", kept),
    )


def find_decimals(seen: FloatVector) -> int:
    """Return the decimal places that write (nearly) all values, up to about seven digits.

    Examples
    --------
    >>> find_decimals(np.array([1.5, 20.25, 3.0])), find_decimals(np.array([300.0, 7.0]))
    (2, 0)
    >>> find_decimals(np.float64(np.float32([0.1, 0.7])))
    1
    """
    sample = np.abs(seen[:N_SAMPLED])
    for decimals in range(MOST_DECIMALS):
        scaled = sample * 10.0**decimals
        error = PRECISION * np.maximum(scaled, np.median(scaled))
        is_whole = np.abs(scaled - np.rint(scaled)) <= error
        if is_whole.mean() > 0.99:
            return decimals
    return MOST_DECIMALS


def _list_parts(name: str, decimals: int, n_digits: int) -> list[DigitPart]:
    digits = [(name, decimals, "digit", number) for number in range(1, n_digits + 1)]
    last = [(name, decimals, "last", length) for length in (2, 3) if length <= n_digits]
    return [(name, decimals, "decimals", 0), *digits, *last]


def _fit_parts(
    frame: pd.DataFrame, parts: Sequence[DigitPart]
) -> Iterator[tuple[DigitPart, Coding]]:
    n_joined = 10  # the last digits together must tell more apart than one of them, or fewer
    for part, read in zip(parts, _read_parts(frame, parts), strict=True):
        coding = fit_values(read)
        n_levels = len(coding.known)
        if part[2] == "last":
            if n_levels <= n_joined:
                continue
            n_joined = n_levels
        if 1 < n_levels <= len(frame) // ROWS_A_LEVEL:
            yield part, coding


def _read_parts(frame: pd.DataFrame, parts: Sequence[DigitPart]) -> Iterator[FloatVector]:
    # The parts of a column stand together.
    for (name, decimals), own in groupby(parts, key=itemgetter(0, 1)):
        values = read_keys(frame, name)
        is_missing = np.isnan(values)
        scaled = np.rint(np.abs(np.where(is_missing, 0.0, values)) * 10.0**decimals)
        whole = np.minimum(scaled, LARGEST_WHOLE).astype(np.int64)
        for _, _, what, number in own:
            read = _read_part(whole, decimals, what, number).astype(np.float64)
            read[is_missing] = np.nan
            yield read


def _read_part(whole: IntVector, decimals: int, what: str, number: int) -> IntVector:
    if what == "digit":
        return np.asarray(whole // 10 ** (number - 1) % 10)
    if what == "last":
        return np.asarray(whole % 10**number)
    places = np.full(len(whole), decimals)
    for power in range(1, decimals + MOST_ZEROS + 1):
        places -= whole % 10**power == 0
    return places


def _name(column: str, _: int, what: str, number: int) -> str:
    return f"{column}__{what}_{number}" if number else f"{column}__{what}"


def _name_codes(column: str, decimals: int, what: str, number: int) -> str:
    name = _name(column, decimals, what, number)
    return name if what == "last" else f"{name}__exact"  # beside the number of that name


DIGITS = FeatureGroup(
    name="digits",
    fit=fit_digits,
    transform=transform_digits,
    keep=keep_digits,
    defaults={"n_digits": 6, "smoothing": 10.0},
)

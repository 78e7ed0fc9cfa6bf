"""Numeric columns at several resolutions: rounded, and in quantile bins; target means and counts.

A resolution is kept if it is coarser than the column and finer than the one before, and if its
levels have enough rows to learn from.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

import numpy as np
import pandas as pd

from automl_cli.core.arrays import CodeVector, FloatVector
from automl_cli.core.dataset import Column
from automl_cli.features.codes import (
    Coding,
    Keys,
    chunk_codes,
    find_quantiles,
    find_wanted,
    fit_bins,
    fit_values,
    keep_codings,
    look_up,
    look_up_all,
    make_log_counts,
    make_target_means,
    merge_levels,
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
    names_of_role,
)

BINS = (10, 50, 200, 1000)
LEAST_LEVELS = 3
ROWS_A_LEVEL = 5  # fewer on average teach nothing
N_ROUNDINGS = 3
LEAST_STEPS = 5  # of the coarsest rounding, within the middle 98 % of the rows
LEAST_POWER = -9


def fit_resolutions(
    frame: pd.DataFrame, columns: tuple[Column, ...], params: GroupParams
) -> GroupState | None:
    """Choose the resolutions of each column and count their levels."""
    smoothing = get_smoothing("resolutions", params)
    max_bins = get_count("resolutions", params, "max_bins")
    parts, codings = [], []
    for name in names_of_role(columns, "numeric"):
        exact = fit_values(read_keys(frame, name))
        most = min(len(exact.known) - 1, len(frame) // ROWS_A_LEVEL)
        if most < LEAST_LEVELS:
            continue
        ladders = [_bin(exact, max_bins)]
        if params["rounding"]:
            ladders.append(_round(exact))
        for ladder in ladders:
            for kind, size, coding in _choose(ladder, most):
                parts.append([name, kind, size])
                codings.append(coding)
    if not parts:
        return None
    return GroupState(
        meta={"parts": parts, "smoothing": smoothing}, arrays=pack_codings(codings, "level")
    )


def transform_resolutions(state: GroupState, frame: pd.DataFrame) -> Iterator[Features]:
    """Return the codes for target means, and the counts."""
    parts = state.meta["parts"]
    codings = unpack_codings(state.arrays, "level")
    codes = _code_parts(parts, codings, frame)
    for chunk in chunk_codes([_name(*part) for part in parts], codings, codes, len(frame)):
        yield make_target_means(*chunk, state.meta["smoothing"])
        yield from make_log_counts(*chunk)


def keep_resolutions(state: GroupState, names: frozenset[str]) -> GroupState:
    """Return a state of the resolutions that these names are made of."""
    parts = state.meta["parts"]
    kept = find_wanted([_name(*part) for part in parts], names)
    return GroupState(
        meta={**state.meta, "parts": [parts[k] for k in kept]},
        arrays=keep_codings(state.arrays, "level", kept),
    )


def round_to(values: Keys, power: int) -> FloatVector:
    """Return the nearest whole number of units of 10 to `power`, the even one of two.

    Examples
    --------
    >>> round_to(np.array([0.126, 14.0, np.nan]), -2)
    array([  13., 1400.,   nan])
    """
    scaled = values / 10.0**power if power >= 0 else values * 10.0**-power
    return np.asarray(np.rint(scaled))


def _bin(exact: Coding, max_bins: int) -> Iterator[tuple[str, int, Coding]]:
    for n_bins in BINS:
        if n_bins <= max_bins:
            yield "q", n_bins, fit_bins(exact, n_bins)


def _round(exact: Coding) -> Iterator[tuple[str, int, Coding]]:
    low, high = exact.known[find_quantiles(exact, np.array([0.01, 0.99]))]
    if low == high:  # nearly all rows are alike
        low, high = exact.known[[0, -1]]
    step = max((high - low) / LEAST_STEPS, 10.0**LEAST_POWER)
    coarsest = int(np.floor(np.log10(step)))
    for power in range(coarsest, max(coarsest - N_ROUNDINGS, LEAST_POWER - 1), -1):
        known, starts = np.unique(round_to(exact.known, power), return_index=True)
        yield "round", power, merge_levels(exact, known, starts, exact=True)


def _choose(
    ladder: Iterator[tuple[str, int, Coding]], most: int
) -> Iterator[tuple[str, int, Coding]]:
    # From coarse to fine.
    least = LEAST_LEVELS
    for kind, size, coding in ladder:
        if least <= len(coding.known) <= most:
            yield kind, size, coding
            least = len(coding.known) + 1


def _code_parts(
    parts: list[tuple[str, str, int]], codings: Sequence[Coding], frame: pd.DataFrame
) -> Iterator[CodeVector]:
    # The bins of a column stand together, and so do its roundings.
    described = zip(parts, codings, strict=True)
    for (name, kind), own in groupby(described, key=lambda one: one[0][:2]):
        values = read_keys(frame, name)
        if kind == "q":
            yield from look_up_all([coding for _, coding in own], values)
        else:
            yield from (look_up(coding, round_to(values, part[2])) for part, coding in own)


def _name(column: str, kind: str, size: int) -> str:
    if kind == "q":
        return f"{column}__q{size}"
    return f"{column}__round_{10.0**size:.{max(-size, 0)}f}"


RESOLUTIONS = FeatureGroup(
    name="resolutions",
    fit=fit_resolutions,
    transform=transform_resolutions,
    keep=keep_resolutions,
    defaults={"max_bins": 1000, "rounding": True, "smoothing": 10.0},
)

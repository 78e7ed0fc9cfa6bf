"""Sums, means, deviations, extremes and zeros over columns that measure the same thing.

Such a block is three or more numeric columns with a common name and a number (``q1``, ``q2``,
``q3``), or all flags, or of one kind, lowest value and order of magnitude (amounts spent, marks).
Sums run column by column, so that a row alone gives the same bits as a table.
"""

import re
from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping

import numpy as np
import pandas as pd

from automl_cli.core.arrays import FloatVector
from automl_cli.core.dataset import Column
from automl_cli.features.finite import drop_infinite, read_finite
from automl_cli.features.group import (
    FeatureGroup,
    Features,
    GroupParams,
    GroupState,
    names_of_role,
    stack_values,
)

LEAST_COLUMNS = 3
NUMBERED = re.compile(r"(.*\D|)\d+")
ALIKE = 10.0  # deviations of a numbered block are within this factor of their median


def fit_rows(frame: pd.DataFrame, columns: tuple[Column, ...], _: GroupParams) -> GroupState | None:
    """Find the blocks, and which of their statistics vary."""
    blocks = []
    for names in _find_blocks(frame, names_of_role(columns, "numeric")):
        summary = _summarise([read_finite(frame, name) for name in names])
        kept = [what for what, values in summary.items() if _measure_spread(values)]
        if kept:
            blocks.append({"columns": names, "kept": kept})
    return GroupState(meta={"blocks": blocks}) if blocks else None


def transform_rows(state: GroupState, frame: pd.DataFrame) -> Iterator[Features]:
    """Return the statistics of each block over what a row has of it; NaN if it has nothing."""
    made = {}
    for block in state.meta["blocks"]:
        names = block["columns"]
        summary = _summarise([read_finite(frame, name) for name in names])
        for what in block["kept"]:
            made[f"{names[0]}_to_{names[-1]}__{what}"] = summary[what]
    array = stack_values(list(made.values()), len(frame))
    yield Features(kind="values", names=tuple(made), array=array)


def _find_blocks(frame: pd.DataFrame, names: list[str]) -> Iterator[list[str]]:
    known = {name: read_finite(frame, name) for name in names}
    known = {name: values for name, values in known.items() if _measure_spread(values)}
    numbered = {name: match[1] for name in known if (match := NUMBERED.fullmatch(name))}
    taken = set()
    for block in _split(numbered):
        deviations = np.array([_measure_spread(known[name]) for name in block])
        ratios = deviations / np.median(deviations)
        alike = (ratios <= ALIKE) & (ratios >= 1 / ALIKE)
        if alike.sum() >= LEAST_COLUMNS:
            homogeneous = [name for name, keep in zip(block, alike, strict=True) if keep]
            taken |= set(homogeneous)
            yield homogeneous
    yield from _split({name: _describe(x) for name, x in known.items() if name not in taken})


def _split(kinds: Mapping[str, Hashable]) -> Iterator[list[str]]:
    blocks = defaultdict(list)
    for name, kind in kinds.items():
        blocks[kind].append(name)
    yield from (block for block in blocks.values() if len(block) >= LEAST_COLUMNS)


def _measure_spread(values: FloatVector) -> float:
    seen = values[~np.isnan(values)]
    return float(seen.std()) if len(seen) and np.ptp(seen) else 0.0


def _describe(values: FloatVector) -> Hashable:
    seen = values[~np.isnan(values)]
    low, high = seen.min(), seen.max()
    if ((seen == low) | (seen == high)).all():
        return "flag", float(low), float(high)
    is_whole = bool((seen == np.round(seen)).all())
    magnitude = round(np.log10(seen.std()))
    return is_whole, float(low if is_whole else np.sign(low)), magnitude


def _summarise(columns: list[FloatVector]) -> dict[str, FloatVector]:
    n_known = np.zeros(len(columns[0]))
    total, zeros = np.zeros_like(n_known), np.zeros_like(n_known)
    low, high = columns[0], columns[0]
    for values in columns:
        n_known += ~np.isnan(values)
        total += np.where(np.isnan(values), 0, values)
        zeros += values == 0
        low, high = np.fmin(low, values), np.fmax(high, values)
    n_known[n_known == 0] = np.nan
    mean = total / n_known
    squares = np.zeros_like(mean)
    for values in columns:
        squares += np.where(np.isnan(values), 0, values - mean) ** 2
    summary = {
        "sum": np.where(np.isnan(n_known), np.nan, total),
        "mean": mean,
        "std": np.sqrt(squares / n_known),
        "min": low,
        "max": high,
        "zeros": zeros,
    }
    return {what: drop_infinite(values) for what, values in summary.items()}


ROWS = FeatureGroup(name="rows", fit=fit_rows, transform=transform_rows)

"""Which columns of the table a generated column is made of.

It is found out and not read from a name, so it holds for every group, also of another package: a
column is a source of what changes when the column is permuted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

from automl_cli.core.arrays import BoolVector, IntVector
from automl_cli.core.frames import with_columns
from automl_cli.features.encoder import Encoder
from automl_cli.features.group import FeatureKind, Features
from automl_cli.features.state import FeatureState
from automl_cli.features.steps import FittedStep

SourceColumns: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureSources:
    """The sources of some generated columns of one kind.

    Parameters
    ----------
    kind
        See `Features`.
    sources
        For each of them the columns of the table that it changes with, in table order; nothing
        where it is the same in all rows.
    """

    kind: FeatureKind
    sources: tuple[SourceColumns, ...]


def trace_step(step: FittedStep, frame: pd.DataFrame, seed: int) -> tuple[FeatureSources, ...]:
    """Return the sources of all columns of a step.

    Parameters
    ----------
    step
        A fitted step.
    frame
        Some hundred rows of the table: what makes no difference in them is not found.
    seed
        Of the permutation.
    """
    order = np.random.default_rng(seed).permutation(len(frame))
    before = tuple(step.transform(frame))
    changed: list[list[list[str]]] = [[[] for _ in features.names] for features in before]
    for name in map(str, frame.columns):
        permuted = with_columns(frame, {name: frame[name].array[order]})
        for own, old, new in zip(changed, before, step.transform(permuted), strict=True):
            for k in np.flatnonzero(_differ(old, new)):
                own[k].append(name)
    return tuple(
        FeatureSources(kind=features.kind, sources=tuple(tuple(names) for names in own))
        for features, own in zip(before, changed, strict=True)
    )


def list_sources(
    state: FeatureState, encoder: Encoder, traced: Mapping[Path, Sequence[FeatureSources]]
) -> tuple[SourceColumns, ...]:
    """Return the sources of each column of `apply_features`: of the values, then the categories.

    Parameters
    ----------
    state, encoder
        As for `apply_features`.
    traced
        What `trace_step` has found, by the folder of the step.
    """
    values: list[SourceColumns] = []
    categories: list[SourceColumns] = []
    n_outputs = len(encoder.means)
    for step, chosen in zip(state.steps, encoder.chosen, strict=True):
        start = 0
        for one in traced[step.folder]:
            columns = _pick(chosen, start, len(one.sources))
            start += len(one.sources)
            own = [one.sources[k] for k in columns]
            if one.kind == "linear" and own:
                values += [tuple(dict.fromkeys(chain(*one.sources)))] * n_outputs
            elif one.kind == "target_mean":
                values += [sources for sources in own for _ in range(n_outputs)]
            elif one.kind == "categories":
                categories += own
            elif one.kind == "values":
                values += own
    return (*values, *categories)


def _differ(old: Features, new: Features) -> BoolVector:
    same = old.array == new.array
    if old.array.dtype.kind == "f":
        same |= np.isnan(old.array) & np.isnan(new.array)
    return np.asarray(~same.all(axis=1))


def _pick(chosen: IntVector | None, start: int, n_columns: int) -> Sequence[int]:
    if chosen is None:
        return range(n_columns)
    own = chosen[(chosen >= start) & (chosen < start + n_columns)] - start
    return [int(k) for k in own]

"""What the original data set says of a value: the mean of its target there, and how often it is.

A competition's rows that were generated from a public table repeat many of its values. The mean
target of a value among the rows of that table is a function of the value, the same in every fold.
A value that the table lacks has the mean of all its rows; its count of 0 tells it from the others.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from automl_cli.core.arrays import CodeVector, Float32Matrix, FloatVector
from automl_cli.core.dataset import Column, Original
from automl_cli.core.resampling import make_parts
from automl_cli.features.codes import (
    Coding,
    fit_values,
    look_up,
    pack_codings,
    read_keys,
    unpack_codings,
)
from automl_cli.features.group import (
    FeatureGroup,
    Features,
    GroupParams,
    GroupState,
    OriginalUse,
    get_smoothing,
    make_chunks,
    names_of_role,
)
from automl_cli.features.original_targets import OriginalTarget, list_targets
from automl_cli.features.target_encoding import FoldTarget, encode_nested

N_PARTS = 5  # of the original data set, for the means of its own rows
COUNT = -1  # stands for the count among the numbers of a column's outputs


def check_original_mean(
    frame: pd.DataFrame,  # noqa: ARG001  # it learns from another table
    columns: tuple[Column, ...],  # noqa: ARG001
    params: GroupParams,
) -> None:
    """Refuse parameters out of range."""
    get_smoothing("original_mean", params)


def fit_original_mean(
    original: Original, columns: tuple[Column, ...], params: GroupParams
) -> GroupState | None:
    """Learn the mean target of each value in the original data set, and count the value there."""
    smoothing = get_smoothing("original_mean", params)
    targets = list(list_targets(original))
    wanted = [*names_of_role(columns, "numeric"), *names_of_role(columns, "categorical")]
    keys = {name: read_keys(original.frame, name) for name in wanted if targets}
    codings = {name: fit_values(values) for name, values in keys.items()}
    codings = {name: coding for name, coding in codings.items() if coding.n_levels > 1}
    if not codings:
        return None
    means = [
        _encode(look_up(coding, keys[name]), coding, smoothing, targets)[1]
        for name, coding in codings.items()
    ]
    endings = [ending for one in targets for ending in one.endings]
    whats = [*range(len(endings)), COUNT]
    return GroupState(
        meta={
            "columns": [[name, whats] for name in codings],
            "endings": endings,
            "smoothing": smoothing,
        },
        arrays={
            **pack_codings(list(codings.values()), "value"),
            "means": np.concatenate(means, axis=1),
        },
    )


def transform_original_mean(state: GroupState, frame: pd.DataFrame) -> Iterator[Features]:
    """Return the mean target of the value of each column there, and log(1 + how often it is).

    A class has its share if there are more than two, and each target has its own columns.
    """
    return make_chunks(_transform_all(state, frame), len(frame))


def nest_original_mean(state: GroupState, original: Original) -> Iterator[Features]:
    """Return what the rows of the other parts of the original data set say of a row's values."""
    return make_chunks(_nest_all(state, original), len(original.frame))


def keep_original_mean(state: GroupState, names: frozenset[str]) -> GroupState:
    """Return a state of the values of the columns that these names are made of."""
    columns, endings = state.meta["columns"], state.meta["endings"]
    kept = {
        k: [name, own]
        for k, (name, whats) in enumerate(columns)
        if (own := [what for what in whats if _name(name, what, endings) in names])
    }
    codings, tables = _unpack(state)
    none = state.arrays["means"][:, :0]
    return GroupState(
        meta={**state.meta, "columns": list(kept.values())},
        arrays={
            **pack_codings([codings[k] for k in kept], "value"),
            "means": np.concatenate([none, *(tables[k] for k in kept)], axis=1),
        },
    )


def _encode(
    codes: CodeVector, coding: Coding, smoothing: float, targets: Sequence[OriginalTarget]
) -> tuple[Float32Matrix, Float32Matrix]:
    """Return the means of the rows without their own parts, and of all rows by code."""
    parts = make_parts(len(codes), N_PARTS, seed=0)
    outputs = np.concatenate([one.outputs for one in targets])
    every = FoldTarget(
        outputs=outputs,
        blocks=parts,
        n_blocks=N_PARTS,
        prior=outputs.mean(axis=1),
        ordered=False,
    )
    return encode_nested(codes, len(coding.counts), smoothing, every)


def _transform_all(state: GroupState, frame: pd.DataFrame) -> Iterator[tuple[str, FloatVector]]:
    endings = state.meta["endings"]
    for (name, whats), coding, means in zip(state.meta["columns"], *_unpack(state), strict=True):
        codes = look_up(coding, read_keys(frame, name))
        for what in whats:
            table = np.log1p(coding.counts) if what == COUNT else means[what]
            yield _name(name, what, endings), table.take(codes)


def _nest_all(state: GroupState, original: Original) -> Iterator[tuple[str, FloatVector]]:
    targets, endings = list(list_targets(original)), state.meta["endings"]
    for (name, whats), coding, _ in zip(state.meta["columns"], *_unpack(state), strict=True):
        codes = look_up(coding, read_keys(original.frame, name))
        nested, _ = _encode(codes, coding, state.meta["smoothing"], targets)
        for what in whats:
            values = np.log1p(_count_others(codes, coding)) if what == COUNT else nested[what]
            yield _name(name, what, endings), values


def _count_others(codes: CodeVector, coding: Coding) -> FloatVector:
    n_codes = len(coding.counts)
    place = make_parts(len(codes), N_PARTS, seed=0) * n_codes + codes
    own = np.bincount(place, minlength=N_PARTS * n_codes).take(place)
    return np.asarray(np.bincount(codes, minlength=n_codes).take(codes) - own, dtype=np.float64)


def _unpack(state: GroupState) -> tuple[list[Coding], list[Float32Matrix]]:
    """Return the codings of the columns, and their means by output and code."""
    codings = unpack_codings(state.arrays, "value")
    ends = np.cumsum([0, *(len(coding.counts) for coding in codings)])
    means = state.arrays["means"]
    return codings, [means[:, start:end] for start, end in pairwise(ends)]


def _name(column: str, what: int, endings: Sequence[str]) -> str:
    made = "log_count" if what == COUNT else f"mean{endings[what]}"
    return f"{column}__original_{made}"


ORIGINAL_MEAN = FeatureGroup(
    name="original_mean",
    fit=check_original_mean,
    transform=transform_original_mean,
    keep=keep_original_mean,
    original=OriginalUse(fit=fit_original_mean, transform=nest_original_mean),
    defaults={"smoothing": 10.0},
)

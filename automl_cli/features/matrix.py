"""Matrices of one fold, and of new rows: the only place where features meet the target.

Numbers and codes are gathered from the stored features. Target means and regressions are made of
the fold's training rows alone (`features.target_encoding`, `features.linear_prediction`), so a
held-out row's target changes no feature of its fold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd

from automl_cli.core.arrays import CodeVector, Float32Matrix, IntVector
from automl_cli.core.foldplan import Fold, FoldPlan
from automl_cli.core.matrix import Matrix
from automl_cli.features.encoder import Chosen, Encoder
from automl_cli.features.group import FeatureKind, Features
from automl_cli.features.linear_prediction import predict_nested
from automl_cli.features.parts import StepPart, append_rows, load_parts, split_parts
from automl_cli.features.state import FeatureState
from automl_cli.features.target_encoding import (
    EncodingTarget,
    FoldTarget,
    encode_nested,
    make_fold_target,
)

SUFFIXES: Mapping[FeatureKind, str] = {"target_mean": "te_mean", "linear": "linear"}


class Learned(Protocol):
    """What turns codes and dimensions into columns."""

    def look_up(self, column: int, codes: CodeVector) -> Float32Matrix:
        """Return the means of a coded column, shape (n_outputs, rows)."""
        ...

    def predict(self, number: int, dimensions: Float32Matrix) -> Float32Matrix:
        """Return what a regression predicts, shape (n_outputs, rows)."""
        ...


@dataclass(slots=True)
class _Nesting:
    """Makes the columns of training rows, and keeps what other rows need."""

    target: FoldTarget
    coded: Sequence[tuple[int, float]]
    means: list[Float32Matrix] = field(default_factory=list)
    coefficients: list[Float32Matrix] = field(default_factory=list)

    def look_up(self, column: int, codes: CodeVector) -> Float32Matrix:
        """Return nested means."""
        nested, means = encode_nested(codes, *self.coded[column], self.target)
        self.means.append(means)
        return nested

    def predict(self, _: int, dimensions: Float32Matrix) -> Float32Matrix:
        """Return nested predictions."""
        nested, coefficients = predict_nested(dimensions, self.target)
        self.coefficients.append(coefficients)
        return nested

    def make_encoder(self, chosen: Chosen) -> Encoder:
        """Return what was learned."""
        none = np.empty((len(self.target.outputs), 0), dtype=np.float32)
        return Encoder(
            means=np.concatenate([none, *self.means], axis=1),
            starts=np.cumsum([0, *(n_levels for n_levels, _ in self.coded)]),
            coefficients=tuple(self.coefficients),
            chosen=chosen,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldMatrices:
    """What the model of one fold is fitted on and predicts.

    Parameters
    ----------
    train, held_out
        In the order of the fold's row numbers; rows of the original data set come last.
    encoder
        Makes the same features of new rows, with `apply_features`.
    """

    train: Matrix
    held_out: Matrix
    encoder: Encoder


def make_fold_matrices(
    state: FeatureState, target: EncodingTarget, plan: FoldPlan, fold_number: int
) -> FoldMatrices:
    """Return the matrices of one fold, target means included.

    Parameters
    ----------
    state
        The prepared features.
    target
        What target means are means of.
    plan
        The folds.
    fold_number
        Which of them.

    Returns
    -------
    FoldMatrices
        New arrays in Fortran order (a column is contiguous).
    """
    fold = plan.folds[fold_number]
    chosen = _choose(state, fold_number)
    known = load_parts(state, "train", chosen)
    fold_target = make_fold_target(target, plan, fold_number)
    learned = (
        known if target.original is None else append_rows(known, state, chosen, target.original)
    )
    train, encoder = _gather_nested(learned, chosen, fold.train, fold_target)
    held_out = _gather(known, fold.held_out, target.n_outputs, encoder)
    return FoldMatrices(train=train, held_out=held_out, encoder=encoder)


def make_prediction_matrices(
    state: FeatureState, encoder: Encoder, fold: Fold
) -> tuple[Matrix, Matrix | None]:
    """Return the held-out and the test matrix of a fold whose target means are known.

    Parameters
    ----------
    state
        The prepared features.
    encoder
        The target means of the fold.
    fold
        Whose held-out rows are wanted.
    """
    n_outputs = len(encoder.means)
    known = load_parts(state, "train", encoder.chosen)
    held_out = _gather(known, fold.held_out, n_outputs, encoder)
    if not state.has_test:
        return held_out, None
    unknown = load_parts(state, "test", encoder.chosen)
    return held_out, _gather(unknown, slice(None), n_outputs, encoder)


def apply_features(
    state: FeatureState,
    encoder: Encoder,
    frame: pd.DataFrame,
    known: Mapping[Path, Sequence[Features]] | None = None,
) -> Matrix:
    """Return the matrix of new rows: each row as it would be in any other table.

    Parameters
    ----------
    state
        The prepared features; of its files only the states are read.
    encoder
        The target means of one fold.
    frame
        Any rows with the columns and dtypes of the data set.
    known
        What steps make of these rows, by their folder, where several states share them; without it
        every step is asked.
    """
    made = [
        part
        for step, own in zip(state.steps, encoder.chosen, strict=True)
        for part in split_parts(step.transform(frame) if known is None else known[step.folder], own)
    ]
    return _gather(made, slice(None), len(encoder.means), encoder)


def _choose(state: FeatureState, fold_number: int) -> Chosen:
    if state.selection is None:
        return (None,) * len(state.steps)
    own = state.selection[fold_number]
    return tuple(None if columns is None else np.array(columns, dtype=np.int64) for columns in own)


def _gather_nested(
    known: Sequence[StepPart], chosen: Chosen, rows: IntVector, target: FoldTarget
) -> tuple[Matrix, Encoder]:
    coded = [
        (part.features.levels[k], part.features.smoothing)
        for part in known
        if part.features.kind == "target_mean"
        for k in part.columns
    ]
    nesting = _Nesting(target, coded)
    train = _gather(known, rows, len(target.outputs), nesting)
    return train, nesting.make_encoder(chosen)


def _gather(
    known: Sequence[StepPart], rows: IntVector | slice, n_outputs: int, learned: Learned
) -> Matrix:
    value_names, category_names = _name_columns(known, n_outputs)
    n_rows = known[0].take(0, rows).size
    values = np.empty((len(value_names), n_rows), dtype=np.float32)
    categories = np.empty((len(category_names), n_rows), dtype=np.int32)
    next_values, next_categories = iter(values), iter(categories)
    n_coded, n_fitted = count(), count()
    for part in known:
        kind = part.features.kind
        if kind == "linear":
            dimensions = part.take(slice(None), rows).astype(np.float32)
            for predicted in learned.predict(next(n_fitted), dimensions):
                next(next_values)[:] = predicted
            continue
        for k in part.columns:
            picked = part.take(k, rows)
            if kind == "target_mean":
                for means in learned.look_up(next(n_coded), picked):
                    next(next_values)[:] = means
            else:
                next(next_values if kind == "values" else next_categories)[:] = picked
    return Matrix(
        values=values.T,
        categories=categories.T,
        value_names=value_names,
        category_names=category_names,
        levels=tuple(
            part.features.levels[k]
            for part in known
            if part.features.kind == "categories"
            for k in part.columns
        ),
    )


def _name_columns(
    known: Sequence[StepPart], n_outputs: int
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    # A name that is taken, by a column of the table or by another step, gets a number.
    taken: dict[str, bool] = {}
    for part in known:
        kind = part.features.kind
        names = [part.features.names[k] for k in part.columns]
        for name in [names[0].partition("__")[0]] if kind == "linear" else names:
            for wanted in _name_outputs(name, n_outputs, kind):
                numbered = (f"{wanted}__{number}" for number in count(2))
                free = next(name for name in chain([wanted], numbered) if name not in taken)
                taken[free] = kind == "categories"
    return (
        tuple(name for name, is_category in taken.items() if not is_category),
        tuple(name for name, is_category in taken.items() if is_category),
    )


def _name_outputs(name: str, n_outputs: int, kind: FeatureKind) -> list[str]:
    if kind not in SUFFIXES:
        return [name]
    made = f"{name}__{SUFFIXES[kind]}"
    return [made] if n_outputs == 1 else [f"{made}_{output}" for output in range(n_outputs)]

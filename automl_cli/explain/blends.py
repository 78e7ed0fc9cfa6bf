"""The blend of a run as each of its folds has fitted it: what predicts the fold's held-out rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl_cli.bundle.members import name_members
from automl_cli.bundle.predictor import FoldPredictor, Predictor
from automl_cli.core.arrays import FloatMatrix, FloatVector, IntVector
from automl_cli.core.foldplan import FoldPlan
from automl_cli.core.margins import make_predictions
from automl_cli.core.metric import Objective
from automl_cli.ensemble.combiners import COMBINERS, get_weights
from automl_cli.explain.permutation import JudgedFold
from automl_cli.features.group import Features
from automl_cli.features.matrix import apply_features

ENOUGH = 0.9  # of the weight; more members cost time and change little


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedMember:
    """A candidate of the blend.

    Parameters
    ----------
    key, model
        Its key, and the name of its model.
    weight
        Its weight, scaled so that those of the members have the sum of the whole blend's.
    folds
        What each fold has fitted.
    """

    key: str
    model: str
    weight: float
    folds: tuple[FoldPredictor, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FittedBlend:
    """The members that carry a blend, and how they are combined.

    Parameters
    ----------
    members
        The heaviest first.
    combiner, state
        The combiner, and its state for these members.
    objective
        What the models were fitted with.
    share
        The part of the weight of the whole blend that these members have.
    """

    members: tuple[FittedMember, ...]
    combiner: str
    state: Mapping[str, Any]
    objective: Objective
    share: float

    @property
    def bias(self) -> FloatVector:
        """What is added to the weighted margins, shape (n_outputs,) or (1,)."""
        return np.atleast_1d(np.asarray(self.state.get("bias", 0.0), dtype=np.float64))

    def predict(self, fold: int, frame: pd.DataFrame) -> FloatMatrix:
        """Return the predictions of one fold's models for any rows of the typed table."""
        known = make_features([member.folds[fold] for member in self.members], frame)
        predicted = []
        for member in self.members:
            own = member.folds[fold]
            matrix = apply_features(own.state, own.encoder, frame, known)
            margins = own.model.predict(matrix, rounds=own.rounds)
            predicted.append(make_predictions(margins, self.objective))
        combiner = COMBINERS.get(self.combiner)
        return combiner.apply(self.state, np.stack(predicted, dtype=np.float64))

    def replace_member(self, key: str, other: FittedMember) -> "FittedBlend":
        """Return the blend with another candidate in the place of one."""
        members = tuple(other if member.key == key else member for member in self.members)
        return replace(self, members=members)


def load_fitted_blend(predictor: Predictor, target: str) -> FittedBlend:
    """Return the members of a target's blend that have together most of the weight.

    Parameters
    ----------
    predictor
        The loaded bundle.
    target
        Its name.
    """
    part = next(part for part in predictor.manifest.targets if part.name == target)
    keys = name_members(part)
    weights = get_weights(part.state)
    known = [k for k, folds in enumerate(part.candidates) if folds]
    chosen = _choose(weights, known) if COMBINERS.get(part.combiner).is_sum else known
    kept = np.abs(weights[chosen]).sum() / np.abs(weights[known]).sum()
    scaled = weights[chosen] * find_scale(weights[known], weights[chosen])
    members = tuple(
        FittedMember(
            key=keys[k],
            model=part.candidates[k][0].model,
            weight=float(weight),
            folds=tuple(predictor.folds[target][k]),
        )
        for k, weight in zip(chosen, scaled, strict=True)
    )
    return FittedBlend(
        members=members,
        combiner=part.combiner,
        state={**part.state, "weights": scaled.tolist()},
        objective=part.objective,
        share=float(kept),
    )


def find_scale(every: FloatVector, some: FloatVector) -> float:
    """Return what some weights are multiplied by to have the sum of all; 1 if signs differ.

    Examples
    --------
    >>> find_scale(np.array([0.5, 0.25, 0.25]), np.array([0.25, 0.25]))
    2.0
    """
    ratio = float(every.sum() / some.sum()) if some.sum() else 0.0
    return ratio if ratio > 0 else 1.0


def select_folds(
    blend: FittedBlend, plan: FoldPlan, rows: IntVector, numbers: Sequence[int] | None = None
) -> list[JudgedFold]:
    """Return the folds with those of their held-out rows that are among `rows`.

    A fold with a single one is left out: nothing can be permuted there.
    """
    judged = []
    for number, fold in enumerate(plan):
        own = np.intersect1d(fold.held_out, rows)
        if len(own) > 1 and (numbers is None or number in numbers):
            predict = _FoldPrediction(blend, number)
            judged.append(JudgedFold(rows=own, predict=predict))
    return judged


def make_features(
    folds: Sequence[FoldPredictor], frame: pd.DataFrame
) -> Mapping[Path, Sequence[Features]]:
    """Return what the steps of several fits make of some rows, each step once."""
    steps = {step.folder: step for fold in folds for step in fold.state.steps}
    numbered = frame.reset_index(drop=True)
    return {folder: tuple(step.transform(numbered)) for folder, step in steps.items()}


@dataclass(frozen=True, slots=True)
class _FoldPrediction:
    blend: FittedBlend
    fold: int

    def __call__(self, frame: pd.DataFrame) -> FloatMatrix:
        return self.blend.predict(self.fold, frame)


def _choose(weights: FloatVector, known: Sequence[int]) -> list[int]:
    """Return the heaviest members that have enough of the weight."""
    ordered = sorted(known, key=lambda k: -abs(weights[k]))
    shares = np.cumsum(np.abs(weights[ordered])) / np.abs(weights[ordered]).sum()
    return ordered[: int(np.searchsorted(shares, ENOUGH)) + 1]

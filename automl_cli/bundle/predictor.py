"""New rows from a bundle: the same numbers as the run's own submission has.

Every feature and every blend is a function of what was learned and one row, so rows may come one by
one or in batches of any size.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.bundle.manifest import Manifest, Member, TargetPart, check_files, read_manifest
from automl_cli.core.arrays import FloatMatrix
from automl_cli.core.errors import DataError, RunError
from automl_cli.core.margins import make_predictions
from automl_cli.core.model import FittedModel
from automl_cli.data.read import RawTable
from automl_cli.data.strays import UnreadCells, find_unread
from automl_cli.data.types import TableTyping, prepare_frame
from automl_cli.decision import Decision
from automl_cli.ensemble.combiners import COMBINERS
from automl_cli.features.encoder import Encoder
from automl_cli.features.group import Features
from automl_cli.features.matrix import apply_features
from automl_cli.features.state import FeatureSet, FeatureState, load_features
from automl_cli.features.steps import FittedStep
from automl_cli.models import MODELS
from automl_cli.store import read_json


@dataclass(frozen=True, slots=True, kw_only=True)
class FoldPredictor:
    """One loaded fold of a candidate."""

    model: FittedModel
    encoder: Encoder
    state: FeatureState
    rounds: int | None
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Predictor:
    """A loaded bundle.

    Parameters
    ----------
    manifest
        What it is made of.
    typing
        How columns are read.
    folds
        For each target and member of its blend the loaded folds.
    """

    manifest: Manifest
    typing: TableTyping
    folds: Mapping[str, Sequence[Sequence[FoldPredictor]]]

    def read(self, table: RawTable) -> pd.DataFrame:
        """Return the feature columns of a table, read as those of the run were.

        Raises
        ------
        DataError
            If a column is missing.
        """
        return prepare_frame(self.typing, table)

    def find_unread(self, table: RawTable) -> list[UnreadCells]:
        """Return the columns of a table with cells that `read` took as missing, unlike the run."""
        return find_unread(self.typing, table)

    def predict(self, frame: pd.DataFrame) -> dict[str, npt.NDArray[Any]]:
        """Return the answers for some rows, by target, as `Metric.wants` says.

        Parameters
        ----------
        frame
            What `read` gave.
        """
        rows = _Rows(frame)
        return {
            part.name: _make_decision(part).apply(self._blend(part, rows))
            for part in self.manifest.targets
        }

    def predict_probabilities(self, frame: pd.DataFrame) -> dict[str, FloatMatrix]:
        """Return the probabilities of the classes for some rows, before the metric's decision.

        Parameters
        ----------
        frame
            What `read` gave.

        Returns
        -------
        For each target shape (rows, classes), in the order of its labels.

        Raises
        ------
        DataError
            If a target has no probabilities.
        """
        for part in self.manifest.targets:
            check_probabilities(part)
        rows = _Rows(frame)
        found = {part.name: self._blend(part, rows) for part in self.manifest.targets}
        return {
            name: np.hstack([1.0 - p, p]) if p.shape[1] == 1 else p for name, p in found.items()
        }

    def _blend(self, part: TargetPart, rows: "_Rows") -> FloatMatrix:
        known = [_average(folds, part, rows) if folds else None for folds in self.folds[part.name]]
        # What has weight 0 is not predicted; any number in its place gives the same.
        other = next(one for one in known if one is not None)
        members = [other if one is None else one for one in known]
        stacked = np.stack(members, dtype=np.float64)
        return np.asarray(COMBINERS.get(part.combiner).apply(part.state, stacked))


def check_probabilities(part: TargetPart) -> None:
    """Refuse a target whose models know no probabilities.

    Raises
    ------
    DataError
        If it is a regression, or its ordered classes were fitted as one.
    """
    if part.task == "regression":
        raise DataError(
            f"--proba: {part.name!r} is a regression, whose predictions are values.",
            hint="Leave --proba out.",
        )
    if part.objective != "log_loss":
        raise DataError(
            f"--proba: the classes of {part.name!r} were fitted as ordered numbers, which have no "
            "probabilities.",
            hint="Fit another run with a metric of probabilities: automl fit --metric log_loss",
        )


def _make_decision(part: TargetPart) -> Decision:
    return Decision(kind=cast("Any", part.decision), numbers=part.numbers, transform=part.transform)


def load_predictor(root: Path) -> Predictor:
    """Return what predicts new rows as the run in `root` predicted its test rows.

    Raises
    ------
    RunError
        If the bundle is missing, incomplete, altered or foreign.
    """
    manifest = read_manifest(root)
    check_files(root, manifest)
    shared = _Shared(states={}, steps={})
    try:
        return Predictor(
            manifest=manifest,
            typing=TableTyping.from_json(read_json(root / "typing.json")),
            folds={
                part.name: [
                    [_load_fold(root, member, shared) for member in folds]
                    for folds in part.candidates
                ]
                for part in manifest.targets
            },
        )
    except (KeyError, TypeError, ValueError, OSError, EOFError) as error:
        raise RunError(
            f"{root}: not a bundle that automl-cli wrote ({type(error).__name__}: {error}).",
            hint="Copy the run's folder again, or run `automl fit` again.",
        ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    """What folds and members have in common, each once.

    What crosses have learned may be a hundred times the size of a model.
    """

    states: dict[tuple[str, ...], FeatureState]
    steps: dict[Path, FittedStep]

    def load(self, root: Path, names: tuple[str, ...]) -> FeatureState:
        if names not in self.states:
            state = load_features(root, FeatureSet(names))
            steps = tuple(self.steps.setdefault(step.folder, step) for step in state.steps)
            self.states[names] = replace(state, steps=steps)
        return self.states[names]


def _load_fold(root: Path, member: Member, shared: _Shared) -> FoldPredictor:
    folder = root / member.folder
    return FoldPredictor(
        model=MODELS.get(member.model).load(folder / "model"),
        encoder=Encoder.load(folder / "encoder.npz"),
        state=shared.load(root, tuple(member.steps)),
        rounds=member.rounds,
        weight=member.weight,
    )


class _Rows:
    """Some rows, and what each step makes of them: once for all folds and members."""

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self.made: dict[Path, list[Features]] = {}

    def make(self, step: FittedStep) -> list[Features]:
        if step.folder not in self.made:
            self.made[step.folder] = list(step.transform(self.frame))
        return self.made[step.folder]


def _average(folds: Sequence[FoldPredictor], part: TargetPart, rows: _Rows) -> FloatMatrix:
    """Return what a candidate predicts: the mean of its folds, weighted by their training rows."""
    total = np.zeros(())
    for fold in folds:
        known = {step.folder: rows.make(step) for step in fold.state.steps}
        matrix = apply_features(fold.state, fold.encoder, rows.frame, known)
        margins = fold.model.predict(matrix, rounds=fold.rounds)
        total = total + fold.weight * make_predictions(margins, part.objective)
    return np.asarray(total / sum(fold.weight for fold in folds))

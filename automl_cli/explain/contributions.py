"""SHAP values of the blend's members on held-out rows, summed by source column.

They are added with the members' weights on the margin scale (log-odds, logits, values). That is the
blend itself where its combiner adds margins, and says which way and how strongly where it averages
probabilities. A member without SHAP values counts as if it answered its mean in every row. A
generated column of several sources is divided equally among them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from automl_cli.bundle.predictor import FoldPredictor
from automl_cli.core.arrays import FloatCube, FloatMatrix, FloatVector, IntVector
from automl_cli.core.explanation import Contributions
from automl_cli.core.foldplan import FoldPlan
from automl_cli.core.matrix import Matrix
from automl_cli.core.model import ExplainedModel
from automl_cli.core.resampling import thin_rows
from automl_cli.explain.blends import FittedBlend, FittedMember, make_features
from automl_cli.explain.parallel import map_threads
from automl_cli.features.matrix import apply_features
from automl_cli.features.sources import FeatureSources, SourceColumns, list_sources, trace_step

SAMPLED_ROWS = 500  # in which a source must make a difference, and of which means are taken


@dataclass(frozen=True, slots=True, kw_only=True)
class Explainer:
    """Explains rows by source column.

    Parameters
    ----------
    blend
        The members.
    names
        The source columns.
    traced
        The sources of what each step makes, by its folder.
    sample
        Some rows, for the mean answer of members without SHAP values.
    """

    blend: FittedBlend
    names: tuple[str, ...]
    traced: Mapping[Path, Sequence[FeatureSources]]
    sample: pd.DataFrame

    def explain(
        self, fold: int, frame: pd.DataFrame, shares: Mapping[str, FloatVector] | None = None
    ) -> "_Parts":
        """Return what the columns contribute to what one fold predicts for some rows.

        Parameters
        ----------
        fold
            Its number; members that lack it are passed over.
        frame
            The rows.
        shares
            What each fold of a member counts, by its key, where the parts of all folds are added
            up: then the bias counts with the first fold. None: one fold is all.
        """
        members = [member for member in self.blend.members if fold < len(member.folds)]
        known = make_features([member.folds[fold] for member in members], frame)
        total = _Parts(base=self.blend.bias if shares is None or fold == 0 else np.zeros(1))
        for member in members:
            own = member.folds[fold]
            matrix = apply_features(own.state, own.encoder, frame, known)
            made = _contribute(own, matrix)
            weight = member.weight * (1.0 if shares is None else float(shares[member.key][fold]))
            if made is None:
                total = total.add_constant(weight * _average(own, self.sample))
            else:
                sources = list_sources(own.state, own.encoder, self.traced)
                total = total.add(member, weight, _gather(made, sources, self.names))
        return total


@dataclass(frozen=True, slots=True)
class _Parts:
    """Weighted sums over members."""

    shap: FloatCube = field(default_factory=lambda: np.zeros(()))
    base: FloatMatrix = field(default_factory=lambda: np.zeros(()))
    shared: float = 0.0
    members: tuple[FittedMember, ...] = ()

    def add(self, member: FittedMember, weight: float, parts: "_Parts") -> "_Parts":
        return _Parts(
            np.asarray(self.shap + weight * parts.shap),
            np.asarray(self.base + weight * parts.base),
            self.shared + abs(weight) * parts.shared,
            (*self.members, member),
        )

    def add_constant(self, base: FloatMatrix) -> "_Parts":
        return replace(self, base=np.asarray(self.base + base))


def make_explainer(blend: FittedBlend, frame: pd.DataFrame, seed: int) -> Explainer:
    """Return what explains rows; find the sources of all generated columns.

    Parameters
    ----------
    blend
        The members.
    frame
        The training table.
    seed
        Of the rows by which sources are found.
    """
    sample = frame.iloc[thin_rows(np.arange(len(frame)), SAMPLED_ROWS, seed)].reset_index(drop=True)
    folds = [fold for member in blend.members for fold in member.folds]
    steps = {step.folder: step for fold in folds for step in fold.state.steps}
    return Explainer(
        blend=blend,
        names=tuple(map(str, frame.columns)),
        traced={folder: trace_step(step, sample, seed) for folder, step in steps.items()},
        sample=sample,
    )


def explain_held_out(
    explainer: Explainer, frame: pd.DataFrame, plan: FoldPlan, rows: IntVector
) -> Contributions | None:
    """Return the contributions to rows, each from the first fold that holds it out.

    None if no member of the blend has any.

    Parameters
    ----------
    explainer
        What explains.
    frame
        The training table.
    plan
        The folds.
    rows
        Row numbers, ascending; each held out somewhere.
    """
    left, places = rows, []
    for number, fold in enumerate(plan):
        own = np.intersect1d(fold.held_out, left)
        if len(own):
            places.append((number, own))
            left = np.setdiff1d(left, own)

    def explain(place: tuple[int, IntVector]) -> _Parts:
        return explainer.explain(place[0], frame.iloc[place[1]])

    order = np.argsort(np.concatenate([own for _, own in places]))
    return _join(explainer, map_threads(explain, places), rows, order)


def explain_new(explainer: Explainer, frame: pd.DataFrame) -> Contributions | None:
    """Return the contributions to new rows: each member's mean over its folds, by training rows."""
    members = explainer.blend.members
    shares = {member.key: _share(member) for member in members}
    n_folds = max(len(member.folds) for member in members)
    found = map_threads(lambda number: explainer.explain(number, frame, shares), range(n_folds))
    if not found[0].members:
        return None
    mean = _Parts(
        np.asarray(sum(one.shap for one in found)),
        np.asarray(sum(one.base for one in found)),
        sum(one.shared for one in found),
        found[0].members,
    )
    return _join(explainer, [mean], np.arange(len(frame)), np.arange(len(frame)))


def _join(
    explainer: Explainer, found: Sequence[_Parts], rows: IntVector, order: IntVector
) -> Contributions | None:
    members = found[0].members
    if not members:
        return None
    blend = explainer.blend
    every = np.array([member.weight for member in blend.members])
    known = np.array([member.weight for member in members])
    shap = np.concatenate([one.shap for one in found])[order]
    base = np.concatenate([one.base for one in found])[order]
    sizes = float(np.abs(shap).sum())
    return Contributions(
        rows=rows,
        columns=explainer.names,
        shap=shap,
        base=base,
        margins=shap.sum(axis=2) + base,
        share=blend.share * float(np.abs(known).sum() / np.abs(every).sum()),
        members=tuple(member.key for member in members),
        shared=min(1.0, sum(one.shared for one in found) / sizes) if sizes else 0.0,
    )


def _contribute(fold: FoldPredictor, matrix: Matrix) -> FloatCube | None:
    if not isinstance(fold.model, ExplainedModel):
        return None
    return fold.model.contribute(matrix, rounds=fold.rounds)


def _average(fold: FoldPredictor, frame: pd.DataFrame) -> FloatMatrix:
    """Return the mean margins of a fold's model, shape (1, n_outputs)."""
    matrix = apply_features(fold.state, fold.encoder, frame, make_features([fold], frame))
    margins = fold.model.predict(matrix, rounds=fold.rounds)
    return np.asarray(margins.mean(axis=0, keepdims=True))


def _gather(made: FloatCube, sources: Sequence[SourceColumns], names: Sequence[str]) -> _Parts:
    """Sum the columns of a model's input by source; what has none is part of the base."""
    places = {name: k for k, name in enumerate(names)}
    to_source = np.zeros((len(sources), len(names)))
    for row, own in zip(to_source, sources, strict=True):
        for name in own:
            row[places[name]] = 1.0 / len(own)
    shared = np.array([len(own) > 1 for own in sources])
    constant = np.array([not own for own in sources])
    columns = made[:, :, :-1]
    return _Parts(
        columns @ to_source,
        made[:, :, -1] + columns[:, :, constant].sum(axis=2),
        float(np.abs(columns[:, :, shared]).sum()),
        (),
    )


def _share(member: FittedMember) -> FloatVector:
    """Return what each fold of a member counts in its mean prediction."""
    weights = np.array([fold.weight for fold in member.folds], dtype=np.float64)
    return np.asarray(weights / weights.sum())

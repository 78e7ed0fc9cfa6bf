"""One step screened: its columns scored by the gradient they explain, the promising ones stored.

A step with `Step.top` may make thousands of columns. They are made in chunks, scored
(`features.gradient`) and forgotten; only those that one fold at least may want are stored, by a
state that makes no others::

    crosses-5f0c2a…/state.json     group, parameters, what it learned, the names that are kept
                    features.json, train-0.npy, …   as of any step
                    tried.json     the name of every column that was made
                    levels.npy     its number of codes
                    scores.npy     what it would gain, by fold

What is kept in the end is chosen over all steps together (`features.selection`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np

from automl_cli.core.arrays import BoolMatrix, FloatMatrix, FloatVector, IntVector
from automl_cli.core.candidate import Step
from automl_cli.core.keys import make_seed
from automl_cli.features import GROUPS
from automl_cli.features.coded import Coded, code_column, few_of
from automl_cli.features.gradient import Gradient, ScreenParts, score_codes
from automl_cli.features.group import Features
from automl_cli.features.steps import fit_step, write_step
from automl_cli.features.tables import FeatureTables
from automl_cli.store import read_array, read_json, write_array, write_json

MOST_ROWS = 100_000  # that numbers are scored on; codes are scored on all rows
N_PERMUTED = 40  # columns whose scores under permuted gradients show what chance gives
N_PERMUTATIONS = 3
PRIOR_SPREAD, PRIOR_WEIGHT = 2.0**0.5, 30.0  # of many codes, worth so many permuted scores
LOOSE = 1.0  # standard deviations; what is below in every fold is forgotten
MOST_STORED = 300  # columns of a step that one fold may want


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What was tried of a step.

    Parameters
    ----------
    names
        Every column.
    levels
        The number of codes of each, shape (columns,).
    scores
        Gain of each in standard deviations of what chance gives, shape (folds, columns).
    """

    names: tuple[str, ...]
    levels: IntVector
    scores: FloatMatrix


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What columns are scored against, for one repeat of the folds.

    Parameters
    ----------
    gradient, parts
        Of each row that is looked at.
    rows
        The numbers of these rows in the training table, ascending; None: all.
    """

    gradient: Gradient
    parts: ScreenParts
    rows: IntVector | None = None

    def take(self, places: IntVector) -> "View":
        """Return the view of some of its rows."""
        part = self.parts.part[places]
        return View(
            gradient=self.gradient.take(places),
            parts=ScreenParts(part=part, seen=self.parts.seen),
            rows=places if self.rows is None else self.rows[places],
        )

    def permute(self, rng: np.random.Generator) -> "View":
        """Return the gradient on other rows, each part's among themselves.

        So what chance gives in a fold follows from rows that the fold may look at.
        """
        part = self.parts.part
        rows = np.empty_like(part)
        rows[np.argsort(part, kind="stable")] = np.lexsort((rng.random(len(part)), part))
        return replace(self, gradient=self.gradient.take(rows))


def screen_step(folder: Path, step: Step, tables: FeatureTables, views: Sequence[View]) -> None:
    """Score every column of a step; write the scores and the promising columns into `folder`.

    Parameters
    ----------
    folder
        An existing folder.
    step
        Which group, with which parameters.
    tables
        What features are made of.
    views
        What they are scored against, one for each repeat of the folds, on the same rows.
    """
    state = fit_step(tables, step)
    rows = views[0].rows
    looked = tables.train if rows is None else tables.train.iloc[rows]
    made = iter(()) if state is None else GROUPS.get(step.name).transform(state, looked)
    scored = score_step(step, made, views, len(looked))
    wanted = np.flatnonzero(find_promising(scored).any(axis=0))
    write_step(folder, step, state, tables, frozenset(scored.names[k] for k in wanted))
    write_json(folder / "tried.json", {"names": list(scored.names)})
    write_array(folder / "levels.npy", scored.levels)
    write_array(folder / "scores.npy", scored.scores)


def load_scores(folder: Path) -> Scores:
    """Return the scores that `screen_step` wrote into `folder`."""
    names = cast("list[str]", read_json(folder / "tried.json")["names"])
    return Scores(
        names=tuple(names),
        levels=read_array(folder / "levels.npy"),
        scores=read_array(folder / "scores.npy"),
    )


def score_step(step: Step, made: Iterable[Features], views: Sequence[View], n_rows: int) -> Scores:
    """Score every column of a step.

    Parameters
    ----------
    step
        Which one.
    made
        Its features of the training table, in chunks.
    views
        One for each repeat.
    n_rows
        That are looked at.
    """
    few_rows = few_of(n_rows, MOST_ROWS)
    few = views if few_rows is None else [view.take(few_rows) for view in views]
    rng = np.random.default_rng(make_seed(0, "screen", step.name))
    permuted = [
        [[view.permute(rng) for view in own] for _ in range(N_PERMUTATIONS)] for own in (views, few)
    ]
    names, levels, scores = [], [], []
    chance: list[tuple[int, FloatVector]] = []
    columns = (code_column(part, k, few_rows) for part in made for k in range(len(part.names)))
    for number, column in enumerate(columns):
        is_few = column.rows is not None
        names.append(column.name)
        levels.append(column.n_levels)
        scores.append(score_column(column, few if is_few else views))
        if _is_sampled(number):
            chance += [(column.n_levels, score_column(column, own)) for own in permuted[is_few]]
    found = np.array(levels, dtype=np.int64)
    n_folds = sum(len(view.parts.seen) for view in views)
    raw = np.stack(scores, axis=1) if scores else np.empty((n_folds, 0))
    return Scores(names=tuple(names), levels=found, scores=_calibrate(raw, found, chance))


def score_column(column: Coded, views: Sequence[View]) -> FloatVector:
    """Return the scores of a column, not calibrated, shape (folds,)."""
    return np.concatenate(
        [
            score_codes(column.codes, column.n_levels, column.smoothing, view.gradient, view.parts)
            for view in views
        ]
    )


def find_promising(scored: Scores) -> BoolMatrix:
    """Return which columns each fold may want, shape (folds, columns).

    Columns are stored if one fold wants them; the others have to pass them over, or the rows that
    they hold out would have had a say in what is there.
    """
    promising = scored.scores > LOOSE
    for wanted, of_fold in zip(promising, scored.scores, strict=True):
        wanted[np.argsort(-of_fold, kind="stable")[MOST_STORED:]] = False
    return promising


def _is_sampled(number: int) -> bool:
    # All of the first ones, then ever fewer: the number of columns is not known beforehand.
    return number < N_PERMUTED // 2 or number % (1 + number // (N_PERMUTED // 2)) == 0


def _calibrate(
    raw: FloatMatrix, levels: IntVector, chance: list[tuple[int, FloatVector]]
) -> FloatMatrix:
    """Return scores in units of what permuted gradients give columns of as many codes."""
    strata = _find_strata(levels)
    of_chance = _find_strata(np.array([n_levels for n_levels, _ in chance], dtype=np.int64))
    scores = raw.copy()
    for stratum in np.unique(strata):
        seen = [found for (_, found), own in zip(chance, of_chance, strict=True) if own == stratum]
        drawn = np.stack(seen) if seen else np.empty((0, len(raw)))
        weight = len(drawn) + PRIOR_WEIGHT
        centre = drawn.sum(axis=0) / weight
        squares = ((drawn - centre) ** 2).sum(axis=0) + PRIOR_WEIGHT * PRIOR_SPREAD**2
        spread = np.sqrt(squares / weight)
        own = strata == stratum
        scores[:, own] = (raw[:, own] - centre[:, None]) / spread[:, None]
    return scores


def _find_strata(levels: IntVector) -> IntVector:
    return np.asarray(np.log2(np.maximum(levels, 2)).astype(np.int64) // 2)

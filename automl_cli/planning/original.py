"""Whether the rows of the original data set are trained on: a gate, and a comparison.

The gate asks whether a model tells them from the competition's rows; the comparison what a
candidate that learned from them is worth on the competition's own rows, beside itself without.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from automl_cli.audit.adversarial import EASILY, LEAST_ROWS, measure_separation
from automl_cli.core.candidate import Candidate, FeatureRecipe
from automl_cli.core.dataset import Dataset, Original
from automl_cli.core.problem import Problem
from automl_cli.decision.scoring import selection_loss
from automl_cli.features import GROUPS
from automl_cli.statistics.paired import compare_candidates

COPIED = 0.3  # an area so far below chance: the nearest row of many is a copy in the other table


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalComparison:
    """A candidate with the rows of the original data set beside itself without them.

    Parameters
    ----------
    score, plain_score
        The metric with and without them, on rows of the competition.
    gain
        How much better the score is with them, whichever direction is better.
    gain_se
        Its jackknife standard error, the rows being the same.
    is_better
        Whether the loss by which candidates are chosen is lower with them.
    """

    score: float
    plain_score: float
    gain: float
    gain_se: float
    is_better: bool


def describe_gate(dataset: Dataset) -> tuple[bool, list[tuple[str, str, str]]]:
    """Return whether the original rows may be trained on, and the fact to show.

    Rows that a model tells from the competition's easily are of another kind: what holds for them
    need not hold for the others.
    """
    if dataset.original is None:
        return False, []
    frame = dataset.original.frame
    if min(len(frame), dataset.n_rows) < LEAST_ROWS:
        return True, [("original rows", "tried", "too few rows to tell them from train's")]
    auc = _measure_separation(dataset, dataset.original)
    text = f"a model tells them from train's rows with an AUC of {auc:.2f}"
    if auc < COPIED:
        return False, [("original rows", "not used", f"{text}: they are copies of train's")]
    if auc >= EASILY:
        return False, [("original rows", "not used", f"{text}, which is more than {EASILY}")]
    return True, [("original rows", "tried", text)]


def hide_copies(dataset: Dataset, recipes: Iterable[FeatureRecipe]) -> Dataset:
    """Return the data set as steps may learn from it: without an original of train's copies.

    Copies with small changes are not left out row by row, and would tell a fold the targets of the
    rows that it holds out.

    Parameters
    ----------
    dataset
        The tables.
    recipes
        What is to be made; nothing is measured if no step of it learns from the original data set.
    """
    names = {step.name for recipe in recipes for step in recipe}
    original = dataset.original
    if original is None or not any(GROUPS.get(name).original for name in names):
        return dataset
    few = min(len(original.frame), dataset.n_rows) < LEAST_ROWS
    if few or _measure_separation(dataset, original) >= COPIED:
        return dataset
    return replace(dataset, original=None)


def compare_original(problem: Problem, learned: Candidate, plain: Candidate) -> OriginalComparison:
    """Return what the original rows have brought to a candidate.

    Parameters
    ----------
    problem
        The target.
    learned, plain
        A candidate that learned from them, and the same without.
    """
    rows = compare_candidates(problem, plain.oof, learned.oof).rows
    return OriginalComparison(
        score=learned.score,
        plain_score=plain.score,
        gain=rows.gain,
        gain_se=rows.error,
        is_better=selection_loss(problem, learned.oof) < selection_loss(problem, plain.oof),
    )


def _measure_separation(dataset: Dataset, original: Original) -> float:
    known = [one for one in dataset.schema.columns if one.name not in original.absent]
    return measure_separation(dataset.train, original.frame, known)

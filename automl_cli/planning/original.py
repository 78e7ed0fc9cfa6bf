"""Whether the rows of the original data set are trained on: a gate, and a comparison.

The gate asks whether a model tells them from the competition's rows; the comparison what a
candidate that learned from them is worth on the competition's own rows, beside itself without.
"""

from dataclasses import dataclass

from automl_cli.audit.adversarial import EASILY, LEAST_ROWS, measure_separation
from automl_cli.core.candidate import Candidate
from automl_cli.core.dataset import Dataset
from automl_cli.core.problem import Problem
from automl_cli.decision.scoring import selection_loss
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
    known = [one for one in dataset.schema.columns if one.name not in dataset.original.absent]
    auc = measure_separation(dataset.train, frame, known)
    text = f"a model tells them from train's rows with an AUC of {auc:.2f}"
    if auc < COPIED:
        return False, [("original rows", "not used", f"{text}: they are copies of train's")]
    if auc >= EASILY:
        return False, [("original rows", "not used", f"{text}, which is more than {EASILY}")]
    return True, [("original rows", "tried", text)]


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

"""Whether the original data set is learned from: a gate, and a comparison.

The gate asks whether a model tells its rows from the competition's; the comparison what a candidate
that learned from them, or has columns that did, is worth on the competition's own rows.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations

from automl_cli.audit.adversarial import EASILY, LEAST_ROWS, measure_separation
from automl_cli.config.schema import RunConfig
from automl_cli.core.candidate import Candidate, Step
from automl_cli.core.dataset import Dataset
from automl_cli.core.problem import Problem
from automl_cli.decision.scoring import selection_loss
from automl_cli.features import GROUPS
from automl_cli.statistics.paired import compare_candidates

COPIED = 0.3  # an area so far below chance: the nearest row of many is a copy in the other table


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalComparison:
    """A candidate that learned from the original data set beside the same without.

    Parameters
    ----------
    score, plain_score
        The metric with and without it, on rows of the competition.
    gain
        How much better the score is with it, whichever direction is better.
    gain_se
        Its jackknife standard error, the rows being the same.
    is_better
        Whether the loss by which candidates are chosen is lower with it.
    """

    score: float
    plain_score: float
    gain: float
    gain_se: float
    is_better: bool


def measure_original(dataset: Dataset) -> float | None:
    """Return with what AUC a model tells the original rows from train's.

    None: there are none, or too few to tell.
    """
    original = dataset.original
    if original is None or min(len(original.frame), dataset.n_rows) < LEAST_ROWS:
        return None
    known = [one for one in dataset.schema.columns if one.name not in original.absent]
    return measure_separation(dataset.train, original.frame, known)


def describe_gate(dataset: Dataset, auc: float | None) -> tuple[bool, list[tuple[str, str, str]]]:
    """Return whether the original rows may be trained on, and the fact to show.

    Rows that a model tells from the competition's easily are of another kind: what holds for them
    need not hold for the others.
    """
    if dataset.original is None:
        return False, []
    if auc is None:
        return True, [("original rows", "tried", "too few rows to tell them from train's")]
    text = f"a model tells them from train's rows with an AUC of {auc:.2f}"
    if auc < COPIED:
        return False, [("original rows", "not used", f"{text}: they are copies of train's")]
    if auc >= EASILY:
        return False, [("original rows", "not used", f"{text}, which is more than {EASILY}")]
    return True, [("original rows", "tried", text)]


def hide_copies(dataset: Dataset, auc: float | None) -> Dataset:
    """Return the data set as steps may learn from it: without an original of train's copies.

    Copies with small changes are not left out row by row, and would tell a fold the targets of the
    rows that it holds out.
    """
    return dataset if auc is None or auc >= COPIED else replace(dataset, original=None)


def list_open_steps(config: RunConfig) -> list[Step]:
    """Return the steps that learn from the original data set and that the user says nothing of."""
    if config.data.original is None:
        return []
    named = {*config.features.groups}
    for recipe in config.features.recipes.values():
        named |= {step.name for step in recipe}
    return [Step(name) for name in GROUPS if GROUPS.get(name).original and name not in named]


def add_steps(config: RunConfig, steps: Iterable[Step]) -> RunConfig:
    """Return the config with further groups of generated columns."""
    groups = {**config.features.groups, **{step.name: dict(step.params) for step in steps}}
    features = config.features.model_copy(update={"groups": groups})
    return config.model_copy(update={"features": features})


def list_variants(config: RunConfig) -> Iterator[RunConfig]:
    """Yield the config as it is, and with any steps that may learn from the original data set."""
    steps = list_open_steps(config)
    for number in range(len(steps) + 1):
        for chosen in combinations(steps, number):
            yield add_steps(config, chosen)


def compare_original(problem: Problem, learned: Candidate, plain: Candidate) -> OriginalComparison:
    """Return what the original data set has brought to a candidate.

    Parameters
    ----------
    problem
        The target.
    learned, plain
        A candidate that learned from it, and the same without.
    """
    rows = compare_candidates(problem, plain.oof, learned.oof).rows
    return OriginalComparison(
        score=learned.score,
        plain_score=plain.score,
        gain=rows.gain,
        gain_se=rows.error,
        is_better=selection_loss(problem, learned.oof) < selection_loss(problem, plain.oof),
    )

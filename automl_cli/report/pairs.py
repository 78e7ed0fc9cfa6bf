"""Candidates that differ in their features alone, compared row by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from automl_cli.core.arrays import FloatVector, IntVector
from automl_cli.core.candidate import Candidate, Step
from automl_cli.core.resampling import jackknife_error
from automl_cli.decision.scoring import make_row_parts
from automl_cli.report.data import ReportTarget


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureSetPair:
    """What one feature set is worth in place of another.

    Parameters
    ----------
    model
        The model that was given both.
    added, removed
        The steps that only the first or only the second has.
    gain, error
        How much lower the first one's mean loss is, and its standard error.
    score_gain
        The same on the metric's scale, positive if the first is better.
    """

    model: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    gain: float
    error: float
    score_gain: float


def find_pairs(solved: ReportTarget) -> list[FeatureSetPair]:
    """Return all pairs of whole candidates of one model and its parameters, by gain.

    Candidates that the clock has cut are left out: what they lack is time and not features.
    """
    groups: dict[object, list[Candidate]] = {}
    for candidate in solved.candidates:
        spec = candidate.spec
        if not candidate.cut and candidate.row_share == 1:
            alike = (spec.model, spec.params, spec.max_rounds, spec.original, spec.seed)
            groups.setdefault(alike, []).append(candidate)
    pairs = [
        _compare(solved, *_order_by_size(pair))
        for group in groups.values()
        for pair in combinations(group, 2)
        if pair[0].spec.recipe != pair[1].spec.recipe
    ]
    return sorted(pairs, key=lambda pair: -pair.gain)


def measure_difference(differences: FloatVector, parts: IntVector) -> tuple[float, float]:
    """Return the mean of differences row by row and its standard error.

    Parameters
    ----------
    differences
        One a row.
    parts
        The part of each row: rows of one group share one, so that the error is of whole parts.

    Examples
    --------
    >>> measure_difference(np.array([1.0, 3.0, 1.0, 3.0]), np.array([0, 0, 1, 1]))
    (2.0, 0.0)
    """
    mean = float(differences.mean())
    counts = np.bincount(parts)
    sums = np.bincount(parts, weights=differences)
    sums, counts = sums[counts > 0], counts[counts > 0]
    if len(counts) < 2:  # without the only part there is nothing left
        return mean, float("nan")
    without = (sums.sum() - sums) / (counts.sum() - counts)
    return mean, jackknife_error(without)


def _order_by_size(pair: Sequence[Candidate]) -> tuple[Candidate, Candidate]:
    first, second = pair
    if len(first.spec.recipe) < len(second.spec.recipe):
        return second, first
    return first, second


def _compare(solved: ReportTarget, first: Candidate, second: Candidate) -> FeatureSetPair:
    differences = solved.losses_of(second.oof) - solved.losses_of(first.oof)
    gain, error = measure_difference(differences, make_row_parts(solved.problem)[solved.rows])
    sign = 1.0 if solved.problem.metric.greater_is_better else -1.0
    mine, its = _name_steps(first), _name_steps(second)
    return FeatureSetPair(
        model=first.spec.model,
        added=tuple(name for name in mine if name not in its),
        removed=tuple(name for name in its if name not in mine),
        gain=gain,
        error=error,
        score_gain=sign * (first.score - second.score),
    )


def _name_steps(candidate: Candidate) -> list[str]:
    return [describe_step(step) for step in candidate.spec.recipe]


def describe_step(step: Step) -> str:
    """Return a step with what it is told."""
    params = ", ".join(f"{name} {value}" for name, value in step.params)
    return f"{step.name} ({params})" if params else step.name

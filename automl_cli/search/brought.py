"""What samplers have brought to the blend: the same one without the candidates that they found."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from automl_cli.core.candidate import Blend, Candidate
from automl_cli.core.deadline import Deadline
from automl_cli.core.judges import leave_judges_out
from automl_cli.core.problem import Problem
from automl_cli.ensemble.tournament import blend_candidates
from automl_cli.search.exhaustive import ExhaustiveStudy
from automl_cli.search.study import Study
from automl_cli.statistics.paired import compare_candidates


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchGain:
    """What the blend gains from what samplers found.

    Parameters
    ----------
    members, weight
        How many members they found, and their weight together.
    score, plain_score
        The metric with and without them, cross-fitted, on rows that have chosen nothing.
    gain
        How much better the score is with them, whichever direction is better.
    gain_se
        Its jackknife standard error, the rows being the same.
    """

    members: int
    weight: float
    score: float
    plain_score: float
    gain: float
    gain_se: float


def list_found(
    study: Study | ExhaustiveStudy, events: Iterable[Mapping[str, Any]]
) -> frozenset[str]:
    """Return the keys of all candidates that samplers proposed, some of them with a finer rate.

    Parameters
    ----------
    study
        What the command has tried.
    events
        Those of the run: they know what earlier commands have tried.
    """
    own = (key for key, point in study.points.items() if point.is_found)
    return frozenset([*own, *(str(event["key"]) for event in events if event.get("is_found"))])


def measure_gain(
    problem: Problem,
    blend: Blend,
    candidates: Sequence[Candidate],
    found: frozenset[str],
    deadline: Deadline,
) -> SearchGain | None:
    """Return what the blend gains from members that samplers found.

    Parameters
    ----------
    problem
        The target, with the folds of the blend.
    blend
        What was blended of the candidates.
    candidates
        Those of the run.
    found
        Keys of what samplers proposed.
    deadline
        When it has to be known; None is returned if there is no time for it, or nothing to compare.
    """
    members = [one for one in candidates if one.spec.key in blend.members]
    others = [one for one in members if one.spec.key not in found]
    if not others or len(others) == len(members) or deadline.seconds_left() <= 0:
        return None
    combiners = (blend.combiner,)
    plain = blend_candidates(problem, others, combiners=combiners, deadline=deadline)
    whole = blend_candidates(problem, members, combiners=combiners, deadline=deadline)
    if deadline.seconds_left() <= 0:  # one of them may have ended early
        return None
    judged = replace(problem, folds=leave_judges_out(problem.folds))
    compared = compare_candidates(judged, plain.oof, whole.oof)
    is_found = np.array([key in found for key in whole.members])
    return SearchGain(
        members=int(is_found.sum()),
        weight=float(np.abs(whole.weights)[is_found].sum() / np.abs(whole.weights).sum()),
        score=compared.second,
        plain_score=compared.first,
        gain=compared.rows.gain,
        gain_se=compared.rows.error,
    )

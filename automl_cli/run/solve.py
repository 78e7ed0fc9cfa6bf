"""One problem from candidates to a blend, with better answers handed out along the way."""

import math
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy.typing as npt

from automl_cli.core.arrays import FloatMatrix
from automl_cli.core.candidate import Blend, Candidate, CandidateSpec, Failure
from automl_cli.core.deadline import Deadline
from automl_cli.core.events import Event, JsonValue
from automl_cli.core.judges import leave_judges_out
from automl_cli.core.problem import Problem
from automl_cli.decision import fit_decision
from automl_cli.decision.scoring import score_candidate
from automl_cli.ensemble.files import is_blended, load_blend, load_level, save_blend
from automl_cli.ensemble.levels import choose_level, list_members
from automl_cli.ensemble.tournament import blend_candidates
from automl_cli.features.state import FeatureSet
from automl_cli.models.description import describe_candidate
from automl_cli.run.replicates import expect_submission
from automl_cli.store import write_json
from automl_cli.train.collect import load_finished, save_candidate
from automl_cli.train.cross_fit import cross_fit
from automl_cli.train.execution import Execution
from automl_cli.train.proposal import FixedPlan, Planner, Proposal, Skipped

WRITE_SECONDS = 1.0  # kept after the tournament


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """The best answer to one problem so far.

    Parameters
    ----------
    problem
        What was asked.
    candidates
        Everything that is finished, best first.
    blend
        The ensemble, or None while single candidates still come in.
    answers
        For the test rows, as `Metric.wants` says, or None without a test table.
    expected
        What the answers of the ensemble are expected to score; None where that is unknown.
    """

    problem: Problem
    candidates: tuple[Candidate, ...]
    blend: Blend | None
    answers: npt.NDArray[Any] | None
    expected: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BlendSettings:
    """How candidates become one prediction.

    Parameters
    ----------
    combiners, max_members
        See `EnsembleConfig`.
    is_chosen
        Whether judges have chosen among candidates: then the score is of the other rows.
    is_late
        Whether there is no time for a tournament: a stored blend of the same candidates is kept.
    """

    combiners: Sequence[str]
    max_members: int
    is_chosen: bool = False
    is_late: bool = False


def solve(
    problem: Problem,
    planned: Mapping[CandidateSpec, FeatureSet],
    execution: Execution,
    *,
    n_folds: int | None = None,
) -> Iterator[Solution]:
    """Fit candidates in their order; yield a solution each time the best one changes.

    Parameters
    ----------
    problem
        The target, with all its folds.
    planned
        The candidates, and where the features of each lie.
    execution
        Where units run.
    n_folds
        How many folds each is to have; None: as many as are enough. Those that an earlier command
        has fitted are not fitted again.
    """
    wanted = problem.folds.n_enough if n_folds is None else n_folds
    finished = load_finished(execution.run, problem.target.name)
    has_blend = is_blended(execution.run.blend(problem.target.name))
    if finished and not has_blend:
        yield make_single_solution(problem, finished.values())
    missing = [
        Proposal(spec=spec, feature_set=planned[spec], n_folds=wanted, is_needed=not finished)
        for spec in planned
        if _lacks_folds(finished.get(spec.key), wanted, execution)
    ]
    yield from pursue_planner(problem, FixedPlan(deque(missing)), finished, execution)


def _lacks_folds(known: Candidate | None, n_folds: int, execution: Execution) -> bool:
    if known is None or known.n_folds < n_folds:
        return True
    return known.cut and not execution.time_budget.is_limited


def pursue_planner(
    problem: Problem, planner: Planner, known: dict[str, Candidate], execution: Execution
) -> Iterator[Solution]:
    """Fit what a planner wants, and store it; yield a solution each time the best one changes.

    Where an earlier command has left an ensemble nothing is yielded: a submission is never replaced
    by a worse one.

    Parameters
    ----------
    problem
        The target, with all its folds.
    planner
        Says what is fitted next.
    known
        The candidates that are finished, by key; new ones are added.
    execution
        Where units run.
    """
    has_blend = is_blended(execution.run.blend(problem.target.name))
    best = rank_candidates(problem, known.values())[0] if known else None
    for outcome in cross_fit(problem, planner, execution):
        planner.observe(outcome)
        if isinstance(outcome, Failure | Skipped):
            report_loss(outcome, problem, execution)
            continue
        save_candidate(execution.run, outcome)
        known[outcome.spec.key] = outcome
        execution.listener(Event(kind="candidate", fields=_describe(outcome, problem)))
        if best is None or best.spec.key == outcome.spec.key or _beats(problem, outcome, best):
            best = outcome
            if not has_blend:
                yield _make_single_solution(problem, best, known.values())


def make_single_solution(problem: Problem, candidates: Iterable[Candidate]) -> Solution:
    """Return the solution that the best single candidate gives."""
    ranked = rank_candidates(problem, candidates)
    return _make_single_solution(problem, ranked[0], ranked)


def _make_single_solution(
    problem: Problem, best: Candidate, candidates: Iterable[Candidate]
) -> Solution:
    own = problem.first_folds(best.n_folds)
    others = [one for one in candidates if one.spec.key != best.spec.key]
    return Solution(
        problem=own,
        candidates=(best, *rank_candidates(problem, others)),
        blend=None,
        answers=_answer(own, best.oof, best.test),
    )


def make_blended_solution(
    problem: Problem,
    candidates: Mapping[str, Candidate],
    settings: BlendSettings,
    execution: Execution,
) -> Solution:
    """Return the solution that the tournament of combiners gives, and store the blend."""
    folder = execution.run.blend(problem.target.name)
    stored = load_blend(folder, candidates) if settings.is_late else None
    level = choose_level(problem, candidates) if stored is None else load_level(folder)
    own = problem.first_folds(level)
    ranked = rank_candidates(own, list_members(candidates, level))
    blend = stored or _make_blend(own, ranked, settings, execution)
    if stored is None:
        save_blend(folder, blend, candidates, level)
    others = {key: one for key, one in candidates.items() if one.n_folds < level}
    # What was told of a stored blend is told again.
    work_end = Deadline(None) if stored else execution.time_budget.deadline
    return Solution(
        problem=own,
        candidates=(*ranked, *rank_candidates(problem, others.values())),
        blend=blend,
        answers=_answer(own, blend.oof, blend.test),
        expected=expect_submission(execution.run, problem, blend, candidates, work_end),
    )


def rank_candidates(problem: Problem, candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return the candidates, best score first; equal ones in key order.

    Those of different numbers of folds are compared on the rows of the folds that all have.
    """
    listed = list(candidates)
    n_common = min((one.n_folds for one in listed), default=0)

    def rank(candidate: Candidate) -> tuple[float, str]:
        loss = _loss(problem, _score(problem, candidate, n_common))
        return (math.inf if math.isnan(loss) else loss, candidate.spec.key)

    return tuple(sorted(listed, key=rank))


def _make_blend(
    problem: Problem, ranked: Sequence[Candidate], settings: BlendSettings, execution: Execution
) -> Blend:
    blend = blend_candidates(
        problem,
        ranked[: settings.max_members],
        combiners=settings.combiners,
        deadline=execution.time_budget.deadline.earlier(WRITE_SECONDS),
    )
    if settings.is_chosen:
        judged = replace(problem, folds=leave_judges_out(problem.folds))
        scored = score_candidate(judged, blend.oof)
        blend = replace(blend, score=scored.score, score_se=scored.score_se)
    return blend


def _beats(problem: Problem, one: Candidate, other: Candidate) -> bool:
    """Compare two candidates on the rows of the folds that both have."""
    n_common = min(one.n_folds, other.n_folds)
    scores = [_score(problem, candidate, n_common) for candidate in (one, other)]
    return _loss(problem, scores[0]) < _loss(problem, scores[1])


def _score(problem: Problem, candidate: Candidate, n_folds: int) -> float:
    if candidate.n_folds == n_folds:
        return candidate.score
    return score_candidate(problem.first_folds(n_folds), candidate.oof).score


def _loss(problem: Problem, score: float) -> float:
    return -score if problem.metric.greater_is_better else score


def _answer(
    problem: Problem, oof: FloatMatrix, test: FloatMatrix | None
) -> npt.NDArray[Any] | None:
    return None if test is None else fit_decision(problem, oof).apply(test)


def _describe(candidate: Candidate, problem: Problem) -> dict[str, Any]:
    return {
        "target": problem.target.name,
        "key": candidate.spec.key,
        "description": describe_candidate(candidate.spec, problem.fitted_task),
        "score": candidate.score,
        "score_se": candidate.score_se,
        "fold_scores": list(candidate.fold_scores),
        "all_folds": problem.folds.n_enough,
        "seconds": candidate.fit_seconds,
        "cut": candidate.cut,
    }


def report_loss(outcome: Failure | Skipped, problem: Problem, execution: Execution) -> None:
    """Tell that nothing came of a candidate, and store why."""
    spec = outcome.spec
    about: dict[str, JsonValue] = {
        "target": problem.target.name,
        "key": spec.key,
        "description": describe_candidate(spec, problem.fitted_task),
    }
    if isinstance(outcome, Skipped):
        execution.listener(Event(kind="skipped", fields={**about, "reason": outcome.reason}))
        return
    failure = {**about, "error": outcome.error, "hint": outcome.hint}
    kept = {**failure, "traceback": outcome.traceback, "spec": spec.to_plain()}
    write_json(execution.run.failure(spec.key), kept)
    execution.listener(Event(kind="failed", fields=failure))

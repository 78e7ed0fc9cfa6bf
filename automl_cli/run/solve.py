"""One problem from candidates to a blend, with better answers handed out along the way."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy.typing as npt

from automl_cli.core.arrays import FloatMatrix
from automl_cli.core.candidate import Blend, Candidate, CandidateSpec, Failure
from automl_cli.core.events import Event, JsonValue
from automl_cli.core.foldplan import FoldPlan
from automl_cli.core.problem import Problem
from automl_cli.decision import fit_decision
from automl_cli.decision.scoring import score_candidate
from automl_cli.ensemble.files import load_bar, load_blend, save_blend
from automl_cli.ensemble.tournament import blend_candidates
from automl_cli.features.state import FeatureSet
from automl_cli.models.description import describe_candidate
from automl_cli.store import write_json
from automl_cli.train.collect import load_candidate, load_finished, save_candidate
from automl_cli.train.cross_fit import cross_fit
from automl_cli.train.order import Crew, Order, Outcome, Skipped

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
    """

    problem: Problem
    candidates: tuple[Candidate, ...]
    blend: Blend | None
    answers: npt.NDArray[Any] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """How candidates become one prediction.

    Parameters
    ----------
    combiners, max_members
        See `EnsembleConfig`.
    scored_on
        The folds whose rows the score is of, if others have chosen among candidates.
    is_late
        Whether there is no time for a tournament: a stored blend of the same candidates is kept.
    """

    combiners: Sequence[str]
    max_members: int
    scored_on: FoldPlan | None = None
    is_late: bool = False


def solve(
    problem: Problem,
    specs: Sequence[CandidateSpec],
    feature_sets: Mapping[str, FeatureSet],
    crew: Crew,
) -> Iterator[Solution]:
    """Cross-fit the candidates; yield a solution each time the best candidate changes.

    Candidates that an earlier command finished are not fitted again; those that the clock had cut
    are repeated at the end. Where an earlier command has left an ensemble, only what is better
    than that is yielded: a submission is never replaced by a worse one.
    """
    found = {spec.key: load_candidate(crew.run, spec) for spec in specs}
    known = {key: candidate for key, candidate in found.items() if candidate is not None}
    if known and load_bar(crew.run.blend(problem.target.name)) is None:
        yield make_single_solution(problem, known.values())
    missing = [spec for spec in specs if spec.key not in known]
    again = [spec for spec in specs if spec.key in known and known[spec.key].cut]
    order = Order(
        problem=problem,
        specs=[*missing, *again],
        feature_sets=feature_sets,
        is_needed=not known and not load_finished(crew.run, problem.target.name),
    )
    yield from collect_solutions(problem, cross_fit(order, crew), known, crew)


def collect_solutions(
    problem: Problem, outcomes: Iterable[Outcome], known: dict[str, Candidate], crew: Crew
) -> Iterator[Solution]:
    """Store what comes of candidates; yield a solution each time the best one changes.

    Parameters
    ----------
    problem
        The target.
    outcomes
        What comes of each candidate, as it ends; trials are passed over.
    known
        The candidates that are finished, by key; new ones are added.
    crew
        Who works.
    """
    bar = load_bar(crew.run.blend(problem.target.name))
    for outcome in outcomes:
        if isinstance(outcome, Failure | Skipped):
            _report_loss(outcome, problem, crew)
        if not isinstance(outcome, Candidate):
            continue
        save_candidate(crew.run, outcome)
        known[outcome.spec.key] = outcome
        crew.listener(Event(kind="candidate", fields=_describe(outcome, problem)))
        solution = make_single_solution(problem, known.values())
        if solution.candidates[0] is outcome and _is_better(problem, outcome.score, bar):
            yield solution


def make_single_solution(problem: Problem, candidates: Iterable[Candidate]) -> Solution:
    """Return the solution that the best single candidate gives."""
    ranked = rank_candidates(problem, candidates)
    best = ranked[0]
    return Solution(
        problem=problem,
        candidates=ranked,
        blend=None,
        answers=_answer(problem, best.oof, best.test),
    )


def make_blended_solution(
    problem: Problem, candidates: Mapping[str, Candidate], assembly: Assembly, crew: Crew
) -> Solution:
    """Return the solution that the tournament of combiners gives, and store the blend."""
    ranked = rank_candidates(problem, candidates.values())
    folder = crew.run.blend(problem.target.name)
    blend = load_blend(folder, candidates) if assembly.is_late else None
    if blend is None:
        blend = _make_blend(problem, ranked, assembly, crew)
        save_blend(folder, blend, candidates, bar=score_candidate(problem, blend.oof).score)
    answers = _answer(problem, blend.oof, blend.test)
    return Solution(problem=problem, candidates=ranked, blend=blend, answers=answers)


def rank_candidates(problem: Problem, candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Return the candidates, best score first; equal ones in key order."""

    def rank(candidate: Candidate) -> tuple[float, str]:
        loss = _loss(problem, candidate.score)
        return (math.inf if math.isnan(loss) else loss, candidate.spec.key)

    return tuple(sorted(candidates, key=rank))


def _make_blend(
    problem: Problem, ranked: Sequence[Candidate], assembly: Assembly, crew: Crew
) -> Blend:
    blend = blend_candidates(
        problem,
        ranked[: assembly.max_members],
        combiners=assembly.combiners,
        deadline=crew.pace.deadline.earlier(WRITE_SECONDS),
    )
    if assembly.scored_on is not None:
        scored = score_candidate(replace(problem, folds=assembly.scored_on), blend.oof)
        blend = replace(blend, score=scored.score, score_se=scored.score_se)
    return blend


def _is_better(problem: Problem, score: float, bar: float | None) -> bool:
    return bar is None or _loss(problem, score) < _loss(problem, bar)


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
        "seconds": candidate.fit_seconds,
        "cut": candidate.cut,
    }


def _report_loss(outcome: Failure | Skipped, problem: Problem, crew: Crew) -> None:
    spec = outcome.spec
    about: dict[str, JsonValue] = {
        "target": problem.target.name,
        "key": spec.key,
        "description": describe_candidate(spec, problem.fitted_task),
    }
    if isinstance(outcome, Skipped):
        crew.listener(Event(kind="skipped", fields={**about, "reason": outcome.reason}))
        return
    failure = {**about, "error": outcome.error, "hint": outcome.hint}
    kept = {**failure, "traceback": outcome.traceback, "spec": spec.to_plain()}
    write_json(crew.run.failure(spec.key), kept)
    crew.listener(Event(kind="failed", fields=failure))

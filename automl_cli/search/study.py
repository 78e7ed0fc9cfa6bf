"""The study of one problem: what was tried, what it has shown, and what is next.

    study = Study.begin(make_queue(factory, specs), execution)
    for outcome in cross_fit(problem, study, execution):
        study.observe(outcome)

`Study` keeps the records; `search.policy` decides from plain numbers alone.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from automl_cli.core.candidate import Candidate, CandidateSpec
from automl_cli.core.errors import RunError
from automl_cli.core.events import Event, EventKind, JsonValue
from automl_cli.core.problem import Problem
from automl_cli.models.description import describe_candidate
from automl_cli.search.ambiguity import measure_ambiguity
from automl_cli.search.gains import measure_losses, weigh_candidates
from automl_cli.search.point import Point
from automl_cli.search.policy import choose_action
from automl_cli.search.queue import CandidateQueue
from automl_cli.search.state import Explore, Promote, Source, StudyState, TrialState, Wait
from automl_cli.search.trial_limits import (
    MOST_TRIALS,
    choose_row_share,
    count_trial_seconds,
    limit_way,
)
from automl_cli.train.collect import load_feature_set
from automl_cli.train.execution import Execution
from automl_cli.train.proposal import Outcome, Proposal

LATER = 1.5  # times what a candidate's folds took that a further one may take


@dataclass(slots=True)
class Study:
    """What was tried on a problem under a clock, and what is next: a planner of `cross_fit`.

    Parameters
    ----------
    problem
        The target, with all its folds.
    execution
        Where units run, and until when.
    queue
        What may be begun.
    seconds_total
        From the start of the study until fits have to end.
    candidates
        What is there, by key.
    trials
        What was begun, by key, in this order.
    points
        The same as points of the search space.
    losses
        Of candidates, on judges, by key.
    told
        Keys of settings whose loss their sampler knows.
    loss
        Of the blend of all candidates, on judges, row by row.
    ended
        Why nothing more was begun, or nothing.
    way_share
        The share of the rows on which ways are tried, once one is.
    """

    problem: Problem
    execution: Execution
    queue: CandidateQueue
    seconds_total: float
    candidates: dict[str, Candidate] = field(default_factory=dict)
    trials: dict[str, TrialState] = field(default_factory=dict)
    points: dict[str, Point] = field(default_factory=dict)
    losses: dict[str, float] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    loss: float | None = None
    ended: str = ""
    way_share: float | None = None

    @classmethod
    def begin(cls, queue: CandidateQueue, execution: Execution) -> "Study":
        """Return a study of what may be begun; its time counts from now."""
        return cls(
            problem=queue.factory.problem,
            execution=execution,
            queue=queue,
            seconds_total=max(0.0, execution.time_budget.fits_end.seconds_left()),
        )

    def state(self) -> StudyState:
        """Return all that decides what is next."""
        plan = self.problem.folds
        budget = self.execution.time_budget
        return StudyState(
            rungs=plan.rungs,
            n_enough=plan.n_enough,
            trials=tuple(self.trials.values()),
            arms=self.queue.list_arms(
                self.execution.forecast, with_search=self._has_time_to_search()
            ),
            lead=self.queue.lead,
            workers=budget.workers,
            seconds_left=budget.fits_end.seconds_left(),
            seconds_total=self.seconds_total,
        )

    def _has_time_to_search(self) -> bool:
        most = self.queue.factory.config.search.budget
        taken = sum(
            trial.fold_seconds * trial.n_folds
            for trial in self.trials.values()
            if trial.source == "search"
        )
        return most is None or taken < most * self.execution.time_budget.workers

    def propose(self) -> Proposal | None:
        """Return what is next; None: nothing until another outcome is known, or at all."""
        if self.execution.time_budget.fits_end.seconds_left() <= 0:
            return None
        while True:
            workers = self.execution.time_budget.workers
            trial_seconds = count_trial_seconds(self.trials.values(), workers)
            if trial_seconds > MOST_TRIALS * self.seconds_total:
                self.queue.growths.clear()  # what they cost is missing elsewhere
                self.queue.ways.clear()
            if self.queue.growth is None and not self.queue.growths:
                if self._is_running("growth"):
                    return None
                self._choose_growth()
            action = choose_action(self.state())
            if isinstance(action, Wait):
                self.ended = action.reason
                return None
            if isinstance(action, Promote):
                return self._promote(action)
            proposal = self._explore(action)
            if proposal is not None:
                return proposal

    def upcoming(self) -> Iterable[str]:
        """Return the keys of candidates of the list that may be next."""
        return (specs[0].key for specs in self.queue.planned.values() if specs)

    def restore(self, finished: Mapping[str, Candidate]) -> None:
        """Take note of candidates that were finished before the study.

        One whose fits are damaged is passed over: it may be begun anew.
        """
        for key, candidate in finished.items():
            try:
                feature_set = load_feature_set(self.execution.run, candidate)
            except RunError:
                continue
            self.queue.taken.add(key)
            self.points[key] = Point(spec=candidate.spec, feature_set=feature_set, source="first")
            self.trials[key] = TrialState(key=key, model=candidate.spec.model, source="first")
            self.observe(candidate)

    def observe(self, outcome: Outcome) -> None:
        """Take note of what came of a proposal."""
        key = outcome.spec.key
        trial = self.trials[key]
        if not isinstance(outcome, Candidate):
            self.trials[key] = replace(trial, ended=True, wanted=trial.n_folds)
            self._record_loss(key, None)
            return
        self.candidates[key] = outcome
        seconds = outcome.fit_seconds / outcome.n_folds
        shown = replace(trial, n_folds=outcome.n_folds, wanted=outcome.n_folds)
        # What learned from few rows, to compare ways, is not worth further folds.
        is_sketch = trial.source == "way" and outcome.row_share < 1.0
        self.trials[key] = replace(
            shown, fold_seconds=seconds, ended=is_sketch, ambiguity=self._measure_ambiguity(outcome)
        )
        if outcome.n_folds >= self.problem.folds.n_first:
            self._weigh(key)
            self._record_loss(key, self.losses[key])
        if self.queue.verdict is None and not self._is_running("way"):
            self._judge_ways()

    def _measure_ambiguity(self, candidate: Candidate) -> float:
        with suppress(RunError):  # a damaged file is found by who needs it
            return measure_ambiguity(self.execution.run, self.problem, candidate)
        return 0.0

    def _choose_growth(self) -> None:
        self.queue.set_growth(self.candidates)
        fields: dict[str, JsonValue] = {"growth": self.queue.growth}
        self._emit("settled", fields)

    def _judge_ways(self) -> None:
        self.queue.judge(self.candidates, {k: t.weight for k, t in self.trials.items()})
        verdict = self.queue.verdict
        if verdict is not None:
            fields: dict[str, JsonValue] = {
                "best": list(verdict.best),
                "lost": [list(way) for way in sorted(verdict.lost)],
            }
            self._emit("settled", fields)

    def _explore(self, action: Explore) -> Proposal | None:
        found = self.queue.take(action.model, action.slice_seconds / LATER, self.execution.forecast)
        if found is None:
            return None
        key = found.spec.key
        n_folds = self.problem.folds.n_first
        self.points[key] = found
        self.trials[key] = TrialState(
            key=key, model=found.spec.model, source=found.source, wanted=n_folds
        )
        self._emit_decision(found.spec, found.source, n_folds)
        slice_seconds, row_share = self._limit_way(found, action.slice_seconds)
        return Proposal(
            spec=found.spec,
            feature_set=found.feature_set,
            n_folds=n_folds,
            slice_seconds=slice_seconds,
            row_share=row_share,
            is_needed=not self.candidates and len(self.trials) == 1,
        )

    def _is_running(self, source: Source) -> bool:
        return any(one.source == source and one.is_running for one in self.trials.values())

    def _limit_way(self, point: Point, seconds: float) -> tuple[float, float]:
        """Return what a fold of a candidate may take, and the share of the rows it learns from."""
        if point.source != "way":
            return seconds, 1.0
        plan, workers = self.problem.folds, self.execution.time_budget.workers
        if self.way_share is None:  # the same for all, so that they can be compared
            n_ways = len(self.queue.way_of) + len(self.queue.ways)
            known = self.execution.forecast.fold_seconds(point.spec)
            self.way_share = choose_row_share(
                self.problem, n_ways, known, self.seconds_total, workers
            )
        return min(seconds, limit_way(self.seconds_total, plan, workers)), self.way_share

    def _promote(self, action: Promote) -> Proposal:
        point, trial = self.points[action.key], self.trials[action.key]
        # What the clock has cut would take whatever it gets.
        longer = 1.0 if self.candidates[action.key].cut else LATER
        self.trials[action.key] = replace(trial, wanted=action.n_folds)
        self._emit_decision(point.spec, "promotion", action.n_folds)
        return Proposal(
            spec=point.spec,
            feature_set=point.feature_set,
            n_folds=action.n_folds,
            slice_seconds=max(1.0, longer * trial.fold_seconds),
        )

    def _weigh(self, key: str) -> None:
        """Weigh all candidates anew, and note by how much the blend's loss fell by this one."""
        known = {
            one: candidate
            for one, candidate in self.candidates.items()
            if candidate.n_folds >= self.problem.folds.n_first
        }
        self.losses |= measure_losses(self.problem, {key: known[key]})
        found = weigh_candidates(self.problem, known, self.losses)
        gain = 0.0 if self.loss is None else max(0.0, self.loss - found.loss - found.chance)
        self.loss = found.loss
        for one, trial in self.trials.items():
            self.trials[one] = replace(trial, weight=found.weights.get(one, 0.0))
        trial = self.trials[key]
        self.trials[key] = replace(trial, loss=self.losses[key], gain=trial.gain or gain)

    def _record_loss(self, key: str, loss: float | None) -> None:
        """Tell a sampler what came of its setting, once."""
        point = self.points[key]
        if point.number >= 0 and key not in self.told:
            self.told.add(key)
            self.queue.samplers[point.spec.model].record(point.number, loss)

    def _emit_decision(self, spec: CandidateSpec, why: str, n_folds: int) -> None:
        fields: dict[str, JsonValue] = {
            "key": spec.key,
            "description": describe_candidate(spec, self.problem.fitted_task),
            "why": why,
            "folds": n_folds,
        }
        self._emit("proposed", fields)

    def _emit(self, kind: EventKind, fields: Mapping[str, JsonValue]) -> None:
        target = {"target": self.problem.target.name}
        self.execution.listener(Event(kind=kind, fields={**target, **fields}))

"""The study of one problem: what was tried, what it has shown, and what is next.

    study = Study.begin(make_queue(factory, specs), execution)
    for outcome in cross_fit(problem, study, execution):
        study.observe(outcome)

`Study` keeps the records; `search.policy` decides from plain numbers alone.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from automl_cli.core.candidate import Candidate
from automl_cli.core.errors import RunError
from automl_cli.core.problem import Problem
from automl_cli.search.ambiguity import measure_ambiguity
from automl_cli.search.events import emit_growth, emit_proposed, emit_ways
from automl_cli.search.finer import count_finest_seconds, take_finer
from automl_cli.search.gains import measure_additions, measure_losses, weigh_candidates
from automl_cli.search.point import Point
from automl_cli.search.policy import choose_action
from automl_cli.search.queue import CandidateQueue
from automl_cli.search.state import Explore, Promote, Refine, Source, StudyState, TrialState, Wait
from automl_cli.search.trial_limits import MOST_TRIALS, WayLimits, count_trial_seconds
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
    coarse
        The keys of candidates that are or were fitted anew with a finer rate, by the new key.
    told
        Keys of settings whose loss their sampler knows.
    loss
        Of the blend of all candidates, on judges, row by row.
    ended
        Why nothing more was begun, or nothing.
    way_limits
        What ways on trial may take.
    """

    problem: Problem
    execution: Execution
    queue: CandidateQueue
    seconds_total: float
    candidates: dict[str, Candidate] = field(default_factory=dict)
    trials: dict[str, TrialState] = field(default_factory=dict)
    points: dict[str, Point] = field(default_factory=dict)
    losses: dict[str, float] = field(default_factory=dict)
    coarse: dict[str, str] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    loss: float | None = None
    ended: str = ""
    way_limits: WayLimits = field(default_factory=WayLimits)

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
            n_blended=plan.n_blended,
            trials=tuple(self.trials.values()),
            arms=self.queue.list_arms(
                self.execution.forecast, with_search=self._has_time_to_search()
            ),
            lead=self.queue.lead,
            best_way=best_way.key if (best_way := self.queue.best_way) else "",
            is_settled=self.queue.is_settled,
            workers=budget.workers,
            seconds_left=budget.fits_end.seconds_left(),
            seconds_total=self.seconds_total,
            loss=self.loss or 0.0,
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
                self.queue.set_growth(self.candidates)
                emit_growth(self.execution.listener, self.problem, self.queue.growth)
            action = choose_action(self.state())
            if isinstance(action, Wait):
                self.ended = action.reason
                return None
            if isinstance(action, Promote):
                return self._promote(action)
            proposal = self._refine(action) if isinstance(action, Refine) else self._explore(action)
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
            self.queue.drop(key)
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
            if key in self.coarse:  # what it was to take the place of stays
                coarse = self.coarse[key]
                self.trials[coarse] = replace(self.trials[coarse], ended=False)
            return
        self.candidates[key] = outcome
        finest, point = trial.finest_seconds, self.points[key]
        if not trial.n_folds:
            finest = count_finest_seconds(self.queue, point, outcome, self.execution.forecast)
        # What learned from few rows, to compare ways, is not worth further folds.
        is_sketch = trial.source == "way" and outcome.row_share < 1.0
        self.trials[key] = replace(
            trial,
            n_folds=outcome.n_folds,
            wanted=outcome.n_folds,
            fold_seconds=(outcome.fit_seconds + (outcome.predict_seconds or 0)) / outcome.n_folds,
            finest_seconds=finest,
            ended=is_sketch or trial.ended,
            ambiguity=self._measure_ambiguity(outcome),
        )
        if outcome.n_folds >= self.problem.folds.n_first:
            self._weigh(key)
            self._record_loss(key, self.losses[key])
            shown = self.trials[key]
            if outcome.cut and shown.is_useless and point.has_used_slice(shown.fold_seconds):
                self.queue.retry(point)  # it has not shown what it can do
        if self.queue.verdict is None and not self._is_running("way"):
            self._judge_ways()

    def _measure_ambiguity(self, candidate: Candidate) -> float:
        with suppress(RunError):  # a damaged file is found by who needs it
            return measure_ambiguity(self.execution.run, self.problem, candidate)
        return 0.0

    def _judge_ways(self) -> None:
        self.queue.judge(self.candidates, {k: t.weight for k, t in self.trials.items()})
        if self.queue.verdict is not None:
            emit_ways(self.execution.listener, self.problem, self.queue.verdict)

    def _explore(self, action: Explore) -> Proposal | None:
        found = self.queue.take(action.model, action.slice_seconds / LATER, self.execution.forecast)
        if found is None:
            return None
        slice_seconds, row_share = action.slice_seconds, 1.0
        if found.source == "way":
            limits, total = self.way_limits, self.seconds_total
            most, row_share = limits.find(self.queue, self.execution, total, found.spec)
            slice_seconds = min(slice_seconds, most)
        proposal = self._begin(found, self.problem.folds.n_first, slice_seconds)
        is_needed = not self.candidates and len(self.trials) == 1
        return replace(proposal, row_share=row_share, is_needed=is_needed)

    def _begin(self, found: Point, n_folds: int, slice_seconds: float) -> Proposal:
        key = found.spec.key
        self.points[key] = replace(found, slice_seconds=slice_seconds)
        self.trials[key] = TrialState(
            key=key, model=found.spec.model, source=found.source, wanted=n_folds
        )
        emit_proposed(self.execution.listener, self.problem, found, found.source, n_folds)
        return Proposal(
            spec=found.spec,
            feature_set=found.feature_set,
            n_folds=n_folds,
            slice_seconds=slice_seconds,
        )

    def _refine(self, action: Refine) -> Proposal | None:
        """Begin a candidate anew with a finer rate; it takes the place of the coarse one."""
        point, trial = self.points[action.key], self.trials[action.key]
        seconds, forecast = action.slice_seconds, self.execution.forecast
        found = take_finer(self.queue, point, seconds, forecast)
        self.trials[action.key] = replace(trial, finest_seconds=0.0, ended=found is not None)
        if found is None:
            return None
        key = found.spec.key
        self.coarse[key] = action.key
        proposal = self._begin(found, action.n_folds, LATER * seconds)
        self.trials[key] = replace(self.trials[key], fold_seconds=seconds)
        return proposal

    def _is_running(self, source: Source) -> bool:
        return any(one.source == source and one.is_running for one in self.trials.values())

    def _promote(self, action: Promote) -> Proposal:
        point, trial = self.points[action.key], self.trials[action.key]
        # What the clock has cut would take whatever it gets.
        longer = 1.0 if self.candidates[action.key].cut else LATER
        self.trials[action.key] = replace(trial, wanted=action.n_folds)
        emit_proposed(self.execution.listener, self.problem, point, "promotion", action.n_folds)
        return Proposal(
            spec=point.spec,
            feature_set=point.feature_set,
            n_folds=action.n_folds,
            slice_seconds=max(1.0, longer * trial.fold_seconds),
            rounds=self.candidates[action.key].rounds,
        )

    def _weigh(self, key: str) -> None:
        """Weigh all candidates anew, and note by how much the blend's loss fell by this one."""
        replaced = {coarse for finer, coarse in self.coarse.items() if finer in self.candidates}
        known = {
            one: candidate
            for one, candidate in self.candidates.items()
            if candidate.n_folds >= self.problem.folds.n_first and one not in replaced
        }
        self.losses |= measure_losses(self.problem, {key: self.candidates[key]})
        found = weigh_candidates(self.problem, known, {one: self.losses[one] for one in known})
        gain = 0.0 if self.loss is None else max(0.0, self.loss - found.loss - found.chance)
        self.loss = found.loss
        # What failed to get more folds, or learned from few rows, will not get them.
        n_blended = self.problem.folds.n_blended
        able = {
            one: candidate
            for one, candidate in known.items()
            if candidate.n_folds >= n_blended or not self.trials[one].ended
        }
        adds = measure_additions(self.problem, able)
        for one, trial in self.trials.items():
            weight, added = found.weights.get(one, 0.0), adds.get(one, 0.0)
            self.trials[one] = replace(trial, weight=weight, adds=added)
        trial = self.trials[key]
        self.trials[key] = replace(trial, loss=self.losses[key], gain=trial.gain or gain)

    def _record_loss(self, key: str, loss: float | None) -> None:
        """Tell a sampler what came of its setting, once."""
        point = self.points[key]
        if point.number >= 0 and key not in self.told:
            self.told.add(key)
            self.queue.samplers[point.spec.model].record(point.number, loss)

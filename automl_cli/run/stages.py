"""The stages of one problem: a first candidate, the screen, the study, the blend.

for solution in pursue(task, execution):
    ...  # each better than the one before
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict, replace

from automl_cli.core.candidate import CandidateSpec
from automl_cli.core.deadline import Deadline
from automl_cli.core.events import Event, JsonValue, emit_stage
from automl_cli.core.keys import make_array_key
from automl_cli.models.description import describe_candidate
from automl_cli.planning.plan import is_screened
from automl_cli.run.original import list_tried_steps, report_original, weigh_original
from automl_cli.run.problem_plan import ProblemPlan
from automl_cli.run.solve import (
    WRITE_SECONDS,
    BlendSettings,
    Solution,
    make_blended_solution,
    pursue_planner,
    report_loss,
    solve,
)
from automl_cli.search.brought import list_found, measure_gain
from automl_cli.search.exhaustive import ExhaustiveStudy, make_exhaustive
from automl_cli.search.factory import CandidateFactory, list_searched
from automl_cli.search.queue import make_queue
from automl_cli.search.report import report_searches
from automl_cli.search.study import Study
from automl_cli.train.collect import load_candidate, load_finished
from automl_cli.train.execution import Execution
from automl_cli.train.proposal import Skipped
from automl_cli.train.screened import Screened, screen_features
from automl_cli.train.screening import Screening

NO_TIME = "no time left"
SCREEN_SHARE = 0.15  # of the time left that screening may take


def begin(task: ProblemPlan, execution: Execution) -> Iterator[Solution]:
    """Yield the solution of the first candidate."""
    emit_stage(execution.listener, "first candidate")
    first, plan = task.specs[0], task.problem.folds
    planned = {first: task.plain_sets[first.recipe]}
    if execution.time_budget.is_limited:
        yield from solve(task.problem, planned, execution, n_folds=plan.n_first)
    yield from solve(task.problem, planned, execution)


def pursue(task: ProblemPlan, execution: Execution) -> Iterator[Solution]:
    """Yield each solution that is better than the one before, last of all the ensemble's."""
    has_gate = task.original or list_tried_steps(task)
    if any(is_screened(spec) for spec in task.specs) or task.config.search.trials or has_gate:
        yield from begin(task, execution)
    if has_gate:
        task = yield from weigh_original(task, execution)
    screened = _screen(task, execution)
    study = yield from _study(task, screened, execution)
    finished = load_finished(execution.run, task.problem.target.name)
    if finished:
        emit_stage(execution.listener, "blending")
        settings = _make_blend_settings(task, execution)
        solution = make_blended_solution(task.problem, finished, settings, execution)
        yield solution
        _report_search(study, solution, execution)


def _study(
    task: ProblemPlan, screened: Screened | None, execution: Execution
) -> Generator[Solution, None, Study | ExhaustiveStudy]:
    """Fit what the planner wants, under the clock or without one."""
    factory = CandidateFactory(
        problem=task.problem,
        config=task.config,
        columns=task.columns,
        screened=screened,
        plain_sets=task.plain_sets,
        original=task.original,
    )
    queue = make_queue(factory, _list_prior(task, factory))
    is_limited = execution.time_budget.is_limited
    study: Study | ExhaustiveStudy = (
        Study.begin(queue, execution) if is_limited else make_exhaustive(queue)
    )
    finished = load_finished(execution.run, task.problem.target.name)
    study.restore(finished)
    _emit_plan(task, queue.list_planned(), execution)
    if is_limited or queue.samplers:
        execution.run.studies(task.problem.target.name).mkdir(parents=True, exist_ok=True)
    yield from pursue_planner(task.problem, study, dict(finished), execution)
    for spec in queue.list_planned() if is_limited else ():
        skipped = Skipped(spec=spec, reason=study.ended or NO_TIME)
        report_loss(skipped, task.problem, execution)
    report_searches(study, execution)
    report_original(task, queue.listed, execution)
    return study


def _report_search(
    study: Study | ExhaustiveStudy, solution: Solution, execution: Execution
) -> None:
    """Tell what the ensemble gains from what samplers have found, if there is time to find out."""
    found, blend = list_found(study, execution.run.read_events()), solution.blend
    deadline = execution.time_budget.deadline.earlier(WRITE_SECONDS)
    if blend is None or not found:
        return
    gain = measure_gain(solution.problem, blend, solution.candidates, found, deadline)
    if gain is not None:
        fields: dict[str, JsonValue] = {"target": solution.problem.target.name, **asdict(gain)}
        execution.listener(Event(kind="brought", fields=fields))


def _list_prior(task: ProblemPlan, factory: CandidateFactory) -> Sequence[CandidateSpec]:
    """Return what is tried before the settings of samplers: the list, or its first candidate."""
    is_left_out = task.config.search.prior == "none" and any(list_searched(factory))
    return task.specs[:1] if is_left_out else task.specs


def _emit_plan(task: ProblemPlan, planned: Sequence[CandidateSpec], execution: Execution) -> None:
    finished: list[JsonValue] = [
        spec.key for spec in planned if execution.run.candidate(spec.key).exists()
    ]
    fields: dict[str, JsonValue] = {
        "candidates": [spec.key for spec in planned],
        "finished": finished,
    }
    fitted_task = task.problem.fitted_task
    fields["descriptions"] = {spec.key: describe_candidate(spec, fitted_task) for spec in planned}
    execution.listener(Event(kind="planned", fields=fields))


def _make_blend_settings(task: ProblemPlan, execution: Execution) -> BlendSettings:
    deadline = execution.time_budget.deadline
    return BlendSettings(
        combiners=task.config.ensemble.combiners,
        max_members=task.config.ensemble.max_members,
        is_chosen=execution.run.studies(task.problem.target.name).exists(),
        is_late=deadline.earlier(WRITE_SECONDS).seconds_left() <= 0,
    )


def _screen(task: ProblemPlan, execution: Execution) -> Screened | None:
    """Screen all steps that candidates want; None if there are none or the base is missing."""
    wanted = [step for spec in task.specs for step in spec.recipe if step.top is not None]
    base = task.specs[0]
    known = load_candidate(execution.run, base)
    if not wanted or known is None:
        return None
    screening = Screening(
        run=str(execution.run.root),
        data_key=task.data_key,
        transductive=task.transductive,
        base=base,
        base_key=make_array_key(known.oof),
        steps=tuple(dict.fromkeys(replace(step, top=0) for step in wanted)),
        rate=task.config.features.false_discovery_rate,
        second_opinion=task.config.features.screen == "null_importance",
    )
    emit_stage(execution.listener, "screening")
    left = execution.time_budget.fits_end.seconds_left()
    return screen_features(screening, execution, Deadline.after(SCREEN_SHARE * left))

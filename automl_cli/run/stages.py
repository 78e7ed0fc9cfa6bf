"""The stages of one problem: a first candidate, the screen, the study, the blend.

for solution in pursue(task, execution):
    ...  # each better than the one before
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from automl_cli.config.schema import RunConfig
from automl_cli.core.candidate import CandidateSpec, FeatureRecipe
from automl_cli.core.dataset import Column
from automl_cli.core.deadline import Deadline
from automl_cli.core.events import Event, JsonValue, emit_stage
from automl_cli.core.keys import make_array_key
from automl_cli.core.problem import Problem
from automl_cli.features.state import FeatureSet
from automl_cli.models.description import describe_candidate
from automl_cli.planning.original import OriginalComparison, compare_original
from automl_cli.planning.plan import is_screened
from automl_cli.run.solve import (
    WRITE_SECONDS,
    BlendSettings,
    Solution,
    make_blended_solution,
    pursue_planner,
    report_loss,
    solve,
)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemPlan:
    """One problem and how it is to be solved.

    Parameters
    ----------
    problem
        The target, with all its folds.
    specs
        The candidates, the first to be tried first; it has no screened steps if others have.
    plain_sets
        For each recipe without screened steps where its features lie.
    data_key
        Key of the data set.
    columns
        The feature columns.
    transductive
        Whether features are fitted on test rows as well.
    config
        Everything the user has said.
    original
        What a row of the original data set would count; 0: none may be trained on.
    """

    problem: Problem
    specs: Sequence[CandidateSpec]
    plain_sets: Mapping[FeatureRecipe, FeatureSet]
    data_key: str
    columns: tuple[Column, ...]
    transductive: bool
    config: RunConfig
    original: float = 0.0


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
    if any(is_screened(spec) for spec in task.specs) or task.config.search.trials or task.original:
        yield from begin(task, execution)
    if task.original:
        task = yield from _weigh_original(task, execution)
    screened = _screen(task, execution)
    yield from _study(task, screened, execution)
    finished = load_finished(execution.run, task.problem.target.name)
    if finished:
        emit_stage(execution.listener, "blending")
        settings = _make_blend_settings(task, execution)
        yield make_blended_solution(task.problem, finished, settings, execution)


def _study(
    task: ProblemPlan, screened: Screened | None, execution: Execution
) -> Iterator[Solution]:
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
    _report_original(task, queue.listed, execution)


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


def _weigh_original(
    task: ProblemPlan, execution: Execution
) -> Generator[Solution, None, ProblemPlan]:
    """Fit the first candidate on the rows of the original data set too; plan the better way.

    The first full candidate is planned both ways: a small one may err, and a blend can take both.
    """
    first = task.specs[0]
    learned = replace(first, original=task.original)
    yield from solve(task.problem, {learned: task.plain_sets[first.recipe]}, execution)
    compared = _compare_original(task, first, execution)
    weight = task.original if compared is not None and compared.is_better else 0.0
    specs = [replace(spec, original=weight) for spec in task.specs]
    if compared is not None and len(specs) > 1:
        specs.insert(2, replace(specs[1], original=task.original - weight))
    return replace(task, specs=specs, original=weight)


def _report_original(
    task: ProblemPlan, planned: Sequence[CandidateSpec], execution: Execution
) -> None:
    """Tell what the rows of the original data set have brought to the first full candidate."""
    for spec in planned:
        if spec.original and replace(spec, original=0.0) in planned:
            _compare_original(task, replace(spec, original=0.0), execution, spec.original)


def _compare_original(
    task: ProblemPlan, plain: CandidateSpec, execution: Execution, weight: float | None = None
) -> OriginalComparison | None:
    """Tell and return what the rows of the original data set have brought to a candidate."""
    learned = replace(plain, original=task.original if weight is None else weight)
    found = [load_candidate(execution.run, spec) for spec in (learned, plain)]
    if found[0] is None or found[1] is None:
        return None
    compared = compare_original(task.problem, found[0], found[1])
    fields: dict[str, JsonValue] = {"target": task.problem.target.name, "key": learned.key}
    execution.listener(Event(kind="original", fields=fields | asdict(compared)))
    return compared


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

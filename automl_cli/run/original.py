"""What the original data set brings: rows to train on, and columns that learn from it.

    the rows .............. beside the competition's own, in training alone
    original_mean ......... the mean target of a value there, as a column
    original_teacher ...... what a model of it predicts, as a column

Each is tried on the first candidate, a small one, and kept for all others if it is better with it.
"""

from collections.abc import Generator, Sequence
from dataclasses import asdict, replace

from automl_cli.core.candidate import CandidateSpec, Step
from automl_cli.core.events import Event, JsonValue
from automl_cli.planning.original import (
    OriginalComparison,
    add_steps,
    compare_original,
    list_open_steps,
)
from automl_cli.planning.plan import make_plain, make_specs
from automl_cli.run.problem_plan import ProblemPlan
from automl_cli.run.solve import Solution, solve
from automl_cli.train.collect import load_candidate
from automl_cli.train.execution import Execution

ROWS = "rows"  # what is tried, beside the names of steps


def list_tried_steps(task: ProblemPlan) -> list[Step]:
    """Return the steps that are tried on the first candidate, of those that have columns."""
    recipe = task.specs[0].recipe
    return [step for step in list_open_steps(task.config) if (*recipe, step) in task.plain_sets]


def weigh_original(
    task: ProblemPlan, execution: Execution
) -> Generator[Solution, None, ProblemPlan]:
    """Fit the first candidate with each of them; plan all others with what it is better with.

    The first full candidate is planned with and without the rows: a small one may err, and a blend
    can take both.
    """
    first = task.specs[0]
    brought = None
    if task.original:
        learned = replace(first, original=task.original)
        yield from solve(task.problem, {learned: task.plain_sets[first.recipe]}, execution)
        brought = _compare(task, (learned, first), ROWS, execution)
    weight = task.original if brought is not None and brought.is_better else 0.0
    kept = yield from _weigh_steps(task, replace(first, original=weight), execution)
    config = add_steps(task.config, kept)
    chosen = make_specs(task.problem, config) if kept else task.specs
    specs = [
        replace(spec, original=weight)
        for spec in chosen
        if make_plain(spec).recipe in task.plain_sets
    ]
    if brought is not None and len(specs) > 1:
        specs.insert(2, replace(specs[1], original=task.original - weight))
    return replace(task, specs=specs, original=weight, config=config)


def report_original(
    task: ProblemPlan, planned: Sequence[CandidateSpec], execution: Execution
) -> None:
    """Tell what the rows of the original data set have brought to the first full candidate."""
    for spec in planned:
        if spec.original and replace(spec, original=0.0) in planned:
            _compare(task, (spec, replace(spec, original=0.0)), ROWS, execution)


def _weigh_steps(
    task: ProblemPlan, first: CandidateSpec, execution: Execution
) -> Generator[Solution, None, list[Step]]:
    """Fit a candidate with each step that learns from the table; return those that help."""
    kept = []
    for step in list_tried_steps(task):
        learned = replace(first, recipe=(*first.recipe, step))
        yield from solve(task.problem, {learned: task.plain_sets[learned.recipe]}, execution)
        brought = _compare(task, (learned, first), step.name, execution)
        # Columns without meaning may come out ahead by chance, and would be in every candidate.
        if brought is not None and brought.is_better and brought.gain > brought.gain_se:
            kept.append(step)
    return kept


def _compare(
    task: ProblemPlan, pair: tuple[CandidateSpec, CandidateSpec], what: str, execution: Execution
) -> OriginalComparison | None:
    """Tell and return what a candidate that learned from the table gains over one without."""
    learned, plain = (load_candidate(execution.run, spec) for spec in pair)
    if learned is None or plain is None:
        return None
    compared = compare_original(task.problem, learned, plain)
    fields: dict[str, JsonValue] = {
        "target": task.problem.target.name,
        "what": what,
        "key": learned.spec.key,
    }
    execution.listener(Event(kind="original", fields=fields | asdict(compared)))
    return compared

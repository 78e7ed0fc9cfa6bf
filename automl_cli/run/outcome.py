"""What a run leaves behind: figures and the list of its files, whole at any moment.

Both are written with each better answer, so that a run that is interrupted can be read and
predicts.
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from automl_cli.bundle.writing import BundlePart, write_bundle
from automl_cli.config.durations import format_duration
from automl_cli.core.errors import AutomlError, BudgetError, RunError
from automl_cli.core.events import Event
from automl_cli.data.submission import column_names
from automl_cli.decision import fit_decision
from automl_cli.ensemble.tournament import make_single_blend
from automl_cli.planning.holdout import score_holdout
from automl_cli.run.left_out import find_unused_time
from automl_cli.run.session import Session, describe_findings, update_submission
from automl_cli.run.solve import Solution
from automl_cli.run.summary import make_summary
from automl_cli.store import read_json, write_json

RESTS = 20  # times what writing the answers takes pass between two of them


@contextmanager
def writing_answers(
    session: Session, solutions: Mapping[str, Solution]
) -> Iterator[Callable[[], None]]:
    """Give what writes submission, figures and bundle of the answers so far.

    Of many rows that takes a second, in which the workers wait: it is put off if it would take more
    than a twentieth of the time. What was put off is written at the end, whatever ends the work.
    """
    written_at, seconds, is_due = 0.0, 0.0, False

    def write(*, at_once: bool = False) -> None:
        nonlocal written_at, seconds, is_due
        began, is_due = time.monotonic(), True
        if at_once or began - written_at >= RESTS * seconds:
            update_submission(session, solutions)
            record(session, solutions)
            written_at, is_due = time.monotonic(), False
            seconds = written_at - began

    try:
        yield write
    except AutomlError:
        is_due = False  # such as a full disk: to write once more would hide it
        raise
    finally:
        if is_due:
            write(at_once=True)


def record(session: Session, solutions: Mapping[str, Solution]) -> None:
    """Write figures and bundle of the answers so far, once there is one for each target."""
    if len(solutions) == len(session.problems):
        _write(session, solutions, finished=False)


def finish(session: Session, solutions: Mapping[str, Solution]) -> dict[str, Any]:
    """Write and return the summary.

    Raises
    ------
    BudgetError
        If the time was too short for one candidate of each target.
    RunError
        If every candidate failed.
    """
    missing = [one.target.name for one in session.problems if one.target.name not in solutions]
    if missing:
        raise _explain(session, missing)
    summary = _write(session, solutions, finished=True)
    session.listener(Event(kind="finished", fields={"seconds": summary["seconds"]}))
    return summary


def _write(
    session: Session, solutions: Mapping[str, Solution], *, finished: bool
) -> dict[str, Any]:
    written = session.request.submission or session.directory.submission
    summary = make_summary(
        session.directory,
        None if session.given.test is None else written,
        session.facts,
        [solutions[problem.target.name] for problem in session.problems],
        time.time() - session.request.started_at,
    )
    for target, problem in zip(summary["targets"], session.problems, strict=True):
        answers = solutions[problem.target.name].answers
        target["holdout"] = score_holdout(session.holdout, problem, answers)
    summary |= {**describe_findings(session.findings), "finished": finished}
    budget = session.request.loaded.config.budget
    if finished:
        events = session.directory.read_events()
        summary["unused"] = find_unused_time(session.deadline, budget, events)
    _write_bundle(session, solutions)
    write_json(session.directory.summary, summary)
    return summary


def _write_bundle(session: Session, solutions: Mapping[str, Solution]) -> None:
    """List the files that predict new rows as the test rows were predicted."""
    parts = []
    for problem in session.problems:
        solution = solutions[problem.target.name]
        blend = solution.blend or make_single_blend(solution.candidates[0])
        names = column_names(session.given, problem.target, problem.metric.wants)
        decision = fit_decision(solution.problem, blend.oof)
        parts.append(BundlePart(problem=problem, blend=blend, decision=decision, columns=names))
    row_id, sample = session.given.schema.id, session.given.sample
    together = () if row_id is not None or sample is None else tuple(sample.id_columns)
    write_bundle(session.directory, parts, row_id, together)


def _explain(session: Session, missing: Sequence[str]) -> AutomlError:
    names = ", ".join(missing)
    failures = sorted((session.directory.root / "failures").glob("*.json"))
    if failures:
        error = str(read_json(failures[0])["error"]).partition("\n")[0].rstrip(" .")
        return RunError(
            f"every candidate for {names} failed; one of them: {error}.",
            hint=f"The tracebacks are in {failures[0].parent}.",
        )
    budget = session.request.loaded.config.budget
    is_begun = any(event["kind"] == "fitted" for event in session.directory.read_events())
    return BudgetError(
        f"a budget of {format_duration(budget or 0.0)} is too short: no candidate was "
        f"finished for {names}.",
        hint="Give more time with --budget, or the same command again: the folds that are fitted "
        "stay, and until there is a candidate each command has the whole budget."
        if is_begun
        else "Give more time with --budget: it was used up, or nearly, before the first fit.",
    )

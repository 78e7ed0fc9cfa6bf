"""The whole run, from files to a submission: one page of plain calls."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from automl_cli.audit import audit_all
from automl_cli.config.schema import RunConfig
from automl_cli.config.show import show_config
from automl_cli.core.candidate import CandidateSpec
from automl_cli.core.deadline import Deadline
from automl_cli.core.errors import ConfigError
from automl_cli.core.events import Event, Listener
from automl_cli.core.finding import Finding
from automl_cli.core.keys import SHORT
from automl_cli.core.problem import Problem
from automl_cli.data.files import Files, find_files
from automl_cli.data.infer import Inference, infer_dataset
from automl_cli.data.submission import check_name
from automl_cli.planning.binding import check_config
from automl_cli.planning.holdout import Holdout, describe_holdout, hold_out
from automl_cli.planning.original import describe_gate, measure_original
from automl_cli.planning.parameters import check_values
from automl_cli.planning.plan import list_libraries, make_run_key, make_specs
from automl_cli.planning.problems import make_data_options, make_problem, make_run_facts
from automl_cli.planning.validation import choose_validation
from automl_cli.run.outcome import finish, writing_answers
from automl_cli.run.preparation import prepare, prepare_original
from automl_cli.run.problem_plan import ProblemPlan
from automl_cli.run.reporting import report_run, reserve_report_time
from automl_cli.run.session import (
    FitRequest,
    Session,
    count_spent,
    describe_best,
    describe_blend,
    describe_data,
    describe_findings,
    emit_start,
    record_events,
)
from automl_cli.run.stages import begin, pursue
from automl_cli.store import RunDirectory, check_writable, file_name, write_json, write_text
from automl_cli.store.written import TABLES, check_not_input, check_overwrite
from automl_cli.train.execution import Execution
from automl_cli.train.executor import LocalPool, open_pool
from automl_cli.train.machine import (
    check_limit,
    choose_limit,
    count_processes,
    count_workers,
    make_memory_budget,
)
from automl_cli.train.time_budget import MOST_MEMBERS, make_time_budget, reserve_seconds

if TYPE_CHECKING:
    from automl_cli.run.solve import Solution


def fit(request: FitRequest, listener: Listener) -> dict[str, Any]:
    """Fit, blend and write the submission; return the summary.

    Parameters
    ----------
    request
        What to do.
    listener
        Told of everything that happens.

    Raises
    ------
    AutomlError
        For whatever the user can mend.
    """
    config = request.loaded.config
    check_config(request.loaded)
    files = find_files(
        request.paths, test=request.test, sample=request.sample, original=config.data.original
    )
    _check_places(request, files)
    limit_bytes = choose_limit(config.limits.memory)
    check_limit(limit_bytes)
    n_processes = config.run.workers or count_processes(limit_bytes)
    with open_pool(n_processes, limit_bytes, list_libraries(config)) as pool:
        reading = _read(files, config, listener)
        check_values(request.loaded, reading.problems, pool)
        key = make_run_key(reading.holdout.dataset, config)
        directory = RunDirectory(request.out or _choose_folder(files.train, config, key))
        known = {"key": key, **files.to_json(), **request.origin}
        with directory.use(known, accept_versions=request.accept_versions):
            write_json(directory.typing, reading.inference.typing.to_json())
            write_text(directory.config, show_config(request.loaded))
            spent = count_spent(directory, reading.problems)
            deadline = Deadline.after(config.budget, since=request.started_at - spent)
            session = _open(request, reading, directory, pool, (deadline, listener))
            emit_start(session, spent)
            try:
                summary = _work(prepare(session))
            finally:
                pool.stop()  # before the lock is released: nobody else may meet our workers
            if config.run.report:
                report_run(directory, deadline, session.listener)
            return summary


def _check_places(request: FitRequest, files: Files) -> None:
    """Refuse places for the run and for the submission before work is done for them."""
    if request.out is not None and request.out.resolve() == files.train.resolve().parent:
        raise ConfigError(
            f"--out {request.out}: this folder holds the tables.",
            hint="Give the run a folder of its own, such as --out runs/first.",
        )
    path = request.submission
    if path is None:
        return
    check_name(path)
    check_writable(path)
    tables = {what: getattr(files, name) for name, what in TABLES.items()}
    present = {what: table for what, table in tables.items() if table is not None}
    check_not_input(path, present, option="--submission")
    runs = Path(request.loaded.config.run.folder)
    runs = runs if request.out is None else request.out.resolve().parent
    check_overwrite(path, force=request.force, runs=runs, option="--submission")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What the tables and the config come to, before there is a run directory."""

    inference: Inference
    holdout: Holdout
    problems: tuple[Problem, ...]
    facts: tuple[tuple[str, str, str], ...]
    findings: tuple[Finding, ...]
    original: float
    separation: float | None


def _read(files: Files, config: RunConfig, listener: Listener) -> _Reading:
    """Read the tables, infer what is asked, and tell it."""
    inference = infer_dataset(files, make_data_options(config))
    given = inference.dataset
    rows = hold_out(given, choose_validation(given, config), config.validation.holdout)
    dataset, split = rows.dataset, rows.validation
    problems = tuple(make_problem(dataset, one, config, split) for one in dataset.schema.targets)
    separation = measure_original(dataset)
    use_original, gate_facts = describe_gate(dataset, separation)
    facts = (
        *make_run_facts(dataset, problems, config, split),
        *describe_holdout(rows),
        *gate_facts,
    )
    listener(Event(kind="inferred", fields=describe_data(dataset, facts)))
    n_folds = split.options.folds
    findings = audit_all(inference, n_folds=n_folds, thorough=False, listener=listener)
    listener(Event(kind="audited", fields=describe_findings(findings)))
    return _Reading(
        inference=inference,
        holdout=rows,
        problems=problems,
        facts=facts,
        findings=tuple(findings),
        original=config.data.original_weight if use_original else 0.0,
        separation=separation,
    )


def _open(
    request: FitRequest,
    reading: _Reading,
    directory: RunDirectory,
    pool: LocalPool,
    watched: tuple[Deadline, Listener],
) -> Session:
    config, (deadline, listener) = request.loaded.config, watched
    return Session(
        request=request,
        given=reading.inference.dataset,
        holdout=reading.holdout,
        facts=reading.facts,
        findings=reading.findings,
        directory=directory,
        problems=reading.problems,
        specs={one.target.name: make_specs(one, config) for one in reading.problems},
        plain_sets={},
        original=reading.original,
        separation=reading.separation,
        pool=pool,
        deadline=reserve_report_time(deadline) if config.run.report else deadline,
        listener=record_events(directory, listener),
    )


def _work(session: Session) -> dict[str, Any]:
    solutions: dict[str, Solution] = {}
    # With several targets each gets one candidate first: a submission needs all of them. So does
    # what learns from the original data set, which may take its time.
    is_staged = len(session.problems) > 1 or session.dataset.original is not None
    for stage in (begin, pursue) if is_staged else (pursue,):
        if stage is pursue:
            session = prepare_original(session)
        for number, problem in enumerate(session.problems):
            task = _make_task(session, problem)
            share = len(session.problems) - number
            execution = _make_execution(session, problem, task.specs, share=share)
            with writing_answers(session, solutions) as write:
                for solution in stage(task, execution):
                    solutions[problem.target.name] = solution
                    session.listener(Event(kind="best", fields=describe_best(solution)))
                    if solution.blend is not None:
                        session.listener(Event(kind="blended", fields=describe_blend(solution)))
                    write()
    return finish(session, solutions)


def _make_task(session: Session, problem: Problem) -> ProblemPlan:
    return ProblemPlan(
        problem=problem,
        specs=session.specs[problem.target.name],
        plain_sets=session.plain_sets,
        data_key=session.dataset.key,
        columns=session.dataset.schema.columns,
        transductive=session.transductive,
        config=session.request.loaded.config,
        original=session.original,
    )


def _make_execution(
    session: Session, problem: Problem, specs: Sequence[CandidateSpec], *, share: int
) -> Execution:
    threads = max((spec.n_threads for spec in specs), default=1)
    n_cells = session.dataset.n_rows * len(session.dataset.schema.columns)
    config = session.request.loaded.config
    room = make_memory_budget(n_cells, config.limits.memory)
    workers = config.run.workers or min(session.pool.workers, count_workers(threads, room))
    left = session.deadline.seconds_left() / share
    deadline = session.deadline if share == 1 else Deadline.after(left)
    n_members = min(len(specs), MOST_MEMBERS)
    reserve = reserve_seconds(problem.folds.n_rows, problem.n_outputs * n_members, left)
    return Execution(
        run=session.directory,
        executor=session.pool,
        time_budget=make_time_budget(deadline, reserve_seconds=reserve, workers=workers),
        listener=session.listener,
        screeners=config.run.workers or min(session.pool.workers, count_workers(1, room)),
        memory_budget=room,
        ended_for_memory=session.pool.has_ended_for_memory,
    )


def _choose_folder(train: Path, config: RunConfig, key: str) -> Path:
    stem = train.name.partition(".")[0]
    name = train.resolve().parent.name if stem == "train" else stem
    return Path(config.run.folder) / f"{file_name(name)}-{key[:SHORT]}"

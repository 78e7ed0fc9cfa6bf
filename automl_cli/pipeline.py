"""The whole run, from files to a submission: one page of plain calls."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from automl_cli.config.load import LoadedConfig
from automl_cli.config.schema import RunConfig
from automl_cli.core.candidate import CandidateSpec, FeatureRecipe
from automl_cli.core.dataset import Dataset
from automl_cli.core.deadline import Deadline
from automl_cli.core.errors import BudgetError, PlanError
from automl_cli.core.events import Event, JsonValue, Listener
from automl_cli.core.keys import SHORT
from automl_cli.core.problem import Problem
from automl_cli.data.check import check_submission
from automl_cli.data.files import find_files
from automl_cli.data.infer import infer_dataset
from automl_cli.data.submission import make_submission, write_submission
from automl_cli.features.state import prepare_features
from automl_cli.plan import (
    check_names,
    make_data_options,
    make_facts,
    make_problem,
    make_run_key,
    make_specs,
)
from automl_cli.solve import (
    Assembly,
    Solution,
    load_candidates,
    make_blended_solution,
    solve,
)
from automl_cli.store import RunDirectory, file_name, write_json
from automl_cli.summary import make_summary
from automl_cli.train.assignment import save_assignment
from automl_cli.train.executor import LocalPool, start_pool
from automl_cli.train.machine import count_cpus, count_workers
from automl_cli.train.order import Crew
from automl_cli.train.pace import make_pace, reserve_seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class FitRequest:
    """What the user asks for.

    Parameters
    ----------
    paths
        A folder, or train and perhaps test.
    test, sample
        Files that are not beside train.
    loaded
        The config.
    out
        The run directory; None: a folder named by data and config.
    submission
        A further place for the submission.
    accept_versions
        Go on with a run that other versions began.
    started_at
        Seconds since the epoch; the budget counts from here.
    """

    paths: tuple[Path, ...]
    loaded: LoadedConfig
    started_at: float
    test: Path | None = None
    sample: Path | None = None
    out: Path | None = None
    submission: Path | None = None
    accept_versions: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    request: FitRequest
    dataset: Dataset
    directory: RunDirectory
    problems: tuple[Problem, ...]
    specs: Mapping[str, Sequence[CandidateSpec]]
    feature_keys: Mapping[str, tuple[str, ...]]
    pool: LocalPool
    deadline: Deadline
    listener: Listener


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
    check_names(request.loaded)
    files = find_files(request.paths, test=request.test, sample=request.sample)
    with _pool(config.run.workers or count_cpus()) as pool:
        inference = infer_dataset(files, make_data_options(config))
        dataset = inference.dataset
        problems = tuple(make_problem(dataset, one, config) for one in dataset.schema.targets)
        facts = make_facts(dataset, problems, config)
        inferred = Event(kind="inferred", fields=_describe(dataset, facts))
        listener(inferred)
        key = make_run_key(dataset, config)
        directory = RunDirectory(request.out or _choose_folder(files.train, config, key))
        with directory.use(
            {"key": key, "train": str(files.train)}, accept_versions=request.accept_versions
        ):
            spent = directory.seconds_spent()
            run = _Run(
                request=request,
                dataset=dataset,
                directory=directory,
                problems=problems,
                specs={one.target.name: make_specs(one, config) for one in problems},
                feature_keys={},
                pool=pool,
                deadline=Deadline.after(config.budget, since=request.started_at - spent),
                listener=_record(directory, listener),
            )
            fields: dict[str, JsonValue] = {
                "spent_seconds": spent,
                "ends_at": run.deadline.ends_at,
            }
            run.listener(Event(kind="started", fields=fields))
            directory.append(inferred)
            write_json(directory.typing, inference.typing.to_json())
            return _work(_prepare(run))


def _work(run: _Run) -> dict[str, Any]:
    solutions: dict[str, Solution] = {}
    # With several targets each gets one candidate first: a submission needs all of them.
    for limit in (1, None) if len(run.problems) > 1 else (None,):
        for number, problem in enumerate(run.problems):
            specs = run.specs[problem.target.name][:limit]
            crew = _make_crew(run, problem, specs, share=len(run.problems) - number)
            for solution in solve(problem, specs, run.feature_keys, crew):
                solutions[problem.target.name] = solution
                _submit(run, solutions)
            found = load_candidates(specs, crew)
            if found and limit is None:
                blended = make_blended_solution(problem, found, _make_assembly(run), crew)
                solutions[problem.target.name] = blended
                run.listener(Event(kind="blended", fields=_describe_blend(blended)))
                _submit(run, solutions)
    return _finish(run, solutions)


def _prepare(run: _Run) -> _Run:
    """Make the features of every recipe, once; candidates without any feature are left out."""
    config = run.request.loaded.config
    ordered = any(problem.folds.ordered for problem in run.problems)
    transductive = config.data.transductive and not ordered
    keys: dict[str, tuple[str, ...]] = {}
    without: dict[FeatureRecipe, PlanError] = {}
    for spec in (spec for specs in run.specs.values() for spec in specs):
        if spec.recipe in without:
            continue
        try:
            state = prepare_features(
                run.dataset, spec.recipe, run.directory.features, transductive=transductive
            )
        except PlanError as error:
            without[spec.recipe] = error
            run.listener(Event(kind="warning", fields={"message": f"{spec.key}: {error.message}"}))
            continue
        keys[spec.key] = state.keys
    specs = {
        name: tuple(spec for spec in specs if spec.key in keys) for name, specs in run.specs.items()
    }
    if without and not keys:
        raise next(iter(without.values()))
    for problem in run.problems:
        save_assignment(problem, run.directory.problem(problem.target.name))
    planned: list[JsonValue] = [spec.key for every in specs.values() for spec in every]
    run.listener(Event(kind="planned", fields={"candidates": planned}))
    return replace(run, specs=specs, feature_keys=keys)


def _make_crew(run: _Run, problem: Problem, specs: Sequence[CandidateSpec], *, share: int) -> Crew:
    threads = max((spec.n_threads for spec in specs), default=1)
    n_tested = 0 if run.dataset.test is None else len(run.dataset.test)
    n_cells = (run.dataset.n_rows + n_tested) * len(run.dataset.schema.columns)
    workers = min(run.pool.workers, count_workers(threads, n_cells))
    left = run.deadline.seconds_left()
    deadline = run.deadline if share == 1 else run.deadline.earlier(left * (1 - 1 / share))
    cells = problem.folds.n_rows * problem.n_outputs * len(specs)
    return Crew(
        run=run.directory,
        executor=run.pool,
        pace=make_pace(deadline, reserve_seconds=reserve_seconds(cells, left), workers=workers),
        listener=run.listener,
    )


def _make_assembly(run: _Run) -> Assembly:
    ensemble = run.request.loaded.config.ensemble
    return Assembly(combiners=ensemble.combiners, max_members=ensemble.max_members)


def _submit(run: _Run, solutions: Mapping[str, Solution]) -> None:
    """Replace the submission by a better one, as soon as every target has an answer."""
    answers = {name: solution.answers for name, solution in solutions.items()}
    known = {name: answer for name, answer in answers.items() if answer is not None}
    if len(known) < len(run.problems):
        return
    wants = run.problems[0].metric.wants
    table = make_submission(run.dataset, known, wants)
    check_submission(table, run.dataset, wants)
    for path in filter(None, (run.directory.submission, run.request.submission)):
        write_submission(table, path)
        best = ", ".join(_spell_best(solution) for solution in solutions.values())
        run.listener(Event(kind="submission", fields={"path": str(path), "best": best}))


def _spell_best(solution: Solution) -> str:
    best = solution.candidates[0]
    if solution.blend is None:
        return f"{best.score:.6g} ({best.spec.key})"
    return f"{solution.blend.score:.6g} ({solution.blend.combiner})"


def _finish(run: _Run, solutions: Mapping[str, Solution]) -> dict[str, Any]:
    missing = [one.target.name for one in run.problems if one.target.name not in solutions]
    if missing:
        raise BudgetError(
            f"no candidate was finished for {', '.join(missing)}.",
            hint=f"Give more time with --budget, or see {run.directory.root / 'failures'}.",
        )
    written = run.request.submission or run.directory.submission
    summary = make_summary(
        run.directory,
        None if run.dataset.test is None else written,
        [solutions[problem.target.name] for problem in run.problems],
        time.time() - run.request.started_at,
    )
    write_json(run.directory.summary, summary)
    run.listener(Event(kind="finished", fields={"seconds": summary["seconds"]}))
    return summary


@contextmanager
def _pool(workers: int) -> Iterator[LocalPool]:
    pool = start_pool(workers)
    try:
        yield pool
    finally:
        pool.stop()


def _record(directory: RunDirectory, listener: Listener) -> Listener:
    def listen(event: Event) -> None:
        directory.append(event)
        listener(event)

    return listen


def _choose_folder(train: Path, config: RunConfig, key: str) -> Path:
    stem = train.name.partition(".")[0]
    name = train.resolve().parent.name if stem == "train" else stem
    return Path(config.run.folder) / f"{file_name(name)}-{key[:SHORT]}"


def _describe(dataset: Dataset, guesses: Sequence[tuple[str, ...]]) -> dict[str, JsonValue]:
    schema = dataset.schema
    facts: list[JsonValue] = [list(guess) for guess in guesses]
    ignored: list[JsonValue] = [list(pair) for pair in schema.ignored]
    roles: dict[str, JsonValue] = {column.name: column.role for column in schema.columns}
    return {"facts": facts, "ignored": ignored, "roles": roles, "rows": dataset.n_rows}


def _describe_blend(solution: Solution) -> dict[str, JsonValue]:
    blend = solution.blend
    if blend is None:
        return {}
    return {
        "target": solution.problem.target.name,
        "combiner": blend.combiner,
        "score": blend.score,
        "score_se": blend.score_se,
        "in_sample": blend.in_sample,
    }

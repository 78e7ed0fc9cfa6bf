"""One run while it works: what belongs to it, what it tells, and the answers it hands out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from automl_cli.config.load import LoadedConfig
from automl_cli.core.candidate import CandidateSpec, FeatureRecipe
from automl_cli.core.dataset import Dataset
from automl_cli.core.deadline import Deadline
from automl_cli.core.events import PASSING, Event, JsonValue, Listener
from automl_cli.core.finding import Finding
from automl_cli.core.problem import Problem
from automl_cli.data.check import check_submission
from automl_cli.data.submission import make_submission, write_submission
from automl_cli.features.state import FeatureSet
from automl_cli.models.description import describe_candidate
from automl_cli.planning.holdout import Holdout
from automl_cli.planning.problems import find_doubts
from automl_cli.run.solve import Solution
from automl_cli.store import RunDirectory
from automl_cli.store.written import record_written
from automl_cli.train.executor import LocalPool


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
    force
        Whether to overwrite a file at `submission` that no run has written.
    competition
        Its name at Kaggle, if the tables are from there.
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
    force: bool = False
    competition: str | None = None

    @property
    def origin(self) -> dict[str, JsonValue]:
        """What the run notes of where its tables are from."""
        return {} if self.competition is None else {"competition": self.competition}


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One run while it works.

    Parameters
    ----------
    request
        What the user asked for.
    given
        The tables.
    holdout
        The rows of them that are held out, and the data set of all others.
    facts
        Every guess about them as (what, value, reason).
    findings
        What is wrong or remarkable about them.
    directory
        Where everything is kept.
    problems
        One a target.
    specs
        The candidates of each target.
    plain_sets
        For each recipe without screened steps where its features lie.
    original
        What a row of the original data set would count; 0: none may be trained on.
    separation
        With what AUC a model tells those rows from train's; None: unknown.
    pool
        The workers.
    deadline
        When the command has to be finished.
    listener
        Told of, and recording, everything that happens.
    """

    request: FitRequest
    given: Dataset
    holdout: Holdout
    facts: tuple[tuple[str, str, str], ...]
    findings: tuple[Finding, ...]
    directory: RunDirectory
    problems: tuple[Problem, ...]
    specs: Mapping[str, Sequence[CandidateSpec]]
    plain_sets: Mapping[FeatureRecipe, FeatureSet]
    original: float
    separation: float | None
    pool: LocalPool
    deadline: Deadline
    listener: Listener

    @property
    def dataset(self) -> Dataset:
        """The data set that is worked on: the test table goes on with the rows held out."""
        return self.holdout.dataset

    @property
    def transductive(self) -> bool:
        """Whether target-free features are fitted on test rows as well: never in a time plan."""
        ordered = any(problem.folds.ordered for problem in self.problems)
        return self.request.loaded.config.data.transductive and not ordered


def update_submission(session: Session, solutions: Mapping[str, Solution]) -> None:
    """Replace the submission by a better one, as soon as every target has an answer."""
    answers = {name: solution.answers for name, solution in solutions.items()}
    given = session.given
    if given.test is None or len(answers) < len(session.problems):
        return
    n_test = len(given.test)
    known = {name: answer[:n_test] for name, answer in answers.items() if answer is not None}
    wants = {problem.target.name: problem.metric.wants for problem in session.problems}
    table = make_submission(given, known, wants)
    check_submission(table, given, wants)
    for path in filter(None, (session.directory.submission, session.request.submission)):
        write_submission(table, path)
        record_written(session.directory.root, path)
        best = ", ".join(_format_best(solution) for solution in solutions.values())
        session.listener(Event(kind="submission", fields={"path": str(path), "best": best}))


def count_spent(directory: RunDirectory, problems: Sequence[Problem]) -> float:
    """Return the seconds that earlier commands have used up of the budget.

    Until each target has a finished candidate they do not count: a budget that was too short once
    would be so for ever, and so each command goes on with the folds that those before have fitted.
    """
    kinds = {(event["kind"], event.get("target")) for event in directory.read_events()}
    is_begun = all(("candidate", problem.target.name) in kinds for problem in problems)
    return directory.seconds_spent() if is_begun else 0.0


def emit_start(session: Session, spent_seconds: float) -> None:
    """Tell and record that the command works on the run, and record what was inferred."""
    ends_at = session.deadline.ends_at
    fields: dict[str, JsonValue] = {
        "started_at": session.request.started_at,
        "spent_seconds": spent_seconds,
        "ends_at": ends_at,
    }
    session.listener(Event(kind="started", fields=fields))
    # It was shown before there was a directory to record it in.
    inferred = describe_data(session.dataset, session.facts)
    session.directory.append(Event(kind="inferred", fields=inferred))
    found = describe_findings(session.findings)
    session.directory.append(Event(kind="audited", fields=found))
    for doubt in find_doubts(session.problems):
        session.listener(Event(kind="warning", fields={"message": doubt}))


def describe_data(dataset: Dataset, guesses: Sequence[tuple[str, ...]]) -> dict[str, JsonValue]:
    """Return what was inferred about the tables, as an event tells it."""
    schema = dataset.schema
    facts: list[JsonValue] = [list(guess) for guess in guesses]
    ignored: list[JsonValue] = [list(pair) for pair in schema.ignored]
    roles: dict[str, JsonValue] = {column.name: column.role for column in schema.columns}
    return {"facts": facts, "ignored": ignored, "roles": roles, "rows": dataset.n_rows}


def describe_findings(findings: Sequence[Finding]) -> dict[str, JsonValue]:
    """Return what was found about the tables, as an event tells it."""
    return {"findings": [finding.to_json() for finding in findings]}


def describe_blend(solution: Solution) -> dict[str, JsonValue]:
    """Return what the tournament decided, as an event tells it."""
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


def describe_best(solution: Solution) -> dict[str, JsonValue]:
    """Return the best answer to a target so far and whose it is, as an event tells it."""
    best, blend = solution.candidates[0], solution.blend
    return {
        "target": solution.problem.target.name,
        "score": best.score if blend is None else blend.score,
        "score_se": best.score_se if blend is None else blend.score_se,
        "holder": best.spec.key if blend is None else f"ensemble ({blend.combiner})",
        "description": describe_candidate(best.spec, solution.problem.fitted_task)
        if blend is None
        else "",
    }


def record_events(directory: RunDirectory, listener: Listener) -> Listener:
    """Return a listener that records each event that lasts before `listener` is told."""

    def listen(event: Event) -> None:
        if event.kind not in PASSING:
            directory.append(event)
        listener(event)

    return listen


def _format_best(solution: Solution) -> str:
    best = solution.candidates[0]
    if solution.blend is None:
        return f"{best.score:.6g} ({best.spec.key})"
    return f"{solution.blend.score:.6g} ({solution.blend.combiner})"

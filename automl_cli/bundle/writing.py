"""From a run's ensemble to `bundle.json`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from automl_cli.bundle.manifest import (
    MANIFEST,
    Manifest,
    Member,
    TargetPart,
    measure_file,
)
from automl_cli.core.candidate import Blend
from automl_cli.core.errors import RunError
from automl_cli.core.problem import Problem
from automl_cli.decision import Decision
from automl_cli.store import RunDirectory, installed_versions, read_json, write_json

STEP_FILES = ("state.json", "state.npz")  # of a step's folder: not the columns it made


@dataclass(frozen=True, slots=True, kw_only=True)
class BundlePart:
    """What a run knows of one target.

    Parameters
    ----------
    problem
        The target.
    blend
        Its ensemble.
    decision
        What its predictions become.
    columns
        The submission's columns for it.
    """

    problem: Problem
    blend: Blend
    decision: Decision
    columns: tuple[str, ...]


def write_bundle(
    run: RunDirectory, parts: Sequence[BundlePart], row_id: str | None, together: Sequence[str] = ()
) -> None:
    """Write the manifest of what predicts new rows.

    Parameters
    ----------
    run
        The run directory, whose files the bundle is made of.
    parts
        One a target.
    row_id
        The column that names rows, or None.
    together
        Columns that name a row together, where none does so alone.

    Raises
    ------
    RunError
        If a file is missing, or the manifest cannot be written.
    """
    targets = tuple(_describe_part(run, part) for part in parts)
    try:
        names = sorted(set(_list_files(run.root, targets)))
        files = {name: measure_file(run.root / name) for name in names}
    except OSError as error:
        raise RunError(
            f"{error.filename}: this file of the run is missing.",
            hint="Remove the candidate's folders in `units` and `candidates`, and fit again.",
        ) from error
    manifest = Manifest(
        id=row_id,
        together=tuple(together),
        targets=targets,
        versions=installed_versions(),
        files=files,
    )
    write_json(run.root / MANIFEST, manifest.to_json())


def _describe_part(run: RunDirectory, part: BundlePart) -> TargetPart:
    problem, blend, decision = part.problem, part.blend, part.decision
    return TargetPart(
        name=problem.target.name,
        task=problem.target.task,
        labels=problem.target.written,
        wants=problem.metric.wants,
        objective=problem.objective,
        columns=part.columns,
        combiner=blend.combiner,
        state=dict(blend.state),
        decision=decision.kind,
        numbers=decision.numbers,
        transform=decision.transform,
        candidates=tuple(
            tuple(_list_members(run, problem, key)) if weight else ()
            for key, weight in zip(blend.members, blend.weights, strict=True)
        ),
    )


def _list_members(run: RunDirectory, problem: Problem, key: str) -> Iterator[Member]:
    facts: dict[str, Any] = read_json(run.candidate(key) / "candidate.json")
    folders = cast("list[str]", facts["fits"])
    rounds = facts["rounds"] or [None] * len(folders)
    folds = problem.folds.folds[: len(folders)]
    for fold, own_rounds, name in zip(folds, rounds, folders, strict=True):
        folder = run.units(key) / name
        steps = cast("list[str]", read_json(folder / "fit.json")["steps"])
        yield Member(
            model=facts["spec"]["model"],
            folder=_relative(run.root, folder),
            rounds=own_rounds,
            weight=len(fold.train),
            steps=tuple(_relative(run.root, run.features / step) for step in steps),
        )


def _list_files(root: Path, targets: Sequence[TargetPart]) -> Iterator[str]:
    yield "typing.json"
    for member in (one for part in targets for folds in part.candidates for one in folds):
        yield f"{member.folder}/encoder.npz"
        for path in sorted((root / member.folder / "model").iterdir()):
            yield _relative(root, path)
        for step in member.steps:
            for name in STEP_FILES:
                if (root / step / name).exists():
                    yield f"{step}/{name}"


def _relative(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()

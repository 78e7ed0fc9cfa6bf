"""`bundle.json`: what a bundle is made of, and whether its files are what they were.

Nothing in it is executed, and no path leads out of the folder. A file is read only after its size
and its SHA-256 were found to be those of the manifest.
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any, cast, get_args

from automl_cli.core.dataset import Task
from automl_cli.core.errors import RunError
from automl_cli.core.metric import Objective, Transform, Wants
from automl_cli.decision import DecisionKind
from automl_cli.store import read_json

MANIFEST = "bundle.json"
FORMAT = 1  # of the manifest; another one is refused
CHUNK = 1 << 20  # bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One fold of a candidate.

    Parameters
    ----------
    model
        Name of an entry of MODELS.
    folder
        Of the fit, relative to the bundle.
    rounds
        The rounds it predicts with; None for models without rounds.
    weight
        The training rows: what it counts as beside the candidate's other folds.
    steps
        The folders of the features' steps, relative to the bundle.
    """

    model: str
    folder: str
    rounds: int | None
    weight: int
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetPart:
    """How one target is predicted.

    Parameters
    ----------
    name, task, labels
        See `Target`.
    wants
        What the metric wants.
    objective
        What the models were fitted with.
    columns
        The columns of a submission: one, or one a class in code order.
    combiner, state
        The blend.
    decision, numbers, transform
        See `Decision`.
    candidates
        The members of the blend in its order, each with its folds; none of what has weight 0.
    """

    name: str
    task: Task
    labels: tuple[str, ...]
    wants: Wants
    objective: Objective
    columns: tuple[str, ...]
    combiner: str
    state: Mapping[str, Any]
    decision: str
    numbers: tuple[float, ...]
    transform: Transform
    candidates: tuple[tuple[Member, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Everything in `bundle.json`.

    Parameters
    ----------
    id
        The column that names rows, or None.
    together
        Columns that name a row together, where none does so alone.
    targets
        One or more.
    versions
        The packages that made it.
    files
        For each path relative to the bundle its size in bytes and its SHA-256.
    """

    id: str | None
    targets: tuple[TargetPart, ...]
    versions: Mapping[str, str]
    files: Mapping[str, tuple[int, str]]
    together: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the manifest as plain values."""
        return {"format": FORMAT, **asdict(self)}


def read_manifest(root: Path) -> Manifest:
    """Return the manifest of a bundle.

    Raises
    ------
    RunError
        If there is none, it is damaged, of another format, or a path leads out of the folder.
    """
    path = root / MANIFEST
    if not path.exists():
        raise RunError(
            f"{root}: no {MANIFEST} in this folder.",
            hint="Give the folder of a finished run; the same `automl fit` command finishes it.",
        )
    stored: dict[str, Any] = read_json(path)
    if stored.get("format") != FORMAT:
        raise RunError(
            f"{path}: format {stored.get('format')!r}, expected {FORMAT}.",
            hint="Predict with the version of automl-cli that made the run.",
        )
    try:
        manifest = _make_manifest(stored)
        for part in manifest.targets:
            _check_part(part)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise RunError(
            f"{path}: not a manifest of a bundle ({type(error).__name__}: {error}).",
            hint="Copy the run's folder again, or run `automl fit` again.",
        ) from error
    for name in manifest.files:
        _check_inside(path, name)
    return manifest


def check_files(root: Path, manifest: Manifest) -> None:
    """Compare every file with the manifest.

    Raises
    ------
    RunError
        If one is missing, cut off or altered, or a member uses one that is not listed.
    """
    for name, (size, digest) in manifest.files.items():
        path = root / name
        if not path.is_file():
            raise _unfit(path, "is missing")
        if path.stat().st_size != size:
            raise _unfit(path, f"has {path.stat().st_size:,} bytes, expected {size:,}")
        if measure_file(path)[1] != digest:
            raise _unfit(path, "was altered")
    for member in (one for part in manifest.targets for folds in part.candidates for one in folds):
        _check_listed(root, manifest, member)


def _check_listed(root: Path, manifest: Manifest, member: Member) -> None:
    folders = {str(PurePosixPath(name).parent) for name in manifest.files}
    for folder in (member.folder, *member.steps):
        if folder not in folders:
            raise _unfit(root / folder, f"is used, and not listed in {MANIFEST}")
    for path in (root / member.folder / "model").iterdir():  # a loader may look for it
        if path.relative_to(root).as_posix() not in manifest.files:
            raise _unfit(path, f"is not listed in {MANIFEST}")


def measure_file(path: Path) -> tuple[int, str]:
    """Return the size of a file in bytes and its SHA-256."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
        return file.tell(), digest.hexdigest()


def _make_manifest(stored: Mapping[str, Any]) -> Manifest:
    return Manifest(
        id=None if stored["id"] is None else str(stored["id"]),
        targets=tuple(_make_part(part) for part in stored["targets"]),
        versions=dict(stored["versions"]),
        files={
            str(name): (int(size), str(digest)) for name, (size, digest) in stored["files"].items()
        },
        together=tuple(map(str, stored.get("together", ()))),
    )


def _make_part(stored: Mapping[str, Any]) -> TargetPart:
    candidates = tuple(
        tuple(Member(**{**one, "steps": tuple(one["steps"])}) for one in folds)
        for folds in stored["candidates"]
    )
    known = {name: stored[name] for name in TargetPart.__dataclass_fields__}
    return TargetPart(
        **{
            **known,
            "labels": tuple(stored["labels"]),
            "columns": tuple(stored["columns"]),
            "numbers": tuple(float(number) for number in cast("list[float]", stored["numbers"])),
            "candidates": candidates,
        }
    )


def _check_part(part: TargetPart) -> None:
    """Raise a ValueError if the fields of a part do not belong together."""
    n_outputs = 1 if part.task != "multiclass" or part.objective != "log_loss" else len(part.labels)
    weights = [float(weight) for weight in part.state["weights"]]
    fits = {
        "task": part.task in get_args(Task),
        "wants": part.wants in get_args(Wants),
        "objective": part.objective in get_args(Objective),
        "transform": part.transform in get_args(Transform),
        "decision": part.decision in get_args(DecisionKind),
        "columns": len(part.columns) in {1, 2, n_outputs, len(part.labels)}
        and all(isinstance(name, str) for name in part.columns),
        "candidates": any(part.candidates),
        "weights": len(weights) == len(part.candidates) and all(map(math.isfinite, weights)),
        "numbers": all(map(math.isfinite, part.numbers)),
        "rounds": all(
            one.rounds is None or type(one.rounds) is int
            for folds in part.candidates
            for one in folds
        ),
    }
    wrong = [name for name, right in fits.items() if not right]
    if wrong or not isinstance(part.combiner, str):
        raise ValueError(f"{', '.join(wrong) or 'combiner'}: not what a run writes")


def _check_inside(path: Path, name: str) -> None:
    parts = PurePosixPath(name).parts
    if PurePosixPath(name).is_absolute() or ".." in parts or "\\" in name or ":" in name:
        raise RunError(
            f"{path}: the path {name!r} leads out of the bundle.",
            hint="This bundle was not made by automl-cli; do not use it.",
        )


def _unfit(path: Path, what: str) -> RunError:
    return RunError(
        f"{path}: {what}; the bundle is not what it was when it was made.",
        hint="Copy the run's folder again, or run `automl fit` again.",
    )

"""What a run is: the key of its data and config, and the versions that decide its numbers."""

import shutil
from collections.abc import Mapping
from pathlib import Path

from automl_cli.core.errors import RunError
from automl_cli.core.events import JsonValue
from automl_cli.store.files import read_json, write_json

SELF = "automl-cli"
PACKAGES = (SELF, "catboost", "lightgbm", "numpy", "pandas", "scikit-learn", "xgboost")


def record_identity(root: Path, facts: Mapping[str, JsonValue], *, accept_versions: bool) -> None:
    """Write what a run is, and remove what a killed command has left half-written.

    Raises
    ------
    RunError
        If the folder holds another run, or one that other versions made.
    """
    versions = installed_versions()
    path = root / "run.json"
    before = read_json(path) if path.exists() else None
    if before is not None:
        _check_same_run(root, before, facts, None if accept_versions else versions)
    for leftover in root.glob("**/*.tmp-*"):
        if leftover.is_dir():
            shutil.rmtree(leftover, ignore_errors=True)
        else:
            leftover.unlink(missing_ok=True)
    write_json(path, {**(before or {}), **facts, "versions": dict(versions)})


def installed_versions() -> dict[str, str]:
    """Return the versions that decide the numbers of a run."""
    from importlib.metadata import version

    return {name: version(name) for name in PACKAGES}


def _check_same_run(
    root: Path,
    known: Mapping[str, JsonValue],
    facts: Mapping[str, JsonValue],
    versions: Mapping[str, str] | None,
) -> None:
    if known.get("key") != facts["key"]:
        raise RunError(
            f"{root}: this folder holds a run of other data or another config.",
            hint="Give another folder with --out, or leave out --out.",
        )
    before = known.get("versions")
    if versions is not None and isinstance(before, dict) and before != versions:
        changed = ", ".join(
            f"{name} {before.get(name)} -> {version}"
            for name, version in versions.items()
            if before.get(name) != version
        )
        raise RunError(
            f"{root}: this run was made with other versions ({changed}).",
            hint="Give another folder with --out, or --accept-versions to mix them.",
        )

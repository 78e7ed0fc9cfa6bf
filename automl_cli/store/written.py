"""Files outside the run directory that a run has written, so that no other is overwritten.

`written.json` in the run directory holds the SHA-256 of each, which says whether a file is still
what a command wrote, whatever it is called by now.
"""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from automl_cli.core.errors import ConfigError, RunError
from automl_cli.store.files import read_json, write_json

NOTE = "written.json"
TABLES = {
    "train": "the training table",
    "test": "the test table",
    "sample": "the sample submission",
    "original": "the original data set",
}


def check_overwrite(path: Path, *, force: bool, runs: Path, option: str = "--out") -> None:
    """Refuse a place where a file lies that no run wrote, or that was changed since.

    Parameters
    ----------
    path
        Where a command is to write.
    force
        Whether the user wants it overwritten.
    runs
        The folder of the run directories.
    option
        What named the place.

    Raises
    ------
    ConfigError
        If there is such a file.
    """
    if force or not path.is_file():
        return
    digest = _digest(path)
    for note in runs.glob(f"*/{NOTE}"):
        with suppress(RunError):  # a damaged note knows nothing
            if digest in _read(note):
                return
    raise ConfigError(
        f"{path}: the file exists and was not written by this command.",
        hint=f"Give another name with {option}, or --force to overwrite it.",
    )


def check_not_input(path: Path, tables: Mapping[str, Path], *, option: str = "--out") -> None:
    """Refuse to write over a table that a command reads.

    Parameters
    ----------
    path
        Where a command is to write.
    tables
        What the tables are, and where they lie.
    option
        What named the place.

    Raises
    ------
    ConfigError
        If it is one of them.
    """
    for what, table in tables.items():
        if path.exists() and table.exists() and path.samefile(table):
            raise ConfigError(
                f"{path}: this is {what}, which is never overwritten.",
                hint=f"Give another name with {option}.",
            )


def list_tables(root: Path) -> dict[str, Path]:
    """Return what the tables of a run are and where they lay; none of a copy of its bundle."""
    path = root / "run.json"
    known = read_json(path) if path.exists() else {}
    found = {what: known.get(name) for name, what in TABLES.items()}
    return {what: Path(str(table)) for what, table in found.items() if table is not None}


def record_written(root: Path, path: Path) -> None:
    """Note that a run writes this content to a place outside; a run may lie where nobody writes."""
    note = root / NOTE
    with suppress(RunError):
        known = _read(note) if note.exists() else []
        digest = _digest(path)
        if digest not in known:
            write_json(note, {"sha256": [*known, digest]})


def _read(note: Path) -> list[str]:
    known = read_json(note).get("sha256")
    return [str(one) for one in known] if isinstance(known, list) else []


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""Which files outside a run directory this program has written, so that it replaces no others.

    refuse_overwrite(path, force=False)    # before the work
    write_submission(frame, path)
    note_written(path)                     # after it

A note in the file's folder holds the SHA-256 of what was written under each name. A file counts as
the program's own as long as it is what was written: one that a user has changed is the user's.
"""

import hashlib
import re
from contextlib import suppress
from pathlib import Path

from automl_cli.core.errors import RunError
from automl_cli.store.files import read_json, write_json

NOTE = ".automl-written.json"
_DIGEST = re.compile(r"[0-9a-f]{64}")


def refuse_overwrite(path: Path, *, force: bool) -> None:
    """Refuse a path that holds a file which this program has not written.

    Parameters
    ----------
    path
        Where something is to be written. A missing file, an empty one, and one that
        `note_written` knows as it stands may be replaced.
    force
        Whether the user wants any file to be replaced.

    Raises
    ------
    RunError
        If it is somebody else's file: give another name, or replace it on purpose.
    """
    if force or not path.is_file():
        return
    known = _read_note(path.parent).get(path.name)
    with suppress(OSError):  # what cannot be read is refused as unknown
        if path.stat().st_size == 0 or (known and known == _hash(path)):
            return
    reason = "has changed since automl wrote it" if known else "was not written by automl"
    raise RunError(
        f"{path}: this file exists and {reason}.",
        hint="Give another name, or --force to replace it.",
    )


def note_written(path: Path) -> None:
    """Note that the program has written the file at `path`, so that it may replace it later.

    A folder that takes no note gets none: the file is then protected as any other.
    """
    with suppress(OSError, RunError):
        notes = _read_note(path.parent)
        kept = {name: digest for name, digest in notes.items() if (path.parent / name).is_file()}
        write_json(path.parent / NOTE, {**kept, path.name: _hash(path)})


def _read_note(folder: Path) -> dict[str, str]:
    try:
        found = read_json(folder / NOTE)
    except RunError:  # none yet, or one that was altered: no file of the folder is known
        return {}
    return {
        name: digest
        for name, digest in found.items()
        if isinstance(digest, str) and _DIGEST.fullmatch(digest)
    }


def _hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

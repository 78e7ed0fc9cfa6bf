"""Files and folders that are whole or absent: written beside their place, then renamed.

    write_json(run.summary, figures)
    write_folder(run.candidate(key), fill)      # fill(folder) writes what belongs into it

What cannot be written is a `RunError`, whoever wrote it.
"""

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid4

import numpy as np
import numpy.typing as npt

from automl_cli.core.errors import RunError
from automl_cli.core.events import JsonValue
from automl_cli.core.keys import SHORT, make_key

_Plain: TypeAlias = str | int | float | bool | None
# What may be stored; what is read again is a `JsonValue`.
Writable: TypeAlias = "_Plain | Sequence[Writable] | Mapping[str, Writable]"
LONGEST_NAME = 40  # characters; each has up to 4 bytes, and file systems allow 255


def file_name(text: str) -> str:
    """Return `text` as a file name; different texts have different names.

    Letters, digits, ``-``, ``_`` and ``.`` stay; a text that does not stay as it is gets a hash.

    Examples
    --------
    >>> file_name("net_income")
    'net_income'
    >>> file_name("log(income)")
    'log_income_-9b88ea8a'
    """
    kept = "".join(char if char.isalnum() or char in "-_." else "_" for char in text)
    kept = kept[:LONGEST_NAME]
    if kept == text and kept.strip("."):
        return kept
    return f"{kept}-{make_key(text)[:SHORT]}"


def read_json(path: Path) -> dict[str, JsonValue]:
    """Return the mapping stored at `path`.

    Raises
    ------
    RunError
        If the file is missing or damaged.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise _damaged(path)
    return found


def read_array(path: Path) -> npt.NDArray[Any]:
    """Return the array stored at `path`.

    Raises
    ------
    RunError
        If the file is missing or damaged.
    """
    try:
        return np.asarray(np.load(path, allow_pickle=False))
    except (OSError, ValueError, EOFError) as error:
        raise _damaged(path) from error


def write_json(path: Path, value: Mapping[str, Writable]) -> None:
    """Write a mapping whole or not at all."""
    write_text(path, json.dumps(value, indent=1) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a text whole or not at all."""
    with replaced(path) as beside:
        beside.write_text(text, encoding="utf-8")


def write_array(path: Path, array: npt.NDArray[Any]) -> None:
    """Write an array as npy; unlike `numpy.save` never a part of it without an error."""
    # NumPy hands a file that is only written to C, where the bytes that are still buffered when
    # the disk is full are lost without a word. A file that can also be read it writes itself.
    with path.open("wb+") as file:
        np.save(file, array, allow_pickle=False)


@contextmanager
def replaced(path: Path, *, durable: bool = False) -> Iterator[Path]:
    """Give a name beside `path`, and rename what was written there to `path` at the end.

    Parameters
    ----------
    path
        A file or folder; folders above it are made.
    durable
        Wait until a file is on the disk, so that even a power failure leaves a whole one.

    Raises
    ------
    RunError
        If the disk is full or the folder cannot be written.
    """
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise RunError(f"{path}: a device, expected a file.", hint="Give the path of a file.")
    if not path.name:
        raise RunError(f"{path}: a folder, expected a file.", hint="Give the path of a file.")
    beside = _name_beside(path)
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            yield beside
            if durable:
                _sync(beside)
            _rename(beside, path)
        finally:
            if beside.exists():
                shutil.rmtree(beside) if beside.is_dir() else beside.unlink()


def write_folder(path: Path, fill: Callable[[Path], None]) -> None:
    """Let `fill` write into a new folder that appears as `path` when it is complete."""
    with replaced(path) as beside:
        beside.mkdir()
        fill(beside)


def check_writable(path: Path) -> None:
    """Refuse a place for a file before work is done for it; nothing is left there.

    Raises
    ------
    RunError
        If `path` is a folder, or its folder is missing or cannot be written.
    """
    with translated(path):
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        beside = _name_beside(path)
        beside.touch()
        beside.unlink()


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn an operating-system error into a message about `path`."""
    try:
        yield
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        if error.errno == errno.EEXIST:
            reason = "a file stands where a folder is wanted"
        raise RunError(
            f"{path}: cannot be written ({reason.lower()}).",
            hint="Free some space, or give a folder that exists and that you may write to.",
        ) from error


def _name_beside(path: Path) -> Path:
    return path.with_name(f"{path.name}.tmp-{uuid4().hex[:12]}")


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _rename(beside: Path, path: Path) -> None:
    if not (beside.is_dir() and path.is_dir()):
        beside.replace(path)
        return
    # A folder cannot be renamed onto another. A kill in between leaves no folder or a whole one:
    # removing the old one in its place would leave parts of it.
    old = _name_beside(path)
    path.replace(old)
    beside.replace(path)
    shutil.rmtree(old, ignore_errors=True)


@contextmanager
def understood(path: Path, hint: str | None = None) -> Iterator[None]:
    """Call a file damaged if what stands in it is not what the block of code expects.

    Parameters
    ----------
    path
        The file.
    hint
        What to do then; None: make the run anew.

    Raises
    ------
    RunError
        In place of the mistakes that come of an unknown content.

    Examples
    --------
    >>> with understood(Path("blend.json")):
    ...     members = {}["members"]
    Traceback (most recent call last):
    automl_cli.core.errors.RunError: blend.json: this file of the run is missing or damaged.
    """
    try:
        yield
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise _damaged(path, hint) from error


def _damaged(path: Path, hint: str | None = None) -> RunError:
    return RunError(
        f"{path}: this file of the run is missing or damaged.",
        hint=hint
        or "Start a new run with another --out, or, if the file is in a subfolder of the run, "
        "delete that folder and repeat the command.",
    )

"""A downloaded archive, unpacked into its folder and nowhere else."""

import shutil
import zipfile
import zlib
from pathlib import Path

from automl_cli.core.errors import DataError, RunError
from automl_cli.store import replaced


def unpack_archive(archive: Path, folder: Path) -> list[Path]:
    """Unpack all files of a zip archive below `folder`; return them.

    Raises
    ------
    DataError
        If the archive is damaged, or holds a file that would lie elsewhere.
    RunError
        If there is too little space, or the folder cannot be written.
    """
    try:
        with zipfile.ZipFile(archive) as packed:
            members = [member for member in packed.infolist() if not member.is_dir()]
            paths = [_place(archive, folder, member.filename) for member in members]
            _check_space(archive, folder, sum(member.file_size for member in members))
            for member, path in zip(members, paths, strict=True):
                with (
                    replaced(path) as beside,
                    packed.open(member) as source,
                    beside.open("wb") as target,
                ):
                    shutil.copyfileobj(source, target)
    # Encrypted members are a RuntimeError.
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise DataError(
            f"{archive}: a damaged archive: {error}.",
            hint="Remove it and give the same command again.",
        ) from error
    return paths


def _place(archive: Path, folder: Path, name: str) -> Path:
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise DataError(
            f"{archive}: the file {name!r} of this archive would lie outside of {folder}.",
            hint="Nothing was unpacked. Look at the archive, and unpack by hand what you trust.",
        )
    return path


def _check_space(archive: Path, folder: Path, n_bytes: int) -> None:
    free_bytes = shutil.disk_usage(folder).free
    if n_bytes > free_bytes:
        raise RunError(
            f"{archive}: unpacked it has {n_bytes / 2**30:.1f} GiB, and {free_bytes / 2**30:.1f} "
            "GiB are free.",
            hint="Free some space, or give a folder on another disk.",
        )

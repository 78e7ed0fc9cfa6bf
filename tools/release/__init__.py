"""A release: one version in three files, the changelog's section, a wheel and an sdist."""

import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")

Texts = dict[str, str]


class ReleaseError(Exception):
    """What is in the way of a release, with what to do about it."""


def make_release(folder: Path, version: str, day: str) -> tuple[Path, ...]:
    """Raise the version of the project in `folder` and build it.

    Parameters
    ----------
    folder : Path
        The root of the repository. Its tracked files must be committed.
    version : str
        The new version, such as ``0.2.0``.
    day : str
        The day of the release, such as ``2026-11-28``.

    Returns
    -------
    tuple of Path
        The wheel and the sdist, in ``dist``.

    Raises
    ------
    ReleaseError
        If files have uncommitted changes, the version does not follow the last one, or the
        changelog has nothing under *Unreleased*. Nothing has been written then.
    """
    changed = _run(["git", "status", "--porcelain", "--untracked-files=no"], folder)
    if changed:
        raise ReleaseError(f"commit or stash these changes first:\n{changed}")
    texts = {name: (folder / name).read_text(encoding="utf-8") for name in EDITS}
    for name, text in raise_version(texts, version, day).items():
        (folder / name).write_text(text, encoding="utf-8")
    _run([sys.executable, "-m", "hatchling", "build", "--directory", "dist"], folder)
    return tuple(sorted((folder / "dist").glob(f"automl_cli-{version}[-.]*")))


def raise_version(texts: Mapping[str, str], version: str, day: str) -> Texts:
    r"""Return the files of `texts` (name: text, one for each of `EDITS`) as the release has them.

    Raises
    ------
    ReleaseError
        See `make_release`.

    Examples
    --------
    >>> texts = {
    ...     "automl_cli/__init__.py": '__version__ = "0.1.0"',
    ...     "CITATION.cff": "version: 0.1.0",
    ...     "CHANGELOG.md": "## [Unreleased]\n\n- A fix.\n",
    ... }
    >>> print(raise_version(texts, "0.1.1", "2026-11-28")["CHANGELOG.md"])
    ## [Unreleased]
    <BLANKLINE>
    ## [0.1.1] - 2026-11-28
    <BLANKLINE>
    - A fix.
    """
    last = re.search(r'__version__ = "(.*)"', texts["automl_cli/__init__.py"])
    _check_version(version, last.group(1) if last else "0.0.0")
    news = texts["CHANGELOG.md"].partition("## [Unreleased]")[2].partition("\n## [")[0]
    if not news.strip():
        raise ReleaseError("CHANGELOG.md has nothing under [Unreleased]: say what is new there")
    return {name: _edit(name, text, version, day) for name, text in texts.items()}


def _check_version(version: str, last: str) -> None:
    if not VERSION.fullmatch(version):
        raise ReleaseError(f"{version!r} is no version: write major.minor.patch, such as 0.2.0")
    old, new = ([int(part) for part in text.split(".")] for text in (last, version))
    if new <= old:
        raise ReleaseError(f"{version} does not follow {last}: choose a higher version")


def _edit(name: str, text: str, version: str, day: str) -> str:
    pattern, line = EDITS[name]
    edited, count = re.subn(
        pattern, line.format(version=version, day=day), text, count=1, flags=re.MULTILINE
    )
    if not count:
        raise ReleaseError(f"{name} has no line like {pattern}: restore it")
    return edited


def _run(command: list[str], folder: Path) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


# File: (the line with the version, what becomes of it).
EDITS = {
    "automl_cli/__init__.py": (r'^__version__ = ".*"', '__version__ = "{version}"'),
    "CITATION.cff": (
        r"^version: .*(\ndate-released: .*)?",
        "version: {version}\ndate-released: {day}",
    ),
    "CHANGELOG.md": (r"^## \[Unreleased\]", "## [Unreleased]\n\n## [{version}] - {day}"),
}

"""Everything that ``pip`` needs to install this program where there is no network.

    automl wheelhouse wheels --python 3.12

collects wheels, to be uploaded as a data set and installed from there in a notebook.
"""

import json
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import distribution
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from automl_cli.core.errors import ConfigError, RunError
from automl_cli.store import translated

WHEELHOUSE_VERSION = 1  # of what `--json` prints
NAME = "automl-cli"
PLATFORM = "manylinux_2_28_x86_64"  # what notebooks of Kaggle and most servers can use
OLDEST_GLIBC = 5  # manylinux_2_5, of which manylinux1 is the old name
OLD_NAMES = {17: "manylinux2014", 12: "manylinux2010", 5: "manylinux1"}


@dataclass(frozen=True, slots=True, kw_only=True)
class WheelhouseRequest:
    """What the user asks for.

    Parameters
    ----------
    folder
        Where the wheels go.
    python
        The version that they are for, such as ``3.12``.
    platform
        The platform that they are for, as wheels name it.
    """

    folder: Path
    python: str
    platform: str = PLATFORM


def make_wheelhouse(request: WheelhouseRequest) -> dict[str, Any]:
    """Download the wheels of this program and of all it needs; return plain values.

    Raises
    ------
    ConfigError
        If the version is none.
    RunError
        If pip is missing, or does not find or get a wheel.
    """
    commands = list_commands(request)
    if find_spec("pip") is None:
        raise RunError(
            "pip is missing in this environment.",
            hint=f"Install it first: {sys.executable} -m ensurepip",
        )
    with translated(request.folder):
        request.folder.mkdir(parents=True, exist_ok=True)
    for command in commands:
        _run(command)
    wheels = sorted(request.folder.glob("*.whl"))
    return {
        "version": WHEELHOUSE_VERSION,
        "folder": str(request.folder),
        "wheels": len(wheels),
        "bytes": sum(wheel.stat().st_size for wheel in wheels),
        "install": format_install_command(request.folder),
    }


def list_commands(request: WheelhouseRequest) -> list[list[str]]:
    """Return the command lines that fill the folder: own wheel, then what it needs.

    Raises
    ------
    ConfigError
        If the version is none.
    """
    if not re.fullmatch(r"3\.\d{1,2}", request.python):
        raise ConfigError(
            f"--python: {request.python!r} is not a version of Python 3.",
            hint="Give it as 3.12; `python --version` in the notebook shows it.",
        )
    pip, folder = [sys.executable, "-m", "pip"], str(request.folder)
    target = ["--python-version", request.python, "--implementation", "cp"]
    for platform in list_platforms(request.platform):
        target += ["--platform", platform]
    needed = ["--only-binary=:all:", *target, "--dest", folder, *list_requirements()]
    return [
        [*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, find_source()],
        [*pip, "download", "--quiet", *needed],
    ]


def list_platforms(platform: str) -> list[str]:
    """Return a platform and the older ones whose wheels run on it: pip asks for each by name.

    Examples
    --------
    >>> list_platforms("manylinux_2_12_x86_64")[:3]
    ['manylinux_2_12_x86_64', 'manylinux2010_x86_64', 'manylinux_2_11_x86_64']
    >>> list_platforms("win_amd64")
    ['win_amd64']
    """
    found = re.fullmatch(r"manylinux_2_(\d{1,2})_(\w+)", platform)
    if found is None:
        return [platform]
    names = []
    for glibc in range(int(found[1]), OLDEST_GLIBC - 1, -1):
        names.append(f"manylinux_2_{glibc}_{found[2]}")
        names += [f"{OLD_NAMES[glibc]}_{found[2]}"] if glibc in OLD_NAMES else []
    return names


def list_requirements() -> list[str]:
    """Return what this program needs, without its extras."""
    needed = distribution(NAME).requires or []
    return [one for one in needed if "extra ==" not in one]


def find_source() -> str:
    """Return what pip makes this program's wheel of: its folder, or its name and version."""
    installed = distribution(NAME)
    direct_url = installed.read_text("direct_url.json")
    origin: dict[str, str] = {} if direct_url is None else json.loads(direct_url)
    return str(origin.get("url") or f"{NAME}=={installed.version}")


def format_install_command(folder: Path) -> str:
    """Return the line that installs the wheels in a notebook."""
    return f"pip install --no-index --find-links /kaggle/input/{folder.resolve().name} {NAME}"


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own list
    if done.returncode:
        lines = done.stderr.strip().splitlines() or ["no reason was given"]
        errors = [line for line in lines if line.startswith("ERROR")] or lines
        raise RunError(
            f"pip has failed: {errors[-1].removeprefix('ERROR:').strip()}",
            hint="Check the network, --python and --platform; the command was: "
            + " ".join(command),
        )

"""Runs what the documents show: command lines and fenced blocks, in a folder of their own."""

import contextlib
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from automl_cli.cli.app import app

ROOT = Path(__file__).parents[1]
# Few rounds of two candidates with the columns as they are: seconds instead of minutes.
SMALL = {
    "fit": [
        *("--set", "limits.candidates=2", "--workers", "1", "--set", "limits.rounds=15"),
        *("--set", "search.trials=0", "--set", "budget=null", "--set", "run.report=false"),
        *("--set", "features.groups.exact_value=false", "--set", "features.groups.crosses=false"),
        *("--set", "features.groups.resolutions=false", "--set", "features.groups.digits=false"),
        *("--set", "features.groups.arithmetic=false"),
        *("--set", "validation.repeats=1"),  # a budget would be spent on them
        *("--set", "features.groups.group_stats=false"),
    ],
    "explain": ["--rows", "40", "--tested-rows", "100"],
}


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of a page."""

    language: str
    text: str


def find_blocks(text: str) -> list[Block]:
    found = re.findall(r"^```(\w*)\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    return [Block(language, body) for language, body in found]


def run_blocks(blocks: Sequence[Block]) -> str:
    """Write the files and run the commands of a recipe in the working directory.

    A block of YAML or Python that begins with a comment is a file of that name.
    """
    told = []
    for block in blocks:
        if block.language in {"yaml", "python"}:
            name = block.text.partition("\n")[0].removeprefix("# ").strip()
            Path(name).write_text(block.text, encoding="utf-8")
        elif block.language == "sh":
            told += [run_line(line) for line in block.text.splitlines()]
    return "".join(told)


def run_line(line: str, *, add: Sequence[str] = ()) -> str:
    """Run a line as a shell would and return what it prints, errors included."""
    command, _, target = line.partition(" > ")
    words = shlex.split(command, comments=True)
    if words[0] == "python":
        done = subprocess.run(
            [sys.executable, *words[1:]], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout
    assert words[0] == "automl", line
    result = CliRunner().invoke(app, [*words[1:], *SMALL.get(words[1], ()), *add])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, f"{line}\n{result.stderr}"
    if target:
        Path(target.strip()).write_text(result.stdout, encoding="utf-8")
    return result.stdout + result.stderr


def check_shown(blocks: Sequence[Block], printed: str) -> None:
    """Compare what a page says that is printed, line by line; ``...`` stands for anything."""
    for block in blocks:
        if block.language == "text":
            for line in block.text.splitlines():
                pattern = ".*".join(re.escape(part) for part in line.strip().split("..."))
                assert re.search(pattern, printed), f"{line}\nis not in\n{printed}"


@contextlib.contextmanager
def working_in(folder: Path) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setenv("COLUMNS", "200")  # so that no table is folded
        yield

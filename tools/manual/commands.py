"""The page of commands: each argument and option, as the program itself describes it."""

from collections.abc import Iterator
from typing import Any

import typer
import typer.main

from automl_cli.cli.app import app
from automl_cli.cli.fit import FLAGS
from automl_cli.cli.help import describe_option
from automl_cli.payloads import PAYLOADS
from manual.cells import format_table

INTRODUCTION = """\
# Commands

`automl --help` and `automl COMMAND --help` (`-h`) show the same. `automl --version` prints the
version. This page is generated from the code by `make docs`."""

GUIDES = {
    "audit": "audit.md",
    "blend": "blend.md",
    "check": "submissions.md",
    "config init": "configuring.md",
    "explain": "explain.md",
    "features": "features.md",
    "fit": "runs.md",
    "predict": "predict.md",
    "report": "report.md",
    "submit": "kaggle.md",
    "test": "test.md",
    "track add": "submissions.md",
    "track show": "submissions.md",
    "wheelhouse": "kaggle.md",
}


def make_commands_page() -> str:
    """Return a section for each command."""
    lines = [INTRODUCTION]
    for name, command in find_commands(typer.main.get_command(app)):
        lines += [f"\n## automl {name}\n", *_format_command(name, command)]
    return "\n".join(lines) + "\n"


def find_commands(command: Any, words: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:  # noqa: ANN401  # typer keeps its click private
    """Yield each command of the program with its name, those of groups with both words."""
    if not hasattr(command, "commands"):
        yield " ".join(words), command
    for name, below in getattr(command, "commands", {}).items():
        yield from find_commands(below, (*words, name))


def _format_command(name: str, command: Any) -> Iterator[str]:  # noqa: ANN401  # typer keeps its click private
    context = typer.Context(command, info_name=f"automl {name}")
    yield " ".join(command.help.split())
    yield f"\n```text\n{command.get_usage(context).removeprefix('Usage: ')}\n```"
    for kind in ("argument", "option"):
        params = [one for one in command.params if one.param_type_name == kind]
        told = [(one, describe_option(one, context)) for one in params]
        rows = [
            (f"`{record[0]}`", record[1], _format_key(name, one)) for one, record in told if record
        ]
        if name == "fit" and kind == "option":
            yield from format_table([kind, "what it is", "key of the config"], rows)
        elif rows:
            yield from format_table([kind, "what it is"], [row[:2] for row in rows])
    yield from _format_links(name)


def _format_key(name: str, param: Any) -> str:  # noqa: ANN401  # typer keeps its click private
    if name != "fit" or param.name not in FLAGS:
        return ""
    section, _, _ = FLAGS[param.name].rpartition(".")
    return f"[`{FLAGS[param.name]}`](config.md#{section or 'at-the-top'})"


def _format_links(name: str) -> Iterator[str]:
    links = []
    if name in GUIDES:
        links.append(f"more in [{GUIDES[name].removesuffix('.md')}]({GUIDES[name]})")
    if name in PAYLOADS:
        links.append("what `--json` prints in [json](json.md)")
    if links:
        text = "; ".join(links)
        yield f"\n{text[:1].upper()}{text[1:]}."

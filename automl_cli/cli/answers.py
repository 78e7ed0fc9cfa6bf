"""How every command ends: with what was asked for, or with one message and an exit code."""

import errno
import json
import os
import sys
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

import typer

EXIT_MISTAKE, EXIT_INTERRUPTED = 2, 130  # 0: done, 1: a bug of this program
NARROWEST = 20  # columns that lines are broken to
EXIT_UNREAD = 141  # as a program ends that SIGPIPE has ended


@contextmanager
def answered(interrupted: str = "interrupted; run the command again.") -> Iterator[None]:
    """Turn what a user can cause into one message and an exit code.

    Parameters
    ----------
    interrupted
        What is said after Ctrl-C; only a command that keeps what it has done may promise to go on.
    """
    from automl_cli.core.errors import AutomlError

    try:
        yield
    except AutomlError as error:
        echo_message(f"{error.message}\n  hint: {error.hint}")
        sys.exit(EXIT_MISTAKE)
    except KeyboardInterrupt as stop:  # its text, if any, is what the command had to say
        typer.echo(str(stop) or interrupted, err=True)
        sys.exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        exit_unread()
    except OSError as error:  # of stdout: what is wrong with files is an `AutomlError`
        if error.errno != errno.ENOSPC:
            raise
        _drop_output()
        typer.echo(
            "the output cannot be written (no space left on device).\n"
            "  hint: Free some space, or redirect the output elsewhere.",
            err=True,
        )
        sys.exit(EXIT_MISTAKE)


def print_json(payload: Mapping[str, Any]) -> None:
    """Print what `--json` asks for, as `automl_cli.payloads` describes it, in one line."""
    from automl_cli.payloads import without_nan

    typer.echo(json.dumps(without_nan(dict(payload)), allow_nan=False))


def echo_message(text: str) -> None:
    """Print prose to stderr: a terminal breaks it between words, elsewhere lines stay whole."""
    if sys.stderr.isatty():
        width = max(os.get_terminal_size(sys.stderr.fileno()).columns, NARROWEST)
        text = "\n".join(_break_line(line, width) for line in text.split("\n"))
    typer.echo(text, err=True)


def echo_notes(notes: Iterable[Mapping[str, str]]) -> None:
    """Show what was noticed while reading files, which is no part of what was asked for."""
    for one in notes:
        echo_message(f"note: {one['file']}: {one['what']}: {one['note']}.")


def exit_unread() -> NoReturn:
    """End quietly where nobody reads on, such as behind ``| head``."""
    _drop_output()
    sys.exit(EXIT_UNREAD)


def _break_line(line: str, width: int) -> str:
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.fill(
        line,
        width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        replace_whitespace=False,
    )


def _drop_output() -> None:
    """Send what stdout still holds nowhere, or Python would fail over it once more at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)

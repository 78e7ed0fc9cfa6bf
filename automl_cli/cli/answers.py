"""How every command ends: with what was asked for, or with one message and an exit code."""

import errno
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

import typer

EXIT_MISTAKE, EXIT_INTERRUPTED = 2, 130  # 0: done, 1: a bug of this program
EXIT_UNREAD = 141  # as a program ends that SIGPIPE has ended


@contextmanager
def answered(interrupted: str = "interrupted; give the command again.") -> Iterator[None]:
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
        typer.echo(f"{error.message}\n  hint: {error.hint}", err=True)
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


def echo_notes(notes: Iterable[Mapping[str, str]]) -> None:
    """Show what was noticed while reading files, which is no part of what was asked for."""
    for one in notes:
        typer.echo(f"note: {one['file']}: {one['what']}: {one['note']}.", err=True)


def exit_unread() -> NoReturn:
    """End quietly where nobody reads on, such as behind ``| head``."""
    _drop_output()
    sys.exit(EXIT_UNREAD)


def _drop_output() -> None:
    """Send what stdout still holds nowhere, or Python would fail over it once more at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)

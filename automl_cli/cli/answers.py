"""How every command ends: with what was asked for, or with one message and an exit code."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

EXIT_MISTAKE, EXIT_INTERRUPTED = 2, 130  # 0: done, 1: a bug of this program


@contextmanager
def answered() -> Iterator[None]:
    """Turn what a user can cause into one message and an exit code."""
    from automl_cli.core.errors import AutomlError

    try:
        yield
    except AutomlError as error:
        typer.echo(f"{error.message}\n  hint: {error.hint}", err=True)
        sys.exit(EXIT_MISTAKE)
    except KeyboardInterrupt:
        typer.echo("interrupted; the same command goes on from here.", err=True)
        sys.exit(EXIT_INTERRUPTED)

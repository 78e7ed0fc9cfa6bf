"""The consoles that everything is printed on: what it says is shown as it is.

Names of columns, classes and folders come from anywhere, and brackets or colons in them are no
markup.
"""

import os
import sys

from rich.console import Console

PIPE_CLOSED = 141  # as a program ends that SIGPIPE has ended


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """End quietly where nobody reads on, such as behind ``| head``."""
        self.quiet = True
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
        sys.exit(PIPE_CLOSED)


def open_console(*, stderr: bool = False, quiet: bool = False, highlight: bool = True) -> Console:
    """Return a console on stdout or stderr.

    Parameters
    ----------
    stderr
        True for what tells of the work, False for results.
    quiet
        True to print nothing.
    highlight
        True to colour figures and paths.
    """
    return _Console(stderr=stderr, quiet=quiet, highlight=highlight, markup=False, emoji=False)

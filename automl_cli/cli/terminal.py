"""The consoles that everything is printed on: what it says is shown as it is.

Names of columns, classes and folders come from anywhere, and brackets or colons in them are no
markup.
"""

from rich.console import Console, RenderableType
from rich.text import Text

from automl_cli.cli.answers import exit_unread

NARROWEST = 20  # columns that prose behind a head is broken to


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """End as every command does of which nobody reads on."""
        self.quiet = True
        exit_unread()


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


def print_line(console: Console, *parts: RenderableType, highlight: bool | None = None) -> None:
    """Print a line of prose: a terminal breaks it between words, elsewhere it stays whole for grep.

    Lines that end in a path are printed with ``soft_wrap=True`` instead, so that it can be copied.
    """
    console.print(*parts, soft_wrap=not console.is_terminal, highlight=highlight)


def print_hanging(console: Console, head: Text, body: Text) -> None:
    """Print prose behind a head: on a terminal its further lines begin below its first one."""
    if not console.is_terminal:
        print_line(console, head + body)
        return
    width = max(console.width - head.cell_len, NARROWEST)
    for line in body.wrap(console, width):
        line.rstrip()
        console.print(head + line, soft_wrap=True)
        head = Text(" " * head.cell_len)

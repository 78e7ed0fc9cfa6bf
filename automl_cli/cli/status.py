"""A sign of life from commands that print their result at the end."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Timer

from rich.console import Console
from rich.text import Text

from automl_cli.cli.figures import format_clock
from automl_cli.cli.live import is_live, keep_drawing
from automl_cli.cli.terminal import open_console
from automl_cli.core.events import Event, Listener

PATIENCE_SECONDS = 3.0  # after which a log gets its line
GAP_SECONDS = 10.0  # between further lines of a log


@dataclass(slots=True)
class _Status:
    """What a command does, and since when."""

    console: Console
    what: str
    started_at: float
    is_live: bool
    stage: str = ""
    is_printed: bool = False
    logged_at: float = 0.0

    def listen(self, event: Event) -> None:
        if event.kind == "stage":
            self.stage = str(event.fields["name"])
            self._write_log()
        elif event.kind in ("explaining", "warning"):
            self.stage = ""  # the line above says it
            self._line(str(event.fields["message"]))

    def draw(self) -> Text:
        parts = [self.what, format_clock(time.time() - self.started_at), self.stage]
        return Text(" · ".join(filter(None, parts)), no_wrap=True, overflow="ellipsis")

    def print_once(self) -> None:
        """Tell a log what the command does, before all else that it is told."""
        if not (self.is_live or self.is_printed):
            self.is_printed = True
            self._line(self.what)

    def _write_log(self) -> None:
        """Tell a log from time to time how far the command has come."""
        now = time.time()
        if not self.is_live and now - max(self.started_at, self.logged_at) >= GAP_SECONDS:
            self.logged_at = now
            self._line(f"{self.what} · {self.stage}")

    def _line(self, text: str) -> None:
        self.print_once()
        dated = text if self.is_live else f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}"
        self.console.print(Text(dated, style="dim"), soft_wrap=True, highlight=False)


@contextmanager
def show_status(what: str) -> Iterator[Listener]:
    """Show on stderr what a command does, while it does it; give who is to be told of stages.

    A terminal shows it live. Elsewhere it is one line, if the command takes longer than a moment,
    and then one from time to time.

    Parameters
    ----------
    what
        In a few words, such as "auditing titanic".
    """
    console = open_console(stderr=True)
    status = _Status(console, what, time.time(), is_live(console))
    if status.is_live:
        with keep_drawing(status.console, lambda _: status.draw()):
            yield status.listen
        return
    timer = Timer(PATIENCE_SECONDS, status.print_once)
    timer.daemon = True
    timer.start()
    try:
        yield status.listen
    finally:
        timer.cancel()

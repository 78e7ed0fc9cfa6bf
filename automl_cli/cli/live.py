"""The live part of a terminal: what is under way, drawn anew in its place.

with keep_drawing(console, lambda space: draw(standing, time.time(), space)):
    ...  # what the console prints scrolls by above it
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderableType, RenderResult
from rich.control import Control
from rich.live import Live
from rich.segment import ControlType, Segment

REFRESHES = 4  # a second
MARGIN = 3  # columns left free: what is typed, such as ^C, must not begin a further line


@dataclass(frozen=True, slots=True)
class Space:
    """The columns and rows of a terminal."""

    columns: int
    rows: int


Draw: TypeAlias = Callable[[Space], RenderableType]


def is_live(console: Console, environ: Mapping[str, str] = os.environ) -> bool:
    """Return whether something may be drawn anew in its place.

    Colour can be forced on a file, which is no terminal for all that. A CI has a log at best, and
    who asks for no colour is given plain lines.
    """
    is_plain = any(environ.get(name, "") not in ("", "0", "false") for name in ("CI", "NO_COLOR"))
    is_terminal = console.is_terminal and console.file.isatty()
    return is_terminal and not console.is_dumb_terminal and not is_plain


@contextmanager
def keep_drawing(console: Console, draw: Draw) -> Iterator[None]:
    """Draw below what the console prints, until the end; the terminal is as before then."""
    with _Live(console, _Drawing(draw)):
        yield


class _Drawing:
    """Draws, and knows how wide each line came out."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.widths: tuple[int, ...] = ()

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        space = Space(*console.size)
        columns = max(1, space.columns - MARGIN)
        # What is printed above may be given other limits, and rich hands them on to all.
        own = options.update(width=columns, height=None, no_wrap=False, overflow="ellipsis")
        lines = console.render_lines(self.draw(space), own, pad=False)
        self.widths = tuple(Segment.get_line_length(line) for line in lines)
        for line in lines:
            yield from line
            yield Segment.line()

    def count_wrapped(self, columns: int) -> int:
        """Return how many more lines the drawing takes on a terminal that was made narrower."""
        return sum(max(0, width - 1) // max(1, columns) for width in self.widths)


class _Live(Live):
    """A live display that is drawn anew in its place after the terminal was made narrower.

    Terminals wrap the lines that have become too long. Rich goes back as many lines as it drew,
    which would leave a part of them on the screen with each change.
    """

    def __init__(self, console: Console, drawing: _Drawing) -> None:
        self.drawing = drawing
        super().__init__(drawing, console=console, refresh_per_second=REFRESHES, transient=True)

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """Go back over wrapped lines too, before anything is drawn."""
        n_wrapped = self.drawing.count_wrapped(self.console.width)
        up = ((ControlType.CURSOR_UP, 1), (ControlType.ERASE_IN_LINE, 2)) * n_wrapped
        first = [Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2), *up)]
        return [*(first if n_wrapped else ()), *super().process_renderables(renderables)]

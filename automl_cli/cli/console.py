"""What people see while a run works and when it is done.

Everything goes to stderr: on a terminal lines above a live view (`cli/view.py`), elsewhere dated
lines. stdout is for results.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console, RenderableType
from rich.text import Text

from automl_cli.cli.details import list_details
from automl_cli.cli.figures import format_candidate, format_clock, format_number
from automl_cli.cli.leaderboard import (
    describe_original,
    describe_search,
    describe_search_gain,
    print_target,
    print_unused,
)
from automl_cli.cli.live import Space, is_live, keep_drawing
from automl_cli.cli.meter import MemoryMeter
from automl_cli.cli.standing import Standing, update_standing
from automl_cli.cli.terminal import open_console, print_line
from automl_cli.cli.view import draw
from automl_cli.core.counts import format_count
from automl_cli.core.events import Event

NOT_STARTED = "no time left"
MOST_NAMES = 8  # columns listed for one reason
TITLED = frozenset({"target", "metric", "validation"})  # facts that titles of tables tell


@dataclass(slots=True)
class RunConsole:
    """Shows the events of one run.

    Parameters
    ----------
    console
        Where to.
    errors
        Where to with what is told in any case; None: to the same place.
    is_dated
        Whether each line begins with the time.
    standing
        How far the run is.
    unstarted, shown
        How many candidates the clock left out, and the submissions that were told of.
    is_resumed
        Whether earlier commands have worked on the run.
    is_verbose
        Whether stages, single fits and notes on the data get lines of their own.
    """

    console: Console
    errors: Console | None = None
    is_dated: bool = True
    standing: Standing = field(default_factory=lambda: Standing(stage_at=time.time()))
    unstarted: int = 0
    shown: set[str] = field(default_factory=set)
    is_resumed: bool = False
    is_verbose: bool = False

    def listen(self, event: Event) -> None:
        """Show one event, if it is worth a line."""
        fields: Mapping[str, Any] = event.fields
        before, self.standing = self.standing, update_standing(self.standing, event, time.time())
        if event.kind == "inferred":
            self._show_inferred(fields)
        elif event.kind == "audited":
            self._show_findings(fields)
        elif event.kind == "started":
            self._show_start(fields)
        elif event.kind == "submission":
            self._show_submission(fields)
        elif event.kind == "skipped" and fields["reason"] == NOT_STARTED and not self.is_verbose:
            self.unstarted += 1
        elif event.kind in EVENT_FORMATS:
            self._show_formatted(event)
        if self.is_verbose:
            for line in list_details(before, self.standing, event):
                self._line(line, style="dim")

    def show_summary(self, summary: Mapping[str, Any]) -> None:
        """Show the final table."""
        for target in summary["targets"]:
            print_target(self.console, target)
        print_unused(self.console, summary)
        others = [fact for fact in summary["facts"] if fact[0] not in TITLED]
        facts = " · ".join(f"{what}: {value}" for what, value, _ in others)
        print_line(self.console, Text(facts, style="dim"))
        for one in summary["findings"]:
            if one["severity"] == "error":  # it has scrolled by, and the score hangs on it
                message = f"doubtful score: {one['message']} {one['advice']}"
                self.console.print(Text(message, style="bold red"), soft_wrap=True)
        if summary["submission"] is not None:
            self.console.print(f"submission: {summary['submission']}", soft_wrap=True)
        self.console.print(f"run: {summary['run']}  ({summary['seconds']} s)", soft_wrap=True)

    def _line(self, text: str, *, style: str = "", is_error: bool = False) -> None:
        console = (self.errors if is_error else None) or self.console
        if self.is_dated:
            text = f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}"
        broken = console.is_terminal and not self.is_dated
        console.print(Text(text, style=style), soft_wrap=not broken, highlight=False)

    def _show_inferred(self, fields: Mapping[str, Any]) -> None:
        for what, value, reason in fields["facts"]:
            self._line(f"{what}: {value} ({reason})")
        for line in _list_ignored(fields["ignored"]):
            self._line(line, style="yellow")

    def _show_findings(self, fields: Mapping[str, Any]) -> None:
        shown = [one for one in fields["findings"] if one["severity"] != "note" or self.is_verbose]
        for one in shown:
            message = f"{one['severity']}: {one['message']} {one['advice']}"
            style = "dim" if one["severity"] == "note" else "yellow"
            self._line(message, style=style, is_error=one["severity"] == "error")
        n_notes = len(fields["findings"]) - len(shown)
        if n_notes:
            which = "it" if n_notes == 1 else "them"
            message = f"{format_count(n_notes, 'note')} on the data: `automl audit` shows {which}"
            self._line(message, style="dim")

    def _show_start(self, fields: Mapping[str, Any]) -> None:
        """Tell of what earlier commands have done on this run."""
        spent, ends_at = fields["spent_seconds"], fields["ends_at"]
        if not spent:
            return
        message = f"resuming this run: earlier commands took {format_clock(spent)}"
        if ends_at is not None and ends_at <= time.time():
            message += ", which is its whole budget; raise --budget to fit more"
        self._line(message)
        self.is_resumed = True

    def _show_formatted(self, event: Event) -> None:
        if event.kind == "blended" and self.unstarted:
            left_out = format_count(self.unstarted, "candidate")
            self._line(f"{left_out} not fitted: {NOT_STARTED}", style="dim")
        key = str(event.fields.get("key"))
        if event.kind == "candidate" and key in self.shown and not self.is_verbose:
            return  # it has more folds now
        self.shown.add(key)
        format_event, style = EVENT_FORMATS[event.kind]
        self._line(format_event(event.fields), style=style)

    def _show_submission(self, fields: Mapping[str, Any]) -> None:
        path = str(fields["path"])
        if path not in self.shown:
            self.shown.add(path)
            self._line(f"{'' if self.is_resumed else 'first '}valid submission: {path}")


@contextmanager
def make_console(*, quiet: bool, verbose: bool = False) -> Iterator[RunConsole]:
    """Give a console on stderr, live if that is a terminal."""
    console = open_console(stderr=True, quiet=quiet)
    if quiet or not is_live(console):
        yield RunConsole(console, errors=open_console(stderr=True), is_verbose=verbose)
        return
    shown, meter = RunConsole(console, is_dated=False, is_verbose=verbose), MemoryMeter()

    def draw_now(space: Space) -> RenderableType:
        now = time.time()
        return draw(shown.standing, now, space, meter.read(now))

    with keep_drawing(console, draw_now):
        yield shown


def _list_ignored(ignored: Iterable[Sequence[str]]) -> Iterator[str]:
    by_reason: dict[str, list[str]] = {}
    for name, reason in ignored:
        by_reason.setdefault(reason, []).append(name)
    for reason, names in by_reason.items():
        more = f" … {len(names)} columns" if len(names) > MOST_NAMES else ""
        yield f"not used: {', '.join(names[:MOST_NAMES])}{more} ({reason})"


def _format_plan(fields: Mapping[str, Any]) -> str:
    return f"plan: {format_count(len(fields['candidates']), 'candidate')}"


def _format_candidate(fields: Mapping[str, Any]) -> str:
    score, error = format_number(fields["score"]), format_number(fields["score_se"], 2)
    cut = ", stopped by the budget" if fields["cut"] else ""
    message = f"{score} ± {error} ({fields['seconds']:.1f} s{cut})"
    return f"{_format_name(fields)}: {message}"


def _format_failure(fields: Mapping[str, Any]) -> str:
    return f"{_format_name(fields)} failed: {str(fields['error']).partition(chr(10))[0]}"


def _format_name(fields: Mapping[str, Any]) -> str:
    return format_candidate(fields["key"], fields.get("description"))


def _format_blend(fields: Mapping[str, Any]) -> str:
    score, error = format_number(fields["score"]), format_number(fields["score_se"], 2)
    return f"ensemble for {fields['target']} ({fields['combiner']} combiner): {score} ± {error}"


EventFormat = Callable[[Mapping[str, Any]], str]

EVENT_FORMATS: Mapping[str, tuple[EventFormat, str]] = {
    "planned": (_format_plan, ""),
    "candidate": (_format_candidate, ""),
    "failed": (_format_failure, "red"),
    "skipped": (lambda fields: f"{_format_name(fields)} skipped: {fields['reason']}", "dim"),
    "fetched": (lambda fields: fields["message"], ""),
    "uploaded": (lambda fields: fields["message"], ""),
    "warning": (lambda fields: f"warning: {fields['message']}", "yellow"),
    "searched": (describe_search, ""),
    "brought": (describe_search_gain, ""),
    "original": (describe_original, ""),
    "blended": (_format_blend, "bold"),
    "reported": (lambda fields: f"report: {fields['path']}", ""),
}

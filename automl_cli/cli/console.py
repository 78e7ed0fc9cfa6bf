"""What people see while a run works and when it is done.

Everything goes to stderr: on a terminal lines above a live view (`cli/view.py`), elsewhere dated
lines. stdout is for results.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console, RenderableType
from rich.table import Table
from rich.text import Text

from automl_cli.cli.figures import spell_number, spell_seconds
from automl_cli.cli.live import Space, is_live, keep_drawing
from automl_cli.cli.meter import MemoryMeter
from automl_cli.cli.standing import Standing, note
from automl_cli.cli.terminal import open_console
from automl_cli.cli.view import draw
from automl_cli.core.events import Event

NOT_STARTED = "no time left"
MOST_NAMES = 8  # columns listed for one reason


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
    """

    console: Console
    errors: Console | None = None
    is_dated: bool = True
    standing: Standing = field(default_factory=lambda: Standing(stage_at=time.time()))
    unstarted: int = 0
    shown: set[str] = field(default_factory=set)
    is_resumed: bool = False

    def listen(self, event: Event) -> None:
        """Show one event, if it is worth a line."""
        fields: Mapping[str, Any] = event.fields
        self.standing = note(self.standing, event, time.time())
        if event.kind == "inferred":
            self._show_inferred(fields)
        elif event.kind == "audited":
            self._show_findings(fields)
        elif event.kind == "started":
            self._show_start(fields)
        elif event.kind == "submission":
            self._show_submission(fields)
        elif event.kind == "skipped" and fields["reason"] == NOT_STARTED:
            self.unstarted += 1
        elif event.kind in SPELLINGS:
            if event.kind == "blended" and self.unstarted:
                self._line(f"{self.unstarted} candidates not started: {NOT_STARTED}", style="dim")
            spell, style = SPELLINGS[event.kind]
            self._line(spell(fields), style=style)

    def show_summary(self, summary: Mapping[str, Any]) -> None:
        """Show the final table."""
        for target in summary["targets"]:
            self.console.print(_make_table(target))
            self.console.print(_spell_ensemble(target), soft_wrap=True)
        facts = " · ".join(f"{what}: {value}" for what, value, _ in summary["facts"])
        # A terminal breaks lines between words; elsewhere a line stays whole for grep.
        self.console.print(Text(facts, style="dim"), soft_wrap=not self.console.is_terminal)
        for one in summary["findings"]:
            if one["severity"] == "error":  # it has scrolled by, and the score hangs on it
                told = f"doubtful: {one['message']} {one['advice']}"
                self.console.print(Text(told, style="bold red"), soft_wrap=True)
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
        by_reason: dict[str, list[str]] = {}
        for name, reason in fields["ignored"]:
            by_reason.setdefault(reason, []).append(name)
        for reason, names in by_reason.items():
            more = f" … {len(names)} columns" if len(names) > MOST_NAMES else ""
            shown = ", ".join(names[:MOST_NAMES])
            self._line(f"not used: {shown}{more} ({reason})", style="yellow")

    def _show_findings(self, fields: Mapping[str, Any]) -> None:
        grave = [one for one in fields["findings"] if one["severity"] != "note"]
        for one in grave:
            told = f"{one['severity']}: {one['message']} {one['advice']}"
            self._line(told, style="yellow", is_error=one["severity"] == "error")
        n_notes = len(fields["findings"]) - len(grave)
        if n_notes:
            self._line(f"notes on the data: {n_notes}; `automl audit` shows them", style="dim")

    def _show_start(self, fields: Mapping[str, Any]) -> None:
        """Tell of what earlier commands have done on this run."""
        spent, ends_at = fields["spent_seconds"], fields["ends_at"]
        if not spent:
            return
        told = f"this run goes on: earlier commands have worked {spell_seconds(spent)}"
        if ends_at is not None and ends_at <= time.time():
            told += ", which is all of its budget; a larger --budget fits more"
        self._line(told)
        self.is_resumed = True

    def _show_submission(self, fields: Mapping[str, Any]) -> None:
        path = str(fields["path"])
        if path not in self.shown:
            self.shown.add(path)
            self._line(f"{'' if self.is_resumed else 'first '}valid submission: {path}")


@contextmanager
def make_console(*, quiet: bool) -> Iterator[RunConsole]:
    """Give a console on stderr, live if that is a terminal."""
    console = open_console(stderr=True, quiet=quiet)
    if quiet or not is_live(console):
        yield RunConsole(console, errors=open_console(stderr=True))
        return
    shown, meter = RunConsole(console, is_dated=False), MemoryMeter()

    def draw_now(space: Space) -> RenderableType:
        now = time.time()
        return draw(shown.standing, now, space, meter.read(now))

    with keep_drawing(console, draw_now):
        yield shown


def print_leaderboard(summary: Mapping[str, Any]) -> None:
    """Print a run's table to stdout."""
    console = open_console()
    for target in summary["targets"]:
        console.print(_make_table(target))
        console.print(_spell_ensemble(target), soft_wrap=True)
        if any(candidate["generated"] for candidate in target["candidates"]):
            console.print(GENERATED_TITLE, soft_wrap=True)
            console.print(_make_generated_table(target))
        for searched in target["search"]:
            console.print(Text(_spell_search(searched)), soft_wrap=True)
        if target.get("original") is not None:
            console.print(Text(_spell_original(target["original"])), soft_wrap=True)


def _make_table(target: Mapping[str, Any]) -> Table:
    arrow = "higher is better" if target["greater_is_better"] else "lower is better"
    title = f"{target['target']}: {target['metric']}, {arrow}; {target['folds']} folds"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    table.add_column("candidate", overflow="fold")  # gives way where room is short: figures do not
    for name in ("score", "± s.e.", "seconds", "weight"):
        table.add_column(name, justify="right", no_wrap=True)
    for candidate in target["candidates"]:
        weight = candidate["weight"]
        table.add_row(
            candidate["key"] + _spell_limits(candidate),
            spell_number(candidate["score"]),
            spell_number(candidate["score_se"], 2),
            f"{candidate['seconds']:.1f}",
            "" if weight is None else f"{weight:.2f}",
        )
    return table


def _spell_limits(candidate: Mapping[str, Any]) -> str:
    """Return what a candidate lacked, time or memory, and whether it had the original rows."""
    cut = " (cut)" if candidate["cut"] else ""
    cut += " (original)" if candidate.get("original") else ""
    share = candidate["row_share"]
    return cut if share == 1 else f"{cut} ({share:.0%} of rows)"


def _make_generated_table(target: Mapping[str, Any]) -> Table:
    """Return how many columns of each group the best candidate of each model takes."""
    best: dict[str, Mapping[str, float]] = {}
    for candidate in target["candidates"]:  # the best first
        best.setdefault(candidate["model"], candidate["generated"])
    groups = dict.fromkeys(name for generated in best.values() for name in generated)
    table = Table(box=None, pad_edge=False)
    table.add_column("group", no_wrap=True)
    for model in best:
        table.add_column(model, justify="right", no_wrap=True)
    for group in groups:
        counts = [generated.get(group, 0) for generated in best.values()]
        table.add_row(group, *(f"{count:g}" if count else "" for count in counts))
    return table


def _spell_ensemble(target: Mapping[str, Any]) -> str:
    score, error = spell_number(target["score"]), spell_number(target["score_se"], 2)
    if target["combiner"] is None:
        return f"no ensemble yet; the best candidate answered: {score} ± {error}"
    return (
        f"ensemble ({target['combiner']}): {score} ± {error} cross-fitted, "
        f"{spell_number(target['in_sample'])} in-sample{_spell_holdout(target.get('holdout'))}"
    )


def _spell_holdout(figures: Mapping[str, Any] | None) -> str:
    if figures is None:
        return ""
    score, error = spell_number(figures["score"]), spell_number(figures["score_se"], 2)
    return f", {score} ± {error} on {figures['rows']} rows held out"


def _spell_candidate(fields: Mapping[str, Any]) -> str:
    score, error = spell_number(fields["score"]), spell_number(fields["score_se"], 2)
    cut = ", cut by the clock" if fields["cut"] else ""
    return f"{fields['key']}: {score} ± {error} ({fields['seconds']:.1f} s{cut})"


def _spell_blend(fields: Mapping[str, Any]) -> str:
    score, error = spell_number(fields["score"]), spell_number(fields["score_se"], 2)
    return f"ensemble of {fields['target']}: {fields['combiner']}, {score} ± {error}"


def _spell_search(fields: Mapping[str, Any]) -> str:
    text = f"search of {fields['model']}: {fields['trials']} settings"
    if "best" not in fields:
        return f"{text}, none on all folds"
    score, error = spell_number(fields["score"]), spell_number(fields["score_se"], 2)
    groups = ", ".join(f"{name} {top}" for name, top in fields["tops"].items() if top)
    return (
        f"{text}, {fields['whole']} on all folds; best {fields['best']}, choice {score} ± {error} "
        f"cross-fitted, {spell_number(fields['naive'])} naive; generated: {groups or 'nothing'}"
    )


def _spell_original(fields: Mapping[str, Any]) -> str:
    score, plain = spell_number(fields["score"]), spell_number(fields["plain_score"])
    gain = "undefined" if fields["gain"] is None else f"{fields['gain']:+.2g}"
    error = spell_number(fields["gain_se"], 2)
    return (
        f"original rows: {score} with them, {plain} without; gain {gain} ± {error} "
        f"({fields['key']})"
    )


GENERATED_TITLE = "generated columns in the best candidate of each model, mean over folds:"
Spelling = Callable[[Mapping[str, Any]], str]

SPELLINGS: Mapping[str, tuple[Spelling, str]] = {
    "planned": (lambda fields: f"{len(fields['candidates'])} candidates planned", ""),
    "candidate": (_spell_candidate, ""),
    "failed": (lambda fields: f"{fields['key']} failed: {fields['error']}", "red"),
    "skipped": (lambda fields: f"{fields['key']} skipped: {fields['reason']}", "dim"),
    "fetched": (lambda fields: fields["message"], ""),
    "uploaded": (lambda fields: fields["message"], ""),
    "warning": (lambda fields: f"warning: {fields['message']}", "yellow"),
    "searched": (_spell_search, ""),
    "original": (_spell_original, ""),
    "blended": (_spell_blend, "bold"),
    "reported": (lambda fields: f"report: {fields['path']}", ""),
}

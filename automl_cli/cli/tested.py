"""What ``automl test`` prints to stdout: tables of at most 80 columns, then sentences."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from automl_cli.cli.figures import format_number
from automl_cli.cli.findings import print_findings
from automl_cli.cli.tables import make_table
from automl_cli.cli.terminal import open_console, print_line
from automl_cli.statistics.formatting import format_figure, format_ratio

MOST_LINES = 40  # of a table of coefficients
ERRORS = {"HC3": "robust errors (HC3)", "HC1": "robust errors (HC1)"}


def print_test(payload: Mapping[str, Any]) -> None:
    """Print the answer to any question."""
    PRINTERS[payload["question"]](open_console(), payload)


def _print_effects(console: Console, payload: Mapping[str, Any]) -> None:
    for target in payload["targets"]:
        clustered = f"errors {target['errors']} ({target['clusters']:,} clusters)"
        errors = ERRORS.get(target["errors"], clustered)
        scale = ", on log(1 + y)" if target["transform"] == "log1p" else ""
        title = f"{target['target']}{scale}: {target['family']}, {target['rows']:,} rows, {errors}"
        console.print(Text(title, style="bold"))
        console.print(_make_tests(target, payload["correction"]))
        console.print(_make_coefficients(target, payload["level"]))
        hidden = len(target["coefficients"]) - MOST_LINES
        if hidden > 0:
            console.print(f"{hidden} more coefficients: --json shows all", style="dim")
        for name, reason in target["left_out"]:
            print_line(console, Text(f"not tested: {name} ({reason})", style="dim"))
        print_findings(console, target["findings"])
        _print_sentences(console, target["conclusions"])


def _make_tests(target: Mapping[str, Any], correction: str) -> Table:
    corrected = "p" if correction == "none" else f"p ({correction})"
    table = make_table("column", "df", "p (Wald)", "p (LR)", corrected)
    for test in target["tests"]:
        table.add_row(
            test["term"],
            str(test["df"]),
            _format_p(test["p"]),
            _format_p(test["p_likelihood"]),
            _format_p(test["p_corrected"]),
        )
    return table


def _make_coefficients(target: Mapping[str, Any], level: float) -> Table:
    is_ratio = target["family"] != "gaussian" or target["transform"] == "log1p"
    what = "odds ratio" if target["labels"] else "factor" if is_ratio else "effect"
    sure = f"{1 - level:.0%} interval"
    table = make_table("one unit of", what, sure, "of one s.d.", "p")
    several = len(target["labels"]) > 2
    order = {test["term"]: test["p_corrected"] or 0.0 for test in target["tests"]}
    ranked = sorted(target["coefficients"], key=lambda one: order[one["term"]])
    shown = ranked[:MOST_LINES] if len(ranked) > MOST_LINES else target["coefficients"]
    for one in shown:
        label = f"{one['label']}: " if several else ""
        low, high = (_format(one[end], is_ratio=is_ratio) for end in ("low", "high"))
        known = one["estimate"] is not None and one["spread"] is not None
        wide = one["estimate"] * one["spread"] if known else None
        table.add_row(
            label + one["parameter"],
            _format(one["estimate"], is_ratio=is_ratio),
            f"{low} to {high}" if low else "",
            _format(wide, is_ratio=is_ratio),
            _format_p(one["p"]),
        )
    return table


def _print_groups(console: Console, payload: Mapping[str, Any]) -> None:
    for target in payload["targets"]:
        title = f"{target['target']} between the groups of {payload['between']}: {target['test']}"
        console.print(Text(title, style="bold"))
        console.print(_make_groups(target))
        if target["differences"][0]["difference"] is not None:
            console.print(_make_differences(target, payload))
        if target["left_out"]:
            names = ", ".join(target["left_out"])
            least = "too few rows or clusters" if target["cluster"] else "too few rows"
            print_line(console, Text(f"{least}: {names}", style="dim"))
        for line in _list_missing(target, payload["between"]):
            print_line(console, Text(line, style="dim"))
        print_findings(console, target["findings"])
        _print_sentences(console, target["conclusions"])


def _list_missing(target: Mapping[str, Any], between: str) -> Iterator[str]:
    """Yield how many rows a comparison of groups leaves out for want of a value, and of which."""
    other = f"{target['target']} or {target['cluster']}" if target["cluster"] else target["target"]
    n_ungrouped = target["n_ungrouped"]
    for n_rows, name in ((n_ungrouped, between), (target["n_missing"] - n_ungrouped, other)):
        if n_rows:
            rows, verb = ("row has", "is") if n_rows == 1 else ("rows have", "are")
            yield f"{n_rows:,} {rows} no value in {name} and {verb} left out"


def _make_groups(target: Mapping[str, Any]) -> Table:
    labels = target["labels"]
    if len(labels) > 2:
        table = make_table("group", "rows", *labels)
        for group in target["groups"]:
            shares = [f"{share:.1%}" for share in group["shares"]]
            table.add_row(group["label"], f"{group['n_rows']:,}", *shares)
        return table
    names = [f"share of {labels[1]}"] if labels else ["mean", "s.d."]
    table = make_table("group", "rows", *names)
    for group in target["groups"]:
        figures = [format_number(group["mean"], 4)]
        figures += [] if labels else [format_number(group["deviation"], 3)]
        table.add_row(group["label"], f"{group['n_rows']:,}", *figures)
    return table


def _make_differences(target: Mapping[str, Any], payload: Mapping[str, Any]) -> Table:
    corrected = "p" if payload["correction"] == "none" else f"p ({payload['correction']})"
    effect = target["differences"][0]["effect_name"]
    sure = f"{1 - payload['level']:.0%} interval"
    table = make_table("pair", "difference", sure, effect, corrected)
    for one in sorted(target["differences"], key=lambda one: one["p_corrected"] or 0)[:MOST_LINES]:
        low, high = (_format(one[end], is_ratio=False) for end in ("low", "high"))
        table.add_row(
            f"{one['second']} - {one['first']}",
            _format(one["difference"], is_ratio=False),
            f"{low} to {high}" if low else "",
            _format(one["effect"], is_ratio=False),
            _format_p(one["p_corrected"]),
        )
    return table


def _print_candidates(console: Console, payload: Mapping[str, Any]) -> None:
    direction = "higher" if payload["greater_is_better"] else "lower"
    rows = f"{payload['n_rows']:,} rows"
    title = f"{payload['target']}: {payload['metric']}, {direction} is better, {rows}"
    console.print(Text(title, style="bold"))
    table = make_table("candidate", "score")
    for key, score in zip(payload["keys"], (payload["first"], payload["second"]), strict=True):
        table.add_row(key, format_number(score))
    console.print(table)
    sure = f"{1 - payload['level']:.0%} interval"
    table = make_table("gain of the second", "gain", "± s.e.", sure, "p")
    for name, gain in (("models as fitted", payload["rows"]), ("trained anew", payload["folds"])):
        if gain is not None:
            low, high = (_format(gain[end], is_ratio=False) for end in ("low", "high"))
            table.add_row(
                name,
                _format(gain["gain"], is_ratio=False),
                _format(gain["error"], is_ratio=False),
                f"{low} to {high}" if low else "",
                _format_p(gain["p"]),
            )
    console.print(table)
    _print_sentences(console, [*payload["conclusions"], *payload["notes"]])


def _print_sentences(console: Console, sentences: Sequence[str]) -> None:
    console.print()
    for sentence in sentences:
        console.print(Text(sentence), highlight=False)
    console.print()


def _format(value: float | None, *, is_ratio: bool) -> str:
    if value is None:
        return ""
    return format_ratio(value) if is_ratio else format_figure(value)


def _format_p(p: float | None) -> str:
    if p is None:
        return ""
    return "<0.0001" if p < 0.0001 else f"{p:.4f}"


PRINTERS: Mapping[str, Callable[[Console, Mapping[str, Any]], None]] = {
    "effects": _print_effects,
    "groups": _print_groups,
    "candidates": _print_candidates,
}

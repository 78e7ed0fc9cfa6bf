"""The table of a run's candidates and what stands below it: the end of `fit`, `leaderboard`."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from automl_cli.cli.figures import format_number
from automl_cli.cli.tables import NAME_WIDTH
from automl_cli.cli.terminal import open_console, print_line
from automl_cli.core.counts import format_count

GENERATED_TITLE = "generated columns in the best candidate of each model, mean over folds:"


def print_leaderboard(summary: Mapping[str, Any]) -> None:
    """Print a run's table to stdout."""
    console = open_console()
    for target in summary["targets"]:
        print_target(console, target)
        if any(candidate["generated"] for candidate in target["candidates"]):
            print_line(console, GENERATED_TITLE)
            console.print(_make_generated_table(target))
        for searched in target["search"]:
            print_line(console, Text(describe_search(searched)))
        if target.get("search_gain") is not None:
            print_line(console, Text(describe_search_gain(target["search_gain"])))
        for compared in (target.get("original"), *target.get("original_steps", ())):
            if compared is not None:
                console.print(Text(describe_original(compared)), soft_wrap=True)
    print_unused(console, summary)


def print_target(console: Console, target: Mapping[str, Any]) -> None:
    """Print the candidates of one target, what is left out, and the ensemble."""
    console.print(_make_table(target))
    for line in (*_format_left_out(target), _format_ensemble(target), *_format_remarks(target)):
        print_line(console, Text(line))


def print_unused(console: Console, summary: Mapping[str, Any]) -> None:
    """Print what was left of the budget, and why."""
    unused = summary.get("unused")
    if unused is not None:
        message = f"{unused['seconds']:.0f} s of {unused['budget']:.0f} s were not used"
        console.print(f"{message}: {unused['reason']}", soft_wrap=True, highlight=False)


def describe_search(fields: Mapping[str, Any]) -> str:
    """Return what the search of a model has come to."""
    text = f"search of {fields['model']}: {format_count(fields['trials'], 'setting')}"
    if "best" not in fields:
        return f"{text}, none on all folds"
    score, error = format_number(fields["score"]), format_number(fields["score_se"], 2)
    groups = ", ".join(f"{name} {top}" for name, top in fields["tops"].items() if top)
    return (
        f"{text}, {fields['whole']} on all folds; best {fields['best']}, choice {score} ± {error} "
        f"cross-fitted, {format_number(fields['naive'])} naive; generated: {groups or 'nothing'}"
    )


def describe_search_gain(fields: Mapping[str, Any]) -> str:
    """Return what the ensemble gains from the candidates that searches found."""
    members = format_count(fields["members"], "member")
    score, plain = format_number(fields["score"]), format_number(fields["plain_score"])
    error = format_number(fields["gain_se"], 2)
    return (
        f"found by search: {members} with {fields['weight']:.0%} of the weight; ensemble {score} "
        f"with them, {plain} without; gain {_format_gain(fields)} ± {error}"
    )


def describe_original(fields: Mapping[str, Any]) -> str:
    """Return what the original data set has brought to a candidate."""
    score, plain = format_number(fields["score"]), format_number(fields["plain_score"])
    error = format_number(fields["gain_se"], 2)
    what = fields.get("what", "rows")
    name, it = ("original rows", "them") if what == "rows" else (what, "it")
    return (
        f"{name}: {score} with {it}, {plain} without; gain "
        f"{_format_gain(fields)} ± {error} ({fields['key']})"
    )


def _format_gain(fields: Mapping[str, Any]) -> str:
    return "undefined" if fields["gain"] is None else f"{fields['gain']:+.2g}"


def _make_table(target: Mapping[str, Any]) -> Table:
    arrow = "higher is better" if target["greater_is_better"] else "lower is better"
    folds = format_count(target["folds"], "fold")
    title = f"{target['target']}: {target['metric']}, {arrow}; {folds}, {target['validation']}"
    table = Table(title=title, title_justify="left", box=None, pad_edge=False)
    # It gives way where room is short: figures do not.
    table.add_column("candidate", overflow="fold", min_width=NAME_WIDTH)
    shares = [candidate.get("predict_share") for candidate in target["candidates"]]
    is_timed = any(share is not None for share in shares)
    for name in ("score", "± s.e.", "seconds", "weight", *(["predict"] if is_timed else [])):
        table.add_column(name, justify="right", no_wrap=True)
    for candidate, share in zip(target["candidates"], shares, strict=True):
        weight = candidate["weight"]
        table.add_row(
            _format_entry(
                candidate["key"] + _format_limits(candidate), candidate.get("description", "")
            ),
            format_number(candidate["score"]),
            format_number(candidate["score_se"], 2),
            f"{candidate['seconds']:.1f}",
            "" if weight is None else f"{weight:.2f}",
            *(["" if share is None else f"{share:.0%}"] if is_timed else []),
        )
    for failed in target.get("failed", ()):
        message = _format_entry(failed["key"], failed["description"], failed["error"])
        table.add_row(message, Text("failed", style="red"))
    return table


def _format_entry(key: str, *below: str) -> RenderableType:
    """Return a key with what is known of it below."""
    lines = [Padding(Text(text, style="dim"), (0, 0, 0, 2)) for text in below if text]
    return Group(Text(key, overflow="fold"), *lines)


def _format_limits(candidate: Mapping[str, Any]) -> str:
    """Return what a candidate lacked, time or memory."""
    cut = " (cut)" if candidate["cut"] else ""
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


def _format_left_out(target: Mapping[str, Any]) -> Iterator[str]:
    failed, skipped = target.get("failed", ()), target.get("skipped", ())
    if failed:
        files = ", ".join(one["file"] for one in failed)
        yield f"traceback{'' if len(failed) == 1 else 's'} in the run directory: {files}"
    if skipped:
        counts = Counter(one["reason"] for one in skipped)
        message = "; ".join(f"{number} ({reason})" for reason, number in counts.most_common())
        yield f"not fitted: {message}"


def _format_ensemble(target: Mapping[str, Any]) -> str:
    score, error = format_number(target["score"]), format_number(target["score_se"], 2)
    if target["combiner"] is None:
        return f"no ensemble yet; the best candidate: {score} ± {error}"
    return (
        f"ensemble ({target['combiner']}): {score} ± {error} cross-fitted, "
        f"{format_number(target['in_sample'])} in-sample"
        f"{_format_expected(target)}{_format_holdout(target.get('holdout'))}"
    )


def _format_expected(target: Mapping[str, Any]) -> str:
    expected = target.get("expected")  # earlier versions did not estimate it
    return "" if expected is None else f", {format_number(expected)} expected of the submission"


def _format_holdout(figures: Mapping[str, Any] | None) -> str:
    if figures is None:
        return ""
    score, error = format_number(figures["score"]), format_number(figures["score_se"], 2)
    return f", {score} ± {error} on {figures['rows']} rows held out"


def _format_remarks(target: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the figures above do not explain by themselves."""
    weights = [one["weight"] for one in target["candidates"] if one["weight"] is not None]
    if target.get("chosen_by") and len(weights) > 1:
        yield f"Blends are chosen by {target['chosen_by']}; the score is {target['metric']}."
    if weights and abs(sum(weights) - 1.0) > 0.005 * len(weights):
        yield f"The weights of the {target['combiner']} combiner need not sum to 1."

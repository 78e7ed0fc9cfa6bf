"""What commands without a run of their own print: tracked scores, blends, what went to Kaggle."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from automl_cli.cli.figures import format_number
from automl_cli.cli.terminal import open_console, print_line

LEADERBOARDS = ("public", "private")


def print_tracked(tracked: Mapping[str, Any]) -> None:
    """Print runs with their scores to stdout, by table and metric, and which to choose of each."""
    console = open_console()
    for number, question in enumerate(tracked["tables"]):
        if number:
            console.print()
        _print_question(console, tracked, question)
    trains = [one["train"] for one in tracked["choice"]]
    scored = {(one["train"], one["metric"]) for one in tracked["choice"]}
    for train in dict.fromkeys(trains):
        metrics = [metric for other, metric in scored if other == train]
        if len(metrics) > 1:
            message = "runs with several metrics; choose from the table of the competition's metric"
            print_line(console, f"{train}: {message}", highlight=False)


def _print_question(
    console: Console, tracked: Mapping[str, Any], question: Mapping[str, Any]
) -> None:
    def answers(one: Mapping[str, Any]) -> bool:
        return bool(one["train"] == question["train"] and one["metric"] == question["metric"])

    runs = list(filter(answers, tracked["runs"]))
    if len(tracked["tables"]) > 1:
        title = f"{question['train']}: {question['metric'] or 'several metrics'}"
        console.print(Text(title, style="bold"), soft_wrap=True)
    console.print(_make_tracked(runs))
    if question["correlation"] is not None:
        message = f"rank correlation with the public scores: {question['correlation']:.2f}"
        console.print(message, soft_wrap=True)
    for one in filter(answers, tracked["choice"]):
        print_line(console, f"choose {one['run']}: {one['reason']}", highlight=False)
    idle = [one["run"] for one in runs if not one["submission"]]
    if idle:
        message = f"without a submission, so not to be chosen: {', '.join(idle)}"
        console.print(message, soft_wrap=True, highlight=False)


def _make_tracked(runs: Sequence[Mapping[str, Any]]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("run", overflow="fold")
    for name in ("metric", "cross-validated", "± s.e.", *LEADERBOARDS):
        table.add_column(name, justify="right", no_wrap=True)
    for run in runs:
        figures = [format_number(run["score"]), format_number(run["score_se"], 2)]
        figures += [
            format_number(run[name]) if run[name] is not None else "" for name in LEADERBOARDS
        ]
        table.add_row(run["run"], run["metric"] or "", *figures)
    return table


def print_blends(made: Mapping[str, Any]) -> None:
    """Print members with their weights, and what they are worth together, to stderr."""
    console = open_console(stderr=True)
    for target in made["targets"]:
        console.print(_list_members(target))
        for line in (*_explain_weights(target), *_list_answers(target)):
            print_line(console, line, highlight=False)


def _list_members(target: Mapping[str, Any]) -> Table:
    table = Table(title=f"{target['target']}: {target['metric']}", title_justify="left")
    table.box, table.pad_edge = None, False
    table.add_column("member", overflow="fold")
    for name in ("score", "± s.e.", "weight", "± spread"):
        table.add_column(name, justify="right", no_wrap=True)
    order = sorted(target["members"], key=lambda one: (bool(one["left_out"]), -abs(one["weight"])))
    for one in order:
        name = one["key"] + (" (from outside)" if one["outside"] else "")
        figures = [format_number(one["score"]), format_number(one["score_se"], 2)]
        if one["left_out"]:
            table.add_row(f"{name}: {one['left_out']}", *figures, "left out", "")
        else:
            table.add_row(name, *figures, f"{one['weight']:.2f}", f"{one['spread']:.2f}")
    return table


def _explain_weights(target: Mapping[str, Any]) -> Iterator[str]:
    if target["combiner"] == "linear":
        total = sum(one["weight"] for one in target["members"])
        yield (
            "The linear blend is a weighted sum of log-odds or values, plus a constant: its "
            f"weights may be negative and need not sum to 1 (their sum is {total:.2f})."
        )


def _list_answers(target: Mapping[str, Any]) -> Iterator[str]:
    rivals = ", ".join(
        f"{one['combiner']} {format_number(one['score'])}" for one in target["tournament"]
    )
    yield f"combiners, cross-fitted: {rivals}; {target['combiner']} was chosen"
    for what, key in (("blend", "score"), ("the run alone", "run_score")):
        score, error = format_number(target[key]), format_number(target[f"{key}_se"], 2)
        message = f"{what}: {score} ± {error} cross-fitted"
        if target["loss_name"].casefold() != target["metric"]:
            loss = format_number(target["loss" if what == "blend" else "run_loss"])
            message += f" ({target['loss_name']} {loss})"
        yield message


def print_submitted(submitted: Mapping[str, Any]) -> None:
    """Print what Kaggle says of a submission to stdout."""
    message = [
        f"{name} {format_number(submitted[name])}"
        for name in LEADERBOARDS
        if submitted[name] is not None
    ]
    if not message:
        message = ["scored, no score is shown" if submitted["scored"] else "no score yet"]
    name = f"{submitted['competition']}, submission {submitted['ref']}"
    open_console().print(f"{name}: {', '.join(message)}", soft_wrap=True, highlight=False)


def print_wheelhouse(made: Mapping[str, Any]) -> None:
    """Print what was collected and how it is installed to stdout."""
    console = open_console(highlight=False)
    size = f"{made['bytes'] / 2**20:.0f} MiB"
    console.print(f"{made['folder']}: {made['wheels']} wheels, {size}", soft_wrap=True)
    console.print("upload it as a data set, and in the notebook:")
    console.print(f"  !{made['install']}", soft_wrap=True)

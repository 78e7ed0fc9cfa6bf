"""What commands without a run of their own print: tracked scores, blends, what went to Kaggle."""

from collections.abc import Mapping
from typing import Any

from rich.table import Table

from automl_cli.cli.figures import spell_number
from automl_cli.cli.terminal import open_console

LEADERBOARDS = ("public", "private")


def print_tracked(tracked: Mapping[str, Any]) -> None:
    """Print runs with their scores to stdout, and which two to choose."""
    console = open_console()
    table = Table(box=None, pad_edge=False)
    table.add_column("run", overflow="fold")
    for name in ("metric", "cross-validated", "± s.e.", "public", "private"):
        table.add_column(name, justify="right", no_wrap=True)
    for run in tracked["runs"]:
        figures = [spell_number(run["score"]), spell_number(run["score_se"], 2)]
        figures += [
            spell_number(run[name]) if run[name] is not None else "" for name in LEADERBOARDS
        ]
        table.add_row(run["run"], run["metric"] or "", *figures)
    console.print(table)
    if tracked["correlation"] is not None:
        console.print(f"rank correlation with the public scores: {tracked['correlation']:.2f}")
    several = len({one["train"] for one in tracked["choice"]}) > 1
    for one in tracked["choice"]:
        of = f" of {one['train']}" if several else ""
        console.print(f"choose{of}: {one['run']} ({one['reason']})", soft_wrap=True)


def print_blends(made: Mapping[str, Any]) -> None:
    """Print members with their weights, and what they are worth together, to stderr."""
    console = open_console(stderr=True)
    for target in made["targets"]:
        table = Table(title=f"{target['target']}: {target['metric']}", title_justify="left")
        table.box, table.pad_edge = None, False
        table.add_column("member", overflow="fold")
        for name in ("score", "± s.e.", "weight", "± spread"):
            table.add_column(name, justify="right", no_wrap=True)
        for one in sorted(target["members"], key=lambda one: -abs(one["weight"])):
            name = one["key"] + (" (from outside the run)" if one["outside"] else "")
            figures = [spell_number(one["score"]), spell_number(one["score_se"], 2)]
            table.add_row(name, *figures, f"{one['weight']:.2f}", f"{one['spread']:.2f}")
        console.print(table)
        for what, key in (("blend", "score"), ("the run alone", "run_score")):
            score, error = spell_number(target[key]), spell_number(target[f"{key}_se"], 2)
            console.print(f"{what}: {score} ± {error} cross-fitted", highlight=False)


def print_submitted(submitted: Mapping[str, Any]) -> None:
    """Print what Kaggle says of a submission to stdout."""
    told = [
        f"{name} {spell_number(submitted[name])}"
        for name in LEADERBOARDS
        if submitted[name] is not None
    ]
    if not told:
        told = ["scored, no score is shown" if submitted["scored"] else "no score yet"]
    name = f"{submitted['competition']}, submission {submitted['ref']}"
    open_console().print(f"{name}: {', '.join(told)}", soft_wrap=True, highlight=False)


def print_wheelhouse(made: Mapping[str, Any]) -> None:
    """Print what was collected and how it is installed to stdout."""
    console = open_console(highlight=False)
    size = f"{made['bytes'] / 2**20:.0f} MiB"
    console.print(f"{made['folder']}: {made['wheels']} wheels, {size}", soft_wrap=True)
    console.print("upload it as a data set, and in the notebook:")
    console.print(f"  !{made['install']}", soft_wrap=True)

"""What ``automl explain`` prints: importances and contributions."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Console
from rich.table import Table

from automl_cli.cli.figures import format_number
from automl_cli.cli.tables import make_table
from automl_cli.cli.terminal import open_console

MOST = 40  # columns in a table; the files hold all
CLOSEST = 1e-4  # p-values below it are not told apart
UNLUCKY = 0.05  # one column of noise in twenty has a p below


def print_explained(made: Mapping[str, Any]) -> None:
    """Print the tables of every target to stdout."""
    console = open_console()
    for target in made["targets"]:
        _print_importances(console, target)
        _print_dropped(console, target)
        _print_shap(console, target)
        if target["row"] is not None:
            _print_row(console, target["row"])
        _print_probe(console, target)
    run = made["run"]
    text = f"files: {run}/explain; `automl report {run}` draws them"
    console.print(text, soft_wrap=True, highlight=False)


def _print_importances(console: Console, target: Mapping[str, Any]) -> None:
    base = format_number(target["base_loss"], 4)
    what = f"mean {target['loss']} is {base}; its rise when a column is permuted"
    title = f"{target['target']}: {what}"
    console.print(title, style="italic", highlight=False)
    table = make_table("column", "rise", "of loss", "± 95 %", "p", "q", "")
    for one in target["columns"][:MOST]:
        _add_importance(table, one, target["base_loss"], f"{one['name']}")
    for one in target["clusters"]:
        _add_importance(table, one, target["base_loss"], f"together: {one['name']}")
    console.print(table)
    _print_rest(console, target["columns"])
    text = (
        f"{target['rows']} held-out rows, {target['repeats']} permutations each; "
        f"with models that have {target['share']:.0%} of the blend's weight; * significant at a "
        f"false discovery rate of {target['rate']:.0%}, and more so than the noise column"
    )
    console.print(text, highlight=False)


def _add_importance(table: Table, one: Mapping[str, Any], base: float, name: str) -> None:
    table.add_row(
        f"{name} (noise column)" if one["is_probe"] else name,
        f"{one['importance']:.3g}",
        f"{one['importance'] / base:.1%}" if base else "",
        _format_reach(one),
        _format_p(one["p"]),
        _format_p(one["q"]),
        "*" if one["found"] else "",
    )


def _print_dropped(console: Console, target: Mapping[str, Any]) -> None:
    if not target["dropped"]:
        return
    fitted = target["probe"]["fitted_with"]
    console.print(
        f"rise of the loss when {fitted} is refitted without", style="italic", highlight=False
    )
    table = make_table("column", "rise", "± 95 %", "p", "q")
    for one in target["dropped"]:
        table.add_row(
            one["column"],
            f"{one['increase']:.3g}",
            _format_reach(one),
            _format_p(one["p"]),
            _format_p(one["q"]),
        )
    console.print(table)


def _print_shap(console: Console, target: Mapping[str, Any]) -> None:
    shap = target["shap"]
    if shap is None:
        console.print("no member of the blend has SHAP values", highlight=False)
        return
    console.print("mean absolute SHAP value, on the margin scale", style="italic")
    table = Table(box=None, pad_edge=False)
    table.add_column("column", overflow="fold")
    table.add_column("size", justify="right", no_wrap=True)
    for one in shap["columns"][:MOST]:
        table.add_row(one["column"], f"{one['mean_size']:.3g}")
    console.print(table)
    text = f"{shap['rows']} held-out rows; {shap['share']:.0%} of the blend's weight explained"
    if shap["shared"]:
        text += f"; {shap['shared']:.0%} divided equally among columns that are used together"
    console.print(text, highlight=False)


def _print_row(console: Console, row: Mapping[str, Any]) -> None:
    what = "SHAP values on the margin scale"
    console.print(f"row {row['id']} of {row['table']}: {what}", style="italic", highlight=False)
    table = Table(box=None, pad_edge=False)
    table.add_column("column", overflow="fold")
    table.add_column("value", overflow="ellipsis", max_width=24, no_wrap=True)
    for output in row["outputs"]:
        table.add_column(output, justify="right", no_wrap=True)
    for one in row["columns"][:MOST]:
        value = "missing" if one["value"] is None else one["value"]
        table.add_row(one["column"], value, *(f"{size:+.3g}" for size in one["shap"]))
    table.add_row("before any column", "", *(f"{base:.3g}" for base in row["base"]))
    table.add_row("together", "", *(f"{margin:.3g}" for margin in row["margins"]))
    console.print(table)


def _print_probe(console: Console, target: Mapping[str, Any]) -> None:
    probe = target["probe"]
    name, fitted, p = probe["column"], probe["fitted_with"], _format_p(probe["p"])
    if probe["found"]:
        console.print(
            f"WARNING: the noise column {name} of {fitted} is significant (p {p}). Do not "
            "trust the significance of other columns of this run.",
            style="bold red",
            highlight=False,
        )
        return
    text = f"the noise column {name} of {fitted} is not significant (p {p})"
    if probe["p"] < UNLUCKY:
        text += (
            "; a p this low comes up by chance once in twenty runs, so columns with a "
            "higher p are not marked with *"
        )
    console.print(text, highlight=False)


def _print_rest(console: Console, columns: Sequence[object]) -> None:
    if len(columns) > MOST:
        console.print(f"… {len(columns) - MOST} more columns in importance.csv")


def _format_p(p: float) -> str:
    return f"<{CLOSEST:g}" if p < CLOSEST else f"{p:.2g}"


def _format_reach(one: Mapping[str, Any]) -> str:
    if one["low"] is None or one["high"] is None:
        return "unknown"
    return f"{(one['high'] - one['low']) / 2:.2g}"

"""What ``automl features`` shows: the columns that a run has generated, tried and taken."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table

from automl_cli.cli.terminal import open_console, print_line
from automl_cli.core.counts import format_count
from automl_cli.core.errors import RunError
from automl_cli.features.tried import load_tried
from automl_cli.store import RunDirectory, understood

SCREENS_VERSION = 2  # of what `--json` prints


def read_screens(run: RunDirectory) -> dict[str, Any]:
    """Return the screens of a run as plain values.

    Raises
    ------
    RunError
        If the run has screened nothing.
    """
    screens = []
    for path in sorted(run.features.glob("screen-*/tried.json")):
        with understood(path, "Remove its folder and give the same `automl fit` command again."):
            rows, n_folds = load_tried(path)
        columns = [{**asdict(row), "reason": row.reason} for row in rows]
        screens.append({"screen": path.parent.name, "folds": n_folds, "columns": columns})
    if not screens:
        raise RunError(
            f"{run.root}: this run has screened no generated columns.",
            hint="Switch groups on under `features.groups`. If some are on already, there was not "
            "enough time to screen them: give more with --budget.",
        )
    return {"version": SCREENS_VERSION, "screens": screens}


def print_screens(screens: Sequence[Mapping[str, Any]], *, every: bool) -> None:
    """Print the table of each screen to stdout, without what no fold takes unless `every`."""
    console = open_console()
    for screen in screens:
        columns = screen["columns"]
        shown = [column for column in columns if every or column["taken"]]
        if shown:
            console.print(_make_table(shown, screen["folds"]))
        n_out = sum(column["stands_out"] > 0 for column in columns)
        n_taken = sum(column["taken"] > 0 for column in columns)
        hint = " (--all shows the others too)" if shown else " (--all shows them)"
        print_line(
            console,
            f"{format_count(len(columns), 'column')} tried; {_format_found(n_out, n_taken)}"
            + ("" if len(shown) == len(columns) else hint),
            highlight=False,
        )


def _format_found(n_out: int, n_taken: int) -> str:
    if n_out == n_taken == 0:
        return "none of them stands out from chance in any fold"
    return (
        f"{n_out} {'stands' if n_out == 1 else 'stand'} out from chance in at least one fold, "
        f"{n_taken} {'is' if n_taken == 1 else 'are'} taken"
    )


def _make_table(columns: Sequence[Mapping[str, Any]], n_folds: int) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("column", overflow="fold")
    table.add_column("group", no_wrap=True)
    for name in ("codes", "score", "stands out", "taken"):
        table.add_column(name, justify="right", no_wrap=True)
    for column in columns:
        table.add_row(
            column["column"],
            column["group"],
            str(column["codes"]),
            f"{column['score']:.1f}",
            f"{column['stands_out']}/{n_folds}",
            f"{column['taken']}/{n_folds}",
        )
    return table

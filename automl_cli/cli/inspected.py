"""All about one candidate: `automl leaderboard RUN --candidate KEY`."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from rich.console import Console
from rich.text import Text

from automl_cli.cli.figures import format_bytes, format_number
from automl_cli.cli.tables import make_table
from automl_cli.cli.terminal import open_console, print_line
from automl_cli.core.counts import format_count

Inspection: TypeAlias = Mapping[str, Any]

MOST_COLUMNS = 30  # generated ones that are listed; --json has all


def print_candidate(told: Inspection) -> None:
    """Print what a candidate is and what came of it to stdout."""
    console = open_console()
    for line in _format_lines(told):
        print_line(console, Text(line))
    if told["params"]:
        _print_params(console, told["params"])
    if told["recipe"]:
        _print_steps(console, told["recipe"])
    if told["generated"]:
        _print_generated(console, told["generated"], len(told["folds"]))
    if told["folds"]:
        _print_folds(console, told)


def _format_lines(told: Inspection) -> Iterator[str]:
    described = f": {told['description']}" if told["description"] else ""
    yield f"{told['key']}{described}"
    if told["status"] == "failed":
        yield from (f"failed: {told['error']}", f"traceback: {told['file']}", told["hint"])
    elif told["status"] == "skipped":
        yield f"not fitted: {told['reason']}"
    else:
        score, error = format_number(told["score"]), format_number(told["score_se"], 2)
        yield f"{told['metric']} of {told['target']}: {score} ± {error}"
        yield ", ".join(_list_figures(told))


def _list_figures(told: Inspection) -> Iterator[str]:
    if told["weight"] is not None:
        yield f"weight {told['weight']:.2f}"
    yield f"fits {told['seconds']:.1f} s"
    if told["predict_seconds"] is not None:
        share = told["predict_share"]
        of = "" if share is None else f" ({share:.0%} of the ensemble)"
        yield f"predictions {told['predict_seconds']:.2f} s{of}"
    if told["cut"]:
        yield "stopped by the budget"
    if told["row_share"] < 1:
        yield f"{told['row_share']:.0%} of the rows"
    if told["original"]:
        yield f"original rows with weight {told['original']:g}"


def _print_params(console: Console, params: Sequence[Inspection]) -> None:
    table = make_table("parameter", "value", "default")
    for one in params:
        is_own = one["differs"]
        value, default = _format(one["value"]), _format(one["default"])
        table.add_row(one["name"], value, default if is_own else "", style="" if is_own else "dim")
    console.print()
    console.print(table)


def _print_steps(console: Console, steps: Sequence[Inspection]) -> None:
    console.print("\nfeatures, step by step:")
    for one in steps:
        params = ", ".join(f"{name} {_format(value)}" for name, value in one["params"].items())
        top = "" if one["top"] is None else f"at most {format_count(one['top'], 'column')} a fold"
        more = "" if one["own"] else "not a default of the model"
        notes = "; ".join(filter(None, [params, top, more]))
        line = Text(f"  {one['step']}" + (f" ({notes})" if notes else ""))
        print_line(console, line)


def _print_generated(console: Console, columns: Sequence[Inspection], n_folds: int) -> None:
    table = make_table("generated column", "group", "folds")
    for one in columns[:MOST_COLUMNS]:
        table.add_row(one["column"], one["group"], f"{one['folds']}/{n_folds}")
    console.print()
    console.print(table)
    if len(columns) > MOST_COLUMNS:
        console.print(
            f"… and {len(columns) - MOST_COLUMNS} more; --json lists all", highlight=False
        )


def _print_folds(console: Console, told: Inspection) -> None:
    table = make_table("fold", "score", "rounds", "fitted", "seconds", "memory", "")
    for one in told["folds"]:
        notes = ["cut"] * one["cut"]
        notes += [f"{one['row_share']:.0%} of rows"] * (one["row_share"] < 1)
        table.add_row(
            str(one["fold"]),
            "" if one["score"] is None else format_number(one["score"]),
            *("" if one[name] is None else str(one[name]) for name in ("rounds", "fitted_rounds")),
            f"{one['seconds']:.1f}",
            format_bytes(one["peak_bytes"]),
            ", ".join(notes),
        )
    console.print()
    console.print(table)


def _format(value: object) -> str:
    if value is None or value == "":
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)

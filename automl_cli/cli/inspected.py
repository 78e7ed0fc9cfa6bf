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


def print_candidate(inspection: Inspection) -> None:
    """Print what a candidate is and what came of it to stdout."""
    console = open_console()
    for line in _format_lines(inspection):
        print_line(console, Text(line))
    if inspection["params"]:
        _print_params(console, inspection["params"])
    if inspection["recipe"]:
        _print_steps(console, inspection["recipe"])
    if inspection["generated"]:
        _print_generated(console, inspection["generated"], len(inspection["folds"]))
    if inspection["folds"]:
        _print_folds(console, inspection)


def _format_lines(inspection: Inspection) -> Iterator[str]:
    described = f": {inspection['description']}" if inspection["description"] else ""
    yield f"{inspection['key']}{described}"
    if inspection["status"] == "failed":
        yield from (
            f"failed: {inspection['error']}",
            f"traceback: {inspection['file']}",
            inspection["hint"],
        )
    elif inspection["status"] == "skipped":
        yield f"not fitted: {inspection['reason']}"
    else:
        score, error = format_number(inspection["score"]), format_number(inspection["score_se"], 2)
        yield f"{inspection['metric']} of {inspection['target']}: {score} ± {error}"
        yield ", ".join(_list_figures(inspection))


def _list_figures(inspection: Inspection) -> Iterator[str]:
    if inspection["weight"] is not None:
        yield f"weight {inspection['weight']:.2f}"
    yield f"fits {inspection['seconds']:.1f} s"
    if inspection["predict_seconds"] is not None:
        share = inspection["predict_share"]
        of = "" if share is None else f" ({share:.0%} of the ensemble)"
        yield f"predictions {inspection['predict_seconds']:.2f} s{of}"
    if inspection["cut"]:
        yield "stopped by the budget"
    if inspection["row_share"] < 1:
        yield f"{inspection['row_share']:.0%} of the rows"
    if inspection["original"]:
        yield f"original rows with weight {inspection['original']:g}"


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


def _print_folds(console: Console, inspection: Inspection) -> None:
    table = make_table("fold", "score", "rounds", "fitted", "seconds", "memory", "")
    for one in inspection["folds"]:
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

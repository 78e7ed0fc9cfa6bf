"""``automl predict``."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from automl_cli.cli.answers import answered, echo_message, echo_notes, print_json
from automl_cli.cli.options import AsJson, Force, RunFolder, read_path
from automl_cli.cli.unfinished import warn_unfinished

KINDS = {
    "number": "a number",
    "boolean": "yes or no",
    "time": "a time",
    "duration": "a duration",
    "datetime": "a date",
}


def predict(
    run: RunFolder,
    rows: Annotated[
        Path, typer.Argument(help="A table of new rows.", show_default=False, parser=read_path)
    ],
    out: Annotated[
        Path,
        typer.Option(help="The csv file to write.", parser=read_path, metavar="PATH"),
    ] = Path("predictions.csv"),
    id: Annotated[str | None, typer.Option(help="Column with the row ids.")] = None,  # noqa: A002  # the key's name
    proba: Annotated[
        bool, typer.Option("--proba", help="Write the probability of each class.")
    ] = False,
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Predict new rows with a finished run."""
    with answered():
        from automl_cli.cli.status import show_status
        from automl_cli.commands.predict import PredictRequest
        from automl_cli.commands.predict import predict as run_predict

        request = PredictRequest(run=run, rows=rows, out=out, id=id, proba=proba, force=force)
        with show_status(f"predicting {rows.name}") as listener:
            done = run_predict(request, listener)
        done["finished"] = warn_unfinished(run)
        echo_notes(done["notes"])
        for one in done["unread"]:
            echo_message(_warn(rows, one, done["rows"]))
        if as_json:
            print_json(done)
        else:
            typer.echo(done["predictions"])


def _warn(table: Path, unread: Mapping[str, Any], n_rows: int) -> str:
    """Return what is told of a column with cells that are not what train has."""
    line, share = unread["line"], unread["share"]
    where = f"{table}:{line}" if line is not None else f"{table}, row {unread['row']:,}"
    shown = "less than 0.1%" if share < 0.001 else f"{share:.1%}"
    cells = "cell counts" if unread["cells"] == 1 else "cells count"
    return (
        f"warning: {where}: {unread['column']}: {unread['first']!r} is not "
        f"{KINDS[unread['kind']]}, unlike the cells of train. "
        f"{unread['cells']:,} of {n_rows:,} {cells} as missing ({shown}).\n"
        "  hint: Fix them. If a text means a missing value, list it "
        "under `data.missing` when you fit the run."
    )

"""``automl predict``."""

import json
from pathlib import Path
from typing import Annotated

import typer

from automl_cli.cli.answers import answered
from automl_cli.cli.options import AsJson, RunFolder


def predict(
    run: RunFolder,
    rows: Annotated[Path, typer.Argument(help="A table of new rows.", show_default="")],
    out: Annotated[Path, typer.Option("--out", help="Where the predictions go.")] = Path(
        "predictions.csv"
    ),
    id: Annotated[str | None, typer.Option(help="Column that names the rows.")] = None,  # noqa: A002  # the key's name
    as_json: AsJson = False,
) -> None:
    """Predict new rows with a finished run."""
    with answered():
        from automl_cli.predict import PredictRequest
        from automl_cli.predict import predict as run_predict

        done = run_predict(PredictRequest(run=run, rows=rows, out=out, id=id))
        typer.echo(json.dumps(done) if as_json else done["predictions"])

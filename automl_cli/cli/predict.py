"""``automl predict``."""

from pathlib import Path
from typing import Annotated

import typer

from automl_cli.cli.answers import answered, print_json
from automl_cli.cli.options import AsJson, RunFolder, read_path
from automl_cli.cli.unfinished import tell_unfinished


def predict(
    run: RunFolder,
    rows: Annotated[
        Path, typer.Argument(help="A table of new rows.", show_default=False, parser=read_path)
    ],
    out: Annotated[
        Path,
        typer.Option(help="Where the predictions go.", parser=read_path, metavar="PATH"),
    ] = Path("predictions.csv"),
    id: Annotated[str | None, typer.Option(help="Column that names the rows.")] = None,  # noqa: A002  # the key's name
    as_json: AsJson = False,
) -> None:
    """Predict new rows with a finished run."""
    with answered():
        from automl_cli.cli.status import tell_status
        from automl_cli.predict import PredictRequest
        from automl_cli.predict import predict as run_predict

        with tell_status(f"predicting {rows.name}") as listener:
            done = run_predict(PredictRequest(run=run, rows=rows, out=out, id=id), listener)
        done["finished"] = tell_unfinished(run)
        for one in done["unread"]:
            typer.echo(
                f"warning: {one['column']}: {one['cells']:,} cell(s) such as {one['first']!r} are "
                "not readable as in train, and count as missing.",
                err=True,
            )
        if as_json:
            print_json(done)
        else:
            typer.echo(done["predictions"])

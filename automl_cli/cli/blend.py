"""``automl blend``."""

from pathlib import Path
from typing import Annotated

import typer

from automl_cli.cli.answers import answered, echo_notes, print_json
from automl_cli.cli.options import AsJson, RunFolder, read_path


def blend(
    run: RunFolder,
    others: Annotated[
        list[Path],
        typer.Argument(
            help="Other runs, and pairs of files: out-of-fold and test predictions.",
            show_default=False,
            parser=read_path,
        ),
    ],
    submission: Annotated[
        Path,
        typer.Option(help="Where the submission goes.", parser=read_path, metavar="PATH"),
    ] = Path("submission.csv"),
    as_json: AsJson = False,
) -> None:
    """Blend a run with others and predictions from elsewhere."""
    with answered():
        from automl_cli.blend import BlendRequest
        from automl_cli.blend import blend as run_blend
        from automl_cli.cli.results import print_blends

        made = run_blend(BlendRequest(run=run, others=tuple(others), out=submission))
        echo_notes(made["notes"])
        if as_json:
            print_json(made)
        else:
            print_blends(made)
            typer.echo(made["submission"])

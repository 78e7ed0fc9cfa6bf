"""``automl blend``."""

from pathlib import Path
from typing import Annotated

import typer

from automl_cli.cli.answers import answered, echo_message, print_json
from automl_cli.cli.options import AsJson, Force, RunFolder, read_path
from automl_cli.cli.unfinished import warn_unfinished


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
        typer.Option(help="Where to write the submission.", parser=read_path, metavar="PATH"),
    ] = Path("submission.csv"),
    force: Force = False,
    even_if_worse: Annotated[
        bool,
        typer.Option("--even-if-worse", help="Write the blend even if the run alone is better."),
    ] = False,
    keep_suspects: Annotated[
        bool,
        typer.Option(
            "--keep-suspects", help="Keep members that seem to have been trained on held-out rows."
        ),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Blend a run with other runs, and predictions from elsewhere."""
    with answered():
        from automl_cli.cli.results import print_blends
        from automl_cli.cli.status import show_status
        from automl_cli.commands.blend import BlendRequest
        from automl_cli.commands.blend import blend as run_blend

        request = BlendRequest(
            run=run,
            others=tuple(others),
            out=submission,
            force=force,
            even_if_worse=even_if_worse,
            keep_suspects=keep_suspects,
        )
        with show_status(f"blending {run.name}") as listener:
            made = run_blend(request, listener)
        for one in (run, *others):  # of a file nothing is told
            warn_unfinished(one)
        for warning in made["warnings"]:
            echo_message(f"warning: {warning}")
        if as_json:
            print_json(made)
        else:
            print_blends(made)
            typer.echo(made["submission"])

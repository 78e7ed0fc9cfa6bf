"""``automl submit``."""

from pathlib import Path
from typing import Annotated

import typer

from automl_cli.cli.answers import answered, print_json
from automl_cli.cli.options import AsJson, CompetitionName, RunFolder, read_path


def submit(
    run: RunFolder,
    competition: CompetitionName = None,
    message: Annotated[
        str | None, typer.Option(help="Message to send with the submission.")
    ] = None,
    wait: Annotated[bool, typer.Option(help="Wait for the score and record it.")] = True,
    timeout: Annotated[str, typer.Option(help="Maximum time to wait: 90s, 10m, 1h30m.")] = "10m",
    file: Annotated[
        Path | None,
        typer.Option(
            help="Submit another file, such as a blend.", parser=read_path, metavar="PATH"
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check and upload a submission to Kaggle; record its score."""
    with answered():
        from automl_cli.cli.console import make_console
        from automl_cli.cli.results import print_submitted
        from automl_cli.commands.submit import SubmitRequest
        from automl_cli.commands.submit import submit as run_submit
        from automl_cli.config.durations import parse_duration

        longest = parse_duration(timeout)
        request = SubmitRequest(
            run=run,
            competition=competition,
            message=message,
            longest_wait=longest if wait else None,
            file=file,
        )
        with make_console(quiet=False) as console:
            submitted = run_submit(request, console.listen)
        if as_json:
            print_json(submitted)
        else:
            print_submitted(submitted)

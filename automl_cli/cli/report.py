"""``automl report``."""

from pathlib import Path
from typing import Annotated

import typer

from automl_cli.cli.answers import answered
from automl_cli.cli.options import Force, read_path
from automl_cli.cli.unfinished import warn_unfinished


def report(
    runs: Annotated[
        list[Path],
        typer.Argument(
            help="A run directory, or two to compare.", show_default=False, parser=read_path
        ),
    ],
    compare: Annotated[
        bool, typer.Option("--compare", help="Compare two runs side by side.")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The HTML file; by default in the run directory.",
            parser=read_path,
            metavar="PATH",
        ),
    ] = None,
    force: Force = False,
) -> None:
    """Write a report of a run as one HTML file that works offline."""
    with answered():
        from automl_cli.core.errors import ConfigError
        from automl_cli.report import write_comparison, write_report

        expected = 2 if compare else 1
        if len(runs) != expected:
            raise ConfigError(
                f"report: {len(runs)} run directories, expected {expected}.",
                hint="Give one run, or two runs with --compare.",
            )
        if compare:
            path = write_comparison(runs[0], runs[-1], out, force=force)
        else:
            path = write_report(runs[0], out, force=force)
        for run in runs:
            warn_unfinished(run)
        typer.echo(str(path))

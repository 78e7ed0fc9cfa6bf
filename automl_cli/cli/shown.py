"""``automl leaderboard`` and ``automl features``: what a run came to."""

from typing import Annotated

import typer

from automl_cli.cli.answers import answered, print_json
from automl_cli.cli.options import AsJson, RunFolder
from automl_cli.cli.unfinished import tell_unfinished


def leaderboard(run: RunFolder, as_json: AsJson = False) -> None:
    """Show the candidates of a run, best first."""
    with answered():
        from automl_cli.cli.console import print_leaderboard
        from automl_cli.store import RunDirectory
        from automl_cli.summary import read_summary

        summary = read_summary(RunDirectory(run))
        tell_unfinished(run)
        if as_json:
            print_json(summary)
        else:
            print_leaderboard(summary)


def features(
    run: RunFolder,
    every: Annotated[
        bool, typer.Option("--all", help="Also what was not taken in any fold.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the generated columns: what was tried, what is taken."""
    with answered():
        from automl_cli.cli.screens import print_screens, read_screens
        from automl_cli.store import RunDirectory

        screens = read_screens(RunDirectory(run))
        screens["finished"] = tell_unfinished(run)
        if as_json:
            print_json(screens)
        else:
            print_screens(screens["screens"], every=every)

"""``automl leaderboard`` and ``automl features``: what a run came to."""

from pathlib import Path
from typing import Annotated

import typer

from automl_cli.cli.answers import answered, print_json
from automl_cli.cli.options import AsJson, RunFolder
from automl_cli.cli.unfinished import warn_unfinished


def leaderboard(
    run: RunFolder,
    candidate: Annotated[
        str | None,
        typer.Option(
            help="Show one candidate in detail: its key or hash, or the beginning of one.",
            metavar="KEY",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the candidates of a run, or one in detail."""
    with answered():
        if candidate is not None:
            _show_candidate(run, candidate, as_json=as_json)
            return
        from automl_cli.cli.leaderboard import print_leaderboard
        from automl_cli.run.summary import read_summary
        from automl_cli.store import RunDirectory

        summary = read_summary(RunDirectory(run))
        warn_unfinished(run)
        if as_json:
            print_json(summary)
        else:
            print_leaderboard(summary)


def features(
    run: RunFolder,
    every: Annotated[
        bool, typer.Option("--all", help="Also show the columns that no fold took.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show which generated columns were tried and taken."""
    with answered():
        from automl_cli.cli.screens import print_screens, read_screens
        from automl_cli.store import RunDirectory

        screens = read_screens(RunDirectory(run))
        screens["finished"] = warn_unfinished(run)
        if as_json:
            print_json(screens)
        else:
            print_screens(screens["screens"], every=every)


def _show_candidate(run: Path, key: str, *, as_json: bool) -> None:
    from automl_cli.cli.inspected import print_candidate
    from automl_cli.run.inspection import inspect_candidate
    from automl_cli.store import RunDirectory

    inspection = inspect_candidate(RunDirectory(run), key)
    warn_unfinished(run)
    if as_json:
        print_json(inspection)
    else:
        print_candidate(inspection)

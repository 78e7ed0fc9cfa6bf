"""``automl track``: leaderboard scores beside the cross-validated ones."""

from pathlib import Path
from typing import Annotated

import typer

from automl_cli.cli.answers import answered, print_json
from automl_cli.cli.help import Command
from automl_cli.cli.options import AsJson, RunFolder, read_path

track_app = typer.Typer(
    help="Compare leaderboard scores with the cross-validated ones.", no_args_is_help=True
)


@track_app.command("add", cls=Command)
def track_add(
    run: RunFolder,
    public: Annotated[float | None, typer.Option(help="Score on the public leaderboard.")] = None,
    private: Annotated[float | None, typer.Option(help="Score on the private leaderboard.")] = None,
) -> None:
    """Record the leaderboard scores of a run's submission."""
    with answered():
        from automl_cli.commands.track import add_scores

        typer.echo(str(add_scores(run, public=public, private=private)))


@track_app.command("show", cls=Command)
def track_show(
    folder: Annotated[
        Path, typer.Argument(help="The folder that holds the runs.", parser=read_path)
    ] = Path("runs"),
    picture: Annotated[
        Path | None,
        typer.Option(
            help="Draw the scores as a .png or .svg file.",
            parser=read_path,
            metavar="PATH",
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show all runs, how well their two scores agree, and which two submissions to choose."""
    with answered():
        from automl_cli.cli.results import print_tracked
        from automl_cli.commands.track import describe_tracked, read_tracked
        from automl_cli.commands.track.drawing import draw_tracked

        tracked = read_tracked(folder)
        if picture is not None:
            draw_tracked(tracked, picture)
            typer.echo(f"written: {picture}", err=True)
        described = describe_tracked(tracked)
        if as_json:
            print_json(described)
        else:
            print_tracked(described)

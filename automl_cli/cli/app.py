"""The commands: one a file, each a thin layer over one function of the package.

Heavy modules are imported inside the commands: ``automl --help`` has to answer at once.
"""

import io
import signal
import sys
from typing import Annotated, NoReturn

import typer

from automl_cli import __version__
from automl_cli.cli.answers import answered
from automl_cli.cli.audit import audit
from automl_cli.cli.blend import blend
from automl_cli.cli.check import check
from automl_cli.cli.configs import config_app
from automl_cli.cli.exits import run_and_exit
from automl_cli.cli.explain import explain
from automl_cli.cli.fit import fit
from automl_cli.cli.help import Command
from automl_cli.cli.listing import list_table
from automl_cli.cli.predict import predict
from automl_cli.cli.report import report
from automl_cli.cli.shown import features, leaderboard
from automl_cli.cli.submit import submit
from automl_cli.cli.test import run_test
from automl_cli.cli.track import track_app
from automl_cli.cli.wheelhouse import wheelhouse

app = typer.Typer(
    name="automl",
    help="AutoML for tabular competitions: from train.csv to a leak-free submission.csv.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # a mistake and a help page look alike on every terminal and in a log
    context_settings={"help_option_names": ["-h", "--help"]},
)
COMMANDS = (audit, fit, predict, explain, blend, check, submit, leaderboard, features, report)
for command in (*COMMANDS, wheelhouse):
    app.command(cls=Command)(command)
app.command(name="test", cls=Command)(run_test)
app.command(name="list", cls=Command)(list_table)
app.add_typer(config_app, name="config")
app.add_typer(track_app, name="track")


def main() -> NoReturn:
    """Run the command line, and end the process with its exit code."""
    # A scheduler's polite stop is treated like Ctrl-C: what is finished is kept.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a ± that a locale lacks ends no command
    run_and_exit(_run)


def _run() -> None:
    with answered():  # for what typer prints itself: help, the version
        app()


@app.callback(invoke_without_command=True)
def show_version(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Print the version when asked to."""
    if version:
        typer.echo(__version__)
        raise typer.Exit

"""The commands. Each is a thin layer over one function of the package.

Heavy modules are imported inside the commands: ``automl --help`` has to answer at once.
"""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from automl_cli import __version__

EXIT_MISTAKE, EXIT_INTERRUPTED = 2, 130  # 0: done, 1: a bug of this program
LONGEST_START = 10.0  # seconds from the shell to the first line of a command

app = typer.Typer(
    name="automl",
    help="AutoML for tabular competitions: from train.csv to a leak-free submission.csv.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
config_app = typer.Typer(help="Start, show and check a YAML config.", no_args_is_help=True)
app.add_typer(config_app, name="config")

Paths = Annotated[
    list[Path], typer.Argument(help="A folder, or train.csv and perhaps test.csv.", show_default="")
]
ConfigFile = Annotated[Path | None, typer.Option("--config", "-c", help="A YAML config.")]
Preset = Annotated[str | None, typer.Option(help="smoke, fast, medium or best.")]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", help="Any key of the config, such as models.catboost.depth=8."),
]
RunFolder = Annotated[Path, typer.Argument(help="A run directory.", show_default="")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")]


def main() -> None:
    """Run the command line."""
    # A scheduler's polite stop is treated like Ctrl-C: what is finished is kept.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    app()


@app.callback(invoke_without_command=True)
def show_version(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Print the version when asked to."""
    if version:
        typer.echo(__version__)
        raise typer.Exit


@app.command()
def fit(
    paths: Paths,
    config: ConfigFile = None,
    preset: Preset = None,
    budget: Annotated[str | None, typer.Option(help="Time for all: 90s, 10m, 1h30m.")] = None,
    memory: Annotated[str | None, typer.Option(help="Memory for all: 4GB, 512MB.")] = None,
    metric: Annotated[str | None, typer.Option(help="`automl list metrics`.")] = None,
    target: Annotated[list[str] | None, typer.Option(help="Column to predict.")] = None,
    id: Annotated[str | None, typer.Option(help="Column that names the rows.")] = None,  # noqa: A002  # the key's name
    task: Annotated[str | None, typer.Option(help="binary, multiclass or regression.")] = None,
    positive: Annotated[str | None, typer.Option(help="Positive class.")] = None,
    splitter: Annotated[str | None, typer.Option(help="`automl list splitters`.")] = None,
    folds: Annotated[int | None, typer.Option(help="Number of folds.")] = None,
    group: Annotated[str | None, typer.Option(help="Column of groups.")] = None,
    time: Annotated[str | None, typer.Option(help="Column that orders the rows.")] = None,
    candidates: Annotated[int | None, typer.Option(help="The most candidates to fit.")] = None,
    seed: Annotated[int | None, typer.Option(help="Source of all randomness.")] = None,
    workers: Annotated[int | None, typer.Option(help="Processes that fit.")] = None,
    overrides: Overrides = None,
    test: Annotated[Path | None, typer.Option(help="test.csv, if not beside train.")] = None,
    sample: Annotated[Path | None, typer.Option(help="sample_submission.csv.")] = None,
    out: Annotated[Path | None, typer.Option(help="The run directory.")] = None,
    submission: Annotated[Path | None, typer.Option(help="A copy of the submission.")] = None,
    accept_versions: Annotated[
        bool, typer.Option("--accept-versions", help="Go on with a run of other versions.")
    ] = False,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show errors only.")] = False,
) -> None:
    """Fit, blend and write a submission. The same command goes on with what is unfinished."""
    flags = {
        "budget": budget,
        "limits.memory": memory,
        "metric": metric,
        "data.target": target or None,
        "data.id": id,
        "data.task": task,
        "data.positive": positive,
        "validation.splitter": splitter,
        "validation.folds": folds,
        "validation.group": group,
        "validation.time": time,
        "limits.candidates": candidates,
        "seed": seed,
        "run.workers": workers,
    }
    with _answered():
        from automl_cli.cli.console import make_console
        from automl_cli.config.load import load_config
        from automl_cli.pipeline import fit as run_fit
        from automl_cli.session import FitRequest

        request = FitRequest(
            paths=tuple(paths),
            loaded=load_config(config, preset=preset, overrides=overrides or (), flags=flags),
            started_at=_find_start(),
            test=test,
            sample=sample,
            out=out,
            submission=submission,
            accept_versions=accept_versions,
        )
        with make_console(quiet=quiet) as console:
            summary = run_fit(request, console.listen)
            console.show_summary(summary)
        _print_result(summary, as_json=as_json)


@app.command()
def leaderboard(run: RunFolder, as_json: AsJson = False) -> None:
    """Show the candidates of a run, best first."""
    with _answered():
        from automl_cli.cli.console import print_leaderboard
        from automl_cli.store import RunDirectory
        from automl_cli.summary import read_summary

        summary = read_summary(RunDirectory(run))
        if as_json:
            typer.echo(json.dumps(summary))
        else:
            print_leaderboard(summary)


@app.command()
def features(
    run: RunFolder,
    every: Annotated[
        bool, typer.Option("--all", help="Also what was not taken in any fold.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show the generated columns of a run: what was tried, what is taken in how many folds."""
    with _answered():
        from automl_cli.cli.screens import print_screens, read_screens
        from automl_cli.store import RunDirectory

        screens = read_screens(RunDirectory(run))
        if as_json:
            typer.echo(json.dumps(screens))
        else:
            print_screens(screens, every=every)


@app.command(name="list")
def list_table(
    table: Annotated[
        str, typer.Argument(help="models, features, metrics, splitters, combiners or presets.")
    ],
) -> None:
    """List what a config may name."""
    with _answered():
        from automl_cli.cli.listing import list_names

        for line in list_names(table):
            typer.echo(line)


@config_app.command("init")
def config_init(
    path: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("automl.yaml"),
    preset: Annotated[str, typer.Option(help="What it extends.")] = "medium",
) -> None:
    """Write a short YAML to edit."""
    with _answered():
        from automl_cli.config.show import init_config
        from automl_cli.core.errors import ConfigError
        from automl_cli.store import replaced

        if path.exists():
            raise ConfigError(f"{path}: exists already.", hint="Give another name.")
        with replaced(path) as beside:
            beside.write_text(init_config(preset), encoding="utf-8")
        typer.echo(str(path))


@config_app.command("show")
def config_show(
    config: Annotated[Path | None, typer.Argument(help="A YAML config.")] = None,
    preset: Preset = None,
    overrides: Overrides = None,
) -> None:
    """Print the effective config, each value with its origin."""
    with _answered():
        from automl_cli.binding import check_names
        from automl_cli.config.load import load_config
        from automl_cli.config.show import show_config

        loaded = load_config(config, preset=preset, overrides=overrides or ())
        check_names(loaded)
        typer.echo(show_config(loaded), nl=False)


@config_app.command("schema")
def config_schema() -> None:
    """Print the JSON schema with which editors complete and check the YAML."""
    from automl_cli.config.show import config_schema as make_schema

    typer.echo(json.dumps(make_schema(), indent=2))


def _find_start() -> float:
    """Return when this command was typed, so that the budget covers its own start-up."""
    import time

    import psutil

    # The system derives it from the boot time; a clock that was set since must not matter much.
    return max(psutil.Process().create_time(), time.time() - LONGEST_START)


def _print_result(summary: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(summary))
    elif summary["submission"] is not None:
        typer.echo(summary["submission"])


@contextmanager
def _answered() -> Iterator[None]:
    """Turn what a user can cause into one message and an exit code."""
    from automl_cli.core.errors import AutomlError

    try:
        yield
    except AutomlError as error:
        typer.echo(f"{error.message}\n  hint: {error.hint}", err=True)
        sys.exit(EXIT_MISTAKE)
    except KeyboardInterrupt:
        typer.echo("interrupted; the same command goes on from here.", err=True)
        sys.exit(EXIT_INTERRUPTED)

"""``automl fit``."""

import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from automl_cli.cli.answers import answered, print_json
from automl_cli.cli.options import (
    AsJson,
    CompetitionName,
    ConfigFile,
    Force,
    MetricName,
    Overrides,
    Preset,
    SampleFile,
    Targets,
    Test,
    read_path,
)

if TYPE_CHECKING:
    from automl_cli.core.events import Listener
    from automl_cli.run.session import FitRequest

INTERRUPTED = "interrupted; run the same command to resume."
LONGEST_START = 10.0  # seconds from the shell to the first line of a command

FLAGS: Mapping[str, str] = {  # parameters of `fit` that are keys of the config
    "budget": "budget",
    "memory": "limits.memory",
    "metric": "metric",
    "target": "data.target",
    "id": "data.id",
    "task": "data.task",
    "positive": "data.positive",
    "original": "data.original",
    "splitter": "validation.splitter",
    "folds": "validation.folds",
    "group": "validation.group",
    "time": "validation.time",
    "candidates": "limits.candidates",
    "seed": "seed",
    "workers": "run.workers",
}


def fit(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="A competition: its folder, or train.csv and perhaps test.csv.",
            show_default=False,
            parser=read_path,
        ),
    ] = None,
    competition: CompetitionName = None,
    config: ConfigFile = None,
    preset: Preset = None,
    budget: Annotated[
        str | None, typer.Option(help="Time limit for the whole command: 90s, 10m, 1h30m.")
    ] = None,
    memory: Annotated[
        str | None, typer.Option(help="Memory limit for the whole command: 4GB, 512MB.")
    ] = None,
    metric: MetricName = None,
    target: Targets = None,
    id: Annotated[str | None, typer.Option(help="Column with the row ids.")] = None,  # noqa: A002  # the key's name
    task: Annotated[
        str | None, typer.Option(help="Kind of task: binary, multiclass or regression.")
    ] = None,
    positive: Annotated[str | None, typer.Option(help="Positive class.")] = None,
    splitter: Annotated[
        str | None, typer.Option(help="How to make folds; `automl list splitters` shows all.")
    ] = None,
    folds: Annotated[int | None, typer.Option(help="Number of folds.")] = None,
    group: Annotated[
        str | None, typer.Option(help="Column whose groups stay within one fold.")
    ] = None,
    time: Annotated[str | None, typer.Option(help="Column that orders the rows.")] = None,
    candidates: Annotated[
        int | None, typer.Option(help="Maximum number of candidates to fit.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="Random seed.")] = None,
    workers: Annotated[int | None, typer.Option(help="Number of worker processes.")] = None,
    overrides: Overrides = None,
    original: Annotated[
        str | None, typer.Option(help="Labelled table that train was generated from.")
    ] = None,
    test: Test = None,
    sample: SampleFile = None,
    out: Annotated[
        Path | None, typer.Option(help="The run directory.", parser=read_path, metavar="PATH")
    ] = None,
    submission: Annotated[
        Path | None,
        typer.Option(help="Write a copy of the submission here.", parser=read_path, metavar="PATH"),
    ] = None,
    force: Force = False,
    accept_versions: Annotated[
        bool, typer.Option("--accept-versions", help="Resume a run that other versions made.")
    ] = False,
    as_json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show errors only.")] = False,
    verbose: Annotated[
        bool,
        typer.Option("--verbose", "-v", help="Also show stages, single fits and all notes."),
    ] = False,
) -> None:
    """Fit, blend and write a submission. The same command continues an unfinished run."""
    given = {**locals(), "target": target or None}
    flags = {key: given[name] for name, key in FLAGS.items()}
    with answered(INTERRUPTED):
        from automl_cli.cli.console import make_console
        from automl_cli.commands.fit import fit as run_fit
        from automl_cli.config.load import load_config
        from automl_cli.core.errors import ConfigError
        from automl_cli.run.session import FitRequest

        if quiet and verbose:
            raise ConfigError(
                "--quiet and --verbose exclude each other.", hint="Leave one of them out."
            )
        request = FitRequest(
            paths=tuple(paths or ()),
            loaded=load_config(config, preset=preset, overrides=overrides or (), flags=flags),
            started_at=_find_start(),
            test=test,
            sample=sample,
            out=out,
            submission=submission,
            accept_versions=accept_versions,
            force=force,
            competition=competition,
        )
        with make_console(quiet=quiet, verbose=verbose) as console:
            try:
                summary = run_fit(_fetch(request, console.listen), console.listen)
            except KeyboardInterrupt:
                raise KeyboardInterrupt(_format_interrupted(console.shown)) from None
        console.show_summary(summary)
        # On a terminal the lines above end with the submission: it need not be told twice.
        if as_json or quiet or not sys.stdout.isatty():
            _print_result(summary, as_json=as_json)


def _fetch(request: "FitRequest", listener: "Listener") -> "FitRequest":
    """Return the request with the tables and the metric of its competition, if it names one."""
    from automl_cli.core.errors import ConfigError

    if request.competition is None:
        if not request.paths:
            raise ConfigError(
                "nothing to fit.",
                hint=(
                    "Give a folder, or train.csv, or a competition on Kaggle: --competition NAME"
                ),
            )
        return request
    from automl_cli.commands.fetch import fetch

    folder, loaded = fetch(request.competition, request.paths, request.loaded, listener)
    return replace(request, paths=(folder,), loaded=loaded)


def _find_start() -> float:
    """Return when this command was typed, so that the budget covers its own start-up."""
    import time

    import psutil

    # The system derives it from the boot time; a clock that was set since must not matter much.
    return max(psutil.Process().create_time(), time.time() - LONGEST_START)


def _format_interrupted(submissions: Iterable[str]) -> str:
    lines = [f"the submission so far: {path}" for path in sorted(submissions)]
    return "\n".join([*lines, INTERRUPTED])


def _print_result(summary: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(summary)
    elif summary["submission"] is not None:
        typer.echo(summary["submission"])

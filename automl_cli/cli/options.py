"""Arguments and options that several commands share."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from automl_cli.cli.completion import complete_metric, complete_preset, complete_run

LONGEST_PATH, LONGEST_PART = 4095, 255  # bytes; what Linux takes, and about what others do


def read_path(text: str | Path) -> Path:
    """Return a path that the operating system can be asked about.

    Raises
    ------
    pydantic_core.PydanticCustomError
        If it is empty or too long: such a path would fail in as many ways as there are calls.

    Examples
    --------
    >>> read_path("train.csv").name
    'train.csv'
    """
    from pydantic_core import PydanticCustomError  # of all errors the one that typer shows as it is

    spelled = str(text)
    if not spelled or "\0" in spelled:
        raise PydanticCustomError("path", "an empty path; give the name of a file or folder.")
    path = Path(spelled)
    longest = max((len(os.fsencode(part)) for part in path.parts), default=0)
    if longest > LONGEST_PART or len(os.fsencode(spelled)) > LONGEST_PATH:
        raise PydanticCustomError(
            "path", "a path that is too long; give one whose names have at most 255 bytes."
        )
    return path


Paths: TypeAlias = Annotated[
    list[Path],
    typer.Argument(
        help="A competition: its folder, or train.csv and perhaps test.csv.",
        show_default=False,
        parser=read_path,
    ),
]
ConfigFile: TypeAlias = Annotated[
    Path | None,
    typer.Option("--config", "-c", help="A YAML config.", parser=read_path, metavar="PATH"),
]
Preset: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="Preset to start from: smoke, fast, medium or best.", autocompletion=complete_preset
    ),
]
Overrides: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        help="Set any key of the config, such as models.catboost.depth=8.",
        metavar="KEY=VALUE",
        show_default=False,
    ),
]
Targets: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--target", help="Column to predict; may be repeated.", metavar="COLUMN", show_default=False
    ),
]
MetricName: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help="The competition's metric; `automl list metrics` shows all.",
        autocompletion=complete_metric,
    ),
]
RunFolder: TypeAlias = Annotated[
    Path,
    typer.Argument(
        help="A run directory.",
        show_default=False,
        parser=read_path,
        autocompletion=complete_run,
    ),
]
Force: TypeAlias = Annotated[
    bool, typer.Option("--force", help="Overwrite files that this command did not write.")
]
AsJson: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print one JSON object instead of text.")
]
Test: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--test",
        help="The test table, if it is not beside train.",
        parser=read_path,
        metavar="PATH",
    ),
]
SampleFile: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--sample",
        help="The sample submission, if it is not beside train.",
        parser=read_path,
        metavar="PATH",
    ),
]
FailOn: TypeAlias = Annotated[
    str | None,
    typer.Option(
        help=("Exit with code 2 on findings of this severity or worse: error, warning or note.")
    ),
]
CompetitionName: TypeAlias = Annotated[
    str | None,
    typer.Option("--competition", help="Name of the competition on Kaggle, such as titanic."),
]


def check_idle_options(run: Path, given: Mapping[str, object]) -> None:
    """Refuse options that say how tables are read beside a run, which knows.

    Parameters
    ----------
    run
        The run directory.
    given
        Flags and their values.

    Raises
    ------
    ConfigError
        If one is given.
    """
    from automl_cli.core.errors import ConfigError

    idle = [flag for flag, value in given.items() if value]
    if idle:
        raise ConfigError(
            f"{run} is a run, which knows its tables and its metric; {idle[0]} has no effect.",
            hint=f"Leave {idle[0]} out, or give the tables in place of the run.",
        )

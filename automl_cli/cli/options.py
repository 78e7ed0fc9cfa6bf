"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Paths: TypeAlias = Annotated[
    list[Path], typer.Argument(help="A folder, or train.csv and perhaps test.csv.", show_default="")
]
ConfigFile: TypeAlias = Annotated[
    Path | None, typer.Option("--config", "-c", help="A YAML config.")
]
Preset: TypeAlias = Annotated[str | None, typer.Option(help="smoke, fast, medium or best.")]
Overrides: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--set", help="Any key of the config, such as models.catboost.depth=8."),
]
RunFolder: TypeAlias = Annotated[Path, typer.Argument(help="A run directory.", show_default="")]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Print one JSON object instead.")]
Test: TypeAlias = Annotated[
    Path | None, typer.Option("--test", help="test.csv, if not beside train.")
]
SampleFile: TypeAlias = Annotated[
    Path | None, typer.Option("--sample", help="sample_submission.csv.")
]
FailOn: TypeAlias = Annotated[
    str | None, typer.Option(help="Exit with 2 on findings so grave: error, warning or note.")
]
Competition: TypeAlias = Annotated[
    str | None, typer.Option("--competition", help="Its name at Kaggle, such as titanic.")
]

"""``automl wheelhouse``."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from automl_cli.cli.answers import answered
from automl_cli.cli.options import AsJson

OWN_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def wheelhouse(
    folder: Annotated[Path, typer.Argument(help="Where the wheels go.", show_default="")],
    python: Annotated[str, typer.Option(help="The notebook's version of Python.")] = OWN_PYTHON,
    platform: Annotated[str | None, typer.Option(help="As wheels name it.")] = None,
    as_json: AsJson = False,
) -> None:
    """Download all wheels that this program needs, to install it where there is no network."""
    with answered():
        from automl_cli.cli.results import print_wheelhouse
        from automl_cli.wheelhouse import PLATFORM, WheelhouseRequest, make_wheelhouse

        typer.echo("downloading, which may take some minutes", err=True)
        request = WheelhouseRequest(folder=folder, python=python, platform=platform or PLATFORM)
        made = make_wheelhouse(request)
        if as_json:
            typer.echo(json.dumps(made))
        else:
            print_wheelhouse(made)

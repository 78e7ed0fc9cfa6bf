"""``automl wheelhouse``."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from automl_cli.cli.answers import answered, print_json
from automl_cli.cli.options import AsJson, read_path

OWN_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"


def wheelhouse(
    folder: Annotated[
        Path,
        typer.Argument(help="Folder to write the wheels to.", show_default=False, parser=read_path),
    ],
    python: Annotated[str, typer.Option(help="The notebook's version of Python.")] = OWN_PYTHON,
    platform: Annotated[str | None, typer.Option(help="Platform tag of the wheels.")] = None,
    as_json: AsJson = False,
) -> None:
    """Download this program's wheels, to install without network."""
    with answered():
        from automl_cli.cli.results import print_wheelhouse
        from automl_cli.commands.wheelhouse import PLATFORM, WheelhouseRequest, make_wheelhouse

        typer.echo("downloading, which may take some minutes", err=True)
        request = WheelhouseRequest(folder=folder, python=python, platform=platform or PLATFORM)
        made = make_wheelhouse(request)
        if as_json:
            print_json(made)
        else:
            print_wheelhouse(made)

"""``automl config``: start, show and check a YAML."""

import json
from pathlib import Path
from typing import Annotated

import typer

from automl_cli.cli.answers import answered
from automl_cli.cli.help import Command
from automl_cli.cli.options import Overrides, Preset, read_path

config_app = typer.Typer(
    help="Write a YAML config, show it in full, or print its schema.", no_args_is_help=True
)


@config_app.command("init", cls=Command)
def config_init(
    path: Annotated[Path, typer.Argument(help="The file to write.", parser=read_path)] = Path(
        "automl.yaml"
    ),
    preset: Annotated[str, typer.Option(help="Preset to extend.")] = "medium",
) -> None:
    """Write a short YAML config to edit."""
    with answered():
        from automl_cli.config.show import init_config
        from automl_cli.core.errors import ConfigError
        from automl_cli.store import replaced

        if path.exists():
            raise ConfigError(f"{path}: exists already.", hint="Give another name.")
        with replaced(path) as beside:
            beside.write_text(init_config(preset), encoding="utf-8")
        typer.echo(str(path))


@config_app.command("show", cls=Command)
def config_show(
    config: Annotated[Path | None, typer.Argument(help="A YAML config.", parser=read_path)] = None,
    preset: Preset = None,
    overrides: Overrides = None,
) -> None:
    """Print the effective config, each value with its origin."""
    with answered():
        from automl_cli.config.load import load_config
        from automl_cli.config.show import show_config
        from automl_cli.planning.binding import check_names

        loaded = load_config(config, preset=preset, overrides=overrides or ())
        check_names(loaded)
        typer.echo(show_config(loaded), nl=False)


@config_app.command("schema", cls=Command)
def config_schema() -> None:
    """Print the JSON schema that editors use to complete and check the YAML."""
    from automl_cli.config.show import make_config_schema as make_schema

    typer.echo(json.dumps(make_schema(), indent=2))

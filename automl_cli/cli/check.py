"""``automl check``."""

from pathlib import Path
from typing import Annotated

import typer

from automl_cli.cli.answers import answered, print_json
from automl_cli.cli.options import (
    AsJson,
    ConfigFile,
    FailOn,
    Overrides,
    Paths,
    Preset,
    SampleFile,
    Targets,
    Test,
    read_path,
)


def check(
    submission: Annotated[
        Path, typer.Argument(help="A submission file.", show_default=False, parser=read_path)
    ],
    paths: Paths,
    config: ConfigFile = None,
    preset: Preset = None,
    target: Targets = None,
    metric: Annotated[str | None, typer.Option(help="`automl list metrics`.")] = None,
    overrides: Overrides = None,
    test: Test = None,
    sample: SampleFile = None,
    against: Annotated[
        Path | None,
        typer.Option(
            help="An earlier submission to compare it with.", parser=read_path, metavar="PATH"
        ),
    ] = None,
    fail_on: FailOn = None,
    as_json: AsJson = False,
) -> None:
    """Check a submission file against its competition."""
    with answered():
        from automl_cli.check import CheckRequest
        from automl_cli.check import check as run_check
        from automl_cli.cli.findings import check_severity, print_check, refuse_grave
        from automl_cli.competition import Competition
        from automl_cli.config.load import load_config

        check_severity(fail_on)
        flags = {"metric": metric, "data.target": target or None}
        competition = Competition(
            paths=tuple(paths),
            loaded=load_config(config, preset=preset, overrides=overrides or (), flags=flags),
            test=test,
            sample=sample,
        )
        request = CheckRequest(submission=submission, competition=competition, against=against)
        found = run_check(request)
        if as_json:
            print_json(found)
        else:
            print_check(found)
        refuse_grave(found["findings"], fail_on)

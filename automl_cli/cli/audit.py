"""``automl audit``."""

from pathlib import Path
from typing import Annotated

import typer

from automl_cli.cli.answers import answered, print_json
from automl_cli.cli.options import (
    AsJson,
    ConfigFile,
    FailOn,
    MetricName,
    Overrides,
    Paths,
    Preset,
    SampleFile,
    Targets,
    Test,
    read_path,
)


def audit(
    paths: Paths,
    config: ConfigFile = None,
    preset: Preset = None,
    target: Targets = None,
    metric: MetricName = None,
    overrides: Overrides = None,
    test: Test = None,
    sample: SampleFile = None,
    fix: Annotated[
        Path | None,
        typer.Option(
            help="Write a YAML config that fixes what a config can fix.",
            parser=read_path,
            metavar="PATH",
        ),
    ] = None,
    fail_on: FailOn = None,
    as_json: AsJson = False,
) -> None:
    """Look for leaks, drift, copies and other traps in the tables."""
    with answered():
        from automl_cli.cli.findings import check_severity, exit_on_severity, print_survey
        from automl_cli.cli.status import show_status
        from automl_cli.commands.audit import audit_competition
        from automl_cli.config.fixes import make_fixes
        from automl_cli.config.load import load_config
        from automl_cli.core.errors import ConfigError
        from automl_cli.run.competition import Competition
        from automl_cli.store import write_text

        check_severity(fail_on)
        if fix is not None and fix.exists():
            raise ConfigError(f"{fix}: exists already.", hint="Give another name to --fix.")
        flags = {"metric": metric, "data.target": target or None}
        request = Competition(
            paths=tuple(paths),
            loaded=load_config(config, preset=preset, overrides=overrides or (), flags=flags),
            test=test,
            sample=sample,
        )
        with show_status("auditing the tables") as listener:
            found = audit_competition(request, listener)
        if as_json:
            print_json(found)
        else:
            print_survey(found)
        if fix is not None:
            extends = str(config.resolve()) if config else preset or "medium"
            write_text(fix, make_fixes(found["findings"], extends=extends))
            typer.echo(f"written: {fix}", err=True)
        exit_on_severity(found["findings"], fail_on)

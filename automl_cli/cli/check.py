"""``automl check``."""

from collections.abc import Sequence
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
    Preset,
    SampleFile,
    Targets,
    Test,
    check_idle_options,
    read_path,
)

MOVED = "Put it back where it was, or name the folder of the tables"


def check(
    submission: Annotated[
        Path,
        typer.Argument(
            help="A submission file, or a run whose submission to check.",
            show_default=False,
            parser=read_path,
        ),
    ],
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="The run, or the competition: its folder, or train.csv and test.csv.",
            show_default=False,
            parser=read_path,
        ),
    ] = None,
    config: ConfigFile = None,
    preset: Preset = None,
    target: Targets = None,
    metric: MetricName = None,
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
        from automl_cli.cli.findings import check_severity, exit_on_severity, print_check
        from automl_cli.commands.check import CheckRequest
        from automl_cli.commands.check import check as run_check
        from automl_cli.config.load import load_config
        from automl_cli.run.competition import Competition, find_competition

        check_severity(fail_on)
        path, run = _find(submission, paths or ())
        if run is not None:
            given = {"--config": config, "--preset": preset, "--target": target}
            given |= {"--metric": metric, "--set": overrides, "--test": test, "--sample": sample}
            check_idle_options(run, given)
            competition = find_competition(run, hint=f"{MOVED}: automl check {path} FOLDER")
        else:
            flags = {"metric": metric, "data.target": target or None}
            competition = Competition(
                paths=tuple(paths or ()),
                loaded=load_config(config, preset=preset, overrides=overrides or (), flags=flags),
                test=test,
                sample=sample,
            )
        found = run_check(CheckRequest(submission=path, competition=competition, against=against))
        if as_json:
            print_json(found)
        else:
            print_check(found)
        exit_on_severity(found["findings"], fail_on)


def _find(submission: Path, paths: Sequence[Path]) -> tuple[Path, Path | None]:
    """Return the file to check, and the run that knows what it is for, if there is one."""
    from automl_cli.core.errors import ConfigError
    from automl_cli.run.competition import find_submission, is_run

    if paths:
        return submission, paths[0] if len(paths) == 1 and is_run(paths[0]) else None
    if is_run(submission):
        return find_submission(submission), submission
    if is_run(submission.parent):
        return submission, submission.parent
    if submission.is_dir():
        raise ConfigError(
            f"{submission}: a folder without a run, expected a submission file or a run.",
            hint=f"Give the file to check before it: automl check FILE {submission}",
        )
    raise ConfigError(
        f"{submission}: neither a run nor a competition is named to check it against.",
        hint=f"Name either: automl check {submission} RUN, or automl check {submission} FOLDER",
    )

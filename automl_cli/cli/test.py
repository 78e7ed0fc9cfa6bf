"""``automl test``."""

from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

from automl_cli.cli.answers import answered, print_json
from automl_cli.cli.options import (
    AsJson,
    ConfigFile,
    Overrides,
    Preset,
    SampleFile,
    Targets,
    Test,
    check_idle_options,
    read_path,
)
from automl_cli.cli.unfinished import warn_unfinished

SourcePaths: TypeAlias = Annotated[
    list[Path],
    typer.Argument(
        help="A run, or a competition: its folder, or train.csv.",
        show_default=False,
        parser=read_path,
    ),
]


def run_test(
    paths: SourcePaths,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            help="Column to test; may be repeated. The model has only these columns.",
            metavar="COLUMN",
            show_default=False,
        ),
    ] = None,
    formula: Annotated[
        str | None, typer.Option(help="What to model, such as 'price ~ size * kind + log(age)'.")
    ] = None,
    alone: Annotated[
        bool, typer.Option("--alone", help="Test each column without the others.")
    ] = False,
    between: Annotated[
        str | None,
        typer.Option(help="Column whose groups are compared, instead of testing effects."),
    ] = None,
    on: Annotated[
        str | None,
        typer.Option(help="Column in which groups are compared; the target if not given."),
    ] = None,
    compare: Annotated[
        tuple[str, str] | None,
        typer.Option(help="Two candidates of a run to compare; `ensemble` may be one of them."),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(help="Column of clusters: rows with the same value depend on each other."),
    ] = None,
    family: Annotated[
        str | None, typer.Option(help="Kind of model, if not inferred: poisson (for counts).")
    ] = None,
    correction: Annotated[
        str, typer.Option(help="Correction for the number of tests: holm, fdr or none.")
    ] = "holm",
    level: Annotated[float, typer.Option(help="Level of significance.")] = 0.05,
    config: ConfigFile = None,
    preset: Preset = None,
    target: Targets = None,
    overrides: Overrides = None,
    test: Test = None,
    sample: SampleFile = None,
    as_json: AsJson = False,
) -> None:
    """Test effects, or differences between groups or candidates."""
    with answered():
        from automl_cli.config.load import load_config
        from automl_cli.hypotheses import HypothesisQuestion, answer, guess_target
        from automl_cli.run.competition import Competition, is_run

        source: Path | Competition = paths[0]
        if len(paths) == 1 and is_run(paths[0]):
            given = {"--config": config, "--preset": preset, "--target": target}
            given |= {"--set": overrides, "--test": test, "--sample": sample}
            check_idle_options(paths[0], given)
        else:
            found = target or guess_target(paths, test, sample, formula=formula, on=on)
            # A column of few counts is read as classes otherwise.
            task = "regression" if family == "poisson" and on is None else None
            flags = {"data.target": found, "validation.group": cluster, "data.task": task}
            source = Competition(
                paths=tuple(paths),
                loaded=load_config(config, preset=preset, overrides=overrides or (), flags=flags),
                test=test,
                sample=sample,
            )
        payload = answer(
            HypothesisQuestion(
                source=source,
                columns=tuple(columns or ()),
                formula=formula,
                alone=alone,
                between=between,
                on=on,
                compare=compare,
                cluster=cluster,
                family=family,
                correction=correction,
                level=level,
            )
        )
        if isinstance(source, Path):
            warn_unfinished(source)
        _print_payload(payload, as_json=as_json)


def _print_payload(payload: dict[str, Any], *, as_json: bool) -> None:
    from automl_cli.cli.tested import print_test

    if as_json:
        print_json(payload)
    else:
        print_test(payload)

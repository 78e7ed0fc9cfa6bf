"""``automl explain``."""

from typing import Annotated

import typer

from automl_cli.cli.answers import answered, print_json
from automl_cli.cli.options import AsJson, RunFolder


def explain(
    run: RunFolder,
    rows: Annotated[int, typer.Option(help="The most held-out rows that get SHAP values.")] = 1_000,
    tested_rows: Annotated[
        int, typer.Option(help="The most held-out rows that columns are permuted in.")
    ] = 5_000,
    row: Annotated[str | None, typer.Option(help="Id of a row to explain as well.")] = None,
    drop_column: Annotated[
        int, typer.Option(help="How many of the leading columns to refit without, one at a time.")
    ] = 0,
    rate: Annotated[float, typer.Option(help="Accepted rate of false discoveries.")] = 0.05,
    as_json: AsJson = False,
) -> None:
    """Show which columns matter, how surely, and in which direction."""
    with answered():
        from automl_cli.cli.explained import print_explained
        from automl_cli.cli.status import tell_status
        from automl_cli.explain import ExplainRequest
        from automl_cli.explain import explain as run_explain

        request = ExplainRequest(
            run=run,
            rows=rows,
            tested_rows=tested_rows,
            row=row,
            drop_column=drop_column,
            rate=rate,
        )
        with tell_status(f"explaining {run.name}") as listener:
            made = run_explain(request, listener)
        if as_json:
            print_json(made)
        else:
            print_explained(made)

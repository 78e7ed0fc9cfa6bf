"""``automl explain``."""

from typing import Annotated

import typer

from automl_cli.cli.answers import answered, print_json
from automl_cli.cli.options import AsJson, RunFolder
from automl_cli.cli.unfinished import warn_unfinished


def explain(
    run: RunFolder,
    rows: Annotated[
        int, typer.Option(help="Maximum number of held-out rows to compute SHAP values for.")
    ] = 1_000,
    tested_rows: Annotated[
        int, typer.Option(help="Maximum number of held-out rows for permutation importance.")
    ] = 5_000,
    row: Annotated[str | None, typer.Option(help="Also explain the row with this id.")] = None,
    drop_column: Annotated[
        int,
        typer.Option(
            help="Number of the most important columns to drop, one at a time, and refit."
        ),
    ] = 0,
    rate: Annotated[float, typer.Option(help="Accepted false discovery rate.")] = 0.05,
    as_json: AsJson = False,
) -> None:
    """Show which columns matter, how much, and how certain that is."""
    with answered():
        from automl_cli.cli.explained import print_explained
        from automl_cli.cli.status import show_status
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
        with show_status(f"explaining {run.name}") as listener:
            made = run_explain(request, listener)
        warn_unfinished(run)
        if as_json:
            print_json(made)
        else:
            print_explained(made)

"""One row explained: what each column contributes to what is predicted for it."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from automl_cli.core.errors import ConfigError
from automl_cli.core.explanation import Contributions
from automl_cli.core.problem import Problem
from automl_cli.explain.contributions import Explainer, explain_held_out, explain_new
from automl_cli.explain.files import name_outputs
from automl_cli.run.reopen import Reopened


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRow:
    """A row of one of the tables.

    Parameters
    ----------
    id
        As it was asked for.
    number
        Its number in the table.
    is_train
        True for a row of train, which is explained by a fold that held it out; False for one of
        test, explained by all folds.
    """

    id: str
    number: int
    is_train: bool


def find_row(run: Reopened, row_id: str) -> FoundRow:
    """Return the row of train or test with an id; of train, if both have it.

    Without an id column the row number counts, of train from 0.

    Raises
    ------
    ConfigError
        If no row has it.
    """
    dataset = run.dataset
    for is_train, known in ((True, run.row_ids), (False, dataset.test_ids)):
        if known is None:
            continue
        places = np.flatnonzero(np.asarray(known).astype(str) == row_id)
        if len(places):
            return FoundRow(id=row_id, number=int(places[0]), is_train=is_train)
    name = dataset.schema.id or "row number"
    raise ConfigError(
        f"--row {row_id}: no row of train or test has this {name}.",
        hint="Give an id as it is spelled in the tables; rows of a hold-out are not explained.",
    )


def describe_row(
    run: Reopened, problem: Problem, explainer: Explainer, row: FoundRow
) -> dict[str, Any] | None:
    """Return the contributions to one row as plain values; None if no member has any.

    Raises
    ------
    ConfigError
        If no fold holds the row out.
    """
    rows = np.array([row.number])
    table = run.dataset.train if row.is_train else run.dataset.test
    if table is None:
        raise AssertionError("the row was found in it")
    if not row.is_train:
        made = explain_new(explainer, table.iloc[rows])
    elif problem.folds.covered()[row.number]:
        made = explain_held_out(explainer, table, problem.folds, rows)
    else:
        raise ConfigError(
            f"--row {row.id}: no fold holds this row out, so every model was trained on it.",
            hint="Give another row; in a time plan the earliest ones are never held out.",
        )
    return None if made is None else _describe(made, problem, row, table.iloc[row.number])


def format_cell(value: object) -> str | None:
    """Return a cell as text: a date without its midnight, nothing for a missing one.

    Examples
    --------
    >>> format_cell(pd.Timestamp("2023-06-01")), format_cell(pd.Timestamp("2023-06-01 07:30"))
    ('2023-06-01', '2023-06-01 07:30:00')
    """
    if pd.isna(value):  # type: ignore[call-overload]  # the stub knows no plain object
        return None
    if isinstance(value, pd.Timestamp) and value == value.normalize():
        return f"{value:%Y-%m-%d}"
    return str(value)


def _describe(
    made: Contributions, problem: Problem, row: FoundRow, cells: pd.Series
) -> dict[str, Any]:
    order = np.argsort(-np.abs(made.shap[0]).sum(axis=0), kind="stable")
    return {
        "id": row.id,
        "table": "train" if row.is_train else "test",
        "outputs": list(name_outputs(problem)),
        "base": made.base[0].tolist(),
        "margins": made.margins[0].tolist(),
        "columns": [
            {
                "column": made.columns[k],
                "value": format_cell(cells.iloc[k]),
                "shap": made.shap[0, :, k].tolist(),
            }
            for k in order
        ],
    }

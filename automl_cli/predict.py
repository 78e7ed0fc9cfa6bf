"""New rows predicted with a finished run, batch by batch into a file."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl_cli.bundle import Predictor, load_predictor
from automl_cli.core.dataset import Target
from automl_cli.core.errors import DataError, RunError
from automl_cli.data.batches import read_batches
from automl_cli.data.read import RawTable
from automl_cli.data.submission import make_columns
from automl_cli.store import replaced

BATCH_ROWS = 20_000
PREDICT_VERSION = 1  # of what `--json` prints


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictRequest:
    """What the user asks for.

    Parameters
    ----------
    run
        A finished run, or a copy of its bundle.
    rows
        The table of new rows: any with the feature columns of train.
    out
        Where the predictions go.
    id
        The column that names rows; None: the one of the run, if the table has it.
    """

    run: Path
    rows: Path
    out: Path
    id: str | None = None


def predict(request: PredictRequest) -> dict[str, Any]:
    """Write the predictions of new rows, in their order; return where and how many.

    The file appears whole, or not at all. Memory does not grow with the number of rows.

    Raises
    ------
    RunError
        If the bundle is missing or not what it was, or the file cannot be written.
    DataError
        If the table cannot be read or lacks a column.
    """
    predictor = load_predictor(request.run)
    n_rows = 0
    with replaced(request.out, durable=True) as beside:
        for table in read_batches(request.rows, BATCH_ROWS):
            frame = _predict_batch(predictor, table, request.id, n_rows)
            frame.to_csv(
                beside,
                mode="a",
                header=n_rows == 0,
                index=False,
                lineterminator="\n",
                encoding="utf-8",
            )
            n_rows += len(frame)
        if not n_rows:
            raise DataError(f"{request.rows}: no rows.", hint="Give a file with at least one row.")
    return {"version": PREDICT_VERSION, "predictions": str(request.out), "rows": n_rows}


def _predict_batch(
    predictor: Predictor, table: RawTable, given_id: str | None, start: int
) -> pd.DataFrame:
    try:
        answers = predictor.predict(predictor.read(table))
    except (KeyError, TypeError, ValueError, OverflowError, IndexError) as error:
        raise RunError(
            f"the bundle does not predict ({type(error).__name__}: {error}).",
            hint="It was altered, or made by other versions: run `automl fit` anew.",
        ) from error
    name, ids = _name_rows(predictor, table, given_id, start)
    columns: dict[str, Any] = {name: ids}
    if any(name in part.columns for part in predictor.manifest.targets):
        raise DataError(
            f"{table.name}: the id {name!r} is called as a predicted column.",
            hint="Name another column of the table with --id.",
        )
    for part in predictor.manifest.targets:
        target = Target(name=part.name, task=part.task, labels=part.labels, reason="")
        columns |= make_columns(part.columns, target, answers[part.name], part.wants)
    return pd.DataFrame(columns)


def _name_rows(
    predictor: Predictor, table: RawTable, given_id: str | None, start: int
) -> tuple[str, Any]:
    """Return the name of the id column and the id of each row; row numbers if there is none."""
    if given_id is not None and given_id not in table.names:
        raise DataError(
            f"{table.name}: no column {given_id!r} for the id.",
            hint=f"Name one of its columns with --id: {', '.join(table.names[:10])}.",
        )
    name = given_id or predictor.manifest.id
    if name is not None and name in table.names:
        return name, table.texts(name)
    return name or "id", np.arange(start, start + table.n_rows).astype(str).astype(object)

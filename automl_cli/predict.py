"""New rows predicted with a finished run, batch by batch into a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl_cli.bundle import Predictor, load_predictor
from automl_cli.core.dataset import Target
from automl_cli.core.errors import DataError, RunError
from automl_cli.core.events import Listener, ignore, tell_stage
from automl_cli.data.batches import read_batches
from automl_cli.data.read import RawTable
from automl_cli.data.submission import check_name, make_columns
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


def predict(request: PredictRequest, listener: Listener = ignore) -> dict[str, Any]:
    """Write the predictions of new rows, in their order; return where, how many and what is odd.

    The file appears whole, or not at all. Memory does not grow with the number of rows.

    Parameters
    ----------
    request
        What the user asks for.
    listener
        Told after each batch how many rows are done.

    Raises
    ------
    RunError
        If the bundle is missing or not what it was, or the file cannot be written.
    DataError
        If the table cannot be read or lacks a column.
    """
    check_name(request.out)
    predictor = load_predictor(request.run)
    n_rows, unread = 0, dict[str, dict[str, Any]]()
    with replaced(request.out, durable=True) as beside:
        for table in read_batches(request.rows, BATCH_ROWS):
            rows = _read_batch(predictor, table, unread)
            frame = _predict_batch(
                predictor, rows, _name_rows(predictor, table, request.id, n_rows)
            )
            frame.to_csv(
                beside,
                mode="a",
                header=n_rows == 0,
                index=False,
                lineterminator="\n",
                encoding="utf-8",
            )
            n_rows += len(frame)
            tell_stage(listener, f"{n_rows:,} rows done")
        if not n_rows:
            raise DataError(f"{request.rows}: no rows.", hint="Give a file with at least one row.")
    return {
        "version": PREDICT_VERSION,
        "predictions": str(request.out),
        "rows": n_rows,
        "unread": list(unread.values()),
    }


def _read_batch(
    predictor: Predictor, table: RawTable, unread: dict[str, dict[str, Any]]
) -> pd.DataFrame:
    """Return the features of a batch; add to `unread` what cells of it were taken as missing."""
    with _blamed_on_bundle():
        frame = predictor.read(table)
        for name, (n_cells, first) in predictor.count_unread(table, frame).items():
            known = unread.setdefault(name, {"column": name, "cells": 0, "first": first})
            known["cells"] += n_cells
    return frame


def _predict_batch(
    predictor: Predictor, frame: pd.DataFrame, named: dict[str, Any]
) -> pd.DataFrame:
    with _blamed_on_bundle():
        answers = predictor.predict(frame)
    columns = dict(named)
    for part in predictor.manifest.targets:
        target = Target(name=part.name, task=part.task, labels=part.labels, reason="")
        columns |= make_columns(part.columns, target, answers[part.name], part.wants)
    return pd.DataFrame(columns)


@contextmanager
def _blamed_on_bundle() -> Iterator[None]:
    """Turn what a bundle that is not what a run wrote may raise into a message."""
    try:
        yield
    except (KeyError, TypeError, ValueError, OverflowError, IndexError) as error:
        raise RunError(
            f"the bundle does not predict ({type(error).__name__}: {error}).",
            hint="It was altered, or made by other versions: run `automl fit` anew.",
        ) from error


def _name_rows(
    predictor: Predictor, table: RawTable, given_id: str | None, start: int
) -> dict[str, Any]:
    """Return the columns that name the rows; row numbers if the table has none of them."""
    if given_id is not None and given_id not in table.names:
        raise DataError(
            f"{table.name}: no column {given_id!r} for the id.",
            hint=f"Name one of its columns with --id: {', '.join(table.names[:10])}.",
        )
    manifest = predictor.manifest
    together = () if given_id is not None else manifest.together
    name = given_id or manifest.id
    if any((name or "id") in part.columns for part in manifest.targets):
        raise DataError(
            f"{table.name}: the id {name!r} is called as a predicted column.",
            hint="Name another column of the table with --id.",
        )
    if together and set(together) <= set(table.names):
        return {one: table.texts(one) for one in together}
    if name is not None and name in table.names:
        return {name: table.texts(name)}
    rows = np.arange(start, start + table.n_rows)
    return {name or "id": rows.astype(str).astype(object)}

"""New rows predicted with a finished run, batch by batch into a file."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl_cli.bundle import Predictor, load_predictor
from automl_cli.bundle.predictor import check_probabilities
from automl_cli.core.dataset import Target
from automl_cli.core.errors import DataError, RunError
from automl_cli.core.events import Listener, emit_stage, ignore
from automl_cli.core.metric import Wants
from automl_cli.data.batches import read_batches
from automl_cli.data.names import find_name
from automl_cli.data.noted import Noted
from automl_cli.data.places import find_line
from automl_cli.data.read import RawTable
from automl_cli.data.spelling import match_columns
from automl_cli.data.submission import check_name, make_columns
from automl_cli.store import replaced
from automl_cli.store.written import (
    check_not_input,
    check_overwrite,
    list_tables,
    record_written,
)

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
    proba
        Whether to give the probability of each class, whatever the metric wants.
    force
        Whether to overwrite a file that no run has written.
    """

    run: Path
    rows: Path
    out: Path
    id: str | None = None
    proba: bool = False
    force: bool = False


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
        If the table cannot be read or lacks a column, or there are no probabilities.
    ConfigError
        If the file to write is another one's, or one of the tables.
    """
    check_name(request.out)
    predictor = load_predictor(request.run)
    _check_out(request)
    forms = _choose_forms(predictor, proba=request.proba)
    n_rows, unread, noted = 0, dict[str, dict[str, Any]](), Noted()
    with replaced(request.out, durable=True) as beside:
        for table in map(partial(_match, predictor), read_batches(request.rows, BATCH_ROWS)):
            noted.add(table)
            rows = _read_batch(predictor, table, unread, n_rows)
            named = _name_rows(predictor, request.id, forms, table, n_rows)
            frame = pd.DataFrame({**named, **_predict_batch(predictor, rows, forms)})
            frame.to_csv(
                beside,
                mode="a",
                header=n_rows == 0,
                index=False,
                lineterminator="\n",
                encoding="utf-8",
            )
            n_rows += len(frame)
            emit_stage(listener, f"{n_rows:,} rows done")
        if not n_rows:
            raise DataError(f"{request.rows}: no rows.", hint="Give a file with at least one row.")
        record_written(request.run, beside)
    for one in unread.values():
        one["line"] = find_line(
            request.rows, one["row"] - 1, noted.find_repeated(str(request.rows))
        )
        one["share"] = one["cells"] / n_rows
    return {
        "version": PREDICT_VERSION,
        "predictions": str(request.out),
        "rows": n_rows,
        "unread": list(unread.values()),
        "notes": noted.to_json(),
    }


def _check_out(request: PredictRequest) -> None:
    tables = {"the table of new rows": request.rows, **list_tables(request.run)}
    check_not_input(request.out, tables)
    check_overwrite(request.out, force=request.force, runs=request.run.resolve().parent)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Form:
    """How one target is written: its columns, and what they hold."""

    target: Target
    columns: tuple[str, ...]
    wants: Wants
    proba: bool


def _choose_forms(predictor: Predictor, *, proba: bool) -> list[_Form]:
    parts = predictor.manifest.targets
    forms = []
    for part in parts:
        target = Target(name=part.name, task=part.task, labels=part.labels, reason="")
        columns, wants = part.columns, part.wants
        if proba:
            check_probabilities(part)
            wants = "probability"
            if len(columns) != len(part.labels):  # a sample with one a class names them
                of = "" if len(parts) == 1 else f"{part.name}_"
                columns = tuple(f"{of}{label}" for label in part.labels)
        forms.append(_Form(target=target, columns=columns, wants=wants, proba=proba))
    return forms


def _match(predictor: Predictor, table: RawTable) -> RawTable:
    """Return a batch with its columns called as the run calls them."""
    manifest = predictor.manifest
    ids = (*manifest.together, *(() if manifest.id is None else (manifest.id,)))
    held = dict.fromkeys(column.held_by for column in predictor.typing.columns)
    return match_columns(table, list(dict.fromkeys([*held, *ids])))


def _read_batch(
    predictor: Predictor, table: RawTable, unread: dict[str, dict[str, Any]], start: int
) -> pd.DataFrame:
    """Return the features of a batch; add to `unread` what cells of it were taken as missing."""
    with _blamed_on_bundle():
        frame = predictor.read(table)
        for one in predictor.find_unread(table):
            stray = {"column": one.column, "kind": one.kind, "cells": 0, "first": one.first}
            known = unread.setdefault(one.column, {**stray, "row": start + one.row + 1})
            known["cells"] += one.cells
    return frame


def _predict_batch(
    predictor: Predictor, frame: pd.DataFrame, forms: Sequence[_Form]
) -> dict[str, Any]:
    with _blamed_on_bundle():
        is_proba = any(form.proba for form in forms)
        predict_rows = predictor.predict_probabilities if is_proba else predictor.predict
        answers = predict_rows(frame)
    columns: dict[str, Any] = {}
    for form in forms:
        columns |= make_columns(form.columns, form.target, answers[form.target.name], form.wants)
    return columns


@contextmanager
def _blamed_on_bundle() -> Iterator[None]:
    """Turn what a bundle that is not what a run wrote may raise into a message."""
    try:
        yield
    except (KeyError, TypeError, ValueError, OverflowError, IndexError) as error:
        raise RunError(
            f"the bundle does not predict ({type(error).__name__}: {error}).",
            hint="It was altered, or made by other versions: run `automl fit` again.",
        ) from error


def _name_rows(
    predictor: Predictor, given_id: str | None, forms: Sequence[_Form], table: RawTable, start: int
) -> dict[str, Any]:
    """Return the columns that name the rows; row numbers if the table has none of them."""
    own_id = None if given_id is None else find_name(given_id, table.names)
    if given_id is not None and own_id is None:
        raise DataError(
            f"{table.name}: no column {given_id!r} for the id.",
            hint=f"Name one of its columns with --id: {', '.join(table.names[:10])}.",
        )
    manifest = predictor.manifest
    together = () if given_id is not None else manifest.together
    name = own_id or manifest.id
    if any((name or "id") in form.columns for form in forms):
        raise DataError(
            f"{table.name}: the id {name or 'id'!r} has the name of a predicted column.",
            hint="Name another column of the table with --id.",
        )
    if together and set(together) <= set(table.names):
        return {one: table.texts(one) for one in together}
    if name is not None and name in table.names:
        return {name: table.texts(name)}
    rows = np.arange(start, start + table.n_rows)
    return {name or "id": rows.astype(str).astype(object)}

"""A pair of files as a member of a blend: read, checked and scored.

What it predicts for the training rows, each by a model that has not seen it (out-of-fold), and what
it predicts for the test rows. A csv file names its rows by the id; an npy array has them in the
order of the tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from automl_cli.core.arrays import BoolVector, FloatMatrix, FloatVector, IntVector
from automl_cli.core.candidate import Candidate
from automl_cli.core.counts import format_count
from automl_cli.core.dataset import Target
from automl_cli.core.errors import DataError
from automl_cli.core.problem import Problem
from automl_cli.data.numbers import parse_numbers, parse_plain
from automl_cli.data.read import RawTable, read_table
from automl_cli.data.spelling import match_columns
from automl_cli.data.text_columns import make_text_column
from automl_cli.ensemble.outside.folds import check_folds
from automl_cli.ensemble.outside.member import make_member
from automl_cli.ensemble.outside.rows import (
    HINT,
    PredictedRows,
    find_places,
    match_column_name,
    wrong_number,
)

FOLD = "fold"  # a column of an out-of-fold file that tells the fold of each row
GAPS = ("", "nan", "NaN", "NAN", "Nan", "na", "NA", "Na")  # no predictions
MOST_FOLDS = 50  # more parts are no folds, and too small for a score


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """A member that was made elsewhere.

    Parameters
    ----------
    path
        Its out-of-fold file.
    candidate
        Its predictions (float32, since there may be a hundred such members) and scores.
    folds
        The fold of each row as the file tells it, or None.
    fold_names
        What the file calls them.
    notes
        What was noticed while reading.
    """

    path: Path
    candidate: Candidate
    folds: IntVector | None
    fold_names: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    values: FloatMatrix
    folds: IntVector | None = None
    fold_names: tuple[str, ...] = ()
    note: str | None = None


def read_outside(
    problem: Problem, oof_path: Path, test_path: Path, train: PredictedRows, test: PredictedRows
) -> Outside:
    """Return a member that was made elsewhere.

    Parameters
    ----------
    problem
        What it answers.
    oof_path, test_path
        Its files: csv or npy, one column of the positive class or of values, or one a class.
    train, test
        The rows that they have to be for.

    Raises
    ------
    DataError
        If rows are missing, unknown or repeated, or a cell is no prediction; or if its folds would
        divide what the run's folds keep together.
    """
    oof, predicted = _read(problem, oof_path, train), _read(problem, test_path, test)
    covered = problem.folds.covered()
    _check_filled(oof_path, oof.values, covered)
    _check_filled(test_path, predicted.values, np.ones(len(predicted.values), dtype=bool))
    if oof.folds is not None:
        check_folds(problem, oof_path, oof.folds)
    source = ("file", str(oof_path))
    known = np.where(covered[:, None], oof.values, np.nan)
    exact = make_member(problem, oof_path.stem, source, known, predicted.values)
    candidate = replace(exact, oof=_shrink(known), test=_shrink(predicted.values))
    return Outside(
        path=oof_path,
        candidate=candidate,
        folds=oof.folds,
        fold_names=oof.fold_names,
        notes=tuple(note for note in (oof.note, predicted.note) if note is not None),
    )


def _shrink(values: FloatMatrix) -> FloatMatrix:
    return cast("FloatMatrix", values.astype(np.float32))


def _check_filled(path: Path, values: FloatMatrix, wanted: BoolVector) -> None:
    lacking = ~np.isfinite(values).all(axis=1) & wanted
    if lacking.any():
        row = int(lacking.argmax())
        raise DataError(f"{path}: no prediction in row {row + 1}.", hint=HINT)


def _read(problem: Problem, path: Path, rows: PredictedRows) -> _Read:
    if path.suffix == ".npy":
        array = _read_npy(path)
        if len(array) != rows.n_rows:
            raise wrong_number(path, len(array), rows)
        return _Read(values=_scale(problem, path, array))
    table = _match(read_table(path), problem.target, rows.id)
    places, note = find_places(table, rows)
    read = [f"{path.name}: {what}: {said}" for what, said in table.list_notes()]
    note = "; ".join([*filter(None, [note]), *read]) or None
    names = _find_columns(table, problem.target, rows.id)
    columns = [_read_numbers(table, name)[places] for name in names]
    values = _scale(problem, path, np.column_stack(columns))
    fold = match_column_name(table.names, FOLD)
    if fold is None or fold in names:
        return _Read(values=values, note=note)
    codes, levels = pd.factorize(table.texts(fold)[places])
    return _Read(
        values=values,
        folds=codes.astype(np.int64),
        fold_names=tuple(map(str, levels)) if len(levels) <= MOST_FOLDS else (),
        note=note,
    )


def _match(table: RawTable, target: Target, row_id: str | None) -> RawTable:
    names = [target.name, *target.labels, FOLD]
    return match_columns(table, names if row_id is None else [row_id, *names])


def _read_npy(path: Path) -> FloatMatrix:
    hint = (
        "Save an array of numbers with numpy.save: one row for each row of the table, "
        "one or two axes."
    )
    try:
        array = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        reason = str(error).partition(". ")[0].rstrip(".")
        raise DataError(f"{path}: not readable as npy: {reason}.", hint=hint) from error
    if (
        not isinstance(array, np.ndarray)
        or array.ndim not in {1, 2}
        or array.dtype.kind not in "fiu"
    ):
        came = getattr(array, "dtype", type(array).__name__), getattr(array, "shape", ())
        raise DataError(f"{path}: {came[0]} of shape {came[1]}, expected numbers.", hint=hint)
    return np.asarray(array.reshape(len(array), -1), dtype=np.float64)


def _read_numbers(table: RawTable, name: str) -> FloatVector:
    plain = parse_plain(table.cells(name))
    if plain is not None and not np.isnan(plain).any():
        return plain
    text_column = make_text_column(
        table.cells(name), GAPS
    )  # rows that no fold holds out may be many
    numbers = np.asarray(parse_numbers(text_column.texts), dtype=np.float64)
    is_wrong = (np.isnan(numbers) & (text_column.counts > 0))[text_column.codes]
    if is_wrong.any():
        row = int(is_wrong.argmax())
        cell = table.cells(name)[row].as_py()
        raise DataError(
            f"{table.name}: {cell!r} in column {name!r}, row {row + 1}, is not a number.",
            hint="Give probabilities or values; labels cannot be blended.",
        )
    return numbers[text_column.codes]


def _find_columns(table: RawTable, target: Target, row_id: str | None) -> Sequence[str]:
    if target.n_classes > 2:
        classes = [match_column_name(table.names, label) for label in target.labels]
        known = [name for name in classes if name is not None]
        if len(set(known)) == target.n_classes:
            return known
    own = match_column_name(table.names, target.name)
    if own is not None:
        return [own]
    others = {match_column_name(table.names, name) for name in (row_id, FOLD) if name is not None}
    left = [name for name in table.names if name not in others]
    if len(left) != 1:
        raise DataError(
            f"{table.name}: no column {target.name!r}, and {len(left)} others.",
            hint=f"Name the column of predictions {target.name!r}, or give one column per class, "
            "named by its label.",
        )
    return left


def _scale(problem: Problem, path: Path, values: FloatMatrix) -> FloatMatrix:
    """Return predictions as those of the run's own candidates."""
    n_classes = problem.target.n_classes
    if problem.n_outputs == 1 and values.shape[1] == 2 and n_classes == 2:
        values = values[:, 1:]
    if values.shape[1] != problem.n_outputs:
        raise DataError(
            f"{path}: {format_count(values.shape[1], 'column')} of predictions, "
            f"expected {problem.n_outputs}.",
            hint="Give the probability of the positive class, one column per class, or the value.",
        )
    known = values[~np.isnan(values)]
    if problem.objective == "log_loss" and ((known < 0) | (known > 1)).any():
        raise DataError(
            f"{path}: {known[(known < 0) | (known > 1)][0]:g} is not a probability.",
            hint="Give probabilities, not labels or margins.",
        )
    if problem.objective == "log_loss" and len(known) > 1 and np.isin(known, (0, 1)).all():
        raise DataError(
            f"{path}: only 0 and 1, which are labels.",
            hint="Give probabilities, not labels or margins.",
        )
    if problem.metric.transform == "log1p":
        return np.log1p(np.maximum(values, 0.0))
    return values

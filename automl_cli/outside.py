"""Predictions from outside, such as a notebook's, as members of a blend.

Two files make a member: what it predicts for the training rows, each by a model that has not seen
it (out-of-fold), and what it predicts for the test rows. A csv file names its rows by the id; an
npy array has them in the order of the tables.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.core.arrays import BoolVector, FloatMatrix, FloatVector, IntVector
from automl_cli.core.candidate import Candidate, CandidateSpec
from automl_cli.core.dataset import Target
from automl_cli.core.errors import DataError
from automl_cli.core.problem import Problem
from automl_cli.data.noted import Noted
from automl_cli.data.numbers import parse_numbers
from automl_cli.data.read import RawTable, read_table
from automl_cli.data.spelling import match_columns
from automl_cli.scoring import score_candidate

FOLD = "fold"  # a column of an out-of-fold file that tells the fold of each row
HINT = "Out-of-fold predictions have one row a training row, test predictions one a test row."


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The rows that predictions are for.

    Parameters
    ----------
    name
        ``train`` or ``test``, for messages.
    id
        The column that names them, or None.
    ids
        The id of each as text, or None.
    n_rows
        How many.
    """

    name: str
    id: str | None
    ids: npt.NDArray[np.object_] | None
    n_rows: int


def read_outside(
    problem: Problem, oof_path: Path, test_path: Path, train: Rows, test: Rows, noted: Noted
) -> Candidate:
    """Return a member that was made elsewhere.

    Parameters
    ----------
    problem
        What it answers.
    oof_path, test_path
        Its files: csv or npy, one column of the positive class or of values, or one a class.
    train, test
        The rows that they have to be for.
    noted
        Takes what is noticed while reading the files.

    Raises
    ------
    DataError
        If rows are missing, unknown or repeated, or a cell is no prediction; or if its folds would
        divide what the run's folds keep together.
    """
    oof, folds = _read(problem, oof_path, train, noted)
    predicted, _ = _read(problem, test_path, test, noted)
    covered = problem.folds.covered()
    _check_filled(oof_path, oof, covered)
    _check_filled(test_path, predicted, np.ones(len(predicted), dtype=bool))
    if folds is not None:
        check_folds(problem, oof_path, folds)
    scored = score_candidate(problem, oof)
    return Candidate(
        spec=_make_spec(problem, oof_path),
        oof=np.where(covered[:, None], oof, np.nan),
        test=predicted,
        fold_scores=scored.fold_scores,
        score=scored.score,
        score_se=scored.score_se,
        rounds=(),
        fit_seconds=0.0,
        cut=False,
    )


def _check_filled(path: Path, values: FloatMatrix, wanted: BoolVector) -> None:
    lacking = ~np.isfinite(values).all(axis=1) & wanted
    if lacking.any():
        row = int(lacking.argmax())
        raise DataError(f"{path}: no prediction in row {row + 1}.", hint=HINT)


def _read(
    problem: Problem, path: Path, rows: Rows, noted: Noted
) -> tuple[FloatMatrix, IntVector | None]:
    if path.suffix == ".npy":
        values, folds = _read_npy(path), None
        if len(values) != rows.n_rows:
            raise _wrong_number(path, len(values), rows)
    else:
        table = _match(read_table(path), problem.target, rows.id)
        noted.add(table)
        places = _find_places(table, rows)
        names = _find_columns(table, problem.target, rows.id)
        values = np.column_stack([_read_numbers(table, name) for name in names])[places]
        folds = None
        if FOLD in table.names and FOLD not in names:
            folds = pd.factorize(table.texts(FOLD)[places])[0]
    return _scale(problem, path, values), folds


def _match(table: RawTable, target: Target, row_id: str | None) -> RawTable:
    names = [target.name, *target.labels, FOLD]
    return match_columns(table, names if row_id is None else [row_id, *names])


def _read_npy(path: Path) -> FloatMatrix:
    hint = "Save an array of numbers with numpy.save: one row a row of the table, one or two axes."
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
    numbers = np.asarray(parse_numbers(table.cells(name)), dtype=np.float64)
    for row in np.flatnonzero(np.isnan(numbers)):
        cell = table.cells(name)[int(row)].as_py()
        if cell.strip() and cell.casefold() not in {"nan", "na"}:
            raise DataError(
                f"{table.name}: {cell!r} in column {name!r}, row {row + 1}, is no number.",
                hint="Give probabilities or values; labels cannot be blended.",
            )
    return numbers


def _find_places(table: RawTable, rows: Rows) -> IntVector:
    """Return the row of the file that holds each row of the table."""
    if rows.id is None or rows.ids is None or rows.id not in table.names:
        if table.n_rows != rows.n_rows:
            raise _wrong_number(Path(table.name), table.n_rows, rows)
        return np.arange(rows.n_rows)
    known = pd.Index(table.texts(rows.id), dtype=object)
    if not known.is_unique:
        first = known[known.duplicated()][0]
        raise DataError(
            f"{table.name}: the id {first!r} comes more than once.", hint="Keep one row an id."
        )
    places = known.get_indexer(pd.Index(rows.ids, dtype=object))
    if (places < 0).any():
        missing = rows.ids[int((places < 0).argmax())]
        raise DataError(
            f"{table.name}: {int((places < 0).sum()):,} of {rows.n_rows:,} ids of {rows.name} are "
            f"missing, such as {missing!r}.",
            hint=HINT,
        )
    if len(known) > rows.n_rows:
        extra = known.difference(pd.Index(rows.ids, dtype=object))[0]
        raise DataError(f"{table.name}: the id {extra!r} is none of {rows.name}.", hint=HINT)
    return np.asarray(places, dtype=np.int64)


def _find_columns(table: RawTable, target: Target, row_id: str | None) -> Sequence[str]:
    if target.n_classes > 2 and set(target.labels) <= set(table.names):
        return target.labels
    if target.name in table.names:
        return [target.name]
    left = [name for name in table.names if name not in {row_id, FOLD}]
    if len(left) != 1:
        raise DataError(
            f"{table.name}: no column {target.name!r}, and {len(left)} others.",
            hint=f"Name the column of predictions {target.name!r}, or one a class by its label.",
        )
    return left


def _scale(problem: Problem, path: Path, values: FloatMatrix) -> FloatMatrix:
    """Return predictions as those of the run's own candidates."""
    n_classes = problem.target.n_classes
    if problem.n_outputs == 1 and values.shape[1] == 2 and n_classes == 2:
        values = values[:, 1:]
    if values.shape[1] != problem.n_outputs:
        raise DataError(
            f"{path}: {values.shape[1]} column(s) of predictions, expected {problem.n_outputs}.",
            hint="Give the probability of the positive class, one column a class, or the value.",
        )
    known = values[~np.isnan(values)]
    if problem.objective == "log_loss" and ((known < 0) | (known > 1)).any():
        raise DataError(
            f"{path}: {known[(known < 0) | (known > 1)][0]:g} is no probability.",
            hint="Give probabilities and not labels or margins.",
        )
    if problem.objective == "log_loss" and len(known) > 1 and np.isin(known, (0, 1)).all():
        raise DataError(
            f"{path}: nothing but 0 and 1, which are labels.",
            hint="Give probabilities and not labels or margins.",
        )
    if problem.metric.transform == "log1p":
        return np.log1p(np.maximum(values, 0.0))
    return values


def check_folds(
    problem: Problem, source: Path, blocks: npt.NDArray[np.integer], *, ordered: bool = False
) -> None:
    """Refuse folds that divide what the run keeps together: predictions from them are too good.

    Parameters
    ----------
    problem
        With the run's folds.
    source
        What has other folds, for the message.
    blocks
        The fold of each row, shape (rows,).
    ordered
        Whether they follow time.

    Raises
    ------
    DataError
        If the run validates in time and the others do not, or by groups and in other parts.
    """
    plan = problem.folds
    if plan.ordered and not (ordered and np.array_equal(blocks, plan.blocks[0])):
        raise DataError(
            f"{source}: other folds than the run, which validates in time.",
            hint="Make the predictions with the run's folds (problems/TARGET in its folder).",
        )
    # Rows of one group share a block. If a block's rows lie in several folds, groups may be
    # divided; equal partitions are the one case that is certainly right.
    n_pairs = np.unique(np.stack([plan.blocks[0], blocks]), axis=1).shape[1]
    if plan.grouped and n_pairs > len(np.unique(plan.blocks[0])):
        raise DataError(
            f"{source}: its folds are not those of the run, which keeps groups together.",
            hint="Make the predictions with the run's folds (problems/TARGET in its folder).",
        )


def _make_spec(problem: Problem, path: Path) -> CandidateSpec:
    return CandidateSpec(
        target=problem.target.name,
        model=path.stem,
        recipe=(),
        params=(("file", str(path)),),
        seed=problem.seed,
        max_rounds=0,
        patience=0,
        n_threads=1,
    )


def _wrong_number(path: Path, came: int, rows: Rows) -> DataError:
    return DataError(
        f"{path}: {came:,} rows, expected {rows.n_rows:,} as in {rows.name}.", hint=HINT
    )

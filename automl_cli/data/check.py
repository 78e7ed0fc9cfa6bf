"""Whether a submission fits its data set: columns, rows, ids, order and every predicted cell."""

from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.core.dataset import Dataset, Target
from automl_cli.core.errors import DataError
from automl_cli.core.metric import Wants
from automl_cli.data.ids import TOGETHER
from automl_cli.data.numbers import parse_numbers
from automl_cli.data.read import RawTable, read_table
from automl_cli.data.submission import column_names, name_rows, order_columns


def check_submission(
    submission: pd.DataFrame | Path, dataset: Dataset, wants: Mapping[str, Wants]
) -> None:
    """Check a submission, made or in a file.

    Parameters
    ----------
    submission
        What `automl_cli.data.submission.make_submission` gave, or the path of a file.
    dataset
        With a test table.
    wants
        For each target's name what its metric wants.

    Raises
    ------
    DataError
        If the submission does not fit the data set; the message names the first misfit.
    """
    table = read_table(submission) if isinstance(submission, Path) else _as_text(submission)
    if dataset.test_ids is None:
        raise DataError(
            f"{table.name}: no test table to check it against.", hint="Give the test table."
        )
    names = {
        target: column_names(dataset, target, wants[target.name])
        for target in dataset.schema.targets
    }
    _check_shape(table, dataset, tuple(name for group in names.values() for name in group))
    for target, group in names.items():
        wanted = wants[target.name]
        for name in group:
            if wanted == "ranking" or (wanted == "label" and len(group) == 1):
                _check_labels(table, name, target, wanted)
            else:
                _check_numbers(table, name, wanted)


def _as_text(frame: pd.DataFrame) -> RawTable:
    import pyarrow as pa

    columns = [pa.array(frame[name].astype(str), pa.large_string()) for name in frame.columns]
    chunked = [pa.chunked_array([column]) for column in columns]
    return RawTable(name="submission", table=pa.table(chunked, names=list(frame.columns)))


def _check_shape(table: RawTable, dataset: Dataset, predicted: tuple[str, ...]) -> None:
    expected, ids = order_columns(dataset, predicted), name_rows(dataset)
    model = "the sample" if dataset.sample else "the test table"
    if table.names != expected:
        is_order = sorted(table.names) == sorted(expected)
        came = (
            "the columns are "
            f"{('right, but in the order ' if is_order else '')}{_join_names(table.names)}"
        )
        hint = "Put them in the expected order." if is_order else "Spell the header as expected."
        raise _misfit(table, came, _join_names(expected), hint)
    n_rows = len(dataset.sample.ids if dataset.sample else np.asarray(dataset.test_ids))
    if table.n_rows != n_rows:
        hint = f"Write one row for each row of {model}."
        raise _misfit(table, f"{table.n_rows} rows", str(n_rows), hint)
    if ids:
        _check_ids(table, ids, model)


def _check_ids(table: RawTable, known: Mapping[str, npt.NDArray[np.object_]], model: str) -> None:
    came, ids = (
        _join(columns) for columns in ([table.texts(name) for name in known], known.values())
    )
    differs = came != ids
    if not differs.any():
        return
    row = int(differs.argmax())
    where = f"{came[row]!r} in row {row + 1}"
    if sorted(came) == sorted(ids):
        hint = f"Sort the rows, with their predictions, as in {model}."
        raise _misfit(
            table, f"the ids are right, but in another order: {where}", f"{ids[row]!r}", hint
        )
    hint = f"Take the ids, and their order, from {model}."
    raise _misfit(table, f"the id {where}", f"{ids[row]!r}", hint)


def _join(columns: Iterable[npt.NDArray[np.object_]]) -> npt.NDArray[np.object_]:
    first, *others = columns
    for other in others:
        first = first + TOGETHER + other
    return first


def _check_labels(table: RawTable, name: str, target: Target, wants: Wants) -> None:
    known, texts = set(target.written), table.texts(name)
    for text in dict.fromkeys(texts):
        labels = text.split() if wants == "ranking" else [text]
        if not labels or not known.issuperset(labels):
            row = int((texts == text).argmax())
            what = "classes" if wants == "ranking" else "a class"
            expected = f"{what} of {target.name!r} such as {target.written[0]!r}"
            by = "the sample" if target.spelled else "train"
            hint = f"Write labels as {by} spells them. "
            hint += "If probabilities are expected, set their metric with --metric."
            raise _misfit(table, f"{text!r} in column {name!r}, row {row + 1}", expected, hint)


def _check_numbers(table: RawTable, name: str, wants: Wants) -> None:
    numbers = parse_numbers(table.cells(name))
    misfits = np.isnan(numbers)
    if wants == "probability":
        misfits |= (numbers < 0) | (numbers > 1)
    if misfits.any():
        row = int(misfits.argmax())
        expected = "a probability" if wants == "probability" else "a number"
        cell = table.texts(name)[row]
        hint = f"Fill every cell of the column with {expected}, written like 0.25."
        if wants == "probability":
            hint += " If labels are expected, set their metric with --metric."
        raise _misfit(table, f"{cell!r} in column {name!r}, row {row + 1}", expected, hint)


def _misfit(table: RawTable, came: str, expected: str, hint: str) -> DataError:
    return DataError(f"{table.name}: {came}, expected {expected}.", hint=hint)


def _join_names(names: tuple[str, ...]) -> str:
    return ", ".join(names[:10]) + (" …" if len(names) > 10 else "")

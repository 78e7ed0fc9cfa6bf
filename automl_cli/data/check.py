"""Whether a submission fits its data set: columns, rows, ids, order and every predicted cell."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.core.dataset import Dataset, Target
from automl_cli.core.errors import DataError
from automl_cli.core.metric import Wants
from automl_cli.data.numbers import parse_numbers
from automl_cli.data.read import RawTable, read_table
from automl_cli.data.submission import column_names


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
    sample = dataset.sample
    expected = sample.columns if sample else (dataset.schema.id or "id", *predicted)
    ids = sample.ids if sample else np.asarray(dataset.test_ids)
    model = "the sample" if sample else "the test table"
    if table.names != expected:
        is_order = sorted(table.names) == sorted(expected)
        came = f"the columns are {'right, but ordered ' if is_order else ''}{_listed(table.names)}"
        hint = "Put them in the expected order." if is_order else "Spell the header as expected."
        raise _misfit(table, came, _listed(expected), hint)
    if table.n_rows != len(ids):
        hint = f"Write one row for each row of {model}."
        raise _misfit(table, f"{table.n_rows} rows", str(len(ids)), hint)
    if len(expected) > len(predicted):
        _check_ids(table, expected[0], ids, model)


def _check_ids(table: RawTable, name: str, ids: npt.NDArray[np.object_], model: str) -> None:
    came = table.texts(name)
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


def _check_labels(table: RawTable, name: str, target: Target, wants: Wants) -> None:
    known = set(target.labels)
    for text in dict.fromkeys(table.texts(name)):
        labels = text.split() if wants == "ranking" else [text]
        if not labels or not known.issuperset(labels):
            expected = f"classes of {target.name!r} such as {target.labels[0]!r}"
            hint = "Write labels as train spells them; for probabilities give another metric."
            raise _misfit(table, f"{text!r} in column {name!r}", expected, hint)


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
            hint += " If classes are asked for, name their metric with --metric."
        raise _misfit(table, f"{cell!r} in column {name!r}, row {row + 1}", expected, hint)


def _misfit(table: RawTable, came: str, expected: str, hint: str) -> DataError:
    return DataError(f"{table.name}: {came}, expected {expected}.", hint=hint)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names[:10]) + (" …" if len(names) > 10 else "")

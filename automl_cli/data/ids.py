"""Which column names a row of the submission, and whether its values hold together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.core.errors import DataError
from automl_cli.data.options import DataOptions
from automl_cli.data.read import RawTable, Tables

if TYPE_CHECKING:
    import pyarrow as pa

Ids = npt.NDArray[np.object_]

FRACTION = r"[-+]?\d*\.\d*[1-9]\d*(?:[eE][-+]?\d+)?"  # 7.0 is none


@dataclass(frozen=True, slots=True, kw_only=True)
class RowId:
    """What names a row.

    Parameters
    ----------
    name
        The id column in the submission, or None: rows are numbered.
    columns
        The columns of train and test that hold it; not features as such.
    reason
        Why.
    test_ids
        The id of each test row, byte for byte, or None without a test table.
    """

    name: str | None
    columns: tuple[str, ...]
    reason: str
    test_ids: Ids | None


def find_id(tables: Tables, targets: Sequence[str], options: DataOptions) -> RowId:
    """Return what names a row.

    Raises
    ------
    DataError
        If ids repeat, or those of test and sample differ.
    """
    test, sample = tables.test, tables.sample
    named = sample is not None and len(sample.names) > 1
    if sample is not None and test is not None and named:
        row_id = _from_sample(tables, test, sample, options.id)
    elif options.id is not None:
        row_id = _from_column(tables, options.id, "given")
    elif sample is not None and named:
        row_id = _from_column(tables, sample.names[0], "the sample's first column")
    else:
        row_id = _guess(tables, targets)
    if test is not None and row_id.test_ids is not None:
        _check_unique(test, row_id.test_ids)
    if test is not None and sample is not None and row_id.test_ids is not None:
        _check_equal(test, row_id.test_ids, sample)
    return row_id


def sample_ids(sample: RawTable, test_ids: Ids) -> Ids:
    """Return the id of each row of the sample; its rows are those of test if it has no ids."""
    return sample.texts(sample.names[0]) if len(sample.names) > 1 else test_ids


def find_train_ids(train: RawTable, row_id: RowId) -> "pa.ChunkedArray | None":
    """Return the id of each training row as text, or None if train does not name its rows."""
    name = next((name for name in row_id.columns if name in train.names), None)
    return None if name is None else train.cells(name)


def row_numbers(n_rows: int) -> Ids:
    """Return "0", "1", … as ids of rows that have none."""
    return np.arange(n_rows).astype(str).astype(object)


def _from_sample(tables: Tables, test: RawTable, sample: RawTable, given: str | None) -> RowId:
    name = sample.names[0]
    if given is not None or name in test.names:
        reason = "given" if given else "the sample's first column"
        return _from_column(tables, given or name, reason, shown=name)
    ids = sample.texts(name)
    wanted = set(ids)
    for column in test.names:
        if set(test.texts(column)) == wanted:
            reason = f"the sample calls it {name!r} and holds the same values"
            return _from_column(tables, column, reason, shown=name)
    numbers = pd.to_numeric(pd.Series(ids), errors="coerce").to_numpy()
    if len(ids) == test.n_rows and np.array_equal(numbers, numbers[0] + np.arange(len(ids))):
        return RowId(name=name, columns=(name,), reason="row numbers in the sample", test_ids=ids)
    raise DataError(
        f"{test.name}: no column {name!r}, with which {sample.name} names its rows.",
        hint="Name the id column of the test table with --id.",
    )


def _from_column(tables: Tables, name: str, reason: str, *, shown: str | None = None) -> RowId:
    table = tables.test or tables.train
    if name not in table.names:
        raise DataError(
            f"{table.name}: no column {name!r} for the id.",
            hint=f"Name one of its columns with --id: {', '.join(table.names[:10])}.",
        )
    test_ids = tables.test.texts(name) if tables.test else None
    columns = (name,) if shown in {None, name} else (name, str(shown))
    return RowId(name=shown or name, columns=columns, reason=reason, test_ids=test_ids)


def _guess(tables: Tables, targets: Sequence[str]) -> RowId:
    every = [table for table in (tables.train, tables.test) if table is not None]
    for name in every[-1].names:
        looks = name.casefold().endswith("id") or name.casefold() == "index"
        if looks and name not in targets and all(_may_be_id(table, name) for table in every):
            return _from_column(tables, name, "the name of an id, and no value repeats")
    test_ids = row_numbers(tables.test.n_rows) if tables.test else None
    reason = "no column looks like an id; rows are numbered from 0"
    return RowId(name=None, columns=(), reason=reason, test_ids=test_ids)


def _may_be_id(table: RawTable, name: str) -> bool:
    """Return whether no value repeats and none is a fraction, which is a measurement."""
    if name not in table.names:
        return False
    ids = _index(table.texts(name))
    return bool(ids.is_unique and not ids.str.fullmatch(FRACTION).any())


def _check_unique(table: RawTable, ids: Ids) -> None:
    repeated = _index(ids).duplicated()
    if repeated.any():
        raise DataError(
            f"{table.name}: {repeated.sum()} of {len(ids)} ids repeat an earlier one, "
            f"such as {ids[repeated.argmax()]!r}.",
            hint="Remove the repeated rows, or name another id column with --id.",
        )


def _check_equal(test: RawTable, test_ids: Ids, sample: RawTable) -> None:
    ids = sample_ids(sample, test_ids)
    _check_unique(sample, ids)
    hint = "Give the sample that belongs to this test table with --sample."
    if len(sample.names) == 1 and sample.n_rows != test.n_rows:
        raise DataError(
            f"{sample.name}: {sample.n_rows} rows, expected {test.n_rows} as in {test.name}.",
            hint=hint,
        )
    for holder, here, lacking, there in (
        (sample, ids, test, test_ids),
        (test, test_ids, sample, ids),
    ):
        alone = _index(there).get_indexer(_index(here)) < 0
        if alone.any():
            raise DataError(
                f"{holder.name}: {alone.sum()} of {len(here)} ids are not in {lacking.name}, "
                f"such as {here[alone.argmax()]!r}.",
                hint=hint,
            )


def _index(ids: Ids) -> "pd.Index[str]":
    return pd.Index(ids, dtype=object)  # hashing Python texts is faster than pandas' str type

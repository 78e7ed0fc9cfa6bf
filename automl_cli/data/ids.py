"""What names a row of the submission, and whether its values hold together."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.core.errors import DataError
from automl_cli.data.options import DataOptions
from automl_cli.data.read import RawTable, RawTables
from automl_cli.data.sample_layout import SampleLayout, plain_ids

if TYPE_CHECKING:
    import pyarrow as pa

Ids = npt.NDArray[np.object_]

FRACTION = r"[-+]?\d*\.\d*[1-9]\d*(?:[eE][-+]?\d+)?"  # 7.0 is none
TOGETHER = ", "  # between the cells of columns that name a row together


@dataclass(frozen=True, slots=True, kw_only=True)
class RowId:
    """What names a row.

    Parameters
    ----------
    name
        The id column in the submission, or None: rows are numbered, or named by `together`.
    columns
        The columns of train and test that hold it; not features as such.
    reason
        Why.
    test_ids
        The id of each test row, as the sample spells it, or None without a test table.
    sample_ids
        The id of each row of the sample, or None without a sample.
    together
        Columns of test that name a row together, none of which does so alone.
    respelled
        An id as test has it, and as the sample does, if they differ; else nothing.
    """

    name: str | None
    columns: tuple[str, ...]
    reason: str
    test_ids: Ids | None
    sample_ids: Ids | None = None
    together: tuple[str, ...] = ()
    respelled: tuple[str, ...] = ()


def find_id(
    tables: RawTables, layout: SampleLayout | None, targets: Sequence[str], options: DataOptions
) -> RowId:
    """Return what names a row.

    Raises
    ------
    DataError
        If ids repeat, or those of test and sample differ.
    """
    test, sample = tables.test, tables.sample
    named = layout is not None and bool(layout.id_columns)
    if layout is not None and sample is not None and test is not None and named:
        row_id = _from_sample(tables, layout, options.id)
    elif options.id is not None:
        row_id = _from_column(tables, options.id, "given")
    elif layout is not None and named and layout.id_columns[0][0] in tables.train.names:
        row_id = _from_column(tables, layout.id_columns[0][0], layout.reason)
    else:
        row_id = _guess(tables, targets)
    if test is not None and row_id.test_ids is not None:
        _check_unique(test, row_id.test_ids)
        if sample is not None:
            return _check_equal(test, row_id, sample, is_named=named)
    return row_id


def find_train_ids(train: RawTable, row_id: RowId) -> "pa.ChunkedArray | None":
    """Return the id of each training row as text, or None if train does not name its rows."""
    if row_id.together and set(row_id.together) <= set(train.names):
        return _join(train, row_id.together)
    name = next((name for name in row_id.columns if name in train.names), None)
    return None if name is None else train.cells(name)


def row_numbers(n_rows: int) -> Ids:
    """Return "0", "1", … as ids of rows that have none."""
    return np.arange(n_rows).astype(str).astype(object)


def _from_sample(tables: RawTables, layout: SampleLayout, given: str | None) -> RowId:
    test, sample = cast("RawTable", tables.test), cast("RawTable", tables.sample)
    name, column = layout.id_columns[0]
    if column is None:
        ids = sample.texts(name)
        return RowId(name=name, columns=(name,), reason=layout.reason, test_ids=ids, sample_ids=ids)
    if given is None and column not in test.names:
        raise DataError(
            f"{test.name}: no column {name!r}, with which {sample.name} names its rows.",
            hint="Name the id column of the test table with --id.",
        )
    _check_column(test, given or column)
    pairs = cast("tuple[tuple[str, str], ...]", layout.id_columns)
    alone = _find_alone(tables, pairs, given)
    if alone is not None:
        name, column = alone
        return RowId(
            name=name,
            columns=tuple(dict.fromkeys((column, name))),
            reason=layout.reason
            if alone == pairs[0]
            else "a column that test has too, and no value repeats",
            test_ids=test.texts(column),
            sample_ids=sample.texts(name),
        )
    names, columns = zip(*pairs, strict=True)
    return RowId(
        name=None,
        columns=(),
        reason="columns of the sample that test has too; none of them names a row alone",
        test_ids=_texts(_join(test, columns)),
        sample_ids=_texts(_join(sample, names)),
        together=columns,
    )


def _find_alone(
    tables: RawTables, pairs: Sequence[tuple[str, str]], given: str | None
) -> tuple[str, str] | None:
    """Return the column of the sample that names a row without the others, and that of test."""
    if given is not None:
        return next(pair for pair in pairs if pair[1] == given)
    if len(pairs) == 1:
        return pairs[0]
    every = [table for table in (tables.train, tables.test) if table is not None]
    for name, column in pairs:
        if all(_names_rows(table, column) for table in every if column in table.names):
            return name, column
    return None


def _names_rows(table: RawTable, name: str) -> bool:
    import pyarrow.compute as pc

    return int(pc.count_distinct(table.cells(name)).as_py()) == table.n_rows


def _join(table: RawTable, names: Sequence[str]) -> "pa.ChunkedArray":
    import pyarrow as pa
    import pyarrow.compute as pc

    between = pa.scalar(TOGETHER, pa.large_string())
    return pc.binary_join_element_wise(*(table.cells(name) for name in names), between)


def _texts(cells: "pa.ChunkedArray") -> Ids:
    return np.asarray(cells.to_numpy(), dtype=object)


def _from_column(tables: RawTables, name: str, reason: str) -> RowId:
    _check_column(tables.test or tables.train, name)
    test_ids = tables.test.texts(name) if tables.test else None
    return RowId(name=name, columns=(name,), reason=reason, test_ids=test_ids)


def _check_column(table: RawTable, name: str) -> None:
    if name not in table.names:
        raise DataError(
            f"{table.name}: no column {name!r} for the id.",
            hint=f"Name one of its columns with --id: {', '.join(table.names[:10])}.",
        )


def _guess(tables: RawTables, targets: Sequence[str]) -> RowId:
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


def _check_equal(test: RawTable, row_id: RowId, sample: RawTable, *, is_named: bool) -> RowId:
    """Return the id with test's in the spelling of the sample's; refuse those that differ."""
    test_ids = np.asarray(row_id.test_ids)
    if not is_named:
        _check_number(test, sample)
        return replace(row_id, sample_ids=test_ids)
    ids = np.asarray(row_id.sample_ids)
    _check_unique(sample, ids)
    alone = _index(ids).get_indexer(_index(test_ids)) < 0
    if alone.any() or len(ids) != len(test_ids):
        respelled = _format_alike(test_ids, ids)
        if respelled is None:
            raise _differ(test, test_ids, sample, ids)
        row = int(alone.argmax())
        spellings = (str(test_ids[row]), str(respelled[row]))
        return replace(row_id, test_ids=respelled, respelled=spellings)
    return row_id


def _check_number(test: RawTable, sample: RawTable) -> None:
    if sample.n_rows != test.n_rows:
        raise DataError(
            f"{sample.name}: {sample.n_rows} rows, expected {test.n_rows} as in {test.name}.",
            hint="Give the sample that belongs to this test table with --sample.",
        )


def _format_alike(test_ids: Ids, ids: Ids) -> Ids | None:
    """Return test's ids as the sample spells them, or None if they are other ids."""
    import pyarrow as pa

    here, there = (
        _index(_texts(plain_ids(pa.chunked_array([pa.array(one, pa.large_string())]))))
        for one in (test_ids, ids)
    )
    if len(here) != len(there) or not here.is_unique or not there.is_unique:
        return None
    places = there.get_indexer(here)
    return None if (places < 0).any() else ids[places]


def _differ(test: RawTable, test_ids: Ids, sample: RawTable, ids: Ids) -> DataError:
    sides = ((sample, ids, test, test_ids), (test, test_ids, sample, ids))
    for holder, here, lacking, there in sides:
        alone = _index(there).get_indexer(_index(here)) < 0
        if alone.any():
            return DataError(
                f"{holder.name}: {alone.sum()} of {len(here)} ids are not in {lacking.name}, "
                f"such as {here[alone.argmax()]!r}.",
                hint="Give the sample that belongs to this test table with --sample.",
            )
    raise AssertionError("two lists of equal ids")


def _index(ids: Ids) -> "pd.Index[str]":
    return pd.Index(ids, dtype=object)  # hashing Python texts is faster than pandas' str type

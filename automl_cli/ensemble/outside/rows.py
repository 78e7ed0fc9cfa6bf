"""The rows that a file of predictions has to be for, found by their ids.

Ids are compared as the texts that they are, or as whole numbers where all of them are, so that
``400.0``, which pandas writes for a column that once had a gap, is ``400``. Nothing becomes a
Python object: a hundred files may have 700,000 rows each.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from automl_cli.core.arrays import IntVector
from automl_cli.core.errors import DataError
from automl_cli.data.numbers import EXACT, parse_integers, parse_plain
from automl_cli.data.read import RawTable

if TYPE_CHECKING:
    import pyarrow as pa

HINT = (
    "Give the out-of-fold file first, with one row for each training row, and then the test file, "
    "with one row for each test row."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictedRows:
    """The rows that predictions are for.

    Parameters
    ----------
    name
        ``train`` or ``test``, for messages.
    id
        The column that names them, or None.
    texts
        The id of each, or None.
    numbers
        The same as whole numbers, if all are and no two of them are equal.
    n_rows
        How many.
    """

    name: str
    id: str | None
    texts: "pa.ChunkedArray | None"
    numbers: IntVector | None
    n_rows: int


def make_rows(
    name: str, row_id: str | None, ids: "pa.ChunkedArray | None", n_rows: int
) -> PredictedRows:
    """Return the rows of a table, ready to be found in many files.

    Parameters
    ----------
    name
        ``train`` or ``test``.
    row_id
        The column that names them, or None.
    ids
        The id of each row as text, or None.
    n_rows
        How many.
    """
    numbers = None if ids is None else _read_whole_numbers(ids)
    if numbers is not None and not pd.Index(numbers).is_unique:
        numbers = None  # such as 7 and 007, which are two
    return PredictedRows(name=name, id=row_id, texts=ids, numbers=numbers, n_rows=n_rows)


def find_places(table: RawTable, rows: PredictedRows) -> tuple[IntVector, str | None]:
    """Return the row of the file that holds each of the rows, and what there is to say.

    Raises
    ------
    DataError
        If rows are missing, unknown or repeated.
    """
    name = (
        None if rows.texts is None or rows.id is None else match_column_name(table.names, rows.id)
    )
    if name is None or rows.texts is None:
        if table.n_rows != rows.n_rows:
            raise wrong_number(Path(table.name), table.n_rows, rows)
        text = f"{table.name}: no column {rows.id!r}; its rows are taken in the order of "
        return np.arange(rows.n_rows), f"{text}{rows.name}." if rows.texts is not None else None
    known, wanted = _make_comparable(table.cells(name), rows)
    if len(known) == len(wanted) and known.equals(wanted):
        _check_repeats(table, name, known)
        return np.arange(rows.n_rows), None
    _check_repeats(table, name, known)
    places = known.get_indexer(wanted)
    missing = places < 0
    if missing.any():
        example = rows.texts[int(missing.argmax())].as_py()
        raise DataError(
            f"{table.name}: {int(missing.sum()):,} of {rows.n_rows:,} ids of {rows.name} are "
            f"missing, such as {example!r}.",
            hint=HINT,
        )
    if len(known) > rows.n_rows:
        extra = np.ones(len(known), dtype=bool)
        extra[places] = False
        example = table.cells(name)[int(extra.argmax())].as_py()
        raise DataError(
            f"{table.name}: {int(extra.sum()):,} of its {len(known):,} ids are not in "
            f"{rows.name}, such as the id {example!r}.",
            hint=f"Leave out the rows that {rows.name} does not have.",
        )
    return np.asarray(places, dtype=np.int64), None


def match_column_name(names: tuple[str, ...], wanted: str) -> str | None:
    """Return the column called `wanted`, be it in another case, or None.

    Examples
    --------
    >>> match_column_name(("ID", "sold"), "id")
    'ID'
    >>> match_column_name(("ID", "Id"), "id") is None
    True
    """
    if wanted in names:
        return wanted
    alike = [name for name in names if name.strip().casefold() == wanted.strip().casefold()]
    return alike[0] if len(alike) == 1 else None


def wrong_number(path: Path, came: int, rows: PredictedRows) -> DataError:
    """Return the error for a file whose rows are not as many as those of a table."""
    return DataError(
        f"{path}: {came:,} rows, expected {rows.n_rows:,} as in {rows.name}.", hint=HINT
    )


def _make_comparable(cells: "pa.ChunkedArray", rows: PredictedRows) -> "tuple[pd.Index, pd.Index]":
    """Return the ids of a file and of the rows, both as numbers or both as texts."""
    import pyarrow as pa

    if rows.numbers is not None:
        numbers = _read_whole_numbers(cells)
        if numbers is not None:
            return pd.Index(numbers), pd.Index(rows.numbers)
    if rows.texts is None:
        raise AssertionError("rows without ids are not looked for")
    # Texts become codes of one dictionary, so that only numbers are hashed here too.
    joined = pa.chunked_array([*cells.chunks, *rows.texts.chunks], pa.large_string())
    codes = joined.combine_chunks().dictionary_encode().indices.to_numpy()
    return pd.Index(codes[: len(cells)]), pd.Index(codes[len(cells) :])


def _check_repeats(table: RawTable, name: str, known: pd.Index) -> None:
    if known.is_unique:
        return
    repeated = np.asarray(known.duplicated())
    example = table.cells(name)[int(repeated.argmax())].as_py()
    raise DataError(
        f"{table.name}: the id {example!r} comes more than once.", hint="Keep one row for each id."
    )


def _read_whole_numbers(cells: "pa.ChunkedArray") -> IntVector | None:
    import pyarrow.compute as pc

    trimmed = pc.utf8_trim_whitespace(cells)
    exact = parse_integers(trimmed)
    if exact is not None:
        return exact
    values = parse_plain(trimmed)
    if values is None or np.isnan(values).any() or (np.abs(values) >= EXACT).any():
        return None
    whole = values.astype(np.int64)
    return whole if np.array_equal(whole, values) else None

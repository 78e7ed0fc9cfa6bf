"""One set of types for every table: stored as plain data, applied to any table.

    typing = find_typing([train, test], names)     # automl_cli.data.kinds decides once, jointly
    frame = prepare_frame(typing, train)           # and test, and any later table

Applying a typing looks at one cell at a time, so rows predicted one by one are read as they were
in the batch.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.core.arrays import FloatVector
from automl_cli.core.errors import DataError
from automl_cli.data.dates import Order, parse_dates, parse_times
from automl_cli.data.names import match_names
from automl_cli.data.numbers import EXACT, Storage, Style, parse_numbers, parse_plain, store_numbers
from automl_cli.data.read import RawTable
from automl_cli.data.words import MISSING_NUMBERS, Texts, Words, blank, make_words

Values: TypeAlias = "npt.NDArray[Any] | pd.Categorical[Any] | pd.Series[Any]"
Kind: TypeAlias = Literal["empty", "number", "boolean", "time", "datetime", "category", "text"]
MEASURED = ("number", "boolean", "time", "datetime")  # kinds that cannot hold any text


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnTyping:
    """How the cells of one column are read.

    Parameters
    ----------
    name
        The column.
    kind
        What its cells are. ``boolean`` becomes 0, 1 or NaN; ``time`` seconds since midnight.
    reason
        What in the column led to it.
    style, storage
        Of numbers: how they are spelled and kept.
    order
        Of dates: the order of day, month and year.
    categories
        Of categories: all levels, sorted; another text counts as missing.
    canonical
        True for categories that are numbers: 1, 1.0 and 1e0 are one level, called 1.
    """

    name: str
    kind: Kind
    reason: str
    style: Style = "plain"
    storage: Storage = "float64"
    order: Order = "ymd"
    categories: tuple[str, ...] = ()
    canonical: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TableTyping:
    """How the cells of a table are read.

    Parameters
    ----------
    missing
        Texts that mean missing in every column.
    columns
        The columns that are read, in order.
    """

    missing: tuple[str, ...]
    columns: tuple[ColumnTyping, ...]

    def __getitem__(self, name: str) -> ColumnTyping:
        """Return the typing of the column `name`."""
        return next(column for column in self.columns if column.name == name)

    def select(self, names: tuple[str, ...]) -> "TableTyping":
        """Return the typing of the columns `names` only, in their order."""
        return TableTyping(missing=self.missing, columns=tuple(self[name] for name in names))

    def to_json(self) -> dict[str, Any]:
        """Return the typing as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, record: Mapping[str, Any]) -> "TableTyping":
        """Return the typing that `to_json` gave.

        Examples
        --------
        >>> column = ColumnTyping(name="a", kind="category", reason="", categories=("x", "y"))
        >>> typing = TableTyping(missing=("",), columns=(column,))
        >>> TableTyping.from_json(typing.to_json()) == typing
        True
        """
        columns = [
            ColumnTyping(**{**column, "categories": tuple(column["categories"])})
            for column in record["columns"]
        ]
        return cls(missing=tuple(record["missing"]), columns=tuple(columns))


def prepare_frame(typing: TableTyping, table: RawTable) -> pd.DataFrame:
    """Return the columns of `typing` with the dtypes that `core.dataset.Column` promises.

    An integer column in which the new table lacks a cell comes as float64. Columns may be spelled
    in another way, see `automl_cli.data.names`.

    Raises
    ------
    DataError
        If `table` lacks a column, or two may be the same one: give a table made like the training
        table.
    """
    table = _match(typing, table)
    absent = [column.name for column in typing.columns if column.name not in table.names]
    if absent:
        word = "column" if len(absent) == 1 else "columns"
        shown = ", ".join(repr(name) for name in absent[:5])
        more = f" and {len(absent) - 5} more" if len(absent) > 5 else ""
        raise DataError(
            f"{table.name}: without the {word} {shown}{more} that the training table has.",
            hint="Give a table with all feature columns of the training table.",
        )
    data = {
        column.name: read_column(column, table.cells(column.name), typing.missing)
        for column in typing.columns
    }
    return pd.DataFrame(data, index=pd.RangeIndex(table.n_rows))


def count_unread(
    typing: TableTyping, table: RawTable, frame: pd.DataFrame
) -> dict[str, tuple[int, str]]:
    """Return the columns in which cells hold something that was read as missing.

    Labels that the training table has not are no mistake and are not counted.

    Parameters
    ----------
    typing, table
        What `prepare_frame` was given.
    frame
        What it returned.

    Returns
    -------
    For each such column how many cells, and the first of them.
    """
    found, table = {}, _match(typing, table)
    for column in typing.columns:
        lost = np.asarray(frame[column.name].isna())
        if column.kind not in MEASURED or not lost.any():
            continue
        words = make_words(table.cells(column.name), (*typing.missing, *MISSING_NUMBERS))
        rows = np.flatnonzero(lost & (words.counts > 0)[words.codes])
        if len(rows):
            found[column.name] = len(rows), str(table.texts(column.name)[rows[0]])
    return found


def _match(typing: TableTyping, table: RawTable) -> RawTable:
    names = [column.name for column in typing.columns]
    return table.rename(match_names(table.name, table.names, names))


def read_column(column: ColumnTyping, cells: Texts, missing: tuple[str, ...]) -> Values:
    """Return `cells` (a chunked array of text) as `column` says, one value a row.

    Returns
    -------
    A float64, int64 or datetime64 array, a ``Categorical``, or a ``str`` Series.
    """
    if column.kind == "empty":
        return np.full(len(cells), np.nan)
    if column.kind == "number":
        return _read_numbers(column, cells, missing)
    if column.kind == "text":
        return pd.Series(blank(cells, missing).to_pandas(), dtype="str")
    words = make_words(cells, missing)
    if column.kind == "category":
        return _read_categories(column, words)
    values = {"boolean": parse_booleans, "time": parse_times}.get(column.kind)
    if values is not None:
        return values(words.texts)[words.codes]
    return parse_dates(words.texts, column.order)[words.codes]


def parse_booleans(texts: Texts) -> FloatVector:
    """Return 1.0 for true, 0.0 for false (in any case) and NaN for every other text."""
    import pyarrow.compute as pc

    lower = pc.fill_null(pc.utf8_lower(texts), "")
    is_true, is_false = (np.asarray(pc.equal(lower, word)) for word in ("true", "false"))
    return np.where(is_true, 1.0, np.where(is_false, 0.0, np.nan))


def make_labels(texts: Texts, *, style: Style, canonical: bool) -> npt.NDArray[np.object_]:
    """Return the level that each text names, None where it is missing."""
    labels = np.asarray(texts.to_numpy(zero_copy_only=False), dtype=object)
    if canonical:
        numbers = parse_numbers(texts, style)
        for row in np.flatnonzero(~np.isnan(numbers)):
            labels[row] = _spell(float(numbers[row]), labels[row])
    return labels


def _read_numbers(
    column: ColumnTyping, cells: Texts, missing: tuple[str, ...]
) -> FloatVector | npt.NDArray[np.int64]:
    missing = (*missing, *MISSING_NUMBERS)
    texts = blank(cells, missing)
    values = parse_plain(texts) if column.style == "plain" else None
    if values is not None:
        return store_numbers(texts, values, column.storage)
    words = make_words(cells, missing)
    values = parse_numbers(words.texts, column.style)
    return store_numbers(words.texts, values, column.storage)[words.codes]


def _read_categories(column: ColumnTyping, words: Words) -> Values:
    levels = pd.Index(column.categories, dtype="str")
    labels = make_labels(words.texts, style=column.style, canonical=column.canonical)
    codes = levels.get_indexer(pd.Index(labels, dtype="str"))
    codes[pd.isna(labels)] = -1
    return pd.Categorical.from_codes(
        codes[words.codes], dtype=pd.CategoricalDtype(levels), validate=False
    )


def _spell(number: float, text: str) -> str:
    if not number.is_integer():
        return repr(number)
    return str(int(number)) if abs(number) < EXACT else text

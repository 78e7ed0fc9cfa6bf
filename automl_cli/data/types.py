"""One set of types for every table: stored as plain data, applied to any table.

    typing = find_typing([train, test], names)     # automl_cli.data.kinds decides once, jointly
    frame = prepare_frame(typing, train)           # and test, and any later table

Applying a typing looks at one cell at a time, so rows predicted one by one are read as they were
in the batch.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.core.arrays import FloatVector
from automl_cli.core.errors import DataError
from automl_cli.data.booleans import parse_booleans
from automl_cli.data.dates import DateOrder, parse_dates, parse_times
from automl_cli.data.durations import parse_durations
from automl_cli.data.formats import PLAIN, NumberFormat, read_format
from automl_cli.data.names import match_names
from automl_cli.data.numbers import EXACT, Storage, parse_plain, store_numbers
from automl_cli.data.read import RawTable
from automl_cli.data.text_columns import (
    MISSING_NUMBERS,
    TextColumn,
    Texts,
    make_text_column,
    mask_missing,
)

Values: TypeAlias = "npt.NDArray[Any] | pd.Categorical[Any] | pd.Series[Any]"
ColumnKind: TypeAlias = Literal[
    "empty", "number", "boolean", "time", "duration", "datetime", "category", "text"
]
MEASURED = ("number", "boolean", "time", "duration", "datetime")  # kinds that cannot hold any text


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnTyping:
    """How the cells of one column are read.

    Parameters
    ----------
    name
        The column.
    kind
        What its cells are. ``boolean`` becomes 0, 1 or NaN; ``time`` seconds since midnight,
        ``duration`` seconds.
    reason
        What in the column led to it.
    form, storage
        Of numbers: how they are spelled and kept.
    order
        Of dates: the order of day, month and year.
    categories
        Of categories: all levels, sorted; another text counts as missing.
    canonical
        True for categories that are numbers: 1, 1.0 and 1e0 are one level, called 1.
    strays
        Cells that hold something else and count as missing, in the tables it was found on.
    source, pattern
        Of a part of a code: the column whose cells hold it, and the regular expression whose group
        ``part`` it is. Of labels that are numbers as well: the column of the numbers, and nothing.
        Nothing if the column stands in the table itself.
    """

    name: str
    kind: ColumnKind
    reason: str
    form: NumberFormat = PLAIN
    storage: Storage = "float64"
    order: DateOrder = "ymd"
    categories: tuple[str, ...] = ()
    canonical: bool = False
    strays: int = 0
    source: str = ""
    pattern: str = ""

    @property
    def held_by(self) -> str:
        """The column of the table that holds the cells."""
        return self.source or self.name


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
        known = {column.name: column for column in self.columns}
        return replace(self, columns=tuple(known[name] for name in names))

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
        columns = [_from_json(column) for column in record["columns"]]
        return cls(missing=tuple(record["missing"]), columns=tuple(columns))


def _from_json(record: Mapping[str, Any]) -> ColumnTyping:
    form = dict(record["form"])
    units = tuple((str(unit), float(factor)) for unit, factor in form.pop("units"))
    return ColumnTyping(
        **{
            **record,
            "categories": tuple(record["categories"]),
            "form": NumberFormat(**form, units=units),
        }
    )


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
    held = list(dict.fromkeys(column.held_by for column in typing.columns))
    table = table.rename(match_names(table.name, table.names, held))
    absent = [name for name in held if not table.has(name)]
    if absent:
        word = "column" if len(absent) == 1 else "columns"
        shown = ", ".join(repr(name) for name in absent[:5])
        more = f" and {len(absent) - 5} more" if len(absent) > 5 else ""
        raise DataError(
            f"{table.name}: lacks the {word} {shown}{more} of the training table.",
            hint="Give a table with all feature columns of the training table.",
        )
    data = {
        column.name: read_column(column, table.cells(column.held_by), typing.missing)
        for column in typing.columns
    }
    return pd.DataFrame(data, index=pd.RangeIndex(table.n_rows))


def read_column(column: ColumnTyping, cells: Texts, missing: tuple[str, ...]) -> Values:
    """Return `cells` (a chunked array of text) as `column` says, one value a row.

    Returns
    -------
    A float64, int64 or datetime64 array, a ``Categorical``, or a ``str`` Series.
    """
    if column.kind == "empty":
        return np.full(len(cells), np.nan)
    if column.pattern:
        cells = extract_part(cells, column.pattern)
    if column.kind == "number":
        return _read_numbers(column, cells, missing)
    if column.kind == "text":
        return pd.Series(mask_missing(cells, missing).to_pandas(), dtype="str")
    text_column = make_text_column(cells, missing)
    if column.kind == "category":
        return _read_categories(column, text_column)
    return read_text_values(column, text_column)[text_column.codes]


def read_text_values(column: ColumnTyping, text_column: TextColumn) -> npt.NDArray[Any]:
    """Return what the texts of a measured column are, NaN or NaT where they are nothing."""
    if column.kind == "number":
        return read_format(text_column.texts, column.form)
    if column.kind == "boolean":
        return parse_booleans(text_column.texts)
    if column.kind == "time":
        return parse_times(text_column.texts)
    if column.kind == "duration":
        return parse_durations(text_column.texts)
    return parse_dates(text_column.texts, column.order)


def extract_part(cells: Texts, pattern: str) -> Texts:
    """Return the group ``part`` of `pattern` in each cell, the empty text where it fits none."""
    import pyarrow as pa
    import pyarrow.compute as pc

    encoded = cells.combine_chunks() if isinstance(cells, pa.ChunkedArray) else cells
    encoded = encoded.dictionary_encode()
    texts = pc.utf8_trim_whitespace(encoded.dictionary)
    parts = pc.fill_null(pc.struct_field(pc.extract_regex(texts, pattern=pattern), "part"), "")
    return pa.chunked_array([parts.cast(pa.large_string()).take(encoded.indices)])


def make_labels(texts: Texts, *, form: NumberFormat, canonical: bool) -> npt.NDArray[np.object_]:
    """Return the level that each text names, None where it is missing."""
    labels = np.asarray(texts.to_numpy(zero_copy_only=False), dtype=object)
    if canonical:
        numbers = read_format(texts, form)
        for row in np.flatnonzero(~np.isnan(numbers)):
            labels[row] = _format(float(numbers[row]), labels[row])
    return labels


def _read_numbers(
    column: ColumnTyping, cells: Texts, missing: tuple[str, ...]
) -> FloatVector | npt.NDArray[np.int64]:
    missing = (*missing, *MISSING_NUMBERS)
    texts = mask_missing(cells, missing)
    values = parse_plain(texts) if column.form == PLAIN else None
    if values is not None:
        return store_numbers(texts, values, column.storage)
    text_column = make_text_column(cells, missing)
    values = read_format(text_column.texts, column.form)
    return store_numbers(text_column.texts, values, column.storage)[text_column.codes]


def _read_categories(column: ColumnTyping, text_column: TextColumn) -> Values:
    levels = pd.Index(column.categories, dtype="str")
    labels = make_labels(text_column.texts, form=column.form, canonical=column.canonical)
    codes = levels.get_indexer(pd.Index(labels, dtype="str"))
    codes[pd.isna(labels)] = -1
    return pd.Categorical.from_codes(
        codes[text_column.codes], dtype=pd.CategoricalDtype(levels), validate=False
    )


def _format(number: float, text: str) -> str:
    if not number.is_integer():
        return repr(number)
    return str(int(number)) if abs(number) < EXACT else text

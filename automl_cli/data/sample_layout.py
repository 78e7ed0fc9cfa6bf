"""Which columns of the sample name its rows, and which hold predictions.

A column that the test table has too, with the same values, names rows or is copied from there,
wherever it stands; the others hold predictions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from automl_cli.data.numbers import parse_numbers
from automl_cli.data.options import DataOptions
from automl_cli.data.read import RawTable, RawTables

if TYPE_CHECKING:
    import pyarrow as pa

ColumnPair: TypeAlias = "tuple[str, str | None]"

LEAST_SHARED = 0.5  # of a column's values that test must have for it to name the same rows
FIRST = "the sample's first column"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleLayout:
    """The columns of the sample.

    Parameters
    ----------
    id_columns
        Those that name rows or are copied, each with the column of test that holds the same. A
        single one without (None) numbers the rows of test.
    values
        Those that hold predictions, in their order; none if the sample holds ids only.
    reason
        Why these.
    """

    id_columns: tuple[ColumnPair, ...]
    values: tuple[str, ...]
    reason: str


def find_sample_layout(tables: RawTables, options: DataOptions) -> SampleLayout | None:
    """Return what the columns of the sample are for, or None without a sample."""
    sample, test = tables.sample, tables.test
    if sample is None:
        return None
    names = [name for name in sample.names if name not in options.target]
    if test is None:
        pairs, reason = _guess(sample, names)
    elif options.id is not None:
        pairs, reason = _pair_given(sample, test, names, options.id)
    else:
        pairs, reason = _pair(tables, sample, test, names)
    taken = {name for name, _ in pairs}
    return SampleLayout(
        id_columns=tuple(pairs),
        values=tuple(name for name in sample.names if name not in taken),
        reason=FIRST if pairs and pairs[0][0] == sample.names[0] and not reason else reason,
    )


def plain_name(name: str) -> str:
    """Return a column's name without its case and the blanks around it."""
    return name.strip().casefold()


def plain_ids(cells: "pa.ChunkedArray") -> "pa.ChunkedArray":
    """Return ids in one spelling: 400, 400.0, 4e2 and 0400 are one number.

    Examples
    --------
    >>> import pyarrow as pa
    >>> plain_ids(pa.chunked_array([["007", " 400.0", "1e+05", "A.0"]])).to_pylist()
    ['7', '400', '100000', 'A.0']
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    trimmed = pc.utf8_trim_whitespace(pc.cast(cells, pa.large_string()))
    plain = pc.replace_substring_regex(trimmed, r"^(-?)0*(\d+)(?:\.0*)?$", r"\1\2")
    short = pc.match_substring_regex(plain, r"^\d(\.\d+)?[eE]\+?\d{1,2}$")
    if not pc.any(short).as_py():
        return plain
    texts = [
        f"{float(text):.0f}" if is_short and float(text).is_integer() else text
        for text, is_short in zip(plain.to_pylist(), short.to_pylist(), strict=True)
    ]
    return pa.chunked_array([pa.array(texts, pa.large_string())])


def _guess(sample: RawTable, names: Sequence[str]) -> tuple[list[ColumnPair], str]:
    """Without a test table: a name that ends as an id's does, else the first column."""
    if len(sample.names) == 1 or not names:
        return [], ""
    usual = [name for name in names if plain_name(name).endswith("id")]
    name = (usual or names)[0]
    return [(name, name)], ""


def _pair_given(
    sample: RawTable, test: RawTable, names: Sequence[str], given: str
) -> tuple[list[ColumnPair], str]:
    if given in sample.names:
        others = [pair for pair in _pair_by_name(sample, test, names) if pair[0] != given]
        return [(given, given), *others], "given"
    same = [name for name in names if given in test.names and _is_alike(sample, name, test, given)]
    if len(sample.names) == 1:
        return [(name, given) for name in same], "given"
    return [(name, given) for name in (same or names)[:1]], "given"


def _pair(
    tables: RawTables, sample: RawTable, test: RawTable, names: Sequence[str]
) -> tuple[list[ColumnPair], str]:
    pairs = _pair_by_name(sample, test, names)
    if pairs:
        return pairs, "" if pairs[0][0] == sample.names[0] else "a column that test has too"
    alone = len(sample.names) == 1
    # The column that train has and test lacks is what is to be predicted.
    may_be = [name for name in names if not alone or name not in tables.train.names]
    for name in may_be:
        column = _find_same(sample, name, test)
        if column is not None:
            return [(name, column)], f"the sample calls it {name!r} and holds the same values"
    shared = [name for name in names if name in test.names]
    if shared:
        return [(shared[0], shared[0])], ""  # the sample of another table: told with its ids
    if alone:
        return [], ""
    for name in names:
        if _counts_rows(sample, name, test) and (name == names[0] or sample.n_rows > 1):
            return [(name, None)], "row numbers in the sample"
    only_sample = [name for name in names if name not in tables.train.names]
    return [(name, name) for name in (only_sample or names)[:1]], ""


def _pair_by_name(sample: RawTable, test: RawTable, names: Iterable[str]) -> list[ColumnPair]:
    """Return the columns that test has too, under the same name and with much the same values."""
    plain = [plain_name(name) for name in test.names]
    other = dict(zip(plain, test.names, strict=True))
    pairs: list[ColumnPair] = []
    for name in names:
        near = other.get(plain_name(name)) if plain.count(plain_name(name)) == 1 else None
        column = name if name in test.names else near
        if column is None:
            continue
        if _is_alike(sample, name, test, column) or _identifies_rows(sample, name, test, column):
            pairs.append((name, column))
    if len(pairs) == len(sample.names) > 1 < sample.n_rows:
        # Test has a column for the answers: the one that is the same in every row.
        pairs = [pair for pair in pairs if len(sample.cells(pair[0]).unique()) > 1] or pairs
    return pairs


def _is_alike(sample: RawTable, name: str, test: RawTable, column: str) -> bool:
    here, there = sample.cells(name).unique(), test.cells(column).unique()
    if len(here) == 1 < len(there) and sample.n_rows > 1:
        return False  # 0 in every row, and test has it somewhere
    return _count_shared(here, there) >= LEAST_SHARED * len(here)


def _identifies_rows(sample: RawTable, name: str, test: RawTable, column: str) -> bool:
    """Return whether a column names rows, though other ones than test has: told with its ids."""
    here, there = sample.cells(name).unique(), test.cells(column).unique()
    numbers = parse_numbers(here)
    are_codes = len(here) == sample.n_rows and np.array_equal(numbers, np.floor(numbers))
    return min(len(here), len(there)) > 1 and (are_codes or bool(np.isnan(numbers).all()))


def _find_same(sample: RawTable, name: str, test: RawTable) -> str | None:
    """Return the column of test that holds the same ids under another name."""
    import pyarrow.compute as pc

    ids = sample.cells(name).unique()
    if len(ids) < sample.n_rows:
        return None
    for column in test.names:
        n_distinct = pc.count_distinct(test.cells(column)).as_py()  # quick: most are told by it
        if n_distinct == len(ids) == _count_shared(ids, test.cells(column).unique()):
            return column
    return None


def _count_shared(here: "pa.Array", there: "pa.Array") -> int:
    """Return how many of the distinct cells `here` are `there` too, in whatever spelling."""
    import pyarrow.compute as pc

    n_same = int(pc.sum(pc.is_in(here, value_set=there), min_count=0).as_py())
    if n_same >= LEAST_SHARED * len(here):
        return n_same
    ours, theirs = (plain_ids(cells) for cells in (here, there))
    return int(pc.sum(pc.is_in(ours.unique(), value_set=theirs), min_count=0).as_py())


def _counts_rows(sample: RawTable, name: str, test: RawTable) -> bool:
    numbers = parse_numbers(sample.cells(name))
    counted = numbers[0] + np.arange(len(numbers))
    return sample.n_rows == test.n_rows and np.array_equal(numbers, counted)

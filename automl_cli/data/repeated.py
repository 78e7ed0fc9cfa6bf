"""Rows that repeat the header, as files have that were joined end to end."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from automl_cli.core.arrays import IntVector
from automl_cli.data.names import clean_name

if TYPE_CHECKING:
    import pyarrow as pa

MOST_SHOWN = 5


def find_repeats(table: "pa.Table") -> IntVector:
    """Return the rows in which every cell is the name of its column, whatever case it has."""
    import pyarrow.compute as pc

    wanted = [clean_name(name).lower() for name in table.column_names]
    if not wanted:
        return np.empty(0, dtype=np.int64)
    places = sorted(range(len(wanted)), key=lambda place: -len(wanted[place]))
    rows = _find_candidates(table.column(places[0]), wanted[places[0]])
    for place in places:
        if not len(rows):
            break
        cells = pc.utf8_lower(pc.utf8_trim_whitespace(table.column(place).take(rows)))
        rows = rows[np.asarray(pc.equal(cells, wanted[place]))]
    return rows


def drop_rows(table: "pa.Table", rows: IntVector) -> "pa.Table":
    """Return the table without these rows."""
    import pyarrow as pa

    if not len(rows):
        return table
    kept = np.ones(table.num_rows, dtype=bool)
    kept[rows] = False
    return table.filter(pa.array(kept))


def describe_repeats(places: Sequence[int], unit: str) -> str:
    """Return where the header is repeated.

    Examples
    --------
    >>> describe_repeats([502], "line"), describe_repeats([3, 502], "line")
    ('repeated in line 502, left out', 'repeated in lines 3 and 502, left out')
    """
    if not all(places):
        return f"repeated in {len(places)} rows, left out"
    shown = [f"{place}" for place in places[:MOST_SHOWN]]
    if len(places) > MOST_SHOWN:
        shown.append(f"{len(places) - MOST_SHOWN} more")
    listed = " and ".join(filter(None, [", ".join(shown[:-1]), shown[-1]]))
    return f"repeated in {unit}{'s' if len(places) > 1 else ''} {listed}, left out"


def _find_candidates(cells: "pa.ChunkedArray", name: str) -> IntVector:
    """Return the rows whose cell may be `name`, by its length and its first byte alone.

    The bytes are looked at in place: making them plain first takes as long as a tenth of reading.
    """
    first = name[:1].encode()
    may_begin = np.zeros(256, dtype=bool)
    may_begin[list(first + first.upper() + b" \t")] = True
    if not name.isascii() or not name:
        return np.arange(len(cells))
    found, n_before = [], 0
    for chunk in filter(len, cells.chunks):
        _, ends, letters = chunk.buffers()
        bounds = np.frombuffer(ends, dtype=np.int64)[chunk.offset :][: len(chunk) + 1]
        rows = np.flatnonzero(np.diff(bounds) >= len(name))
        if len(rows):
            rows = rows[may_begin[np.frombuffer(letters, dtype=np.uint8)[bounds[rows]]]]
        found.append(rows + n_before)
        n_before += len(chunk)
    return np.concatenate(found) if found else np.empty(0, dtype=np.int64)

"""Columns that nobody named: the index of a table that was saved with it."""

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

_NAMELESS = re.compile(r"Unnamed: \d+(_level_\d+)?")  # as pandas calls them when it reads on
_WHOLE = r"^\d+(\.0)?$"


def is_row_index(name: str, cells: "pa.ChunkedArray") -> bool:
    """Return whether a column is an index: without a name, or called so, and with other cells each.

    Parameters
    ----------
    name
        Of the column.
    cells
        Its texts.
    """
    import pyarrow.compute as pc

    if not name:
        return True
    if not _NAMELESS.fullmatch(name):
        return False
    is_whole = pc.all(pc.match_substring_regex(cells, _WHOLE)).as_py()
    return bool(is_whole) and pc.count_distinct(cells).as_py() == len(cells)

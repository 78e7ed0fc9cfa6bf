"""Where a row stands in its file."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path

from automl_cli.data.csv_reader import detect_layout
from automl_cli.data.lines import UNKNOWN, LineFinder
from automl_cli.data.unpack import unpack


def find_line(path: Path, row: int, repeated: Sequence[int] = ()) -> int | None:
    """Return the line of a csv in which a row begins; None if it has none or is no csv.

    Parameters
    ----------
    path
        The file, plain or packed.
    row
        From 0, without the header and the rows that repeat it.
    repeated
        The lines of these.

    Examples
    --------
    >>> find_line(Path("table.parquet"), 3)
    """
    if not path.is_file():
        return None
    source = unpack(path)
    if source.is_parquet:
        return None
    finder, left = LineFinder(source.data.decode, detect_layout(source)), row
    if not repeated:
        return finder.find([row])[0] or None
    for number in count():
        line = finder.find([number])[0]
        if line == UNKNOWN:
            return None
        if line in repeated:
            continue
        if not left:
            return line
        left -= 1
    return None

"""How a csv text is laid out: what divides its cells, what columns are called, where rows begin.

    layout = find_layout(start, is_whole=True)
    layout.delimiter, layout.names, layout.n_above

A text may begin with what is no table: empty lines, comments, or the line ``sep=;`` that Excel
writes. Cells may be divided by blanks, or have blanks around them.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from automl_cli.data.names import clean_name

if TYPE_CHECKING:
    from _csv import Reader

DELIMITERS = (",", ";", "\t", "|")
BLANK = " "  # as a delimiter it stands for one or more of them
SNIFF_CHARACTERS = 65536  # enough for twenty records of any usual table
SNIFF_RECORDS = 20
NUMBER = re.compile(r"[-+]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][-+]?\d+)?")
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r|\Z)")
_SEPARATOR = re.compile(r'"?sep=(.)"?', re.IGNORECASE)
_OUTER_BLANKS = re.compile(r" +(?=[\r\n]|\Z)|(?<![^\r\n]) +")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """How a csv text is laid out.

    Parameters
    ----------
    delimiter
        What divides cells; a blank stands for one or more of them.
    names
        What the columns are called, a name a cell of each row.
    rows
        The first rows, for a look at what the columns hold.
    n_above
        Lines above the header.
    n_header
        Lines of the header: more than one if a quoted name holds a line end.
    has_comments
        Whether there are comments above the header.
    is_complete
        Whether the header names all of `names` as they are.
    is_padded
        Whether blanks stand beside every delimiter; they belong to no cell then.
    """

    delimiter: str
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    n_above: int = 0
    n_header: int = 1
    has_comments: bool = False
    is_complete: bool = True
    is_padded: bool = False


def find_layout(start: str, *, is_whole: bool) -> Layout:
    """Return how a csv text is laid out, of which `start` is the start or all of it."""
    above = _find_above(start)
    body = start[above.end :]
    delimiter = above.delimiter or find_delimiter(body, is_whole=is_whole)
    header, n_header, rows = _read_start(body, delimiter, is_whole=is_whole)
    n_above, is_complete = above.n_lines, True
    commented = next(read_records(above.last_comment.removeprefix("# "), delimiter), [])
    if 1 < len(commented) == len(header) and _is_named(commented) and not _is_named(header):
        header, rows = commented, [header, *rows]
        n_above, n_header, is_complete = n_above - 1, 1, False
    names = _name_cells(header, rows)
    # A few texts may begin with a blank of their own.
    few = len(names) < 3 or len(rows) < 2
    is_padded = delimiter != BLANK and _is_padded([header, *rows] if few else rows)
    return Layout(
        delimiter=delimiter,
        names=tuple(map(clean_name, names)) if is_padded else tuple(names),
        rows=tuple(map(tuple, rows)),
        n_above=n_above,
        n_header=n_header,
        has_comments=bool(above.last_comment) and above.n_lines == n_above,
        is_complete=is_complete and names == header and not is_padded,
        is_padded=is_padded,
    )


def find_delimiter(start: str, *, is_whole: bool) -> str:
    """Return what divides the cells of a csv text, of which this is the start or all of it."""
    looks = [(one, *_read_start(start, one, is_whole=is_whole)) for one in DELIMITERS]
    plain = {one: len(header) for one, header, _, rows in looks if _is_even(header, rows)}
    if max(plain.values(), default=1) > 1:
        return max(plain, key=lambda one: plain[one])
    named = [(one, _name_cells(header, rows), rows) for one, header, _, rows in looks]
    odd = {one: len(names) for one, names, rows in named if _is_even(names, rows)}
    if max(odd.values(), default=1) > 1:
        return max(odd, key=lambda one: odd[one])
    return BLANK if _is_divided_by_blanks(start, is_whole=is_whole) else DELIMITERS[0]


def read_records(text: str, delimiter: str) -> Iterator[list[str]]:
    """Return the records of a csv text, each a list of cells."""
    return iter(make_reader(text, delimiter))


def make_reader(text: str, delimiter: str, *, skip_blanks: bool = False) -> "Reader":
    """Return Python's own reader of a csv text, which knows the line it has come to.

    Parameters
    ----------
    text
        The csv text.
    delimiter
        What divides cells; a blank stands for one or more of them.
    skip_blanks
        Whether blanks behind a delimiter belong to no cell.
    """
    import csv
    import io

    if delimiter == BLANK:
        text, skip_blanks = _OUTER_BLANKS.sub("", text), True
    lines = io.StringIO(text, newline="")
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=skip_blanks)


def skip_lines(text: str, n_lines: int) -> str:
    """Return a text without its first lines, whatever ends them."""
    ends = islice(_LINE.finditer(text), n_lines)
    return text[max((line.end() for line in ends), default=0) :]


def is_number(cell: str) -> bool:
    """Return whether a cell is spelled as a number.

    Examples
    --------
    >>> [is_number(cell) for cell in ("7", " -1.5e3", "2,5", "1.2.3", "a1", "")]
    [True, True, True, False, False, False]
    """
    return NUMBER.fullmatch(cell.strip()) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Above:
    """What stands above the header: where it ends, how many lines, and what it says."""

    end: int = 0
    n_lines: int = 0
    last_comment: str = ""
    delimiter: str | None = None


def _find_above(start: str) -> _Above:
    end, n_lines, comment, delimiter = 0, 0, "", None
    for line in _LINE.finditer(start):
        text = line.group().rstrip("\r\n")
        said = _SEPARATOR.fullmatch(text)
        if said and not n_lines:
            delimiter = said[1]
        elif text.startswith("#"):
            comment = text
        elif text.strip():
            return _Above(end=end, n_lines=n_lines, last_comment=comment, delimiter=delimiter)
        end, n_lines = line.end(), n_lines + 1
    return _Above()  # nothing else: then it is no comment


def _read_start(
    text: str, delimiter: str, *, is_whole: bool
) -> tuple[list[str], int, list[list[str]]]:
    """Return the header, the number of its lines, and the rows that follow."""
    reader = make_reader(text, delimiter)
    header: list[str] = next(reader, [])
    n_header = reader.line_num
    records = list(islice(reader, SNIFF_RECORDS - 1))
    if not is_whole and len(records) > 1:
        records.pop()  # the start may end within a record
    return header, n_header, [record for record in records if record]


def _is_even(names: Sequence[str], rows: Sequence[Sequence[str]]) -> bool:
    return all(len(row) == len(names) for row in rows)


def _name_cells(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return a name for each cell of a row: rows may have one cell more than the header.

    It is an empty one at the end where each line ends with a delimiter, or the number of the row at
    the start, as R writes it.
    """
    if rows and all(len(row) == len(header) + 1 for row in rows):
        if not any(row[-1].strip() for row in rows):
            return [*header, ""]
        numbers = [row[0] for row in rows]
        if len(header) > 1 and len(rows) > 1 and _count_up(numbers):
            return ["", *header]
    return list(header)


def _count_up(cells: Sequence[str]) -> bool:
    return any(cells == [str(first + row) for row in range(len(cells))] for first in (0, 1))


def _is_divided_by_blanks(start: str, *, is_whole: bool) -> bool:
    header, _, rows = _read_start(start, BLANK, is_whole=is_whole)
    names = _name_cells(header, rows)
    if len(names) < 2 or not rows or not _is_even(names, rows):
        return False
    if any(delimiter in cell for cell in header for delimiter in DELIMITERS):
        return False
    # Sentences may have equally many words, but no column of numbers.
    columns = zip(*(row for row in rows if row != header), strict=True)
    return any(all(map(is_number, column)) for column in columns)


def _is_padded(rows: Sequence[Sequence[str]]) -> bool:
    n_cells = sum(len(row) - 1 for row in rows)
    behind = [cell for row in rows for cell in row[1:] if cell]
    before = [cell for row in rows for cell in row[:-1] if cell]
    # In few cells, or in those with nothing else, a blank may well be the cell's own.
    return any(map(str.strip, behind)) and (
        (2 * len(behind) > n_cells and all(cell.startswith(BLANK) for cell in behind))
        or (2 * len(before) > n_cells and all(cell.endswith(BLANK) for cell in before))
    )


def _is_named(cells: Sequence[str]) -> bool:
    return not any(map(is_number, cells))

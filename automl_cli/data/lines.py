"""From a row of a table to its line in the file, where empty lines and quoted line ends count."""

from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from automl_cli.data.layout import Layout, make_reader, skip_lines

UNKNOWN = 0


class LineFinder:
    """Finds the lines of rows, forwards; the file is read once, and only if there is a row to find.

    Parameters
    ----------
    read
        Returns the whole csv text.
    layout
        How it is laid out.
    """

    def __init__(self, read: Callable[[], str], layout: Layout) -> None:
        self._lines = _number_rows(read, layout)
        self._next_row = 0

    def find(self, rows: Sequence[int]) -> tuple[int, ...]:
        """Return the line in which each row begins, from 1; 0 behind a cell of more than 128 KiB.

        Parameters
        ----------
        rows
            From 0, without the header, ascending, and behind those asked for before.
        """
        found = []
        for row in rows:
            found.append(next(islice(self._lines, row - self._next_row, None), UNKNOWN))
            self._next_row = row + 1
        return tuple(found)


def _number_rows(read: Callable[[], str], layout: Layout) -> Iterator[int]:
    import csv

    text = skip_lines(read(), layout.n_above)
    reader = make_reader(text, layout.delimiter, skip_blanks=layout.is_padded)
    end = 0
    try:
        for record in reader:
            if record and end >= layout.n_header:
                yield layout.n_above + end + 1
            end = reader.line_num
    except csv.Error:  # Python's reader takes no cell of more; pyarrow's has read it
        return

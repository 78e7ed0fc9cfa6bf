"""Tables of Markdown."""

from collections.abc import Iterable, Iterator, Sequence


def format_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """Return the lines of a table, with an empty one before.

    Examples
    --------
    >>> list(format_table(["name"], [["a  b"]]))
    ['', '| name |', '|---|', '| a b |']
    """
    yield ""
    yield _format_row(head)
    yield "|" + "---|" * len(head)
    for row in rows:
        yield _format_row(row)


def first_sentence(docstring: str | None) -> str:
    """Return the first paragraph of a docstring in one line, without the word "Return".

    Examples
    --------
    >>> first_sentence("Return the mean of   all rows.")
    'The mean of all rows.'
    """
    text = " ".join((docstring or "").split("\n\n")[0].split()).removeprefix("Return ")
    return text[:1].upper() + text[1:]


def _format_row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in cells) + " |"

"""Codes made of parts: ``B/45/P``, ``0013_02``, ``A/5 21171``, ``SKU-004-red``, ``C85``.

Where the cells of a column share a pattern, each part becomes a column of its own beside the whole:
what a code says (a deck, a shop, a number) is mostly in one of them, and repeats where the whole
does not.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from automl_cli.core.dataset import Role
from automl_cli.data.kinds import find_column
from automl_cli.data.text_columns import TextColumn, Texts, make_text_column
from automl_cli.data.types import ColumnTyping, extract_part

SHARED = 0.9  # of the filled cells have to fit the pattern
LEAST_CODES = 20  # distinct ones: fewer are labels that any model tells apart
LEAST_DIGITS = 0.5  # of the cells hold a digit, else they are words
MOST_PARTS = 6
DECIMAL = r"(?<![\w.\-])-(?=\d)|(?<![\w.])\d+\.\d+(?![\d.])"  # of 52.5, -13.4
MARKS = r"[/_\-:|@#.,\\ ]"
LETTERS_DIGITS = (r"^(?P<part>[A-Za-z]{1,8})\d+\b", r"^[A-Za-z]{1,8}(?P<part>\d+)\b")
NAMED_NUMBER = (r"^(?P<part>.*\S)\s+\d+$", r"(?:^|\s)(?P<part>\d+)$")
LEAST_PREFIXED = 0.05  # of the cells have something before their number
REPEATED = 0.95  # distinct values a row, above which a part of an id is a row number


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeParts:
    """How the codes of a column are taken apart.

    Parameters
    ----------
    patterns
        A regular expression for each part, its only group.
    example
        A code, for messages.
    """

    patterns: tuple[str, ...]
    example: str


def find_parts(text_column: TextColumn) -> CodeParts | None:
    """Return how the texts of a column are taken apart, or None if they share no pattern.

    Examples
    --------
    >>> import pyarrow as pa
    >>> cells = pa.chunked_array([[f"{deck}/{n}/P" for n in range(9) for deck in "ABC"]])
    >>> for pattern in find_parts(make_text_column(cells.cast(pa.large_string()), ())).patterns:
    ...     print(pattern)
    ^(?P<part>[^/]*)/[^/]*/[^/]*$
    ^[^/]*/(?P<part>[^/]*)/[^/]*$
    ^[^/]*/[^/]*/(?P<part>[^/]*)$
    """
    known = np.flatnonzero(text_column.counts > 0)
    if len(known) < LEAST_CODES or _share(text_column, r"\d") < LEAST_DIGITS:
        return None
    example = text_column.texts[int(known[0])].as_py()
    # What may be missing before a number has only to be there in some cells.
    ways = (
        (_find_marked(text_column), SHARED),
        (LETTERS_DIGITS, SHARED),
        (NAMED_NUMBER, LEAST_PREFIXED),
    )
    for patterns, least in ways:
        if not patterns or _share(text_column, patterns[-1]) < SHARED:
            continue
        if _share(text_column, patterns[0]) >= least:
            return CodeParts(patterns=patterns, example=example)
    return None


def make_part_columns(
    name: str,
    cells: Texts,
    missing: tuple[str, ...],
    *,
    is_id: bool = False,
    roles: Mapping[str, Role] | None = None,
) -> Iterator[ColumnTyping]:
    """Yield the columns of the parts of a column of codes, if it is one.

    Parts that are the same everywhere, or that name the whole again, are left out.

    Parameters
    ----------
    name, cells
        The column, in all tables.
    missing
        All texts that mean missing.
    is_id
        Whether the whole is the id of a row. Of its parts those that repeat are labels.
    roles
        Roles given by the user; a part that has one is kept.

    Raises
    ------
    DataError
        If a part cannot have the role the user gave it.
    """
    text_column = make_text_column(cells, missing)
    parts = find_parts(text_column)
    if parts is None:
        return
    n_codes = int((text_column.counts > 0).sum())
    for number, pattern in enumerate(parts.patterns, start=1):
        found = make_text_column(extract_part(cells, pattern), missing)
        n_values = len({text for text in found.texts.to_pylist() if text is not None})
        own_name = f"{name}.{number}"
        if n_values < 2:
            continue
        given = (roles or {}).get(own_name)
        role = given or _choose_role(found, n_values, is_id=is_id)
        names_whole = n_values >= REPEATED * n_codes and (is_id or role != "numeric")
        if names_whole and not given:
            continue
        column = find_column(own_name, extract_part(cells, pattern), missing, role)
        reason = f"part {number} of {name!r}, whose codes are made of parts: {parts.example!r}"
        yield replace(column, reason=reason, source=name, pattern=pattern, strays=0)


def _choose_role(text_column: TextColumn, n_values: int, *, is_id: bool) -> Role:
    """Return how a part is read: digits as a number, unless they name groups of rows."""
    is_number = _share(text_column, r"^-?\d{1,15}(\.\d+)?$") == 1
    names_groups = is_id and n_values > LEAST_CODES
    return "numeric" if is_number and not names_groups else "categorical"


def _find_marked(text_column: TextColumn) -> tuple[str, ...]:
    """Return the patterns of codes with the same marks between their parts, or ()."""
    known = np.flatnonzero(text_column.counts > 0)
    sample = known[:: max(1, len(known) // 1000)].tolist()
    texts = [text_column.texts[row].as_py() for row in sample]
    # The point and the sign of a number divide no parts, if other marks do, or a blank: 10.9 kmpl.
    plain = [re.sub(DECIMAL, "", text) for text in texts]
    has_points = sum(a != b for a, b in zip(plain, texts, strict=True)) > len(texts) / 2
    shared = _find_shared(plain)
    if not (shared if has_points else shared.strip()):
        shared, has_points = _find_shared(texts), False
    if not 0 < len(shared) < MOST_PARTS or not (has_points or shared.strip()):
        return ()
    pieces = [f"[^{re.escape(mark)}]*" for mark in (*shared, shared[-1])]
    return tuple(
        "^"
        + "".join(
            (f"(?P<part>{piece})" if number == chosen else piece) + re.escape(mark)
            for number, (piece, mark) in enumerate(zip(pieces, (*shared, ""), strict=True))
        )
        + "$"
        for chosen in range(len(pieces))
    )


def _find_shared(texts: Sequence[str]) -> str:
    """Return the marks in most of the texts."""
    marks = Counter("".join(re.findall(MARKS, text)) for text in texts)
    return next((mark for mark, _ in marks.most_common(1)), "")


def _share(text_column: TextColumn, pattern: str) -> float:
    """Return the share of the filled rows whose text matches."""
    import pyarrow.compute as pc

    fits = pc.fill_null(
        pc.match_substring_regex(text_column.texts, pattern=pattern), fill_value=False
    )
    return float(text_column.counts[np.asarray(fits)].sum() / max(1, text_column.n_filled))

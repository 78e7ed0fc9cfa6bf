"""Names of columns that mean the same and are spelled in other ways.

A name is matched with the one that is spelled alike. Only if there is none, the one is taken that
differs by case, by blanks around it, by invisible characters, or by what stands between its words.

>>> match_names("test.csv", ["Age", "city "], wanted=["age", "city", "size"])
{'Age': 'age', 'city ': 'city'}
"""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from automl_cli.core.errors import DataError

MOST_SHOWN = 5  # of the names that a note shows
_INVISIBLE = re.compile("[\ufeff\u200b\u200c\u200d\u2060]")
_BETWEEN = re.compile(r"[\s_.\-]+")


def clean_name(name: str) -> str:
    """Return a name without what nobody sees: blanks around it, and a byte order mark.

    Examples
    --------
    >>> clean_name(" first name ")
    'first name'
    """
    return _INVISIBLE.sub("", name).strip()


def loosen_name(name: str) -> str:
    """Return what a name has in common with its other spellings.

    Examples
    --------
    >>> {loosen_name(name) for name in ("Sepal.Length", "sepal_length", " sepal length")}
    {'sepal_length'}
    >>> loosen_name("x1") == loosen_name("x_1")
    False
    """
    plain = unicodedata.normalize("NFKC", clean_name(name))
    return _BETWEEN.sub("_", plain.strip()).casefold()


def match_names(
    table: str,
    names: Sequence[str],
    wanted: Sequence[str],
    loosen: Callable[[str], str] = loosen_name,
) -> dict[str, str]:
    """Return the wanted name of each column that a table spells in another way.

    Parameters
    ----------
    table
        What the table is called, for messages.
    names
        Its columns.
    wanted
        The columns that are looked for.
    loosen
        What two names must have in common.

    Raises
    ------
    DataError
        If two columns may be the same wanted one, or one column may be two: rename it.
    """
    here, there = set(names), set(wanted)
    left = _group((name for name in names if name not in there), loosen)
    lacking = _group((name for name in wanted if name not in here), loosen)
    found = {}
    for key, choices in lacking.items():
        columns = left.get(key, [])
        if key and columns and len(columns) + len(choices) > 2:
            raise _ambiguous(table, columns, choices)
        if key and columns:
            found[columns[0]] = choices[0]
    return found


def find_name(name: str, names: Collection[str]) -> str | None:
    """Return the one of the `names` that is spelled as `name`, or else the only one like it."""
    if name in names:
        return name
    alike = find_alike(name, names)
    return alike[0] if len(alike) == 1 else None


def find_alike(name: str, names: Iterable[str]) -> list[str]:
    """Return the names that may be other spellings of `name`."""
    key = loosen_name(name)
    return [other for other in names if key and loosen_name(other) == key]


def describe_names(matched: Mapping[str, str]) -> str:
    """Return how columns are read that a table spells in another way.

    Examples
    --------
    >>> describe_names({"Age": "age", "city ": "city"})
    "'Age' as 'age', 'city ' as 'city'"
    """
    pairs = [f"{came!r} as {name!r}" for came, name in list(matched.items())[:MOST_SHOWN]]
    more = f" and {len(matched) - MOST_SHOWN} more" if len(matched) > MOST_SHOWN else ""
    return f"{', '.join(pairs)}{more}"


def _group(names: Iterable[str], loosen: Callable[[str], str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(loosen(name), []).append(name)
    return groups


def _ambiguous(table: str, columns: Sequence[str], choices: Sequence[str]) -> DataError:
    if len(columns) > 1:
        shown = " and ".join(map(repr, columns[:3]))
        return DataError(
            f"{table}: {shown} may both be the column {choices[0]!r}.",
            hint=f"Call the right one {choices[0]!r}, and rename or remove the other.",
        )
    shown = " or ".join(map(repr, choices[:3]))
    return DataError(
        f"{table}: {columns[0]!r} may be the column {shown}.",
        hint="Spell it as the one that it is.",
    )

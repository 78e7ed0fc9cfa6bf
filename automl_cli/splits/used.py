"""Which keys of the validation each splitter uses."""

from collections.abc import Collection, Iterator, Mapping

KEYS = ("group", "time", "column", "gap")
USED: Mapping[str, frozenset[str]] = {
    "kfold": frozenset(),
    "stratified": frozenset(),
    "group": frozenset({"group"}),
    "stratified_group": frozenset({"group"}),
    "time": frozenset({"time", "gap"}),
    "column": frozenset({"column"}),
}
FOLLOWED = ("group", "time", "column")  # by auto: the first that is given


def find_unused_options(splitter: str, given: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the given keys that a splitter passes over, and the splitter that does.

    A splitter of another package or from a file may use anything. ``auto`` is the splitter of the
    first column that is given. Without one it may be ``time``, so that a gap may be of use.

    Parameters
    ----------
    splitter
        Name of an entry of SPLITTERS, ``auto``, or a function in a file.
    given
        Those of KEYS that the user has set.

    Examples
    --------
    >>> list(find_unused_options("kfold", {"group"}))
    [('group', 'kfold')]
    >>> list(find_unused_options("auto", {"group", "time"}))
    [('time', 'group')]
    >>> list(find_unused_options("my_split.py:split", {"group", "time"}))
    []
    """
    if splitter == "auto":
        splitter = next((key for key in FOLLOWED if key in given), "time")
    used = USED.get(splitter, frozenset(KEYS))
    yield from ((key, splitter) for key in KEYS if key in given and key not in used)


def find_users(key: str) -> list[str]:
    """Return the splitters that use a key.

    Examples
    --------
    >>> find_users("group")
    ['group', 'stratified_group']
    """
    return [name for name, used in USED.items() if key in used]

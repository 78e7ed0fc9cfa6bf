"""One mechanism for all plug-in points: a literal table plus an entry-point group.

A table is written down where the plug-ins live (``MODELS`` in ``models/__init__.py``), another
package adds its own under the entry-point group of the same name, and `Registry.get` answers an
unknown name with the allowed ones and the closest match.
"""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from importlib.metadata import entry_points
from typing import Generic, TypeVar

from automl_cli.core.errors import PlanError
from automl_cli.core.peers import find_entry

Entry = TypeVar("Entry")


class Registry(Generic[Entry]):
    """Names and their entries.

    Parameters
    ----------
    kind
        The word used in messages and in ``automl list``: "models", "metrics" …
    table
        The built-in entries.

    Examples
    --------
    >>> colours = Registry("colours", {"red": 1, "green": 2})
    >>> colours.get("red")
    1
    >>> colours.get("gren")
    Traceback (most recent call last):
    ...
    automl_cli.core.errors.PlanError: 'gren': no such colour.
    """

    def __init__(self, kind: str, table: Mapping[str, Entry]) -> None:
        self.kind = kind
        self._table = dict(table)

    def get(self, name: str) -> Entry:
        """Return the entry called `name`.

        Raises
        ------
        PlanError
            If there is none; the hint names the closest match and the command that lists all.
        """
        if name in self._table:
            return self._table[name]
        found = self._plugins().get(name)
        if found is not None:
            return found
        raise PlanError(f"{name!r}: no such {self.kind.removesuffix('s')}.", hint=self.hint(name))

    def names(self) -> tuple[str, ...]:
        """Return all names: built-in entries in table order, then plug-ins."""
        return (*self._table, *sorted(self._plugins()))

    def hint(self, name: str, meant: str | None = None) -> str:
        """Return the sentence that leads from a wrong name to a right one.

        Parameters
        ----------
        name
            The wrong one.
        meant
            The right one, if it is known.
        """
        listing = f"`automl list {self.kind}` shows all {len(self.names())}."
        known = meant or find_entry(self.kind, name)
        close = [known] if known else get_close_matches(name.casefold(), self.names(), n=1)
        return f"Did you mean {close[0]!r}? {listing}" if close else listing

    def __iter__(self) -> Iterator[str]:
        return iter(self.names())

    def __contains__(self, name: object) -> bool:
        return name in self._table or name in self._plugins()  # the search for these takes long

    def _plugins(self) -> dict[str, Entry]:
        found = entry_points(group=f"automl_cli.{self.kind}")
        return {point.name: point.load() for point in found if point.name not in self._table}

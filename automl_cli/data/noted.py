"""What was noticed while reading files, whole or in batches, as plain values to print."""

from automl_cli.data.read import RawTable, ReadNote
from automl_cli.data.repeated import describe_repeats


class Noted:
    """A list of notes that grows with each table, or batch of one, that is read."""

    def __init__(self) -> None:
        self._notes: dict[tuple[str, ReadNote], None] = {}  # in order; a batch may repeat a note
        self._repeated: dict[str, list[int]] = {}
        self._units: dict[str, str] = {}

    def add(self, table: RawTable) -> None:
        """Add what was noticed while reading a table or a batch of it."""
        self._notes |= {(table.name, note): None for note in table.notes}
        if table.repeated:
            self._repeated.setdefault(table.name, []).extend(table.repeated)
            self._units[table.name] = table.unit

    def find_repeated(self, file: str) -> list[int]:
        """Return where rows of a file stood that repeat its header."""
        return self._repeated.get(file, [])

    def to_json(self) -> list[dict[str, str]]:
        """Return for each note the file, what it is about, and what was noticed."""
        notes = [(file, *note) for file, note in self._notes]
        for file, places in self._repeated.items():
            notes.append((file, "header", describe_repeats(places, self._units[file])))
        return [{"file": file, "what": what, "note": note} for file, what, note in notes]

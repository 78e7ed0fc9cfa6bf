"""What is said of tables and files: `automl audit`, `automl predict`, `automl check`."""

from typing import Literal

from automl_cli.payloads.base import FactPayload, FindingPayload, Note, Payload


class Audited(Payload):
    """Printed by `automl audit --json`."""

    version: Literal[1]
    """The version of this schema."""
    train: str
    """The training table."""
    test: str | None
    """The test table, or null."""
    rows: int
    """Training rows with a target."""
    test_rows: int
    """Test rows; 0 without a test table."""
    columns: int
    """Feature columns."""
    facts: list[FactPayload]
    """Every guess about the tables: what, its value, and the reason."""
    findings: list[FindingPayload]
    """What the rules have found, the most serious first."""


class Unread(Payload):
    """A column with cells that hold something and count as missing."""

    column: str
    """Its name."""
    cells: int
    """The number of such cells."""
    first: str
    """The first of them."""
    row: int
    """Its row, from 1."""
    line: int | None
    """Its line in a plain csv, from 1; null in other files."""
    share: float
    """The share of all rows."""
    kind: str
    """What train has there: number, boolean, time or datetime."""


class Predicted(Payload):
    """Printed by `automl predict --json`."""

    version: Literal[1]
    """The version of this schema."""
    predictions: str
    """The file that was written."""
    rows: int
    """Rows predicted."""
    unread: list[Unread]
    """Columns with cells that cannot be read as in train."""
    notes: list[Note]
    """What was noticed while reading the file."""
    finished: bool = True
    """False if the run is still working or was interrupted."""


class Checked(Payload):
    """Printed by `automl check --json`, of a file that fits; one that does not exits with 2."""

    version: Literal[1]
    """The version of this schema."""
    submission: str
    """The file."""
    rows: int
    """Its rows."""
    columns: list[str]
    """Its columns."""
    findings: list[FindingPayload]
    """What is unusual about it."""

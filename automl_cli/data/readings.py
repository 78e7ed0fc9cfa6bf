"""What was read otherwise than it looks: the facts that tell it, and the keys that override it."""

from automl_cli.data.facts import MOST_NAMES, Fact
from automl_cli.data.formats import PLAIN
from automl_cli.data.types import ColumnTyping, TableTyping

ROLES = "data.roles overrides it"


def describe_readings(typing: TableTyping) -> list[Fact]:
    """Return a fact for each way of reading that a user may not expect, with its columns.

    Examples
    --------
    >>> column = ColumnTyping(name="due", kind="datetime", reason="dates written as one number")
    >>> describe_readings(TableTyping(missing=("",), columns=(column,)))
    [('values read', 'due', 'dates written as one number; data.roles overrides it')]
    """
    columns_of: dict[tuple[str, str], list[str]] = {}
    for column in typing.columns:
        fact = _describe(column)
        if fact is not None:
            columns_of.setdefault(fact, []).append(column.name)
    return [(what, _shorten(names), reason) for (what, reason), names in columns_of.items()]


def _describe(column: ColumnTyping) -> tuple[str, str] | None:
    """Return what the fact of a column is about and its reason, or None: it is what it looks."""
    if column.pattern:
        reason = f"parts of the codes in {column.source}; data.parts: false switches them off"
        return "codes", reason
    if column.source:
        return (
            "labels",
            f"whole numbers that are labels as well; data.roles.{column.source} decides",
        )
    is_number = column.kind == "number" and column.form != PLAIN
    is_date = column.kind == "datetime" and (
        column.reason.startswith("dates written")
        or column.order == "yymd"
        or "(a guess" in column.reason
    )
    if is_number or is_date or column.kind in {"boolean", "duration"}:
        return "values read", f"{column.reason.partition(';')[0]}; {ROLES}"
    return None


def _shorten(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more

"""What an audit has found about the tables: a record that is shown, stored and acted upon."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from automl_cli.core.events import JsonValue

Severity: TypeAlias = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")  # the gravest first


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is worth knowing before a run.

    Parameters
    ----------
    code
        The rule that found it, an entry of RULES.
    severity
        ``error``: the score or the submission would be wrong. ``warning``: it may be, look at it.
        ``note``: good to know.
    message
        What was seen, with its figures: one sentence.
    advice
        What to do: one sentence.
    columns
        The columns concerned, if it is about columns.
    fix
        The keys of a config that mend it, by dotted path, such as ``{"data.drop": ["leak"]}``.
    """

    code: str
    severity: Severity
    message: str
    advice: str
    columns: tuple[str, ...] = ()
    fix: Mapping[str, JsonValue] = field(default_factory=dict)

    def to_json(self) -> dict[str, JsonValue]:
        """Return the finding as plain values."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "advice": self.advice,
            "columns": list(self.columns),
            "fix": dict(self.fix),
        }

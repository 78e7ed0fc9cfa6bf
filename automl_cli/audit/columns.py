"""Columns without use: of one value, of a value for each row, or absent from test."""

from collections.abc import Iterator

from automl_cli.audit.evidence import AuditEvidence, join_some_names
from automl_cli.core.finding import Finding

NEARLY_ALL = 0.9  # of the filled cells are distinct
LEAST_LEVELS = 50
ONLY_IN_TRAIN, ONE_VALUE, NO_VALUE = "only in train", "only the value", "no cell"


def find_train_only(evidence: AuditEvidence) -> Iterator[Finding]:
    """Find columns that are missing from test."""
    names = _ignored(evidence, ONLY_IN_TRAIN)
    if names:
        yield Finding(
            code="train_only",
            severity="note",
            message=f"{join_some_names(names)}: in train only.",
            advice="Not used, because the rows to predict do not have it. Is it part of the "
            "answer, or should test have it?",
            columns=tuple(names),
        )


def find_constant(evidence: AuditEvidence) -> Iterator[Finding]:
    """Find columns with one value, or none."""
    names = _ignored(evidence, ONE_VALUE, NO_VALUE)
    if names:
        yield Finding(
            code="constant_column",
            severity="note",
            message=f"{join_some_names(names)}: the same in every training row.",
            advice="Not used.",
            columns=tuple(names),
        )


def find_near_unique(evidence: AuditEvidence) -> Iterator[Finding]:
    """Find columns of labels that are almost all different."""
    found = []
    for column in evidence.columns("categorical"):
        filled = evidence.dataset.train[column.name].dropna()
        n_levels = filled.nunique()
        if n_levels >= LEAST_LEVELS and n_levels > NEARLY_ALL * len(filled):
            found.append(column.name)
    if found:
        yield Finding(
            code="near_unique",
            severity="note",
            message=f"{join_some_names(found)}: labels that hardly ever repeat.",
            advice="Models learn nothing from labels that do not repeat: split them into "
            "parts (a prefix, a number, words), or drop the columns.",
            columns=tuple(found),
        )


def _ignored(evidence: AuditEvidence, *beginnings: str) -> list[str]:
    return [name for name, why in evidence.dataset.schema.ignored if why.startswith(beginnings)]

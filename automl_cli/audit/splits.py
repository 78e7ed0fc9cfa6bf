"""How test was split off: what `validation.splitter: auto` follows."""

from collections.abc import Iterator

import pandas as pd

from automl_cli.audit.evidence import AuditEvidence
from automl_cli.core.finding import Finding


def find_groups(evidence: AuditEvidence) -> Iterator[Finding]:
    """Find columns that name groups of rows, with other groups in test than in train."""
    found = evidence.split
    if found is not None and found.splitter == "group":
        yield Finding(
            code="grouped_test",
            severity="note",
            message=f"test has other groups than train: {found.reason}.",
            advice=f"Validation keeps the rows of one {found.column!r} together, unless you "
            "choose another splitter.",
            columns=(found.column,),
            fix={"validation.group": found.column},
        )


def find_id_groups(evidence: AuditEvidence) -> Iterator[Finding]:
    """Find ids whose parts name groups of rows."""
    dataset, found = evidence.dataset, evidence.split
    for name in dataset.schema.id_parts:
        column = dataset.train[name]
        is_split = found is not None and found.column == name
        if not isinstance(column.dtype, pd.CategoricalDtype) or is_split:
            continue
        counts = column.value_counts()
        shared = float(counts[counts > 1].sum() / len(column))
        text = (
            f"ids contain groups: {shared:.0%} of the training rows share {name!r} with another one"
        )
        if dataset.test is not None:
            known = float(dataset.test[name].isin(counts.index[counts > 0]).mean())
            text += f", and {known:.0%} of the test rows belong to a group of train"
        yield Finding(
            code="id_groups",
            severity="note",
            message=f"{text}.",
            advice=(
                f"If the rows to predict belong to new groups, set validation.group to {name}."
            ),
            columns=(name,),
        )


def find_time(evidence: AuditEvidence) -> Iterator[Finding]:
    """Find a column in which test lies after train."""
    found = evidence.split
    if found is not None and found.splitter == "time":
        yield Finding(
            code="later_test",
            severity="note",
            message=f"test is later than train: by {found.column!r} {found.reason}.",
            advice="Validation predicts later rows from earlier ones, unless you choose "
            "another splitter.",
            columns=(found.column,),
            fix={"validation.time": found.column},
        )

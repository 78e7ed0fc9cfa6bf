"""How test was split off: what `validation.splitter: auto` follows."""

from collections.abc import Iterator

from automl_cli.audit.evidence import Evidence
from automl_cli.core.finding import Finding


def find_groups(evidence: Evidence) -> Iterator[Finding]:
    """Find repeated entities that test does not share."""
    found = evidence.split
    if found is not None and found.splitter == "group":
        yield Finding(
            code="grouped_test",
            severity="note",
            message=f"test holds other groups than train: {found.reason}.",
            advice=f"Validation keeps the rows of one {found.column!r} together, unless another "
            "splitter is named.",
            columns=(found.column,),
            fix={"validation.group": found.column},
        )


def find_time(evidence: Evidence) -> Iterator[Finding]:
    """Find a column along which test follows train."""
    found = evidence.split
    if found is not None and found.splitter == "time":
        yield Finding(
            code="later_test",
            severity="note",
            message=f"test is later than train: by {found.column!r} {found.reason}.",
            advice="Validation predicts later rows from earlier ones, unless another splitter is "
            "named.",
            columns=(found.column,),
            fix={"validation.time": found.column},
        )

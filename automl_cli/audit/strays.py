"""Cells that do not fit their column."""

from collections.abc import Iterator
from pathlib import Path

from automl_cli.audit.evidence import AuditEvidence
from automl_cli.core.finding import Finding


def find_unread_cells(evidence: AuditEvidence) -> Iterator[Finding]:
    """Find cells that are not empty but count as missing."""
    targets = {target.name for target in evidence.dataset.schema.targets}
    for one in evidence.unread:
        is_target, is_one = one.column in targets, one.cells == 1
        what = f"cell that is not a {one.kind}" if is_one else f"cells that are not {one.kind}s"
        subject = ("its row is" if is_one else "their rows are") if is_target else ""
        missing = "it counts as missing" if is_one else "they count as missing"
        yield Finding(
            code="unread_cells",
            severity="warning",
            message=f"{Path(one.table).name}: {one.column!r} has {one.cells:,} {what} "
            f"({one.cells / one.rows:.1%}), such as {one.first!r} in {one.place}; "
            f"{f'{subject} left out' if is_target else missing}.",
            advice="Correct the cells, or list the texts in data.missing if they mean that the "
            "value is unknown"
            + (
                "."
                if is_target
                else f", or set data.roles.{one.column} to categorical if they are labels."
            ),
            columns=(one.column,),
        )

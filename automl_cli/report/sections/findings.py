"""What the audit found about the tables."""

from automl_cli.report.data import ReportData
from automl_cli.report.section import Block, Notice, Paragraph, Section

NOTHING = (
    "The quick rules of the audit found nothing in the tables. `automl audit` runs the "
    "slower rules as well."
)


def write_findings(data: ReportData) -> Section:
    """Write the section about the flaws of the tables, the gravest first."""
    blocks: list[Block] = [
        Notice(
            severity=one["severity"],
            code=one["code"],
            message=one["message"],
            advice=one["advice"],
        )
        for one in data.summary["findings"]
    ]
    return Section(name="findings", title="Findings", blocks=blocks or [Paragraph(text=NOTHING)])

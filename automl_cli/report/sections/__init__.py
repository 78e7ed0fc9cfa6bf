"""The sections of a report; the table SECTIONS is their order on the page.

A section is a file here with a function from `ReportData` to a `Section`, and a line in the table.
"""

from collections.abc import Callable

from automl_cli.report.data import ReportData
from automl_cli.report.section import Section
from automl_cli.report.sections.drift import write_drift
from automl_cli.report.sections.ensemble import write_ensemble
from automl_cli.report.sections.features import write_features
from automl_cli.report.sections.findings import write_findings
from automl_cli.report.sections.importance import write_importance
from automl_cli.report.sections.leaderboard import write_leaderboard
from automl_cli.report.sections.overview import write_inferred, write_result
from automl_cli.report.sections.progress import write_progress
from automl_cli.report.sections.quality import write_quality
from automl_cli.report.sections.repeat import write_repeat
from automl_cli.report.sections.slices import write_slices

SECTIONS: tuple[Callable[[ReportData], Section], ...] = (
    write_result,
    write_inferred,
    write_findings,
    write_leaderboard,
    write_ensemble,
    write_progress,
    write_quality,
    write_slices,
    write_importance,
    write_drift,
    write_features,
    write_repeat,
)

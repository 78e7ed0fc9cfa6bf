"""A finished run as one HTML file that a person would send to a team-mate.

    write_report(Path("runs/titanic-1a2b3c4d"), None)

The page works offline, on a phone, in light and dark, and is under 3 MB.
"""

import time
from pathlib import Path

from automl_cli.report.comparison import COMPARED
from automl_cli.report.data import ReportData, read_report_data
from automl_cli.report.page import render
from automl_cli.report.sections import SECTIONS
from automl_cli.report.wording import join_first_names
from automl_cli.store import check_writable, installed_versions, write_text
from automl_cli.store.written import (
    check_not_input,
    check_overwrite,
    list_tables,
    record_written,
)

COMPARISON = "comparison.html"


def write_report(root: Path, out: Path | None, *, force: bool = False) -> Path:
    """Write the report of a finished run; return the file.

    Parameters
    ----------
    root
        The run directory.
    out
        Where to; None: ``report.html`` in the run directory.
    force
        Whether to overwrite a file that no run has written.

    Raises
    ------
    RunError
        If the folder holds no finished run, its tables have changed, or the file cannot be written.
    """
    if out is not None:
        _check_out(out, root, force=force)
    data = read_report_data(root)
    sections = [write(data) for write in SECTIONS]
    page = render(
        sections,
        title=f"Report of {data.name}",
        lead=_describe_result(data),
        footer=_footer(),
    )
    path = data.run.directory.report if out is None else out
    write_text(path, page)
    record_written(root, path)
    return path


def write_comparison(first: Path, second: Path, out: Path | None, *, force: bool = False) -> Path:
    """Write two runs side by side; return the file.

    Parameters
    ----------
    first, second
        The run directories.
    out
        Where to; None: ``comparison.html`` in the first run's directory.
    force
        Whether to overwrite a file that no run has written.

    Raises
    ------
    RunError
        As `write_report`, for either.
    """
    if out is not None:
        _check_out(out, first, force=force)
    both = read_report_data(first), read_report_data(second)
    sections = [write(*both) for write in COMPARED]
    page = render(
        sections,
        title=f"{both[0].name} and {both[1].name}",
        lead="Two runs side by side.",
        footer=_footer(),
    )
    path = first / COMPARISON if out is None else out
    write_text(path, page)
    record_written(first, path)
    return path


def _check_out(path: Path, root: Path, *, force: bool) -> None:
    check_writable(path)
    check_not_input(path, list_tables(root))
    check_overwrite(path, force=force, runs=root.resolve().parent)


def _describe_result(data: ReportData) -> str:
    names = join_first_names([solved.name for solved in data.solved])
    return f"Models that predict {names}, trained on {data.run.files.train.name}."


def _footer() -> str:
    version = installed_versions()["automl-cli"]
    return f"Written by automl_cli {version} on {time.strftime('%Y-%m-%d %H:%M')}."

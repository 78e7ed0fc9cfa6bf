"""What a reader is told to get the same run."""

from dataclasses import replace
from pathlib import Path

import pytest

from automl_cli.report.data import ReportData, read_report_data
from automl_cli.report.section import Listing, Paragraph, Table
from automl_cli.report.sections.repeat import write_repeat

pytestmark = pytest.mark.slow  # takes seconds: not in make quick


@pytest.fixture(scope="module")
def data(report_runs: Path) -> ReportData:
    return read_report_data(report_runs / "sold")


def limit(data: ReportData, trials: int, budget: float | None) -> ReportData:
    """Return the run with a search that has a time of its own."""
    config = data.run.config
    search = config.search.model_copy(update={"trials": trials, "budget": budget})
    run = replace(data.run, config=config.model_copy(update={"search": search}))
    return replace(data, run=run)


@pytest.mark.parametrize(
    ("trials", "budget", "is_limited"), [(0, None, False), (0, 60.0, False), (9, 60.0, True)]
)
def test_the_clock_of_a_search_is_a_clock(
    data: ReportData, trials: int, budget: float | None, is_limited: bool
):
    blocks = write_repeat(limit(data, trials, budget)).blocks
    told = " ".join(one.text for one in blocks if isinstance(one, Paragraph))
    assert ("Under a budget" in told) == is_limited
    assert ("There was no budget" in told) != is_limited


def test_the_original_data_set_is_listed(data: ReportData, tmp_path: Path):
    files = replace(data.run.files, original=tmp_path / "old.csv")
    blocks = write_repeat(replace(data, run=replace(data.run, files=files))).blocks
    table = next(one for one in blocks if isinstance(one, Table))
    listed = {row[0].text: row[1].text for row in table.rows}
    assert listed["original"] == str(tmp_path / "old.csv")


def test_the_command_works_from_anywhere(report_runs: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(report_runs)
    blocks = write_repeat(read_report_data(Path("sold"))).blocks
    command = next(one for one in blocks if isinstance(one, Listing)).text
    assert f"-c {report_runs / 'sold' / 'config.yaml'}" in command

"""What is said of the worst parts of the rows."""

from dataclasses import replace
from pathlib import Path

import pytest

from automl_cli.report.data import read_report_data
from automl_cli.report.section import Paragraph, Pictures, Table
from automl_cli.report.sections import slices
from automl_cli.report.sections.slices import write_slices
from automl_cli.report.segments import Segment

KNOWN = Segment(name="shop = a", n_rows=90, excess=0.2, error=0.1, adjusted=0.3)
UNKNOWN = Segment(name="site = 7", n_rows=40, excess=0.5, error=float("nan"), adjusted=1.0)


def test_a_part_of_unknown_error_is_shown_without_one(
    report_runs: Path, monkeypatch: pytest.MonkeyPatch
):
    data = read_report_data(report_runs / "sold")
    monkeypatch.setattr(slices, "find_worst", lambda *_, **__: ([KNOWN, UNKNOWN], 9))
    text, pictures, table = write_slices(data).blocks
    assert isinstance(text, Paragraph)
    assert isinstance(pictures, Pictures)
    assert isinstance(table, Table)
    assert "A slice without ± lies in a single block" in text.text
    assert [row[3].text for row in table.rows] == ["0.200 ± 0.10", "0.500"]
    assert "nan" not in pictures.pictures[0].svg
    monkeypatch.setattr(slices, "find_worst", lambda *_, **__: ([KNOWN], 9))
    told = write_slices(data).blocks[0]
    assert isinstance(told, Paragraph)
    assert "Those without" not in told.text


def write_caption(
    report_runs: Path, monkeypatch: pytest.MonkeyPatch, segments: list[Segment]
) -> tuple[str, str]:
    """Return the picture's name and caption."""
    monkeypatch.setattr(slices, "find_worst", lambda *_, **__: (segments, 9))
    pictures = write_slices(read_report_data(report_runs / "sold")).blocks[1]
    assert isinstance(pictures, Pictures)
    return pictures.pictures[0].name, pictures.pictures[0].caption


def test_the_largest_excess_is_named_and_said_to_be_chance(
    report_runs: Path, monkeypatch: pytest.MonkeyPatch
):
    name, told = write_caption(report_runs, monkeypatch, [KNOWN, UNKNOWN])
    assert "worst" not in f"{name} {told}"
    assert "Largest excess, which may be chance: site = 7 (40 rows) with 0.50 more." in told
    assert "They are ordered by how far" in told
    assert "diamond: may be chance" in told


def test_the_worst_part_is_told_from_one_that_may_be_chance(
    report_runs: Path, monkeypatch: pytest.MonkeyPatch
):
    sure = replace(KNOWN, name="shop = b", adjusted=0.001)
    name, told = write_caption(report_runs, monkeypatch, [sure, KNOWN, UNKNOWN])
    assert name == "The worst slices, for sold"
    assert "which may be chance: site = 7" in told
    assert "Largest significant excess: shop = b with 0.20 more." in told
    assert "Significant ones come first, by excess; then the others" in told
    told = write_caption(report_runs, monkeypatch, [sure])[1]
    assert "Largest excess: shop = b (90 rows) with 0.20 more. Circle" in told

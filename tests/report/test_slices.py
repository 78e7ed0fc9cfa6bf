"""What is said of the worst parts of the rows."""

from pathlib import Path

import pytest

from automl_cli.report.material import read_material
from automl_cli.report.section import Pictures, Table, Text
from automl_cli.report.sections import slices
from automl_cli.report.sections.slices import write_slices
from automl_cli.report.segments import Segment

KNOWN = Segment(name="shop = a", n_rows=90, excess=0.2, error=0.1, adjusted=0.3)
UNKNOWN = Segment(name="site = 7", n_rows=40, excess=0.5, error=float("nan"), adjusted=1.0)


def test_a_part_of_unknown_error_is_shown_without_one(
    report_runs: Path, monkeypatch: pytest.MonkeyPatch
):
    material = read_material(report_runs / "sold")
    monkeypatch.setattr(slices, "find_worst", lambda *_, **__: ([KNOWN, UNKNOWN], 9))
    text, pictures, table = write_slices(material).blocks
    assert isinstance(text, Text)
    assert isinstance(pictures, Pictures)
    assert isinstance(table, Table)
    assert "Those without ± lie within one block" in text.text
    assert [row[3].text for row in table.rows] == ["0.200 ± 0.10", "0.500"]
    assert "nan" not in pictures.pictures[0].svg
    monkeypatch.setattr(slices, "find_worst", lambda *_, **__: ([KNOWN], 9))
    told = write_slices(material).blocks[0]
    assert isinstance(told, Text)
    assert "Those without" not in told.text

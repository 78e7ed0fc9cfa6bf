"""The pictures of each task, also where the held-out rows have too little for some."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from automl_cli.report.data import read_report_data
from automl_cli.report.section import Block, Paragraph, Picture, Pictures, Table
from automl_cli.report.sections.quality import write_quality


def write_with_one_class(run: Path, code: int) -> list[Block]:
    """Return what is written if all rows that are held out are of one class."""
    data = read_report_data(run)
    solved = data.solved[0]
    y = np.full_like(solved.problem.y, code)
    problem = replace(solved.problem, y=y, fit_y=y.astype(solved.problem.fit_y.dtype))
    return list(write_quality(replace(data, solved=(replace(solved, problem=problem),))).blocks)


def list_pictures(blocks: list[Block]) -> list[Picture]:
    found = [one.pictures for one in blocks if isinstance(one, Pictures)]
    return [picture for pictures in found for picture in pictures]


@pytest.mark.parametrize(("target", "code"), [("sold", 0), ("sold", 1), ("grade", 1)])
def test_a_single_class_has_no_curves(
    report_runs: Path, target: str, code: int, recwarn: pytest.WarningsRecorder
):
    blocks = write_with_one_class(report_runs / target, code)
    label = read_report_data(report_runs / target).solved[0].problem.target.labels[code]
    told = " ".join(one.text for one in blocks if isinstance(one, Paragraph))
    assert f"Only {label!r} is among the held-out rows" in told
    named = ", ".join(one.name for one in list_pictures(blocks))
    assert "ROC" not in named
    assert "Precision" not in named
    assert "Calibration" in named
    assert "Confusion" in named
    assert "nan" not in " ".join(one.caption for one in list_pictures(blocks))
    assert any(isinstance(one, Table) for one in blocks)
    assert recwarn.list == []

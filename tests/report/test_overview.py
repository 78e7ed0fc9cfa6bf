"""What is said first: the score, and what the ensemble is worth."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from automl_cli.core.arrays import FloatMatrix
from automl_cli.report.data import ReportData, read_report_data
from automl_cli.report.section import Paragraph
from automl_cli.report.sections.overview import write_result


@pytest.fixture(scope="module")
def data(report_runs: Path) -> ReportData:
    return read_report_data(report_runs / "sold")


def tell(data: ReportData, oof: FloatMatrix) -> str:
    """Return what is said if the best single candidate had predicted this."""
    solved = data.solved[0]
    best = replace(solved.candidates[0], oof=oof)
    solved = replace(solved, candidates=(best, *solved.candidates[1:]))
    blocks = write_result(replace(data, solved=(solved,))).blocks
    return next(one.text for one in blocks if isinstance(one, Paragraph))


def test_a_clear_gain_is_told_with_its_paired_error(data: ReportData):
    told = tell(data, np.full_like(data.solved[0].oof, 0.5))
    assert "its log loss is lower by" in told
    assert "±" in told.partition("lower by")[2].partition("(paired)")[0]
    assert "told apart" not in told


def test_a_gain_within_two_errors_is_not_called_one(data: ReportData):
    oof = data.solved[0].oof
    noise = np.random.default_rng(1).normal(size=oof.shape)
    told = tell(data, np.clip(oof + 0.02 * noise, 0.01, 0.99))
    assert "(paired), so the two cannot be told apart" in told


def test_an_ensemble_of_the_best_alone_is_no_different(data: ReportData):
    told = tell(data, data.solved[0].oof)
    assert "row by row there is no difference" in told
    assert "±" not in told.partition("The score is cross-fitted")[0]


def test_the_honesty_of_the_score_is_not_overstated(data: ReportData):
    caution = write_result(data).blocks[2]
    assert isinstance(caution, Paragraph)
    assert caution.summary == "How far to trust the score"
    told = caution.text
    assert "no row was predicted by a model that was trained on it, nor blended with" in told
    assert "anything that has seen its target" not in told
    assert "Some optimism remains, which is usually small" in told

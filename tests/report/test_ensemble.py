"""The members of the ensemble, and how alike their errors are."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from automl_cli.core.candidate import Candidate
from automl_cli.report.data import ReportData, read_report_data
from automl_cli.report.section import Picture, Pictures
from automl_cli.report.sections.ensemble import write_ensemble


def replace_members(data: ReportData, n_perfect: int) -> ReportData:
    """Return a run whose first members, by weight, predict all rows exactly."""
    solved = data.solved[0]
    assert solved.blend is not None
    order = np.argsort(-np.abs(solved.blend.weights), kind="stable")
    perfect = [solved.blend.members[place] for place in order[:n_perfect]]

    def answer(one: Candidate) -> Candidate:
        if one.spec.key not in perfect:
            return one
        return replace(one, oof=solved.problem.fit_y[:, None].astype(one.oof.dtype))

    candidates = tuple(map(answer, solved.candidates))
    return replace(data, solved=(replace(solved, candidates=candidates),))


def draw_diversity(data: ReportData) -> Picture:
    pictures = next(one for one in write_ensemble(data).blocks if isinstance(one, Pictures))
    return next(one for one in pictures.pictures if one.name.startswith("Diversity"))


@pytest.fixture(scope="module")
def data(report_runs: Path) -> ReportData:
    found = read_report_data(report_runs / "price")
    solved = found.solved[0]
    assert solved.blend is not None
    members = solved.blend.members
    weights = np.full(len(members), 1 / len(members))
    return replace(found, solved=(replace(solved, blend=replace(solved.blend, weights=weights)),))


def test_a_member_whose_errors_do_not_vary_is_told_by_a_dash(data: ReportData):
    members = draw_diversity(data)
    picture = draw_diversity(replace_members(data, 1))
    assert picture.svg.count(">-</text>") == 2 * members.svg.count(">1.00</text>") - 1
    assert "nan" not in picture.caption + picture.svg
    assert "on average" in picture.caption


def test_members_of_whom_none_errs_in_its_own_way_are_survived(data: ReportData):
    picture = draw_diversity(replace_members(data, 99))
    assert "nan" not in picture.caption + picture.svg
    assert "no two" in picture.caption

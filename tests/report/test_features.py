"""What features brought, pair by pair."""

from dataclasses import replace
from pathlib import Path

import pytest

from automl_cli.core.candidate import Step
from automl_cli.report.data import read_report_data
from automl_cli.report.pairs import FeatureSetPair, find_pairs
from automl_cli.report.section import Paragraph, Table
from automl_cli.report.sections import features
from automl_cli.report.sections.features import write_features


def make_pair(gain: float) -> FeatureSetPair:
    return FeatureSetPair(
        model="linear", added=("counts",), removed=(), gain=gain, error=0.1, score_gain=gain
    )


def test_losers_are_counted_and_shown_among_many_pairs(
    report_runs: Path, monkeypatch: pytest.MonkeyPatch
):
    pairs = [make_pair(gain) for gain in [*range(40, 0, -1), 0, *range(-1, -11, -1)]]
    monkeypatch.setattr(features, "find_pairs", lambda _: pairs)
    blocks = write_features(read_report_data(report_runs / "sold")).blocks
    table, text, caution = blocks[-3:]
    assert isinstance(table, Table)
    assert isinstance(text, Paragraph)
    assert "51 pairs, 40 gained and 10 lost" in text.text
    assert isinstance(caution, Paragraph)
    assert caution.summary
    assert table.caption.endswith("the 15 best and the 15 worst of 51 pairs")
    gains = [row[3].order for row in table.rows]
    assert gains == [pair.gain for pair in [*pairs[:15], *pairs[-15:]]]


def test_every_pair_is_found(report_runs: Path):
    solved = read_report_data(report_runs / "sold").solved[0]
    one = solved.candidates[0]
    steps = [Step(name=f"made-{place}") for place in range(9)]
    candidates = tuple(replace(one, spec=replace(one.spec, recipe=(step,))) for step in steps)
    assert len(find_pairs(replace(solved, candidates=candidates))) == 9 * 8 / 2

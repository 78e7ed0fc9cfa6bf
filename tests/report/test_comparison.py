"""What is said of two runs' scores."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from automl_cli.report import comparison
from automl_cli.report.comparison import write_config, write_scores
from automl_cli.report.configs import list_differences
from automl_cli.report.data import ReportData, read_report_data
from automl_cli.report.difference import PairedDifference, find_obstacle
from automl_cli.report.section import Paragraph, Table

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

FOUND = PairedDifference(
    scores=(0.8, 0.8), gain=0.0, error=0.01, loss_gain=0.02, loss_error=0.01, n_rows=300
)


@pytest.fixture(scope="module")
def data(report_runs: Path) -> ReportData:
    return read_report_data(report_runs / "sold")


def tell(data: ReportData, monkeypatch: pytest.MonkeyPatch, **changes: float) -> str:
    monkeypatch.setattr(comparison, "compare", lambda *_: replace(FOUND, **changes))
    return "".join(one.text for one in write_scores(data, data).blocks if one.kind == "text")


def test_equal_scores_are_called_equal(data: ReportData, monkeypatch: pytest.MonkeyPatch):
    told = tell(data, monkeypatch)
    assert "They are equal in roc_auc." in told
    assert "better" not in told
    assert "0.0200 ± 0.010 lower" in told


@pytest.mark.parametrize("changes", [{"gain": np.nan}, {"gain": 0.1, "error": np.nan}])
def test_what_cannot_be_told_is_not_told(
    data: ReportData, monkeypatch: pytest.MonkeyPatch, changes: dict[str, float]
):
    told = tell(data, monkeypatch, **changes)
    assert "cannot be told" in told
    assert "more than chance" not in told
    assert "nan" not in told


def test_a_loss_without_an_error_is_told_without_one(
    data: ReportData, monkeypatch: pytest.MonkeyPatch
):
    assert "± -" not in tell(data, monkeypatch, gain=0.1, loss_error=np.nan)
    assert "cannot be compared row by row" in tell(data, monkeypatch, gain=0.1, loss_gain=np.nan)


def test_a_clear_gain_is_more_than_chance(data: ReportData, monkeypatch: pytest.MonkeyPatch):
    assert f"{data.name} is better by 0.100 ± 0.010" in tell(data, monkeypatch, gain=0.1)
    assert "more than chance" in tell(data, monkeypatch, gain=0.1)
    assert "which chance alone may explain" in tell(data, monkeypatch, gain=-0.01)


def test_candidates_are_counted_in_one_line():
    few = [{"model": "linear"}, {"model": "mlp"}]
    many = [{"model": "linear"}, *({"model": "lightgbm", "seed": seed} for seed in range(25))]
    assert list_differences({"candidates": many}, {"candidates": few}) == [
        ["candidates", "26 planned, 25 of them only here", "2 planned, 1 of them only here"]
    ]
    assert list_differences({"candidates": []}, {"candidates": few}) == [
        ["candidates", "0 planned", "2 planned, 2 of them only here"]
    ]


def test_nothing_is_listed_twice():
    first, second = {"data": {"roles": {}}}, {"data": {"roles": {"Store": "categorical"}}}
    assert list_differences(first, second) == [["data.roles.Store", "-", "categorical"]]
    assert list_differences({"models": {"mlp": {}}}, {"models": {"mlp": False}}) == [
        ["models.mlp", "{}", "False"]
    ]


def test_the_config_of_two_runs_is_told(data: ReportData, report_runs: Path):
    table = write_config(data, read_report_data(report_runs / "other")).blocks[0]
    assert isinstance(table, Table)
    rows = {row[0].text: [cell.text for cell in row[1:]] for row in table.rows}
    assert rows["seed"] == [str(data.run.config.seed), "1"]
    assert not [key for key in rows if "[" in key]


def test_it_is_told_why_runs_cannot_be_compared(data: ReportData, report_runs: Path):
    (mine,) = data.solved
    (its,) = read_report_data(report_runs / "price").solved
    assert find_obstacle(mine, mine) is None
    assert find_obstacle(mine, its) == "another metric (roc_auc and rmsle)"
    shorter = replace(mine, problem=replace(mine.problem, y=mine.problem.y[1:]))
    assert find_obstacle(mine, shorter) == "other rows (300 and 299)"
    other = replace(mine, problem=replace(mine.problem, objective="squared_error"))
    assert str(find_obstacle(mine, other)).startswith("another scale")
    turned = replace(mine, problem=replace(mine.problem, y=mine.problem.y[::-1]))
    told = write_scores(data, replace(data, solved=(turned,))).blocks[-1]
    assert isinstance(told, Paragraph)
    assert "one run has other rows, or the same in another order" in told.text


def test_what_comes_after_a_run_takes_it_no_time(data: ReportData):
    later = {"kind": "reported", "time": data.events[-1]["time"] + 7}
    assert data.seconds_spent > 0
    assert replace(data, events=[*data.events, later]).seconds_spent == (data.seconds_spent)

"""What is said of two runs' scores."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from automl_cli.report import comparison
from automl_cli.report.comparison import Difference, write_scores
from automl_cli.report.material import Material, read_material

FOUND = Difference(
    scores=(0.8, 0.8), gain=0.0, error=0.01, loss_gain=0.02, loss_error=0.01, n_rows=300
)


@pytest.fixture(scope="module")
def material(report_runs: Path) -> Material:
    return read_material(report_runs / "sold")


def tell(material: Material, monkeypatch: pytest.MonkeyPatch, **changes: float) -> str:
    monkeypatch.setattr(comparison, "compare", lambda *_: replace(FOUND, **changes))
    return "".join(
        one.text for one in write_scores(material, material).blocks if one.kind == "text"
    )


def test_equal_scores_are_called_equal(material: Material, monkeypatch: pytest.MonkeyPatch):
    told = tell(material, monkeypatch)
    assert "They are equal in roc_auc." in told
    assert "better" not in told
    assert "0.0200 ± 0.010 lower" in told


@pytest.mark.parametrize("changes", [{"gain": np.nan}, {"gain": 0.1, "error": np.nan}])
def test_what_cannot_be_told_is_not_told(
    material: Material, monkeypatch: pytest.MonkeyPatch, changes: dict[str, float]
):
    told = tell(material, monkeypatch, **changes)
    assert "cannot be told" in told
    assert "more than chance" not in told
    assert "nan" not in told


def test_a_loss_without_an_error_is_told_without_one(
    material: Material, monkeypatch: pytest.MonkeyPatch
):
    assert "± -" not in tell(material, monkeypatch, gain=0.1, loss_error=np.nan)
    assert "cannot be compared row by row" in tell(
        material, monkeypatch, gain=0.1, loss_gain=np.nan
    )


def test_a_clear_gain_is_more_than_chance(material: Material, monkeypatch: pytest.MonkeyPatch):
    assert f"{material.name} is better by 0.100 ± 0.010" in tell(material, monkeypatch, gain=0.1)
    assert "more than chance" in tell(material, monkeypatch, gain=0.1)
    assert "as well" in tell(material, monkeypatch, gain=-0.01)

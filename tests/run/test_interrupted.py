"""A run that was interrupted is read with what it has finished."""

import json
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from automl_cli.cli.app import app
from automl_cli.commands.fit import fit
from automl_cli.config.load import load_config
from automl_cli.core.events import Event
from automl_cli.report.sections.leaderboard import _list_searches
from automl_cli.run.reporting import _find_reason
from automl_cli.run.session import FitRequest

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

PENGUINS = Path(__file__).parents[2] / "examples" / "penguins"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run that Ctrl-C has ended when its ensemble was to be made."""
    out = tmp_path_factory.mktemp("interrupted") / "run"

    def stop(event: Event) -> None:
        if event.kind == "stage" and event.fields["name"] == "blending":
            raise KeyboardInterrupt

    loaded = load_config(preset="smoke", overrides=["limits.rounds=10", "limits.candidates=2"])
    request = FitRequest(paths=(PENGUINS,), loaded=loaded, out=out, started_at=time.time())
    with pytest.raises(KeyboardInterrupt):
        fit(request, stop)
    return out


def test_the_leaderboard_shows_all_finished_candidates(run: Path) -> None:
    result = CliRunner().invoke(app, ["leaderboard", str(run), "--json"])
    told = json.loads(result.stdout)
    assert not told["finished"]
    assert len(told["candidates"]) == len(list((run / "candidates").iterdir())) == 2
    assert "interrupted after 2 candidates; run the same command to resume." in result.stderr


def test_it_predicts_with_its_best_candidate(run: Path, tmp_path: Path) -> None:
    words = ["predict", str(run), str(PENGUINS / "test.csv"), "--out", str(tmp_path / "p.csv")]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.stderr
    assert (tmp_path / "p.csv").read_text() == (run / "submission.csv").read_text()


def test_it_has_a_report(run: Path) -> None:
    assert CliRunner().invoke(app, ["report", str(run)]).exit_code == 0


def test_what_there_is_no_ensemble_for_says_so(run: Path) -> None:
    result = CliRunner().invoke(app, ["explain", str(run)])
    assert result.exit_code == 2
    assert "interrupted before there was an ensemble to explain." in result.stderr


def test_a_search_without_a_result_has_a_row() -> None:
    (row,) = _list_searches([{"model": "lightgbm", "trials": 4, "whole": 0}], None).rows
    assert len(row) == 7


def test_the_reason_of_a_failed_report_is_the_message() -> None:
    assert _find_reason(2, "run: no run in this folder.\n  hint: Give one.\n") == (
        "run: no run in this folder"
    )
    assert _find_reason(1, "Traceback ...\nKeyError: 'score'\n") == "KeyError: 'score'"
    assert _find_reason(-15, "") == "its process was ended by signal 15"

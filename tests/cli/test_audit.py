"""`automl audit` in the terminal and in CI."""

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from rich.console import Console
from typer.testing import CliRunner

from automl_cli.cli.app import app
from automl_cli.cli.findings import print_findings
from automl_cli.config.load import load_config


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"id": range(300), "size": rng.normal(size=300).round(3)})
    frame["sold"] = (frame["size"] + rng.normal(size=300) > 0).astype(int)
    frame["refunded"] = frame["sold"] * 2 + 1
    frame[:200].to_csv(tmp_path / "train.csv", index=False)
    frame[200:].drop(columns="sold").to_csv(tmp_path / "test.csv", index=False)
    return tmp_path


def audit(*words: str | Path) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["audit", *map(str, words)])
    assert "Traceback" not in result.output
    return result.exit_code, result.stdout, result.stderr


def test_findings_are_told_with_what_to_do(folder: Path) -> None:
    code, out, _ = audit(folder)
    assert code == 0
    assert "error   'refunded' alone explains 100.0% of 'sold'. [leaking_column]" in out
    assert "Is its value known before the answer is? If not, drop it." in out


def test_json_holds_facts_and_findings(folder: Path) -> None:
    _, out, _ = audit(folder, "--json")
    found = json.loads(out)
    assert (found["version"], found["rows"], found["test_rows"]) == (1, 200, 100)
    assert found["findings"][0]["fix"] == {"data.drop": ["refunded"]}


def test_the_metric_is_told_with_its_reason_as_fit_does(folder: Path) -> None:
    _, out, _ = audit(folder)
    told = [line.split(":")[0] for line in out.splitlines()[:8]]
    assert told == [
        "target",
        "task",
        "classes",
        "positive class",
        "id",
        "submission",
        "columns",
        "metric",
    ]
    assert "metric: roc_auc (the default for binary targets)\n" in out
    assert "metric: log_loss (given)\n" in audit(folder, "--metric", "log_loss")[1]
    sample = folder / "sample_submission.csv"
    sample.write_text("id,sold\n" + "".join(f"{row},0\n" for row in range(200, 300)))
    assert "submission: one column per target (the columns of the sample)\n" in audit(folder)[1]


def test_a_grave_finding_fails_in_ci(folder: Path) -> None:
    code, _, message = audit(folder, "--fail-on", "error")
    assert code == 2
    assert message == (
        "1 finding of severity error or worse; the first: 'refunded' alone explains 100.0% of "
        "'sold'.\n  hint: Is its value known before the answer is? If not, drop it.\n"
    )


def test_a_fix_is_a_config_that_mends(folder: Path) -> None:
    fix = folder / "fix.yaml"
    assert audit(folder, "--fix", fix)[0] == 0
    assert load_config(fix).config.data.drop == ("refunded",)
    assert audit(folder, "-c", fix, "--fail-on", "error")[0] == 0


def test_a_fix_overwrites_nothing(folder: Path) -> None:
    (folder / "fix.yaml").write_text("mine")
    code, _, message = audit(folder, "--fix", folder / "fix.yaml")
    assert code == 2
    assert message.endswith("exists already.\n  hint: Give another name to --fix.\n")
    assert (folder / "fix.yaml").read_text() == "mine"


def test_a_word_that_is_no_severity_is_refused(folder: Path) -> None:
    code, _, message = audit(folder, "--fail-on", "bad")
    assert code == 2
    assert message == (
        "--fail-on: 'bad' is not a severity.\n  hint: Use one of error, warning, note.\n"
    )


def test_a_terminal_breaks_findings_between_words() -> None:
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system=None, width=40)
    told, advice = "word " * 20, "another " * 12
    finding = {"severity": "note", "code": "code", "message": told, "advice": advice, "fix": {}}
    print_findings(console, [finding])
    assert max(map(len, out.getvalue().splitlines())) <= 40
    assert set(out.getvalue().split()) == {"note", "word", "[code]", "another"}

import importlib
import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import yaml
from typer.testing import CliRunner

from automl_cli.cli.app import app

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

PENGUINS = Path(__file__).parents[2] / "examples" / "penguins"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a finished smoke run, with what the command printed beside it."""
    folder = tmp_path_factory.mktemp("cli")
    words = ["fit", str(PENGUINS), "--preset", "smoke", "--out", str(folder / "run")]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.stderr
    (folder / "out.txt").write_text(result.stdout)
    (folder / "err.txt").write_text(result.stderr)
    return folder / "run"


def test_stdout_holds_the_path_of_the_submission_alone(run: Path) -> None:
    assert (run.parent / "out.txt").read_text() == f"{run / 'submission.csv'}\n"


def test_without_a_terminal_progress_is_dated_lines(run: Path) -> None:
    lines = (run.parent / "err.txt").read_text().splitlines()

    assert lines[0].split()[0].count("-") == 2
    assert any("target: species" in line for line in lines)
    assert any("metric: log_loss" in line for line in lines)
    assert any("first valid submission" in line for line in lines)
    assert any(line.startswith("ensemble (") for line in lines)


def test_the_submission_has_the_samples_rows_and_columns(run: Path) -> None:
    sample = (PENGUINS / "sample_submission.csv").read_text().splitlines()
    written = (run / "submission.csv").read_text().splitlines()

    assert written[0] == sample[0]
    assert [line.split(",")[0] for line in written] == [line.split(",")[0] for line in sample]


def test_the_same_command_again_fits_nothing(run: Path) -> None:
    before = (run / "events.jsonl").read_text().count('"fitted"')
    began = (run / "submission.csv").read_bytes()
    words = ["fit", str(PENGUINS), "--preset", "smoke", "--out", str(run), "--json"]

    result = CliRunner().invoke(app, words)

    assert (run / "events.jsonl").read_text().count('"fitted"') == before
    assert (run / "submission.csv").read_bytes() == began
    summary = json.loads(result.stdout)
    assert summary["version"] == 1
    assert {"run", "submission", "task", "metric", "score", "score_se", "in_sample"} < set(summary)
    assert {"key", "score", "score_se", "seconds"} < set(summary["candidates"][0])


def test_quiet_shows_nothing(run: Path) -> None:
    words = ["fit", str(PENGUINS), "--preset", "smoke", "--out", str(run), "--quiet"]

    result = CliRunner().invoke(app, words)

    assert result.stderr == ""
    assert result.stdout == f"{run / 'submission.csv'}\n"


def test_the_leaderboard_shows_every_candidate(run: Path) -> None:
    shown = CliRunner().invoke(app, ["leaderboard", str(run)]).stdout
    stored = json.loads(CliRunner().invoke(app, ["leaderboard", str(run), "--json"]).stdout)

    assert len(stored["candidates"]) == 2
    for candidate in stored["candidates"]:
        assert candidate["key"] in shown


@pytest.mark.parametrize(
    "table", ["models", "features", "metrics", "splitters", "combiners", "presets"]
)
def test_every_table_is_listed(table: str) -> None:
    result = CliRunner().invoke(app, ["list", table])

    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) >= 4


def test_a_config_can_be_begun_shown_and_fitted_with(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    runner = CliRunner()

    assert runner.invoke(app, ["config", "init", str(path), "--preset", "smoke"]).exit_code == 0
    shown = runner.invoke(app, ["config", "show", str(path), "--set", "seed=5"])

    assert yaml.safe_load(shown.stdout)["seed"] == 5
    again = runner.invoke(app, ["config", "init", str(path)])
    assert again.exit_code == 2
    assert again.stderr.startswith(f"{path}: exists already.")


def test_the_schema_is_json() -> None:
    schema = json.loads(CliRunner().invoke(app, ["config", "schema"]).stdout)

    assert "validation" in schema["properties"]


def test_ctrl_c_keeps_what_is_finished(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "automl_cli", "fit", str(PENGUINS)]
    words += ["--budget", "60s", "--preset", "smoke", "--set", "search.trials=1000"]
    words += ["--workers", "1", "--out", str(tmp_path / "run")]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        for _ in range(300):
            if (tmp_path / "run" / "submission.csv").exists():
                break
            time.sleep(0.1)
        run.send_signal(signal.SIGINT)
        _, message = run.communicate(timeout=20)

    assert run.returncode == 130
    assert message.endswith("interrupted; run the same command to resume.\n")
    assert (tmp_path / "run" / "submission.csv").exists()


def test_help_answers_at_once() -> None:
    best = min(_seconds_of_help() for _ in range(5))

    assert best < 0.4


def _seconds_of_help() -> float:
    began = time.perf_counter()
    subprocess.run([sys.executable, "-m", "automl_cli", "--help"], check=True, capture_output=True)
    return time.perf_counter() - began


COMMANDS = ["audit", "fit", "predict", "blend", "check", "leaderboard", "track show"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_what_is_taken_and_no_type_of_python(command: str) -> None:
    shown = CliRunner().invoke(app, [*command.split(), "--help"]).stdout

    assert "list[" not in shown
    assert "()" not in shown
    assert "\nArguments:\n" in shown


def test_a_grave_finding_is_shown_even_to_the_quiet(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"size": rng.normal(size=200).round(3), "sold": rng.integers(0, 2, 200)})
    frame.assign(refunded=frame["sold"] * 2 + 1).to_csv(tmp_path / "train.csv", index=False)
    words = ["fit", str(tmp_path), "--target", "sold", "--preset", "smoke", "--quiet"]
    result = CliRunner().invoke(app, [*words, "--out", str(tmp_path / "run")])

    assert result.exit_code == 0
    (line,) = result.stderr.splitlines()
    assert line.partition(" error: ")[2] == (
        "'refunded' alone explains 100.0% of 'sold'. "
        "Is its value known before the answer is? If not, drop it."
    )


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("fit", "interrupted; run the same command to resume.\n"),
        ("audit", "interrupted; run the command again.\n"),
    ],
)
def test_only_what_is_kept_is_promised_to_go_on(
    monkeypatch: pytest.MonkeyPatch, command: str, told: str
) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for name in ("commands.fit", "run.competition", "run.reopen"):
        importlib.import_module(f"automl_cli.{name}")  # what is imported later would keep it
    monkeypatch.setattr("automl_cli.config.load.load_config", interrupt)
    result = CliRunner().invoke(app, [command, str(PENGUINS)])

    assert result.exit_code == 130
    assert result.stderr == told

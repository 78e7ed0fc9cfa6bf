"""Bad inputs, each with the message that it has to end in: one entry of a YAML file a case.

- name: a training table that is not there        # unique
  files:                                           # written before; see makers.py
    task/odd.csv: "a,b\\n1,2\\n"
  run: automl fit task/trian.csv                   # in a folder with `task` and a run of it, `run`
  code: 2                                          # 2 if not said
  says: |                                          # all of stderr
    task/trian.csv: no such file.
      hint: Did you mean 'train.csv'?

There are also two files of predictions that fit, oof.csv and outside.csv. SITE is the folder where
all that was made, HERE the one where the command runs; LONG stands for a name of 5,000 letters,
LONGER for a path of 2,000 parts, DEEP for 5,000 brackets, VERSION for this program's.
"""

import shlex
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from catalogue.makers import make_file
from typer.testing import CliRunner

from automl_cli import __version__
from automl_cli.cli.app import app

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

HERE = Path(__file__).parent
ENTRIES: list[dict[str, Any]] = [
    {**entry, "kind": path.stem}
    for path in sorted(HERE.glob("*.yaml"))
    for entry in yaml.safe_load(path.read_text(encoding="utf-8"))
]
MISTAKES = [entry for entry in ENTRIES if "code" not in entry]  # the others go on, with a warning
SMALL = ["--preset", "smoke", "--set", "limits.rounds=10", "--metric", "log_loss", "-q"]
WORDS = {"LONGER": "/".join(["part"] * 2000), "LONG": "x" * 5000, "DEEP": "[" * 5000}
KINDS = {"files", "tables", "configs", "flags", "runs", "outside", "submissions", "scores"}


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a small competition and a finished run of it."""
    site = tmp_path_factory.mktemp("catalogue")
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"id": range(160), "size": rng.normal(size=160).round(3)})
    frame["city"] = rng.choice(["Bern", "Genf", "Zug"], 160)
    frame["sold"] = (frame["size"] + rng.normal(size=160) > 0).astype(int)
    (site / "task").mkdir()
    frame[:120].to_csv(site / "task" / "train.csv", index=False)
    frame[120:].drop(columns="sold").to_csv(site / "task" / "test.csv", index=False)
    sample = frame[120:][["id"]].assign(sold=0)
    sample.to_csv(site / "task" / "sample_submission.csv", index=False)
    for name, rows in (("oof.csv", frame[:120]), ("outside.csv", frame[120:])):
        rows[["id"]].assign(sold=rng.random(len(rows))).to_csv(site / name, index=False)
    words = ["fit", str(site / "task"), *SMALL, "--out", str(site / "run")]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    return site


@pytest.fixture
def place(site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of all that, which is the current folder."""
    shutil.copytree(site, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


def run_entry(entry: Mapping[str, Any], site: Path) -> tuple[int, str]:
    """Do what an entry says in the current folder; return the exit code and what was said."""
    for name, content in entry.get("files", {}).items():
        make_file(Path(name), content)
    line = entry["run"].replace("SITE", str(site))
    for word, meaning in WORDS.items():
        line = line.replace(word, meaning)
    program, *words = shlex.split(line)
    assert program == "automl"
    result = CliRunner().invoke(app, words, prog_name="automl")
    said = result.stderr.replace(str(site), "SITE").replace(str(Path.cwd()), "HERE")
    for word, meaning in {**WORDS, "VERSION": __version__}.items():
        said = said.replace(meaning, word)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, said


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry['kind']}: {entry['name']}")
@pytest.mark.usefixtures("place")
def test_a_bad_input_ends_in_its_message(entry: dict[str, Any], site: Path) -> None:
    code, said = run_entry(entry, site)

    assert said == entry["says"]
    assert code == entry.get("code", 2)


def test_the_catalogue_is_complete_and_unambiguous() -> None:
    names = [entry["name"] for entry in ENTRIES]

    assert len(names) == len(set(names)) >= 100
    assert {entry["kind"] for entry in ENTRIES} == KINDS


@pytest.mark.parametrize("entry", MISTAKES, ids=lambda entry: f"{entry['kind']}: {entry['name']}")
def test_every_message_says_what_to_do(entry: dict[str, Any]) -> None:
    said = entry["says"]

    assert "Traceback" not in said
    assert "\n  hint: " in said or "\nTry 'automl" in said

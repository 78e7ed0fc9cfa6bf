"""The documents keep up with the program: what it offers is in them, what they show works."""

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import typer.main
from manual.commands import find_commands

from automl_cli.cli import app as cli
from automl_cli.cli.answers import EXIT_INTERRUPTED, EXIT_MISTAKE
from automl_cli.config.load import load_config
from automl_cli.config.presets import preset_names
from automl_cli.core.dataset import Column
from automl_cli.core.margins import make_predictions
from automl_cli.core.matrix import Matrix
from automl_cli.core.model import FitJob
from automl_cli.planning.binding import check_names
from automl_cli.planning.validation import FEW_FOLDS, MANY_FOLDS
from automl_cli.splits import SplitOptions, SplitRequest

ROOT = Path(__file__).parents[1]
FOLDERS = (".", "benchmarks", "docs", "examples")
PAGES = sorted(page for folder in FOLDERS for page in (ROOT / folder).glob("*.md"))
CONFIGS = sorted(ROOT.glob("examples/*.yaml"))


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def find_blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)


MAIN = typer.main.get_command(cli.app)
COMMANDS = dict(find_commands(MAIN))


@pytest.mark.parametrize("name", COMMANDS)
def test_the_readme_names_every_command(name: str):
    assert f"`automl {name}`" in read("README.md")


@pytest.mark.parametrize("code", [0, 1, EXIT_MISTAKE, EXIT_INTERRUPTED])
def test_the_documents_explain_every_exit_code(code: int):
    assert f"\n| {code} | " in read("docs/runs.md")


def test_the_preset_table_says_what_the_presets_hold():
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", read("README.md"), flags=re.MULTILINE))
    for name in preset_names():
        config = load_config(preset=name).config
        _, folds, tried = rows[name].split(" | ")
        said = config.validation.folds
        assert folds == (f"{FEW_FOLDS} or {MANY_FOLDS}" if said == "auto" else str(said))
        assert not config.candidates or f"{len(config.candidates)} further" in tried


@pytest.mark.parametrize("page", [*PAGES, *CONFIGS], ids=lambda page: page.name)
def test_every_command_line_that_a_page_shows_is_understood(page: Path):
    shown = re.findall(r"^(?: {4}|\$ |# +)automl (.+)$", page.read_text("utf-8"), re.MULTILINE)
    for line in shown:
        words = shlex.split(line.partition(">")[0], comments=True)
        command: Any = MAIN
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]
        assert command in COMMANDS.values(), line
        command.make_context("automl", words)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_relative_link_leads_somewhere(page: Path):
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]
    assert not missing


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_of_the_program_that_a_page_names_exists(page: Path):
    paths = re.findall(r"`((?:[\w.]+/)+\w+\.py)`", page.read_text(encoding="utf-8"))
    missing = [path for path in paths if not any((ROOT / up / path).exists() for up in _PLACES)]
    assert not missing


_PLACES = ("", "automl_cli")


def test_the_architecture_shows_the_floors_that_the_linter_checks():
    contracts = tomllib.loads(read("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    floors = [{room.strip() for room in layer.split("|")} for layer in layers]
    blocks = find_blocks(read("ARCHITECTURE.md"), "text")
    picture = next(block for block in blocks if block.startswith("cli "))
    shown = [
        set(re.findall(r"(?m)(?:^|\s{4,})(\w+)(?=\s{3,}\S)", floor))
        for floor in re.split(r"─{4,}\n", picture)
    ]
    assert [{"__main__"}, *shown] == floors


@pytest.mark.parametrize("path", CONFIGS, ids=lambda path: path.name)
def test_every_example_config_loads(path: Path):
    check_names(load_config(path))


def test_every_yaml_block_loads(tmp_path: Path):
    blocks = [block for page in PAGES for block in find_blocks(page.read_text(), "yaml")]
    assert blocks
    for block in blocks:
        (tmp_path / "shown.yaml").write_text(block, encoding="utf-8")
        check_names(load_config(tmp_path / "shown.yaml"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_blocks_compile_and_toml_blocks_parse(page: Path):
    text = page.read_text(encoding="utf-8")
    for block in find_blocks(text, "python"):
        compile(block, page.name, "exec")
    for block in find_blocks(text, "toml"):
        tomllib.loads(block)


def run_example(page: str, word: str) -> dict[str, Any]:
    block = next(block for block in find_blocks(read(page), "python") if word in block)
    content: dict[str, Any] = {"__name__": "example"}
    exec(block, content)
    return content


@pytest.mark.parametrize(
    ("objective", "n_outputs"), [("log_loss", 1), ("log_loss", 3), ("squared_error", 1)]
)
def test_the_example_model_fits_predicts_and_comes_back(
    objective: str, n_outputs: int, tmp_path: Path
):
    spec = run_example("CONTRIBUTING.md", "ModelSpec(")["SPEC"]
    values = np.random.default_rng(0).normal(size=(200, 3)).astype(np.float32)
    grade = np.digitize(values[:, 0], [-0.4, 0.4][: max(1, n_outputs - 1)])
    y = grade if objective == "log_loss" else values[:, 0].astype(np.float64)
    job = make_job(spec.make_params("binary", {}), values, y, objective, n_outputs)
    model = spec.fit(job).model
    model.save(tmp_path)
    matrix = make_matrix(values)
    margins = spec.load(tmp_path).predict(matrix)
    np.testing.assert_array_equal(margins, model.predict(matrix))
    found = make_predictions(margins, objective)
    assert found.shape == (200, n_outputs)
    if n_outputs > 1:
        assert (found.argmax(axis=1) == y).mean() > 0.8
    else:
        assert np.corrcoef(found[:, 0], y)[0, 1] > 0.7


def make_matrix(values: np.ndarray) -> Matrix:
    return Matrix(
        values=values,
        categories=np.empty((len(values), 0), dtype=np.int32),
        value_names=tuple("abc"),
        category_names=(),
        levels=(),
    )


def make_job(
    params: dict[str, Any], values: np.ndarray, y: np.ndarray, objective: Any, n_outputs: int
) -> FitJob:
    return FitJob(
        matrix=make_matrix(values),
        y=y,
        weight=None,
        offset=None,
        watch=None,
        objective=objective,
        n_outputs=n_outputs,
        params=params,
        max_rounds=1,
        patience=1,
        seed=0,
        n_threads=1,
        stop_at=None,
    )


def test_the_example_splitter_holds_every_row_out_once():
    split = run_example("CONTRIBUTING.md", "SplitRequest")["split_dealt"]
    options = SplitOptions(folds=3)
    plan = split(SplitRequest(options=options, y=np.arange(10.0), task="regression", extra={}))
    assert len(plan) == 3
    assert sorted(np.concatenate([fold.held_out for fold in plan])) == list(range(10))


def test_the_example_group_counts_gaps():
    group = run_example("CONTRIBUTING.md", "Group(")["GAPS"]
    frame = pd.DataFrame({"a": [1.0, np.nan], "b": [np.nan, np.nan], "c": [1.0, 2.0]})
    columns = tuple(Column(name=name, role="numeric", reason="made") for name in "abc")
    (made,) = group.transform(group.fit(frame, columns, group.make_params({})), frame)
    assert made.array.tolist() == [[1.0, 2.0]]


def test_the_example_metric_scores():
    content = run_example("docs/metrics.md", "def score")
    assert content["score"](np.array([1.0, 2.0]), np.array([1.0, 4.0])) == 8.0
    assert content["greater_is_better"] is False

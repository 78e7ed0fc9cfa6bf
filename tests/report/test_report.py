"""The report of a run, as a reader's browser gets it."""

import json
import re
import shutil
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

import automl_cli
from automl_cli.cli.app import app
from automl_cli.core.errors import RunError
from automl_cli.report import write_comparison, write_report

from .conftest import N_TRAIN, SCRIPT, SMALL, TARGETS, make_frame
from .pages import Page

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

SECTIONS = [
    "result",
    "inferred",
    "findings",
    "leaderboard",
    "ensemble",
    "progress",
    "quality",
    "slices",
    "importance",
    "drift",
    "features",
    "repeat",
]
MOST_BYTES = 3_000_000


@pytest.fixture(scope="session")
def pages(report_runs: Path) -> dict[str, Page]:
    written = {name: write_report(report_runs / name, None) for name in TARGETS}
    assert all(path == report_runs / name / "report.html" for name, path in written.items())
    return {name: Page(path.read_text("utf-8")) for name, path in written.items()}


@pytest.mark.parametrize("name", TARGETS)
def test_every_section_is_there_and_in_the_table_of_contents(pages: dict[str, Page], name: str):
    page = pages[name]
    assert [attrs["id"] for attrs in page.find("section")] == SECTIONS
    links = [attrs["href"] for attrs in page.find("a")]
    assert links[1:] == [f"#{section}" for section in SECTIONS]


@pytest.mark.parametrize("name", TARGETS)
def test_links_within_the_page_lead_somewhere_and_ids_are_unique(pages: dict[str, Page], name: str):
    page = pages[name]
    assert [one for one, n in Counter(page.ids).items() if n > 1] == []
    inner = [one.strip("'\"") for one in page.references if one.strip("'\"").startswith("#")]
    assert {one[1:] for one in inner} <= set(page.ids)


@pytest.mark.parametrize("name", TARGETS)
def test_nothing_is_loaded_from_elsewhere(pages: dict[str, Page], name: str):
    page = pages[name]
    outer = [one for one in page.references if not one.strip("'\"").startswith(("#", "data:,"))]
    assert outer == []
    assert "http" not in re.sub(r"<code>.*?</code>", "", page.text, flags=re.DOTALL)
    assert "@import" not in page.text


@pytest.mark.parametrize("name", TARGETS)
def test_every_plot_has_a_name_and_a_caption(pages: dict[str, Page], name: str):
    page = pages[name]
    drawn = [attrs for attrs in page.find("div") if attrs.get("role") == "img"]
    assert len(drawn) == len(page.find("svg")) >= 8
    names = [attrs["aria-label"] for attrs in drawn]
    assert all(names)
    assert len(set(names)) == len(names)
    assert page.text.count('<figure class="picture">') == len(drawn)
    assert page.text.count("<figcaption><strong>") == len(drawn)


@pytest.mark.parametrize("name", TARGETS)
def test_the_page_is_small(pages: dict[str, Page], name: str):
    assert len(pages[name].text.encode()) < MOST_BYTES


@pytest.mark.parametrize("name", TARGETS)
def test_names_from_the_tables_are_never_markup(pages: dict[str, Page], name: str):
    page = pages[name]
    assert SCRIPT not in page.text
    assert len(page.find("script")) == 1
    assert any(SCRIPT in word for word in page.words)


@pytest.mark.parametrize("name", TARGETS)
def test_plots_draw_in_the_colours_of_the_page_alone(pages: dict[str, Page], name: str):
    for svg in re.findall(r"<svg.*?</svg>", pages[name].text, flags=re.DOTALL):
        assert re.findall(r"#[0-9a-fA-F]{6}\b", svg) == []
        assert "<style" not in svg


def test_the_score_of_the_summary_is_told(pages: dict[str, Page], report_runs: Path):
    summary = json.loads((report_runs / "sold" / "summary.json").read_text("utf-8"))
    text = " ".join(pages["sold"].words)
    assert f"{summary['score']:.2f}" in text
    for candidate in summary["candidates"]:
        assert candidate["key"] in text


def test_each_task_has_its_own_pictures(pages: dict[str, Page]):
    names = {
        task: [str(attrs["aria-label"]) for attrs in page.find("div") if attrs.get("role") == "img"]
        for task, page in pages.items()
    }
    for wanted in ("ROC curve", "Precision and recall", "Calibration", "Confusion"):
        assert any(one.startswith(wanted) for one in names["sold"])
    for wanted in ("ROC curves by class", "Confusion", "Calibration"):
        assert any(one.startswith(wanted) for one in names["grade"])
    for wanted in ("Predicted against true price", "Residuals", "Distribution of the residuals"):
        assert any(one.startswith(wanted) for one in names["price"])


def test_the_planted_flaws_are_told(pages: dict[str, Page]):
    text = " ".join(pages["sold"].words)
    assert "separable_test" in text
    assert "drifting in train and test" in text
    worst = pages["sold"].text.rpartition("The worst slices")[2]
    assert "shop = b" in worst.partition("</tbody>")[0]


def test_pairs_say_what_the_groups_brought(pages: dict[str, Page]):
    assert "Effect of features" in pages["sold"].text


def test_equal_runs_give_equal_pages(report_runs: Path, pages: dict[str, Page], tmp_path: Path):
    again = write_report(report_runs / "sold", tmp_path / "again.html").read_text("utf-8")
    without_date = re.compile(r"<footer>.*?</footer>", re.DOTALL)
    assert without_date.sub("", again) == without_date.sub("", pages["sold"].text)


def test_importance_says_how_to_measure_it(pages: dict[str, Page], report_runs: Path):
    text = " ".join(pages["sold"].words)
    assert f"automl explain {report_runs / 'sold'}" in text


def write_explained(run: Path) -> Path:
    """Write what `automl explain` leaves."""
    common = {"cluster": 1, "low": 0.05, "high": None, "p": 0.001}
    shop = {
        "name": "shop",
        "columns": ["shop"],
        "importance": 0.1,
        "q": 0.01,
        "found": True,
        "is_probe": False,
    }
    noise = {
        "name": "noise",
        "columns": ["noise"],
        "importance": 0.0,
        "low": -0.1,
        "q": 0.9,
        "found": False,
        "is_probe": True,
    }
    told = {"target": "sold", "blend": "", "loss": "log_loss"}
    told["columns"] = [common | shop, common | noise]
    folder = run / "explain"
    (folder / "sold").mkdir(parents=True)
    (folder / "explanation.json").write_text(json.dumps({"targets": [told]}))
    lines = [f"shop,yes,{row},{'ab'[row % 2]},{row % 2}" for row in range(20)]
    lines += [f"drifting,yes,{row},{row / 7},{row / 20}" for row in range(20)]
    text = "\n".join(["column,output,row,value,shap", *lines])
    (folder / "sold" / "dependence.csv").write_text(text)
    return folder / "explanation.json"


def test_importance_is_drawn_from_what_explain_leaves(report_runs: Path, tmp_path: Path):
    run = tmp_path / "run"
    shutil.copytree(report_runs / "sold", run)
    explained = write_explained(run)
    page = Page(write_report(run, None).read_text("utf-8"))
    labels = {attrs.get("aria-label") for attrs in page.find("div")}
    assert "Importance of the columns for sold" in labels
    assert {"Dependence of yes on shop", "Dependence of yes on drifting"} <= labels
    assert "noise (noise, to compare with)" in page.words
    explained.write_text('{"targets": [{}]}')
    with pytest.raises(
        RunError, match=r"explanation\.json: this file of the run is missing or damaged"
    ):
        write_report(run, None)


def test_a_comparison_tells_config_scores_and_weights(report_runs: Path, tmp_path: Path):
    path = write_comparison(report_runs / "sold", report_runs / "other", tmp_path / "both.html")
    page = Page(path.read_text("utf-8"))
    sections = [attrs["id"] for attrs in page.find("section")]
    assert sections == ["scores", "config", "leaderboards", "weights"]
    text = " ".join(page.words)
    assert "seed" in page.text.partition("keys of the config differ")[2]
    assert f"On the {N_TRAIN} rows that both have held out" in text
    assert "paired" in text
    assert any("Weights of both" in str(attrs.get("aria-label")) for attrs in page.find("div"))


def test_a_run_and_itself_differ_in_nothing(report_runs: Path, tmp_path: Path):
    path = write_comparison(report_runs / "sold", report_runs / "sold", tmp_path / "same.html")
    text = path.read_text("utf-8")
    assert "Their predictions have the same loss in every row." in text
    assert "Both have the same config." in text


def test_runs_of_other_questions_are_not_compared_row_by_row(report_runs: Path, tmp_path: Path):
    path = write_comparison(report_runs / "sold", report_runs / "price", tmp_path / "two.html")
    assert "does not predict sold" in path.read_text("utf-8")


def invoke(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["report", *map(str, words)])
    assert "Traceback" not in result.output
    return result.exit_code, result.output


def test_the_command_prints_where_the_page_is(report_runs: Path, tmp_path: Path):
    out = tmp_path / "page.html"
    assert invoke(report_runs / "price", "--out", out) == (0, f"{out}\n")
    assert out.read_text("utf-8").startswith("<!DOCTYPE html>")


def test_a_wrong_number_of_runs_is_told(report_runs: Path):
    code, out = invoke("--compare", report_runs / "sold")
    assert code == 2
    assert "report: 1 run directories, expected 2." in out
    assert "hint: Give one run, or two runs with --compare." in out


def test_a_folder_without_a_run_is_told(tmp_path: Path):
    code, out = invoke(tmp_path)
    assert code == 2
    assert "hint:" in out


def test_several_targets_each_have_their_pictures(tmp_path: Path):
    task = tmp_path / "task"
    task.mkdir()
    frame = make_frame()
    frame["cost"] = frame["price"] * 2 + frame["drifting"]
    frame = frame.drop(columns=["sold", "grade"])
    frame[:N_TRAIN].to_csv(task / "train.csv", index=False)
    overrides = [*SMALL, "data.target=[price, cost]", "limits.candidates=1"]
    automl_cli.fit(task, preset="smoke", overrides=overrides, out=tmp_path / "run")
    page = Page(write_report(tmp_path / "run", None).read_text("utf-8"))
    labels = {attrs.get("aria-label") for attrs in page.find("div")}
    assert {"Predicted against true price", "Predicted against true cost"} <= labels
    assert [one for one, n in Counter(page.ids).items() if n > 1] == []


def test_grades_in_order_and_a_holdout_are_reported(tmp_path: Path):
    task = tmp_path / "task"
    task.mkdir()
    frame = make_frame().drop(columns=["sold", "price"])
    frame["day"] = pd.date_range("2024-01-01", periods=len(frame)).astype(str)
    frame.to_csv(task / "train.csv", index=False)
    overrides = [*SMALL, "data.target=grade", "metric=qwk", "validation.holdout=0.2"]
    automl_cli.fit(task, preset="smoke", overrides=overrides, out=tmp_path / "run")
    page = Page(write_report(tmp_path / "run", None).read_text("utf-8"))
    assert "on the hold-out" in page.words
    assert "There is no test table to compare with." in page.words
    labels = {attrs.get("aria-label") for attrs in page.find("div")}
    assert "Confusion for grade" in labels

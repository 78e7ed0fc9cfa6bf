"""The table of a run's candidates, at 80 columns."""

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from plugins import install_models, run_with
from rich.console import Console

from automl_cli.cli import leaderboard
from automl_cli.cli.leaderboard import print_target, print_unused

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

MODELS = "models={lightgbm: false, linear: {}, broken: {}, slow: {seconds: 0.05}}"
CANDIDATES = "candidates=[{model: linear, params: {C: 0.03}}]"


def make_candidate(key: str, description: str, **others: Any) -> dict[str, Any]:
    plain = {"score": 0.912345, "score_se": 0.0123, "seconds": 4.21, "cut": False, "row_share": 1}
    return {"key": key, "description": description, "weight": None, **plain, **others}


FAILED = {
    "key": "mlp-707eb4f6",
    "description": "default features",
    "error": "ValueError: no fit with any rows",
    "file": "failures/mlp-707eb4f6.json",
}
TARGET = {
    "target": "sold",
    "metric": "accuracy",
    "greater_is_better": True,
    "folds": 5,
    "validation": "stratified",
    "combiner": "linear",
    "score": 0.92,
    "score_se": 0.011,
    "in_sample": 0.93,
    "chosen_by": "log loss",
    "candidates": [
        make_candidate(
            "lightgbm-f1e64252",
            "target means, no categories, 4 groups of generated columns; learning_rate .03, 6 more",
            weight=0.9,
            predict_share=0.834,
        ),
        make_candidate(
            "linear-c667726f", "default features", weight=0.3, predict_share=0.166, cut=True
        ),
    ],
    "failed": [FAILED],
    "skipped": [{"key": f"xgboost-{k}", "reason": "no time left"} for k in range(27)]
    + [{"key": "catboost-1", "reason": "its folds would not have finished in time"}],
}
TABLE = """\
sold: accuracy, higher is better; 5 folds, stratified
candidate                                score  ± s.e.  seconds  weight  predict
lightgbm-f1e64252                     0.912345   0.012      4.2    0.90      83%
  target means, no categories, 4
  groups of generated columns;
  learning_rate .03, 6 more
linear-c667726f (cut)                 0.912345   0.012      4.2    0.30      17%
  default features
mlp-707eb4f6                            failed
  default features
  ValueError: no fit with any rows
traceback in the run directory: failures/mlp-707eb4f6.json
not fitted: 27 (no time left); 1 (its folds would not have finished in time)
ensemble (linear): 0.92 ± 0.011 cross-fitted, 0.93 in-sample
Blends are chosen by log loss; the score is accuracy.
The weights of the linear combiner need not sum to 1.
"""


def show(target: dict[str, Any], columns: int = 80) -> str:
    file = io.StringIO()
    print_target(Console(file=file, width=columns), target)
    return "".join(f"{line.rstrip()}\n" for line in file.getvalue().splitlines())


def test_a_table_says_what_candidates_are_what_failed_and_what_was_left_out() -> None:
    assert show(TARGET) == TABLE


@pytest.mark.parametrize("columns", [60, 120])
def test_figures_stay_whole_where_there_is_less_room_or_more(columns: int) -> None:
    shown = show(TARGET, columns)
    for figure in ("0.912345", "0.012", "4.2", "0.90", "83%", "failed"):
        assert figure in shown.split()


def test_a_table_of_an_earlier_version_is_shown_too() -> None:
    later = {"chosen_by", "failed", "skipped"}
    target = {name: value for name, value in TARGET.items() if name not in later}
    target["candidates"] = [
        {name: one[name] for name in one if name not in {"description", "predict_share"}}
        for one in TARGET["candidates"]
    ]
    assert show(target).splitlines()[:3] == [
        "sold: accuracy, higher is better; 5 folds, stratified",
        "candidate                 score  ± s.e.  seconds  weight",
        "lightgbm-f1e64252      0.912345   0.012      4.2    0.90",
    ]


def test_weights_that_sum_to_one_and_a_score_that_chooses_need_no_word() -> None:
    candidates = [{**one, "weight": 0.5} for one in TARGET["candidates"]]
    shown = show({**TARGET, "candidates": candidates, "chosen_by": None})
    assert shown.endswith("in-sample\n")


def test_what_is_left_of_a_budget_is_told_with_its_reason() -> None:
    file = io.StringIO()
    unused = {"seconds": 41.2, "budget": 300.0, "reason": "every planned candidate was fitted"}
    print_unused(Console(file=file), {"unused": unused})
    print_unused(Console(file=file), {"unused": None})
    said = "41 s of 300 s were not used: every planned candidate was fitted\n"
    assert file.getvalue() == said


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a package of models, and a run in which one of them has failed."""
    place = tmp_path_factory.mktemp("leaderboard")
    install_models(place / "site")
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"size": rng.normal(size=160)})
    frame["sold"] = (frame["size"] + rng.normal(size=160) > 0).astype(int)
    frame.to_csv(place / "train.csv", index=False)
    words = ["fit", place / "train.csv", "--target", "sold", "--preset", "smoke", "--folds", 3]
    words += ["--set", "limits.candidates=null", "--set", MODELS, "--set", CANDIDATES]
    words += ["--metric", "accuracy", "--budget", "1h", "--out", place / "run", "--json"]
    done = run_with(place / "site", *words)
    assert done.returncode == 0, done.stderr
    (place / "said.txt").write_text(done.stderr)
    (place / "summary.json").write_text(done.stdout)
    return place


def test_a_candidate_that_failed_stays_visible_with_its_reason(place: Path) -> None:
    (target,) = json.loads((place / "summary.json").read_text())["targets"]
    (failed,) = target["failed"]
    key = failed["key"]
    told = {"model": "broken", "error": "ValueError: no fit with any rows"}
    assert {**failed, **told} == failed
    traceback = json.loads((place / "run" / failed["file"]).read_text())["traceback"]
    assert traceback.endswith("ValueError: no fit with any rows\nand a second line\n")
    said = (place / "said.txt").read_text()
    shown = run_with(place / "site", "leaderboard", place / "run").stdout
    for text in (said, shown):
        assert f"\n{key} " in text
        assert "\n  ValueError: no fit with any rows" in text
        assert f"\ntraceback in the run directory: failures/{key}.json\n" in text
    assert f"{key} (default features) failed: ValueError: no fit with any rows\n" in said


def test_the_member_that_makes_predicting_slow_is_seen(place: Path) -> None:
    (target,) = json.loads((place / "summary.json").read_text())["targets"]
    seconds = {one["model"]: one["predict_seconds"] for one in target["candidates"]}
    assert seconds["slow"] > 0.15  # it sleeps so long; how long others take hangs on the machine
    shares = [one["predict_share"] for one in target["candidates"] if one["weight"]]
    assert sum(shares) == pytest.approx(1.0)
    idle = [one["predict_share"] for one in target["candidates"] if not one["weight"]]
    assert idle == [None] * len(idle)


def test_the_end_of_a_fit_says_each_fact_once(place: Path) -> None:
    said = (place / "said.txt").read_text()
    summary = said[said.index("\nsold: accuracy") :]
    for once in ("accuracy, higher", "3 folds", "task: binary", "run: ", "C .03", "log loss"):
        assert summary.count(once) == 1, once
    assert "target: " not in summary
    assert "metric: " not in summary
    assert "of 3600 s were not used: every planned candidate was fitted or failed\n" in summary


def test_a_candidate_that_failed_shows_all_that_was_raised(place: Path) -> None:
    shown = run_with(place / "site", "leaderboard", place / "run", "--candidate", "bro").stdout
    file = place / "run" / "failures"
    assert shown.splitlines()[1:3] == [
        "failed: ValueError: no fit with any rows",
        "and a second line",
    ]
    assert f"\ntraceback: {file}" in shown
    assert "\nwhy           any rows" in shown


@pytest.mark.parametrize(
    ("prefix", "message"),
    [
        ("linear", "2 candidates begin with 'linear': {linear}.\n  hint: Give more of the key.\n"),
        (
            "zz",
            "no candidate begins with 'zz'.\n  hint: Give the beginning of one of {every}.\n",
        ),
        ("", "no candidate begins with ''.\n  hint: Give the beginning of one of {every}.\n"),
    ],
)
def test_a_key_that_is_unknown_or_of_several_is_refused_with_the_choices(
    place: Path, prefix: str, message: str
) -> None:
    (target,) = json.loads((place / "summary.json").read_text())["targets"]
    every = sorted(one["key"] for one in (*target["candidates"], *target["failed"]))
    linear = [key for key in every if key.startswith("linear")]
    done = run_with(place / "site", "leaderboard", place / "run", "--candidate", prefix)
    assert done.returncode == 2
    told = message.format(linear=", ".join(linear), every=", ".join(every))
    assert done.stderr == f"{place / 'run'}: {told}"


def test_the_report_shows_what_candidates_are_and_what_failed(place: Path) -> None:
    done = run_with(place / "site", "report", place / "run", "--out", place / "page.html")
    assert done.returncode == 0, done.stderr
    page = (place / "page.html").read_text()
    for text in (
        "Candidates that failed",
        "ValueError: no fit with any rows",
        "default features; C .03",
    ):
        assert text in page
    assert "Blends are chosen by log loss, which is smooth; the score is accuracy." in page


def test_a_run_in_which_all_failed_ends_with_the_first_line_of_one_error(place: Path) -> None:
    words = ["fit", place / "train.csv", "--target", "sold", "--preset", "smoke", "-q"]
    words += ["--set", "models={lightgbm: false, linear: false, broken: {}}"]
    done = run_with(place / "site", *words, "--out", place / "none")
    assert done.returncode == 2
    assert done.stderr == (
        "every candidate for sold failed; one of them: ValueError: no fit with any rows.\n"
        f"  hint: The tracebacks are in {place / 'none' / 'failures'}.\n"
    )


def test_the_expected_score_is_shown_where_it_is_known() -> None:
    target = {"combiner": "mean", "score": 1.5, "score_se": 0.1, "in_sample": 1.25}
    assert leaderboard._format_ensemble({**target, "expected": None}).endswith("1.25 in-sample")
    shown = leaderboard._format_ensemble({**target, "expected": 1.375})
    assert shown.endswith("1.25 in-sample, 1.375 expected of the submission")

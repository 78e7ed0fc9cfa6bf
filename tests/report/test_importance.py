"""What the columns are worth, as `automl explain` has written it."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.explanation import Contributions, Explanation, Importance
from automl_cli.core.problem import Problem
from automl_cli.ensemble.files import load_key
from automl_cli.explain.files import describe_explanation, write_explanation
from automl_cli.report.data import read_report_data
from automl_cli.report.dependence import Dependence, draw_dependence
from automl_cli.report.section import Paragraph, Pictures
from automl_cli.report.sections.importance import read_explained, write_importance
from automl_cli.run.reopen import reopen
from automl_cli.store import RunDirectory

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

LEVELS = ["None", "NA", "nan", "", "b"]  # the fourth stands for a missing value


def explain(run: Path) -> None:
    """Write what was found out about `shop`, whose levels and classes read like missing values."""
    opened = reopen(run)
    problem = opened.problems[0]
    problem = replace(problem, target=replace(problem.target, labels=("b", "NA")))
    shop = pd.Series(np.resize(LEVELS, opened.dataset.n_rows)).replace("", None).astype("category")
    train = opened.dataset.train.assign(shop=shop.to_numpy())
    opened = replace(opened, dataset=replace(opened.dataset, train=train))
    rows = np.arange(50)
    found = Explanation(
        target="sold",
        blend=load_key(opened.directory.blend("sold")),
        loss="log_loss",
        base_loss=0.5,
        n_rows=50,
        n_repeats=1,
        share=1.0,
        rate=0.05,
        columns=(make_importance("shop"), make_importance("noise", is_probe=True)),
        clusters=(),
        probed="linear-1",
        dropped=(),
        contributions=Contributions(
            rows=rows,
            columns=("shop",),
            shap=np.linspace(-1, 1, 50).reshape(50, 1, 1),
            base=np.zeros((50, 1)),
            margins=np.zeros((50, 1)),
            share=1.0,
            members=("linear-1",),
            shared=0.0,
        ),
    )
    write_explanation(opened, problem, found)
    told = {"targets": [describe_explanation(found, problem)]}
    opened.directory.explanation.write_text(json.dumps(told))


def make_importance(name: str, *, is_probe: bool = False) -> Importance:
    return Importance(
        name=name,
        columns=(name,),
        cluster=1,
        importance=0.1,
        low=0.05,
        high=0.2,
        p=0.01,
        q=0.02,
        found=not is_probe,
        is_probe=is_probe,
    )


@pytest.fixture
def explained_run(report_runs: Path, tmp_path: Path) -> Path:
    shutil.copytree(report_runs / "sold", tmp_path / "run")
    explain(tmp_path / "run")
    return tmp_path / "run"


@pytest.fixture(scope="module")
def problem(report_runs: Path) -> Problem:
    return read_report_data(report_runs / "price").solved[0].problem


def test_levels_and_classes_that_read_like_missing_values_are_kept(explained_run: Path):
    (one,) = read_explained(RunDirectory(explained_run))[0].dependences
    assert (one.column, one.output) == ("shop", "NA")
    assert one.levels.fillna("").tolist() == (LEVELS * 10)
    np.testing.assert_allclose(one.effects, np.linspace(-1, 1, 50))


def test_their_dependence_is_drawn(explained_run: Path):
    blocks = write_importance(read_report_data(explained_run)).blocks
    names = [one.name for block in blocks if isinstance(block, Pictures) for one in block.pictures]
    assert names == ["Importance of the columns for sold", "Dependence of NA on shop"]


def test_what_was_measured_of_an_earlier_ensemble_is_told_as_such(explained_run: Path):
    told = (
        f"These figures are of an earlier ensemble. Run `automl explain {explained_run}` to "
        "measure this one."
    )
    blocks = write_importance(read_report_data(explained_run)).blocks
    assert Paragraph(text=told) not in blocks
    path = explained_run / "bundle.json"
    stored = json.loads(path.read_text())
    state = stored["targets"][0]["state"]
    state["weights"] = [2 * one for one in state["weights"]]
    path.write_text(json.dumps(stored))
    assert write_importance(read_report_data(explained_run)).blocks[0] == Paragraph(text=told)


def test_a_date_is_drawn_over_time(problem: Problem):
    dates = pd.date_range("2023-01-01", periods=616, freq="D")
    shuffled = np.random.default_rng(0).permutation(616)
    one = Dependence(
        column="Date",
        output="Sales",
        levels=pd.Series(dates[shuffled].astype(str)),
        effects=(shuffled / 616).astype(np.float64),
    )
    picture = draw_dependence(one, problem, is_date=True)
    assert "at 2023-01-26" in picture.caption
    assert "at 2024-08-13" in picture.caption
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", picture.svg)
    assert "2024" in texts
    assert not [text for text in texts if "…" in text or "k" in text]


def test_dates_within_a_day_are_told_with_their_time(problem: Problem):
    one = Dependence(
        column="at",
        output="Sales",
        levels=pd.Series(pd.date_range("2023-01-01", periods=24, freq="h").astype(str)),
        effects=np.arange(24.0),
    )
    assert "at 2023-01-01 22:30" in draw_dependence(one, problem, is_date=True).caption


def test_the_scale_is_that_of_the_task(report_runs: Path):
    one = Dependence(
        column="shop", output="x", levels=pd.Series(["a", "b"]), effects=np.array([0.0, 1.0])
    )
    scales = {"sold": "log-odds", "grade": "logits", "price": "log(1 + price)"}
    for name, scale in scales.items():
        (solved,) = read_report_data(report_runs / name).solved
        assert f"on the scale of {scale}: from" in draw_dependence(one, solved.problem).caption


def test_made_up_noise_is_labelled(explained_run: Path):
    pictures = write_importance(read_report_data(explained_run)).blocks[0]
    assert isinstance(pictures, Pictures)
    assert "noise (noise)<" in pictures.pictures[0].svg
    assert "diamond: may be chance" in pictures.pictures[0].caption

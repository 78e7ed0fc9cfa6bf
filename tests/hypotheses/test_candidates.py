"""Which candidates of a run are compared, and what has no part in it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import automl_cli
from automl_cli.cli.app import app
from automl_cli.core.errors import ConfigError
from automl_cli.hypotheses import HypothesisQuestion, answer
from automl_cli.hypotheses.candidates import _list_luck
from automl_cli.statistics.paired import Gain, Paired

pytestmark = pytest.mark.slow  # takes seconds: not in make quick


@pytest.fixture(scope="module")
def twofold(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a run of two targets."""
    folder = tmp_path_factory.mktemp("candidates")
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(120, 2)), columns=["a", "b"])
    frame["first"] = frame["a"] + rng.normal(size=120)
    frame["second"] = frame["b"] + rng.normal(size=120)
    frame.to_csv(folder / "train.csv", index=False)
    overrides = ["limits.rounds=5", "data.target=[first, second]", "run.report=false"]
    automl_cli.fit(folder / "train.csv", preset="smoke", overrides=overrides, out=folder / "run")
    return folder / "run"


def test_names_that_several_targets_have_are_refused(twofold: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        answer(HypothesisQuestion(source=twofold, compare=("linear", "lightgbm")))
    assert caught.value.message == (
        "--compare: linear and lightgbm may be of any of the targets first, second."
    )


def test_whole_keys_are_of_one_target(twofold: Path) -> None:
    keys = [path.name for path in sorted((twofold / "candidates").iterdir())]
    for target in ("first", "second"):
        told = [
            answer(HypothesisQuestion(source=twofold, compare=("ensemble", key)))["target"]
            for key in keys
        ]
        assert told.count(target) == 2


IDLE = [
    (["--cluster", "a"], "--compare looks at the predictions of a run; --cluster has no part"),
    (["--family", "poisson"], "--compare looks at the predictions of a run; --family has no"),
    (
        ["--target", "first"],
        "a run, which knows its tables and its metric; --target has no effect.",
    ),
    (
        ["--set", "metric=mae"],
        "a run, which knows its tables and its metric; --set has no effect.",
    ),
]


@pytest.mark.parametrize(("words", "told"), IDLE)
def test_options_that_would_do_nothing_are_refused(
    twofold: Path, words: list[str], told: str
) -> None:
    result = CliRunner().invoke(app, ["test", str(twofold), "--compare", "a", "b", *words])
    assert result.exit_code == 2
    assert told in result.stderr


def test_two_candidates_of_a_run_are_compared_by_prefix(run: Path):
    told = answer(HypothesisQuestion(source=run, compare=("linear", "lightgbm")))
    assert [key.split("-")[0] for key in told["keys"]] == ["linear", "lightgbm"]
    assert told["n_rows"] == 500
    assert told["rows"]["gain"] == pytest.approx(told["first"] - told["second"])
    assert told["rows"]["low"] < told["rows"]["gain"] < told["rows"]["high"]
    assert len(told["by_fold"]) == 3
    assert told["conclusions"]


@pytest.mark.parametrize(
    ("rows", "folds", "n_candidates", "is_told"),
    [
        (0.69, None, 9, False),
        (0.69, 0.3, 9, False),
        (0.01, 0.3, 9, True),
        (0.3, 0.01, 9, True),
        (0.01, 0.01, 2, False),
        (float("nan"), None, 9, False),
    ],
)
def test_a_difference_is_too_good_only_if_there_is_one(
    rows: float, folds: float | None, n_candidates: int, is_told: bool
):
    gain = Gain(gain=0.1, error=0.1, low=-0.1, high=0.3, p=rows, df=9)
    paired = Paired(
        first=0.8,
        second=0.9,
        n_rows=600,
        rows=gain,
        folds=None if folds is None else replace(gain, p=folds),
        by_fold=(0.1,),
        equal=False,
    )
    assert bool(_list_luck(paired, n_candidates, 0.05)) == is_told


def test_the_comparison_is_shown_in_80_columns(run: Path):
    words = ["test", str(run), "--compare", "linear", "lightgbm"]
    result = CliRunner().invoke(app, words, env={"COLUMNS": "80"})
    assert result.exit_code == 0
    assert "models as fitted" in result.stdout
    assert "trained anew" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_the_ensemble_is_compared_with_its_members(run: Path):
    told = answer(HypothesisQuestion(source=run, compare=("ensemble", "lightgbm")))
    assert told["keys"][0] == "ensemble"


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (("linear", "lightgmb"), "--compare: no finished candidate 'lightgmb' in this run."),
        (("l", "linear"), "--compare: 'l' matches several candidates: lightgbm-"),
        (("linear", "linea"), "--compare: linear and linea are both linear-"),
    ],
)
def test_names_that_are_no_candidates_are_refused(run: Path, names: tuple[str, str], told: str):
    with pytest.raises(ConfigError) as caught:
        answer(HypothesisQuestion(source=run, compare=names))
    assert caught.value.message.startswith(told)

"""Which candidates of a run are compared, and what has no part in it."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import automl_cli
from automl_cli.cli.app import app
from automl_cli.core.errors import ConfigError
from automl_cli.hypotheses import Question, answer


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
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


def test_names_that_several_targets_have_are_refused(run: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        answer(Question(source=run, compare=("linear", "lightgbm")))
    assert caught.value.message == (
        "--compare: linear and lightgbm may be of any of the targets first, second."
    )


def test_whole_keys_are_of_one_target(run: Path) -> None:
    keys = [path.name for path in sorted((run / "candidates").iterdir())]
    for target in ("first", "second"):
        told = [answer(Question(source=run, compare=("ensemble", key)))["target"] for key in keys]
        assert told.count(target) == 2


IDLE = [
    (["--cluster", "a"], "--compare looks at the predictions of a run; --cluster has no part"),
    (["--family", "poisson"], "--compare looks at the predictions of a run; --family has no"),
    (["--target", "first"], "is a run, which knows its tables; --target has no part in it."),
    (["--set", "metric=mae"], "is a run, which knows its tables; --set has no part in it."),
]


@pytest.mark.parametrize(("words", "told"), IDLE)
def test_options_that_would_do_nothing_are_refused(run: Path, words: list[str], told: str) -> None:
    result = CliRunner().invoke(app, ["test", str(run), "--compare", "a", "b", *words])
    assert result.exit_code == 2
    assert told in result.stderr

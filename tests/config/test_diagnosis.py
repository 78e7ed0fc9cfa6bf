"""What people get wrong, and the exact message that each mistake ends in."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from automl_cli.config.load import load_config
from automl_cli.core.errors import ConfigError

TOP = (
    "Allowed here: metric, budget, seed, data, validation, features, models, candidates, search, "
    "ensemble, limits and run."
)


Refuse: TypeAlias = Callable[[str], ConfigError]


@pytest.fixture
def refuse(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Refuse:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "mine.yaml"

    def load_and_catch(text: str) -> ConfigError:
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError) as caught:
            load_config(path.relative_to(tmp_path))
        return caught.value

    return load_and_catch


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("metrc: a", "1: metrc: no such key.", f"Did you mean 'metric'? {TOP}"),
        ("folds: 3", "1: folds: no such key.", f"Did you mean 'validation.folds'? {TOP}"),
        ("qqq: 3", "1: qqq: no such key.", TOP),
        (
            "validation:\n  fold: 3",
            "2: validation.fold: no such key.",
            (
                "Did you mean 'folds'? Allowed here: splitter, folds, held_out_rows, holdout, "
                "repeats, group, time, gap and column."
            ),
        ),
        (
            "validation: {folds: five}",
            "1: validation.folds: expected a whole number from 2, or auto, got 'five'.",
            "Write 5, or auto.",
        ),
        (
            "validation: {folds: 1}",
            "1: validation.folds: expected a whole number from 2, or auto, got 1.",
            "Write 5, or auto.",
        ),
        (
            "seed: true",
            "1: seed: expected a whole number, got true.",
            "The random seed; a whole number from 0.",
        ),
        (
            "data: {task: clasification}",
            (
                "1: data.task: expected one of 'auto', 'binary', 'multiclass' or 'regression', "
                "got 'clasification'."
            ),
            "The kind of prediction: auto, binary, multiclass or regression.",
        ),
        (
            "data: {roles: {zip.code: categoric}}",
            (
                "1: data.roles.zip.code: expected one of 'numeric', 'categorical', 'datetime' or "
                "'text', got 'categoric'."
            ),
            (
                "Did you mean 'categorical'? Columns and their roles (numeric, categorical, "
                "datetime or text), where the inferred ones are wrong."
            ),
        ),
        (
            "validation: {gap: -0.5}",
            "1: validation.gap: expected at least 0, got -0.5.",
            (
                "The length of the gap before the held-out rows that a time plan does not train on "
                "(purge): days for dates, else the column's own units."
            ),
        ),
        (
            "data: {transductive: no}",
            "1: data.transductive: expected true or false, got 'no'.",
            "Whether target-free features may be fitted on the test rows as well.",
        ),
        (
            "data: {positive: true}",
            "1: data.positive: expected text, got true.",
            "Write it in quotes: 'true'.",
        ),
        (
            "data: {drop: comment}",
            "1: data.drop: expected a list, got 'comment'.",
            "Write a list in brackets: [comment].",
        ),
        (
            "budget: 10 minutes",
            "1: budget: '10 minutes' is not a duration.",
            "Write seconds, or hours, minutes and seconds: 90, 90s, 10m, 1h30m.",
        ),
        (
            "budget: [10m]",
            "1: budget: expected a duration, got a list.",
            "Write 90s, 10m or 1h30m.",
        ),
        (
            "models:\n  lightgbm:\n",
            "2: models.lightgbm: expected parameters or false, got nothing.",
            "Write {} for the default parameters, {depth: 8} for your own, false to leave it out.",
        ),
        (
            "models: {catboost: {depth: [4, 8]}}",
            "1: models.catboost.depth: expected a single value, got a list.",
            "A parameter is a number, a text, true, false or null.",
        ),
        (
            "models: {catboost: {rate: .nan}}",
            "1: models.catboost.rate: expected a finite number, got nan.",
            "Leave the parameter out.",
        ),
        (
            "candidates:\n  - {model: linear}\n  - params: {a: 1}\n",
            "3: candidates[1].model: this key is missing.",
            "The model to fit; `automl list models` shows all.",
        ),
        (
            "candidates: [{model: linear, parms: {}}]",
            "1: candidates[0].parms: no such key.",
            "Did you mean 'params'? Allowed here: model, params, features and generated.",
        ),
        (
            "features: {recipes: {linear: [{a: {}, b: {}}]}}",
            "1: features.recipes.linear[0]: expected one feature step, got a mapping.",
            "Write a step as numeric, or with parameters as {target_mean: {smoothing: 10}}.",
        ),
        (
            "features: {recipes: {linear: [{target_mean: 10}]}}",
            "1: features.recipes.linear[0]: expected parameters of 'target_mean', got 10.",
            "Write a step as numeric, or with parameters as {target_mean: {smoothing: 10}}.",
        ),
        (
            "ensemble: {combiners: []}",
            "1: ensemble.combiners: expected at least 1 entry, got an empty list.",
            (
                "A list of the combiners that compete, in any order; `automl list combiners` shows "
                "all, in the order that breaks ties."
            ),
        ),
        (
            "run: 4",
            "1: run: expected keys with values, got 4.",
            "The resources and the folders of a run.",
        ),
    ],
)
def test_a_mistake_ends_in_one_message_and_one_hint(
    refuse: Refuse, text: str, message: str, hint: str
):
    error = refuse(text)
    assert error.message == f"mine.yaml:{message}"
    assert error.hint == hint


def test_all_mistakes_are_reported_at_once_in_the_order_of_lines(refuse: Refuse):
    error = refuse(
        "models: {lightgbm: true}\n"
        "validation:\n"
        "  folds: 1\n"
        "  folds: 0\n"
        "budget: soon\n"
        "sede: 1\n"
        "extends: quick\n"
    )
    assert [line for line in error.message.splitlines() if not line.startswith("  hint: ")] == [
        "mine.yaml:1: models.lightgbm: expected parameters or false, got true.",
        "mine.yaml:4: validation.folds: given again, first in mine.yaml:3.",
        "mine.yaml:4: validation.folds: expected a whole number from 2, or auto, got 0.",
        "mine.yaml:5: budget: 'soon' is not a duration.",
        "mine.yaml:6: sede: no such key.",
        "mine.yaml:7: extends: no such preset or file: 'quick'.",
    ]
    assert error.hint == (
        "Fix all 6, then run the command again; `automl config schema` describes every key."
    )

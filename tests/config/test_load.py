import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl_cli.config.load import LoadedConfig, load_config
from automl_cli.config.mistakes import raise_mistakes
from automl_cli.core.candidate import Step
from automl_cli.core.errors import ConfigError

names = st.text(string.ascii_letters, min_size=1, max_size=8)
scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
)


def load(*overrides: str) -> LoadedConfig:
    return load_config(preset="smoke", overrides=overrides)


def test_flags_beat_overrides_beat_files_beat_presets(tmp_path: Path):
    path = tmp_path / "mine.yaml"
    path.write_text("extends: smoke\nseed: 1\nmetric: a\nvalidation: {folds: 4}\n")
    loaded = load_config(
        path,
        overrides=["metric=b", "validation.folds=6", "validation.folds=7"],
        flags={"validation.folds": 8, "budget": None, "data.target": "price"},
    )
    assert (loaded.config.seed, loaded.config.metric) == (1, "b")
    assert loaded.config.validation.folds == 8
    assert loaded.config.limits.rounds == 200
    assert loaded.config.data.target == ("price",)
    assert [str(loaded.where(key)) for key in ("metric", "validation.folds", "data.target")] == [
        "--set metric=b",
        "--folds",
        "--target",
    ]


@given(names, names, scalars)
def test_an_override_reaches_its_parameter(model: str, parameter: str, value: object):
    spelled = "null" if value is None else str(value)
    config = load(f"models.{model}.{parameter}={spelled.replace('True', 'true')}").config
    assert config.models[model] == {parameter: value}


@given(st.lists(names, max_size=3), st.lists(names, max_size=3))
def test_an_override_may_hold_a_list(drop: list[str], missing: list[str]):
    config = load(f"data.drop={drop}", f"data.missing={missing}").config
    assert (list(config.data.drop), list(config.data.missing)) == (drop, missing)


def test_an_override_turns_a_model_on_and_off():
    assert load("models.linear=false").config.models["linear"] is False
    both = load("models.linear=false", "models.linear.C=2").config
    assert both.models["linear"] == {"C": 2}


def test_numbers_are_taken_as_text_where_text_is_meant():
    config = load("data.target=[2019, price]", "data.positive=1", "data.missing=[-999, 007]").config
    assert config.data.target == ("2019", "price")
    assert config.data.positive == "1"
    assert config.data.missing == ("-999", "007")


def test_feature_steps_become_records():
    config = load("features.recipes.linear=[numeric, {target_mean: {smoothing: 10, a: b}}]").config
    assert config.features.recipes["linear"] == (
        Step("numeric"),
        Step("target_mean", (("a", "b"), ("smoothing", 10))),
    )


@pytest.mark.parametrize(("text", "seconds"), [("90", 90), ("1h30m", 5400), ("null", None)])
def test_a_budget_is_a_duration_or_none(text: str, seconds: float | None):
    assert load(f"budget={text}").config.budget == seconds


def test_a_value_that_contains_an_equals_sign_is_kept():
    assert load("data.id=a=b").config.data.id == "a=b"


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("folds", "--set folds: expected key=value."),
        ("=1", "--set =1: expected key=value."),
        ("a..b=1", "--set a..b=1: expected key=value."),
        ("extends=fast", "--set extends=fast: only a file can extend another."),
        (
            "metric=[a",
            "--set metric=[a: not valid YAML: expected ',' or ']', but got '<stream end>'.",
        ),
    ],
)
def test_a_malformed_override_is_refused(override: str, message: str):
    with pytest.raises(ConfigError) as caught:
        load(override)
    assert caught.value.message == message


def test_others_report_their_mistakes_with_the_place():
    loaded = load("models.lgbm.depth=8")
    mistake = loaded.mistake("models.lgbm", "no such model.", hint="Did you mean 'lightgbm'?")
    with pytest.raises(ConfigError) as caught:
        raise_mistakes([mistake])
    assert caught.value.message == "--set models.lgbm.depth=8: models.lgbm: no such model."


def test_a_config_cannot_be_changed():
    with pytest.raises(ValueError, match="frozen"):
        load().config.seed = 1

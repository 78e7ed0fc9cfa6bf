from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from automl_cli.config.load import load_config
from automl_cli.core.errors import ConfigError

Write: TypeAlias = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    monkeypatch.chdir(tmp_path)

    def write_file(name: str, text: str) -> Path:
        path = tmp_path.joinpath(name)
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path.relative_to(tmp_path)

    return write_file


def test_a_file_without_extends_starts_from_medium(write: Write):
    loaded = load_config(write("mine.yaml", "seed: 3"))
    assert loaded.config == load_config(preset="medium", overrides=["seed=3"]).config


def test_a_file_extends_a_preset_by_name(write: Write):
    config = load_config(write("mine.yaml", "extends: smoke\nseed: 3")).config
    assert config == load_config(preset="smoke", overrides=["seed=3"]).config


def test_a_file_that_extends_nothing_has_only_defaults(write: Write):
    assert load_config(write("mine.yaml", "extends: null")).config.models == {}


def test_a_path_is_relative_to_the_file_that_says_it(write: Write):
    write("team/base.yaml", "extends: fast\nseed: 5\nvalidation: {folds: 7, repeats: 2}")
    loaded = load_config(write("mine.yaml", "extends: team/base.yaml\nvalidation: {folds: 9}"))
    assert (loaded.config.seed, loaded.config.validation.repeats) == (5, 2)
    assert loaded.config.validation.folds == 9
    assert str(loaded.where("validation.folds")) == "mine.yaml:2"
    assert str(loaded.where("validation.repeats")) == "team/base.yaml:3"
    assert str(loaded.where("models.catboost")).startswith("preset fast:")


@pytest.mark.parametrize("extends", ["", "extends: null\n", "extends: best\n", "extends: b.yaml\n"])
def test_a_given_preset_replaces_the_one_that_the_files_extend(write: Write, extends: str):
    write("b.yaml", "extends: best\nseed: 3")
    config = load_config(write("mine.yaml", f"{extends}seed: 4"), preset="smoke").config
    assert config == load_config(preset="smoke", overrides=["seed=4"]).config


def test_files_that_extend_each_other_are_refused(write: Write):
    write("b.yaml", "extends: ./a.yaml")
    with pytest.raises(ConfigError) as caught:
        load_config(write("a.yaml", "extends: b.yaml"))
    assert caught.value.message == (
        "b.yaml:1: extends: files extend each other in a circle: a.yaml > b.yaml > a.yaml."
    )


def test_a_wrong_extends_is_reported_with_the_other_mistakes(write: Write):
    with pytest.raises(ConfigError) as caught:
        load_config(write("a.yaml", "extends: meduim\nseeds: 1"))
    assert caught.value.message.splitlines()[:3] == [
        "a.yaml:1: extends: no such preset or file: 'meduim'.",
        "  hint: Did you mean 'medium'? The presets are smoke, fast, medium and best.",
        "a.yaml:2: seeds: no such key.",
    ]


@pytest.mark.parametrize("value", ["[smoke]", "gone.yaml", "5", "{a: 1}"])
def test_extends_names_a_preset_or_an_existing_file(write: Write, value: object):
    with pytest.raises(ConfigError, match=r"^a\.yaml:1: extends: no such preset or file: "):
        load_config(write("a.yaml", f"extends: {value}"))


def test_a_preset_given_as_a_file_is_told_the_flag(write: Write):
    path = write("mine.yaml", "").with_name("fast")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert caught.value.message == "fast: no such file."
    assert caught.value.hint == "Presets have a flag: --preset fast."


def test_an_unknown_preset_lists_all():
    with pytest.raises(ConfigError) as caught:
        load_config(preset="bets")
    assert caught.value.message == "--preset bets: no such preset."
    assert caught.value.hint == (
        "Did you mean 'best'? The presets are smoke, fast, medium and best."
    )

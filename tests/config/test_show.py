from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl_cli.config.load import LoadedConfig, load_config
from automl_cli.config.presets import preset_names
from automl_cli.config.schema import RunConfig
from automl_cli.config.show import init_config, show_config

# Text that a terminal and a YAML file can hold.
texts = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc"]), max_size=12
) | st.sampled_from(
    [
        "no",
        "null",
        "1",
        "1e-3",
        "10:30",
        "- a",
        "a: b",
        "# c",
        "",
        " ",
        "é",
        "a\u2028b",
        "'",
        '"',
        "007",
    ]
)


def reload(loaded: LoadedConfig, folder: Path) -> RunConfig:
    path = folder / "shown.yaml"
    path.write_text(show_config(loaded), encoding="utf-8")
    return load_config(path).config


def test_what_is_shown_of_a_preset_loads_to_the_same_config(tmp_path: Path):
    for name in preset_names():
        loaded = load_config(preset=name)
        assert reload(loaded, tmp_path) == loaded.config


@given(
    texts=st.lists(texts, max_size=4),
    number=st.floats(allow_nan=False, allow_infinity=False),
    budget=st.none() | st.floats(min_value=1e-3, max_value=1e6),
)
def test_what_is_shown_loads_to_the_same_config(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], number: float, budget: float | None
):
    flags = {
        "data.drop": texts,
        "data.roles": dict.fromkeys(texts, "text"),
        "models.linear": {f"p{i}": text for i, text in enumerate([*texts, number, None])},
        "features.recipes.linear": ["numeric", {"a step": {"x": number}}],
        "candidates": [{"model": "linear", "params": {"C": number}, "features": []}],
        "budget": budget,
        "data.id": texts[0] if texts else None,
    }
    loaded = load_config(preset="smoke", flags=flags)
    assert reload(loaded, tmp_path_factory.mktemp("shown")) == loaded.config


def test_the_origin_stands_beside_each_value():
    shown = show_config(load_config(preset="fast", overrides=["validation.repeats=2"]))
    lines = shown.splitlines()
    assert "  repeats: 2  # --set validation.repeats=2" in lines
    assert "  gap: 0.0  # default" in lines
    assert "budget: 2m  # preset fast:4" in lines


def test_a_started_file_changes_nothing_until_it_is_edited(tmp_path: Path):
    path = tmp_path / "mine.yaml"
    for name in preset_names():
        path.write_text(init_config(name), encoding="utf-8")
        assert load_config(path).config == load_config(preset=name).config


def test_every_suggestion_of_a_started_file_is_valid(tmp_path: Path):
    head, body = init_config("smoke").split("\n\n", 1)
    path = tmp_path / "mine.yaml"
    path.write_text(body.replace("\n# ", "\n"), encoding="utf-8")
    config = load_config(path).config
    assert head.count("\n") == 2
    assert config.metric == "roc_auc"
    assert config.budget == 1800
    assert config.data.missing == ("?", "-999")
    assert config.models["catboost"] == {"depth": 8}
    assert config.models["extra_trees"] is False
    assert len(config.candidates) == 1

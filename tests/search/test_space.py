"""Every kind of validation and screen, searched: whole runs on a small table."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import automl_cli
from automl_cli.config.load import load_config
from automl_cli.config.schema import SearchConfig
from automl_cli.core.dataset import Column
from automl_cli.core.model import Range
from automl_cli.models import MODELS
from automl_cli.planning.plan import make_generated
from automl_cli.search.space import join_steps, list_ways, make_space, make_ways, name_way

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

N_ROWS, N_TRAIN = 360, 280
GROUPS = "features.groups={crosses: {}, digits: {}, arithmetic: {}, text_linear: {}}"


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("searched")
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "a": rng.choice(list("pqrst"), N_ROWS),
            "n": rng.normal(size=N_ROWS).round(1),
            "m": rng.integers(0, 30, N_ROWS),
            "day": pd.Timestamp("2024-01-01")
            + pd.to_timedelta(np.sort(rng.integers(0, 200, N_ROWS)), "D"),
            "g": rng.integers(0, 25, N_ROWS),
            "text": [
                " ".join(rng.choice(["red", "blue", "good", "bad"], 6)) for _ in range(N_ROWS)
            ],
        }
    )
    frame["y"] = frame["m"] / 10 + (frame["a"] == "p") + rng.normal(size=N_ROWS)
    frame["z"] = (frame["y"] > 1).astype(int)
    frame[:N_TRAIN].to_csv(folder / "train.csv", index=False)
    frame[N_TRAIN:].drop(columns=["y", "z"]).to_csv(folder / "test.csv", index=False)
    return folder


@pytest.mark.parametrize(
    "own",
    [
        ["data.target=y", "data.drop=[z]", "validation.time=day", "validation.gap=5"],
        ["data.target=y", "data.drop=[z]", "validation.group=g", "metric=mae"],
        ["data.target=z", "data.drop=[y]", "validation.splitter=kfold", "validation.folds=2"],
        ["data.target=z", "data.drop=[y]", "validation.splitter=kfold", "validation.repeats=2"],
        ["data.target=[y, z]", "validation.splitter=kfold"],
        ["data.target=y", "data.drop=[z]", "validation.splitter=kfold", "features.screen=none"],
        ["data.target=y", "data.drop=[z]", "validation.splitter=kfold", "features.groups=false"],
        [
            "data.target=y",
            "data.drop=[z]",
            "validation.splitter=kfold",
            "features.screen=null_importance",
        ],
    ],
)
def test_a_searched_run_ends_in_an_ensemble(table: Path, tmp_path: Path, own: list[str]) -> None:
    overrides = [GROUPS, "search.trials=3", "search.models=[lightgbm, linear]"]
    overrides += ["limits.rounds=20", *own]
    summary = automl_cli.fit(table, preset="smoke", overrides=overrides, out=tmp_path / "run")
    for target in summary["targets"]:
        assert [searched["model"] for searched in target["search"]] == ["lightgbm", "linear"]
        assert all(searched["trials"] == 3 for searched in target["search"])
        assert all(searched["whole"] >= 1 for searched in target["search"])
        assert target["combiner"]
    assert len(pd.read_csv(summary["submission"])) == N_ROWS - N_TRAIN


def test_what_the_user_has_fixed_is_not_searched(table: Path, tmp_path: Path) -> None:
    overrides = ["data.target=z", "data.drop=[y]", "validation.splitter=kfold"]
    overrides += ["features.groups={crosses: {top: 12}, digits: {}}", "limits.rounds=20"]
    overrides += ["models.lightgbm={num_leaves: 6, learning_rate: 0.2}", "models.linear=false"]
    overrides += ["search.trials=8", "search.models=[lightgbm]"]
    summary = automl_cli.fit(table, preset="smoke", overrides=overrides, out=tmp_path / "run")
    searched = [one for one in summary["candidates"] if one["model"] == "lightgbm"]
    assert len(searched) > 2
    for candidate in searched:
        assert candidate["params"]["num_leaves"] == 6
        assert candidate["params"]["learning_rate"] in (0.2, 0.1)  # 0.1: the small first one
        assert candidate["tops"].get("crosses", 0) <= 12


def test_ranges_that_the_user_names_take_the_place_of_the_models_own() -> None:
    named = (
        "search.space={lightgbm: {num_leaves: [4, 8], lambda_l1: [0.01, 10], max_bin: [63, 255]}}"
    )
    config = load_config(preset="fast", overrides=[named, "models.lightgbm={lambda_l2: 1}"]).config
    space = make_space(MODELS.get("lightgbm"), config, (), growth=16.0)
    ranges = {one.name: one for one in space.ranges}
    assert ranges["num_leaves"] == Range("num_leaves", 4, 8, log=True)  # not widened for many rows
    assert ranges["lambda_l1"] == Range("lambda_l1", 0.01, 10, log=True)  # factors matter
    assert ranges["max_bin"] == Range("max_bin", 63, 255)
    assert "feature_fraction" in ranges
    assert "lambda_l2" not in ranges  # fixed under models


def test_without_the_list_the_search_is_all_there_is(table: Path, tmp_path: Path) -> None:
    overrides = ["data.target=z", "data.drop=[y]", "validation.splitter=kfold"]
    overrides += ["features.groups=false", "limits.rounds=20", "search.prior=none"]
    overrides += ["search.trials=4", "search.models=[lightgbm]"]
    overrides += ["search.space={lightgbm: {num_leaves: [3, 5]}}"]
    summary = automl_cli.fit(table, preset="smoke", overrides=overrides, out=tmp_path / "run")
    assert {one["model"] for one in summary["candidates"]} == {"lightgbm"}
    searched = [one for one in summary["candidates"] if one["params"].get("num_leaves", 9) <= 5]
    assert len(searched) == len(summary["candidates"]) - 1  # the small first one


def test_a_recipe_of_the_users_own_is_searched_without_the_groups(
    table: Path, tmp_path: Path
) -> None:
    recipe = "[numeric, native, {crosses: {max_pairs: 20, top: 5}}]"
    overrides = ["data.target=z", "data.drop=[y]", "validation.splitter=kfold"]
    overrides += [GROUPS, f"features.recipes.lightgbm={recipe}", "limits.rounds=20"]
    overrides += ["models.linear=false", "search.trials=6", "search.models=[lightgbm]"]
    summary = automl_cli.fit(table, preset="smoke", overrides=overrides, out=tmp_path / "run")
    assert summary["targets"][0]["search"][0]["trials"] == 6
    for candidate in summary["candidates"]:
        assert candidate["features"].count("crosses") <= 1
        assert "digits" not in candidate["features"]


def test_a_search_tries_numbers_by_their_values(table: Path, tmp_path: Path) -> None:
    overrides = ["data.target=z", "data.drop=[y]", "validation.splitter=kfold", GROUPS]
    overrides += ["limits.rounds=20", "search.trials=2", "search.models=[lightgbm]"]
    summary = automl_cli.fit(table, preset="smoke", overrides=overrides, out=tmp_path / "run")
    journal = next((Path(summary["run"]) / "studies").rglob("lightgbm.journal")).read_text()
    assert '"values"' in journal.replace("\\", "")


def test_a_group_that_is_taken_whole_is_not_screened_as_well() -> None:
    config = load_config(preset="fast").config
    model = MODELS.get("lightgbm")
    numbers = [Column(name="n", role="numeric", reason="")]
    ways = make_ways(model, config, numbers)
    assert list(ways) == ["own", "few_values", "values"]
    recipes = list(list_ways(config.model_copy(update={"search": SearchConfig(trials=1)}), numbers))
    assert [step.name for step in recipes[-1]].count("exact_value") == 1
    generated = make_generated(config)
    assert any(step.name == "exact_value" and step.top is not None for step in generated)
    joined = join_steps(ways["values"], generated)
    assert [step.name for step in joined].count("exact_value") == 1


def test_categories_and_numbers_may_be_handed_over_in_several_ways() -> None:
    config = load_config(preset="fast").config
    columns = [
        Column(name="n", role="numeric", reason=""),
        Column(name="c", role="categorical", reason=""),
    ]
    ways = make_ways(MODELS.get("catboost"), config, columns)
    assert list(ways) == ["own", "means", "both", "few_values", "values"]
    assert [step.name for step in ways["values"]][-1] == "exact_value"
    assert "native" not in [step.name for step in ways["means"]]


@pytest.mark.parametrize("screen", ["gradient", "none"])
@pytest.mark.parametrize("model", ["lightgbm", "catboost"])
def test_a_recipe_has_the_name_of_its_way_with_and_without_generated_columns(
    screen: str, model: str
) -> None:
    config = load_config(preset="medium", overrides=[f"features.screen={screen}"]).config
    columns = tuple(Column(name=role, role=role, reason="") for role in ("numeric", "categorical"))
    spec = MODELS.get(model)
    for name, way in make_ways(spec, config, columns).items():
        assert name_way(way, spec, config, columns) == name
        generated = join_steps(way, make_generated(config))
        assert name_way(generated, spec, config, columns) == name

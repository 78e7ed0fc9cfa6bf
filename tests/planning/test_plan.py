from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sites import PENGUINS

from automl_cli.config.load import load_config
from automl_cli.config.schema import RunConfig
from automl_cli.core.candidate import CandidateSpec
from automl_cli.core.dataset import Dataset
from automl_cli.core.errors import PlanError
from automl_cli.data.files import find_files
from automl_cli.data.infer import infer_dataset
from automl_cli.models import MODELS
from automl_cli.planning.plan import STARTER_ROUNDS, is_possible, make_run_key, make_specs
from automl_cli.planning.problems import make_data_options, make_problem


def read(config: RunConfig, paths: tuple[Path, ...] = (PENGUINS,)) -> Dataset:
    return infer_dataset(find_files(paths), make_data_options(config)).dataset


def plan(
    *models: str, paths: tuple[Path, ...] = (PENGUINS,), more: tuple[str, ...] = ()
) -> list[CandidateSpec]:
    others = [f"models.{name}={'{}' if name in models else 'false'}" for name in MODELS]
    more = more if paths == (PENGUINS,) else (*more, "data.target=y")
    config = load_config(preset="medium", overrides=[*others, *more, "search.trials=0"]).config
    dataset = read(config, paths)
    return make_specs(make_problem(dataset, dataset.schema.targets[0], config), config)


@pytest.mark.parametrize("model", ["lightgbm", "catboost", "xgboost"])
def test_a_booster_begins_with_few_large_rounds(model: str):
    starter = plan(model)[0]
    assert starter.max_rounds == STARTER_ROUNDS
    assert dict(starter.params)["learning_rate"] == MODELS.get(model).search_rate
    assert all(step.top is None for step in starter.recipe)


@pytest.mark.parametrize("model", ["mlp", "linear"])
def test_other_models_begin_with_their_own_parameters(model: str):
    first, second = plan(model)[:2]
    assert first.params == second.params
    assert first.max_rounds == second.max_rounds
    assert all(step.top is None for step in first.recipe)


@pytest.mark.parametrize(
    ("names", "told"),
    [
        (["kernel"], "kernel cannot solve a regression target of 100,001 rows"),
        (["mlp", "kernel"], "none of mlp, kernel can solve a regression target"),
    ],
)
def test_models_that_cannot_solve_a_task_are_those_that_were_asked_for(
    names: list[str], told: str, tmp_path: Path
):
    y = np.random.default_rng(0).normal(size=100_001)
    pd.DataFrame({"x": np.round(y, 1), "y": y}).to_csv(tmp_path / "train.csv", index=False)
    with pytest.raises(PlanError) as caught:
        plan(*names, paths=(tmp_path / "train.csv",))
    assert caught.value.message.startswith(f"models: {told}")
    limits = {
        "mlp": "mlp is for at most 100,000",
        "kernel": "kernel is for at most 5,000",
    }
    assert caught.value.message.endswith(f"({', '.join(limits[name] for name in names)}).")


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_after_the_small_one_no_more_candidates_are_planned_than_the_limit(limit: int):
    every = plan("lightgbm", "linear")
    limited = plan("lightgbm", "linear", more=(f"limits.candidates={limit}",))
    assert len(every) > 4
    assert limited == every[: limit + 1]


def test_a_model_that_is_switched_off_is_no_candidate_either():
    assert {spec.model for spec in plan("linear", "catboost")} == {"linear", "catboost"}


def test_the_rows_of_the_original_count_among_those_that_a_model_is_for():
    config = load_config(preset="smoke").config
    dataset = read(config)
    problem = make_problem(dataset, dataset.schema.targets[0], config)
    model = MODELS.get("kernel")
    assert model.max_rows
    room = model.max_rows - problem.folds.n_rows
    assert is_possible(problem, model)
    assert is_possible(replace(problem, original_y=np.zeros(room)), model)
    assert not is_possible(replace(problem, original_y=np.zeros(room + 1)), model)


@pytest.mark.parametrize("key", ["metric", "validation.splitter"])
def test_another_code_in_a_file_of_the_user_is_another_run(key: str, tmp_path: Path):
    path, keys = tmp_path / "own.py", []
    config = load_config(preset="smoke", overrides=[f"{key}={path}:own"]).config
    dataset = read(load_config(preset="smoke").config)
    for result in (1, 2, 1):
        path.write_text(f"def own(*_):\n    return {result}\n")
        keys.append(make_run_key(dataset, config))
    assert keys[0] == keys[2] != keys[1]

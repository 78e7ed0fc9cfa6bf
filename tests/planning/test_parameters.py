"""Values of parameters are tried before the run; what is refused is named with its place."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from automl_cli.config.load import LoadedConfig, load_config
from automl_cli.core.errors import ConfigError
from automl_cli.core.problem import Problem
from automl_cli.models import MODELS
from automl_cli.planning.parameters import check_values

Make = Callable[..., Problem]


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    with ThreadPoolExecutor(1) as executor:
        yield executor


@pytest.fixture
def binary(make_problem: Make) -> Problem:
    return make_problem("accuracy", np.arange(60) % 2, labels=("n", "y"))


def check(loaded: LoadedConfig, problem: Problem, executor: Executor) -> str:
    """Return what is refused, or nothing."""
    try:
        check_values(loaded, [problem], executor)
    except ConfigError as error:
        return f"{error.message}\n  hint: {error.hint}"
    return ""


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (
            "models.lightgbm.num_leaves=-3",
            (
                "lightgbm does not accept -3: Check failed: (num_leaves) > (1).\n"
                "  hint: Give another value, or leave num_leaves out: the default is 24."
            ),
        ),
        (
            "models.lightgbm.learning_rate=fast",
            (
                "lightgbm does not accept 'fast': Unknown token fast in data file.\n"
                "  hint: Give another value, or leave learning_rate out: the default is 0.04."
            ),
        ),
        (
            "models.catboost.depth=99",
            (
                "catboost does not accept 99: Maximum tree depth is 16.\n"
                "  hint: Give another value, or leave depth out: the default is 6."
            ),
        ),
        (
            "models.xgboost.grow_policy=foo",
            (
                "xgboost does not accept 'foo': Invalid Input: 'foo', valid values are: "
                "{'depthwise', 'lossguide'}.\n  hint: Give another value, or leave grow_policy out."
            ),
        ),
        (
            "models.linear.C=0",
            (
                "linear does not accept 0: C: expected a positive number, got 0.\n"
                "  hint: Give another value, or leave C out: the default is 1.0."
            ),
        ),
    ],
)
def test_a_value_that_its_library_refuses_is_named_with_its_place(
    said: str, message: str, binary: Problem, executor: Executor
) -> None:
    loaded = load_config(preset="smoke", overrides=[said])
    assert check(loaded, binary, executor) == f"--set {said}: {message}"


@pytest.mark.parametrize(
    "said",
    [
        "models.extra_trees.max_features=30",  # more than the made rows have columns
        "models.extra_trees={max_samples: 5000, bootstrap: true}",  # and more rows
        "models.extra_trees={criterion: entropy, max_leaf_nodes: null}",
        "models.lightgbm={min_data_in_leaf: 100000, max_depth: -1, linear_tree: true}",
        "models.catboost={bootstrap_type: Bayesian, subsample: null, grow_policy: Lossguide}",
        "models.xgboost={max_depth: 0, max_leaves: 31, grow_policy: lossguide}",
        "models.mlp={batch_size: 100000, epochs: 1000}",
        "models.linear={C: 1.0e-9}",
        "candidates=[{model: catboost, params: {auto_class_weights: Balanced}}]",
    ],
)
def test_a_value_that_is_fine_is_never_refused(
    said: str, binary: Problem, executor: Executor
) -> None:
    loaded = load_config(preset="smoke", overrides=[said])
    assert check(loaded, binary, executor) == ""


def test_the_task_decides_which_values_there_are(
    make_problem: Make, binary: Problem, executor: Executor
) -> None:
    loaded = load_config(preset="smoke", overrides=["models.extra_trees.criterion=entropy"])
    values = make_problem("rmse", np.arange(60.0))
    assert check(loaded, binary, executor) == ""
    assert "extra_trees does not accept 'entropy'" in check(loaded, values, executor)


def test_values_are_tried_for_each_target(
    make_problem: Make, binary: Problem, executor: Executor
) -> None:
    loaded = load_config(preset="smoke", overrides=["models.extra_trees.criterion=entropy"])
    values = make_problem("rmse", np.arange(60.0))
    for problems in ([binary, values], [values, binary]):
        with pytest.raises(ConfigError, match="extra_trees does not accept 'entropy'"):
            check_values(loaded, problems, executor)


def test_values_that_exclude_each_other_are_named_together(
    binary: Problem, executor: Executor, tmp_path: Path
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(
        "extends: smoke\n"
        "candidates:\n"
        "  - model: lightgbm\n"
        "    params: {is_unbalance: true, scale_pos_weight: 2}\n"
    )
    assert check(load_config(path), binary, executor) == (
        f"{path}:4: candidates[0].params: lightgbm does not accept these values together "
        "(is_unbalance, scale_pos_weight 2): Cannot set is_unbalance and scale_pos_weight at the "
        "same time.\n  hint: Change one of them, or leave it out."
    )


def test_a_mistake_under_models_is_not_told_again_of_each_candidate(
    binary: Problem, executor: Executor
) -> None:
    overrides = [
        "models.lightgbm.num_leaves=-3",
        "candidates=[{model: lightgbm, params: {max_depth: 3}}]",
    ]
    said = check(load_config(preset="smoke", overrides=overrides), binary, executor)
    assert said.count("does not accept") == 1


@pytest.mark.parametrize("preset", ["smoke", "fast", "medium", "best"])
def test_what_presets_say_costs_no_time(preset: str, binary: Problem) -> None:
    nowhere: Any = None  # whatever is handed out would fail
    loaded = load_config(preset=preset, overrides=["models.mlp=false", "models.catboost={}"])
    check_values(loaded, [binary], nowhere)


def test_a_model_that_is_left_out_is_not_tried(make_problem: Make) -> None:
    nowhere: Any = None
    problem = make_problem("rmse", np.arange(5001.0))  # kernels are for fewer rows
    assert MODELS.get("kernel").max_rows == 5000
    loaded = load_config(preset="smoke", overrides=["models.kernel.gamma=-1"])
    check_values(loaded, [problem], nowhere)


def test_a_fit_that_takes_longer_than_there_is_time_refuses_nothing(
    binary: Problem, executor: Executor
) -> None:
    overrides = ["models.lightgbm.num_leaves=-3", "budget=0.1"]
    busy = executor.submit(time.sleep, 0.5)
    assert check(load_config(preset="smoke", overrides=overrides), binary, executor) == ""
    busy.result()

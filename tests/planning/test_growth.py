from dataclasses import replace

import numpy as np
import pytest
from sites import Site, make_site

from automl_cli.config.load import load_config
from automl_cli.core.candidate import CandidateSpec
from automl_cli.core.model import ModelSpec
from automl_cli.core.problem import Problem
from automl_cli.models import MODELS
from automl_cli.planning.growth import MOST, choose_growth, grow_params, guess_growth
from automl_cli.planning.plan import make_specs
from automl_cli.splits import SplitOptions, make_fold_plan


def leaves(specs: list[CandidateSpec]) -> list[object]:
    return [dict(spec.params).get("num_leaves") for spec in specs if spec.model == "lightgbm"]


def enlarge(problem: Problem, n_rows: int) -> Problem:
    y = np.zeros(n_rows)
    plan = make_fold_plan(SplitOptions(folds=5), y, "regression", {})
    return replace(problem, y=y, fit_y=y, folds=plan)


@pytest.fixture(scope="module")
def problem(tmp_path_factory: pytest.TempPathFactory) -> Problem:
    site: Site = make_site(tmp_path_factory.mktemp("site"))
    return site.problem


def test_more_rows_never_get_smaller_trees():
    guesses = [guess_growth(n_rows) for n_rows in range(10, 10_000_000, 50_000)]
    assert guesses == sorted(guesses)
    assert guesses[0] == 1
    assert guesses[-1] == MOST


@pytest.mark.parametrize("model", [model for model in map(MODELS.get, MODELS) if model.growth])
def test_trees_grow_within_what_the_model_takes(model: ModelSpec):
    assert model.growth
    assert model.growth.param in model.known_params
    params = model.make_params("regression", {})
    grown = [grow_params(model, params, factor)[model.growth.param] for factor in (1, 4, 16, 1e9)]
    assert grown == sorted(set(grown))
    assert grown[-1] == model.growth.most


def test_a_model_without_trees_stays():
    assert grow_params(MODELS.get("linear"), {"C": 1.0}, 16) == {"C": 1.0}


def test_no_limit_stays_no_limit():
    assert grow_params(MODELS.get("xgboost"), {"max_depth": 0}, 16) == {"max_depth": 0}


def test_the_list_grows_with_the_rows_and_the_config_says_whether(problem: Problem):
    large = enlarge(problem, 100_000)
    listed, grown, fixed = (
        load_config(preset="medium", overrides=[f"search.growth={growth}"]).config
        for growth in (1, "auto", 4)
    )
    assert choose_growth(large, grown) == 4
    assert choose_growth(problem, grown) == 1
    assert leaves(make_specs(problem, grown)) == leaves(make_specs(problem, listed))
    assert leaves(make_specs(large, grown)) == leaves(make_specs(large, fixed))
    assert leaves(make_specs(large, grown))[0] == 4 * leaves(make_specs(large, listed))[0]


def test_what_the_user_names_stays(problem: Problem):
    words = ["models.lightgbm={num_leaves: 15}", "search.growth=16", "candidates=[]"]
    config = load_config(preset="medium", overrides=words).config
    assert set(leaves(make_specs(problem, config))) == {15}

import pytest
from sites import PENGUINS

from automl_cli.config.load import load_config
from automl_cli.core.candidate import CandidateSpec
from automl_cli.data.files import find_files
from automl_cli.data.infer import infer_dataset
from automl_cli.models import MODELS
from automl_cli.plan import STARTER_ROUNDS, make_specs
from automl_cli.problems import make_data_options, make_problem


def plan(model: str) -> list[CandidateSpec]:
    others = [f"models.{name}={{}}" if name == model else f"models.{name}=false" for name in MODELS]
    config = load_config(preset="medium", overrides=[*others, "search.trials=0"]).config
    dataset = infer_dataset(find_files([PENGUINS]), make_data_options(config)).dataset
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

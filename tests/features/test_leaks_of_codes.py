"""A shuffled target cannot be predicted from the groups that make codes of numbers and crosses."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from shuffles import LINEAR, N_ROWS, TREE, Model, is_free_of_leaks

from automl_cli.core.arrays import Float32Matrix, IntVector
from automl_cli.core.candidate import FeatureRecipe, Step
from automl_cli.core.dataset import Column, Dataset, Schema
from automl_cli.core.foldplan import FoldPlan
from automl_cli.features.matrix import make_fold_matrices
from automl_cli.features.state import prepare_features
from automl_cli.features.target_encoding import EncodingTarget

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

RECIPES = [
    (Step(name="exact_value"),),
    (Step(name="resolutions"),),
    (Step(name="crosses", params=(("max_pairs", 8), ("max_triples", 4))),),
    (Step(name="random_subsets", params=(("n_subsets", 10),)),),
    (Step(name="digits", params=(("n_digits", 3),)),),
    (Step(name="missing"),),
    (Step(name="arithmetic", params=(("max_pairs", 3),)),),
    (Step(name="group_stats", params=(("max_pairs", 3),)),),
]


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "street": pd.Categorical(rng.integers(0, 150, N_ROWS).astype(str)),
            "age": rng.integers(0, 90, N_ROWS),
            "rooms": np.where(rng.random(N_ROWS) < 0.1, np.nan, rng.integers(1, 9, N_ROWS)),
            "price": np.round(rng.lognormal(5, 1, N_ROWS), 2),
        }
    )
    columns = tuple(
        Column(name=name, role="categorical" if name == "street" else "numeric", reason="made")
        for name in frame
    )
    return Dataset(
        schema=Schema(targets=(), id=None, columns=columns, ignored=(), facts=()),
        train=frame,
        targets={},
        test=None,
        test_ids=None,
        sample=None,
        extra={},
        key="noise in numbers",
    )


@pytest.mark.parametrize("recipe", RECIPES, ids=[recipe[0].name for recipe in RECIPES])
@pytest.mark.parametrize(
    ("model", "splitter"), [(LINEAR, "stratified"), (TREE, "stratified"), (LINEAR, "time")]
)
def test_noise_cannot_be_predicted_from_codes(
    dataset: Dataset, tmp_path: Path, recipe: FeatureRecipe, model: Model, splitter: str
):
    state = prepare_features(dataset, recipe, tmp_path, transductive=True)

    def nested(y: IntVector, plan: FoldPlan, number: int) -> tuple[Float32Matrix, Float32Matrix]:
        target = EncodingTarget(y=y, n_outputs=1)
        made = make_fold_matrices(state, target, plan, number)
        train, held_out = (np.nan_to_num(m.values) for m in (made.train, made.held_out))
        mean, scale = train.mean(axis=0), train.std(axis=0)
        scale[scale < 1e-6] = 1.0  # in the first block of a time plan all means are the prior
        return (train - mean) / scale, (held_out - mean) / scale

    assert is_free_of_leaks(nested, model, splitter)

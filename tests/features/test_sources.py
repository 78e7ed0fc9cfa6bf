"""Generated columns are traced back to the columns that they are made of."""

from pathlib import Path

import numpy as np
import pytest

from automl_cli.core.candidate import Step
from automl_cli.core.dataset import Dataset
from automl_cli.features.matrix import apply_features, make_fold_matrices
from automl_cli.features.sources import list_sources, trace_step
from automl_cli.features.state import prepare_features
from automl_cli.features.target_encoding import EncodingTarget
from automl_cli.splits import SplitOptions, make_fold_plan

RECIPE = (
    Step("numeric"),
    Step("native"),
    Step("target_mean"),
    Step("arithmetic"),
    Step("crosses", (("max_pairs", 8),)),
    Step("calendar"),
    Step("text_linear"),
)


@pytest.mark.parametrize("n_outputs", [1, 3])
def test_every_column_of_a_matrix_has_its_sources(
    dataset: Dataset, tmp_path: Path, n_outputs: int
) -> None:
    state = prepare_features(dataset, RECIPE, tmp_path, transductive=True)
    y = np.arange(dataset.n_rows) % max(2, n_outputs)
    plan = make_fold_plan(SplitOptions(folds=3), y, "multiclass", {})
    made = make_fold_matrices(state, EncodingTarget(y=y, n_outputs=n_outputs), plan, 0)
    matrix = apply_features(state, made.encoder, dataset.train)
    traced = {step.folder: trace_step(step, dataset.train, 0) for step in state.steps}
    sources = list_sources(state, made.encoder, traced)
    names = (*matrix.value_names, *matrix.category_names)
    assert len(sources) == len(names)
    by_name = dict(zip(names, sources, strict=True))
    assert by_name["age"] == ("age",)
    assert by_name["city"] == ("city",)
    suffix = "" if n_outputs == 1 else "_2"
    assert by_name[f"street__te_mean{suffix}"] == ("street",)
    assert by_name[f"note__linear{suffix}"] == ("note",)
    crossed = [own for name, own in by_name.items() if "__x__" in name]
    assert crossed
    assert all(len(own) == 2 for own in crossed)
    assert all(own for name, own in by_name.items() if name.startswith("joined"))
    divided = [own for name, own in by_name.items() if "age" in name and "income" in name]
    assert ("age", "income") in divided

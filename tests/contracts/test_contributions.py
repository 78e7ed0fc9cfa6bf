"""What every model that explains itself must do: its contributions add up."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from jobs import CASES, make_job, run

from automl_cli.core.model import ExplainedModel
from automl_cli.models import MODELS

EXPLAINED = [(name, task) for name, task in CASES if MODELS.get(name).explains]


@pytest.mark.parametrize(("name", "task"), EXPLAINED)
def test_contributions_add_up_to_the_margins(name: str, task: str, tmp_path: Path):
    job = make_job(name, task)
    run(name, job).model.save(tmp_path)
    model = MODELS.get(name).load(tmp_path)
    matrix = job.watch.matrix
    for rounds in (None, 5) if MODELS.get(name).has_rounds else (None,):
        made = model.contribute(matrix, rounds=rounds)
        assert made.shape == (matrix.n_rows, job.n_outputs, matrix.n_columns + 1)
        margins = model.predict(matrix, rounds=rounds)
        np.testing.assert_allclose(made.sum(axis=2), margins, rtol=1e-5, atol=1e-5)
        sizes = np.abs(made).mean(axis=(0, 1))
        assert sizes[0] > 3 * sizes[3]  # the target is made of the first two columns


@pytest.mark.parametrize("policy", ["SymmetricTree", "Depthwise", "Lossguide"])
@pytest.mark.parametrize("task", ["binary", "multiclass"])
def test_trees_of_any_shape_are_cut_to_their_rounds(policy: str, task: str):
    job = make_job("catboost", task)
    job = replace(job, params={**job.params, "grow_policy": policy})
    model = run("catboost", job).model
    matrix = job.watch.matrix
    made = model.contribute(matrix, rounds=5)
    np.testing.assert_allclose(made.sum(axis=2), model.predict(matrix, rounds=5), atol=1e-6)


@pytest.mark.parametrize(("name", "task"), EXPLAINED)
def test_a_constant_contributes_nothing_but_itself(name: str, task: str):
    job = make_job(name, task)
    model = run(name, replace(job, y=np.full_like(job.y, job.y[0]))).model
    made = model.contribute(job.matrix)
    assert not made[:, :, :-1].any()
    np.testing.assert_allclose(made.sum(axis=2), model.predict(job.matrix))


@pytest.mark.parametrize("name", list(MODELS))
def test_models_that_explain_have_contributions_and_others_have_none(name: str):
    model = run(name, make_job(name, "regression")).model
    assert isinstance(model, ExplainedModel) == MODELS.get(name).explains

from dataclasses import replace
from pathlib import Path

import catboost as library
import numpy as np
import pytest

from automl_cli.core.model import FitJob
from automl_cli.models import catboost


def test_the_file_is_catboosts_own_format(diabetes: FitJob, tmp_path: Path):
    fit = catboost.fit(replace(diabetes, params=catboost.SPEC.make_params("regression", {})))
    fit.model.save(tmp_path)
    booster = library.CatBoost().load_model(str(tmp_path / "model.cbm"))
    np.testing.assert_array_equal(
        fit.model.predict(diabetes.matrix)[:, 0], booster.predict(diabetes.matrix.values)
    )


def test_columns_that_are_all_constant_give_the_mean(diabetes: FitJob):
    values = np.ones((442, 2), dtype=np.float32)
    matrix = replace(diabetes.matrix, values=values)
    fit = catboost.fit(replace(diabetes, matrix=matrix, params={}))
    np.testing.assert_allclose(fit.model.predict(matrix), diabetes.y.mean())


def test_nothing_is_written_into_the_working_directory(
    diabetes: FitJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    catboost.fit(replace(diabetes, params=catboost.SPEC.make_params("regression", {})))
    assert not list(tmp_path.iterdir())


def test_a_category_explains_the_target_by_its_means(diabetes: FitJob):
    codes = (1 + np.argsort(np.argsort(diabetes.y)) // 30).astype(np.int32)[:, None]
    matrix = replace(
        diabetes.matrix, values=np.ones((442, 1), np.float32), categories=codes, levels=(20,)
    )
    params = catboost.SPEC.make_params("regression", {"learning_rate": 0.3})
    fit = catboost.fit(replace(diabetes, matrix=matrix, params=params, max_rounds=50))
    error = fit.model.predict(matrix)[:, 0] - diabetes.y
    assert error.std() < 0.5 * diabetes.y.std()

from dataclasses import replace
from pathlib import Path

import numpy as np
import xgboost as library

from automl_cli.core.model import FitJob, Watch
from automl_cli.models import xgboost


def test_the_file_is_xgboosts_own_format(wine: FitJob, tmp_path: Path):
    job = replace(wine, params=xgboost.SPEC.make_params("multiclass", {}))
    fit = xgboost.fit(job)
    fit.model.save(tmp_path)
    booster = library.Booster(model_file=tmp_path / "model.ubj")
    raw = booster.inplace_predict(wine.matrix.values, predict_type="margin")
    np.testing.assert_array_equal(fit.model.predict(wine.matrix), raw)


def test_the_number_of_bins_reaches_the_watch(cancer: FitJob):
    watch = Watch(matrix=cancer.matrix, y=cancer.y, offset=None)
    params = xgboost.SPEC.make_params("binary", {"max_bin": 8})
    fit = xgboost.fit(replace(cancer, params=params, watch=watch))
    values = cancer.matrix.values
    coarse = np.unique(fit.model.booster.trees_to_dataframe().query("Feature == 'f0'")["Split"])
    assert len(coarse) <= 8 < len(np.unique(values[:, 0]))


def test_a_parameter_set_to_null_is_left_to_the_library(cancer: FitJob):
    params = xgboost.SPEC.make_params("binary", {"max_depth": None})
    plain = {name: value for name, value in params.items() if name != "max_depth"}
    margins = [
        xgboost.fit(replace(cancer, params=given)).model.predict(cancer.matrix)
        for given in (params, plain)
    ]
    np.testing.assert_array_equal(*margins)


def test_fine_bins_keep_values_apart(cancer: FitJob, tmp_path: Path):
    values = np.repeat(np.arange(2000, dtype=np.float32), 2)[:, None]
    y = (values[:, 0] % 2).astype(np.int64)  # what a coarser bin cannot tell
    codes = np.empty((4000, 0), dtype=np.int32)
    matrix = replace(cancer.matrix, values=values, categories=codes)
    job = replace(cancer, matrix=matrix, y=y)
    own = {"max_depth": 0, "max_leaves": 0, "min_child_weight": 0, "reg_lambda": 0, "subsample": 1}
    coarse, fine = (
        xgboost.fit(replace(job, params={**own, "max_bin": bins})).model for bins in (256, 4095)
    )
    fine.save(tmp_path)
    right = [(model.predict(matrix)[:, 0] > 0) == y for model in (coarse, fine)]
    assert right[0].mean() < 0.7
    assert right[1].mean() > 0.99
    np.testing.assert_array_equal(xgboost.load(tmp_path).predict(matrix), fine.predict(matrix))

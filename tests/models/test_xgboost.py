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

from dataclasses import replace

import numpy as np

from automl_cli.core.model import FitJob
from automl_cli.models.columns import join_columns, make_names


def test_codes_stand_behind_the_values(wine: FitJob):
    codes = np.arange(2 * 178, dtype=np.int32).reshape(178, 2)
    matrix = replace(wine.matrix, categories=codes, levels=(356, 357))
    joined = join_columns(matrix)
    assert joined.dtype == np.float32
    np.testing.assert_array_equal(joined[:, :13], matrix.values)
    np.testing.assert_array_equal(joined[:, 13:], codes)
    assert make_names(matrix)[-1] == "f14"


def test_values_alone_are_not_copied(wine: FitJob):
    assert join_columns(wine.matrix) is wine.matrix.values

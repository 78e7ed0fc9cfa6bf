from dataclasses import replace
from pathlib import Path

import lightgbm as library
import numpy as np

from automl_cli.core.model import FitJob, Watch
from automl_cli.models import lightgbm

CODES = np.empty((4000, 0), dtype=np.int32)


def with_defaults(job: FitJob, task: str, **own: object) -> FitJob:
    return replace(job, params=lightgbm.SPEC.make_params(task, own))


def test_the_file_is_lightgbms_own_text_format(cancer: FitJob, tmp_path: Path):
    fit = lightgbm.fit(with_defaults(cancer, "binary"))
    fit.model.save(tmp_path)
    booster = library.Booster(model_file=tmp_path / "model.txt")
    raw = booster.predict(cancer.matrix.values, raw_score=True)
    np.testing.assert_array_equal(fit.model.predict(cancer.matrix)[:, 0], raw)


def test_missing_is_a_level_that_a_split_can_single_out(cancer: FitJob):
    codes = np.where(cancer.y == 1, 0, 1 + np.arange(569) % 3).astype(np.int32)[:, None]
    matrix = replace(
        cancer.matrix, values=np.ones((569, 1), np.float32), categories=codes, levels=(4,)
    )
    margins = lightgbm.fit(with_defaults(replace(cancer, matrix=matrix), "binary")).model.predict(
        matrix
    )
    assert margins[cancer.y == 1].min() > margins[cancer.y == 0].max()


def test_rounds_without_a_split_end_the_training(cancer: FitJob):
    watch = Watch(matrix=cancer.matrix, y=cancer.y, offset=None)
    job = replace(cancer, watch=watch, max_rounds=1000)
    fit = lightgbm.fit(with_defaults(job, "binary", min_data_in_leaf=500))
    assert len(fit.curve) == 1
    assert not fit.cut


def test_a_round_whose_columns_offer_no_split_does_not_end_the_training(cancer: FitJob):
    values = np.zeros((569, 4), dtype=np.float32)
    values[:, 0] = cancer.matrix.values[:, 0]
    values[:, 1:] = np.arange(569)[:, None] < 10  # too few rows for a leaf
    job = replace(cancer, matrix=replace(cancer.matrix, values=values))
    watch = Watch(matrix=job.matrix, y=job.y, offset=None)
    job = with_defaults(replace(job, watch=watch), "binary", feature_fraction=0.5)
    assert len(lightgbm.fit(job).curve) > 2


def test_a_fit_with_two_threads_repeats_itself(diabetes: FitJob):
    job = with_defaults(replace(diabetes, n_threads=2), "regression")
    first, second = (lightgbm.fit(job).model.predict(job.matrix) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_fine_bins_keep_each_value_apart(cancer: FitJob, tmp_path: Path):
    values = np.repeat(np.arange(2000, dtype=np.float32), 2)[:, None]
    y = (values[:, 0] % 2).astype(np.int64)  # what a coarser bin cannot tell
    job = replace(cancer, matrix=replace(cancer.matrix, values=values, categories=CODES), y=y)
    own = {"num_leaves": 4000, "min_data_in_leaf": 1, "min_data_in_bin": 1}
    own = {**own, "min_sum_hessian_in_leaf": 0, "lambda_l2": 0, "bagging_freq": 0}
    coarse, fine = (
        lightgbm.fit(with_defaults(job, "binary", **own, max_bin=bins)).model
        for bins in (255, 4095)
    )
    fine.save(tmp_path)
    right = [(model.predict(job.matrix)[:, 0] > 0) == y for model in (coarse, fine)]
    assert right[0].mean() < 0.7
    assert right[1].all()
    loaded = lightgbm.load(tmp_path).predict(job.matrix)
    np.testing.assert_array_equal(loaded, fine.predict(job.matrix))

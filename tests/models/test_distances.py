from dataclasses import replace

import numpy as np
from scipy.spatial.distance import cdist

from automl_cli.core.model import FitJob
from automl_cli.models.columns import expand_categories, measure_columns
from automl_cli.models.distances import FARTHEST, make_points, measure_distances


def add_labels(job: FitJob) -> FitJob:
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 5, (job.matrix.n_rows, 3)).astype(np.int32)
    matrix = replace(job.matrix, categories=codes, levels=(5, 5, 5))
    return replace(job, matrix=matrix)


def test_distances_are_those_of_scaled_numbers_and_indicators(wine: FitJob):
    matrix = add_labels(wine).matrix
    points = make_points(matrix, *measure_columns(matrix))
    columns = np.hstack([points.values.astype(np.float64), expand_categories(matrix).toarray()])
    expected = cdist(columns[:50], columns, "sqeuclidean")
    np.testing.assert_allclose(
        measure_distances(points.take(slice(0, 50)), points), expected, atol=1e-9
    )


def test_a_row_is_at_no_distance_from_itself(diabetes: FitJob):
    matrix = add_labels(diabetes).matrix
    points = make_points(matrix, *measure_columns(matrix))
    own = measure_distances(points, points).diagonal()
    assert (own >= 0).all()
    np.testing.assert_allclose(own, 0, atol=1e-9)


def test_missing_numbers_are_the_mean_and_far_ones_are_bounded(diabetes: FitJob):
    values = diabetes.matrix.values.copy()
    values[0, 0], values[1, 0] = np.nan, 1e30
    mean, spread = measure_columns(diabetes.matrix)
    points = make_points(replace(diabetes.matrix, values=values), mean, spread)
    assert points.values[:2, 0].tolist() == [0.0, FARTHEST]

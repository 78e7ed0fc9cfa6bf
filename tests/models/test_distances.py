from dataclasses import replace

import numpy as np
from scipy.spatial.distance import cdist

from automl_cli.core.model import FitJob
from automl_cli.models.columns import expand_categories
from automl_cli.models.distances import (
    FARTHEST,
    make_axes,
    make_points,
    measure_distances,
    weigh_axes,
)


def add_labels(job: FitJob) -> FitJob:
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 5, (job.matrix.n_rows, 3)).astype(np.int32)
    matrix = replace(job.matrix, categories=codes, levels=(5, 5, 5))
    return replace(job, matrix=matrix)


def test_distances_are_those_of_scaled_numbers_and_indicators(wine: FitJob):
    matrix = add_labels(wine).matrix
    points = make_points(matrix, make_axes(matrix))
    columns = np.hstack([points.values.astype(np.float64), expand_categories(matrix).toarray()])
    expected = cdist(columns[:50], columns, "sqeuclidean")
    np.testing.assert_allclose(
        measure_distances(points.take(slice(0, 50)), points), expected, atol=1e-9
    )


def test_a_row_is_at_no_distance_from_itself(diabetes: FitJob):
    matrix = add_labels(diabetes).matrix
    points = make_points(matrix, make_axes(matrix))
    own = measure_distances(points, points).diagonal()
    assert (own >= 0).all()
    np.testing.assert_allclose(own, 0, atol=1e-9)


def test_missing_numbers_are_the_mean_and_far_ones_are_bounded(diabetes: FitJob):
    values = diabetes.matrix.values.copy()
    values[0, 0], values[1, 0] = np.nan, 1e30
    axes = make_axes(diabetes.matrix)
    points = make_points(replace(diabetes.matrix, values=values), axes)
    assert points.values[:2, 0].tolist() == [0.0, FARTHEST]


def weigh(job: FitJob, power: float) -> tuple[np.ndarray, np.ndarray]:
    """Return what numbers count and what unlike categories add."""
    target = job.y[:, None].astype(np.float64)
    axes = make_axes(job.matrix)
    axes = weigh_axes(axes, job.matrix, target, np.ones(len(target)), power)
    return axes.stretch, axes.unlike


def test_columns_that_tell_about_the_target_count_more(diabetes: FitJob):
    job = add_labels(diabetes)
    x, codes = np.random.default_rng(1).normal(size=442), job.matrix.categories[:, 0]
    values = job.matrix.values.copy()
    values[:, 0] = x
    job = replace(job, matrix=replace(job.matrix, values=values))
    stretch, unlike = weigh(replace(job, y=np.abs(x) + 0.5 * (codes == 2)), 1.0)
    assert stretch[0] > 0.8  # though it is not a line
    assert (stretch[0] > 4 * stretch[1:]).all()
    assert (unlike[0] > 4 * unlike[1:]).all()


def test_columns_of_many_levels_are_not_favoured(diabetes: FitJob):
    rng = np.random.default_rng(0)
    codes = np.column_stack([rng.integers(0, n, 442) for n in (3, 60)]).astype(np.int32)
    matrix = replace(diabetes.matrix, categories=codes, levels=(3, 60))
    noise = [
        weigh(replace(diabetes, matrix=matrix, y=np.random.default_rng(k).normal(size=442)), 1.0)[1]
        for k in range(20)
    ]
    assert 0.2 < np.mean(noise, axis=0)[0] / np.mean(noise, axis=0)[1] < 5


def test_without_a_power_all_columns_count_alike(diabetes: FitJob):
    job = add_labels(diabetes)
    stretch, unlike = weigh(job, 0.0)
    assert (stretch == 1.0).all()
    np.testing.assert_array_equal(unlike, make_axes(job.matrix).unlike)


def test_a_target_that_nothing_explains_leaves_all_columns_alike(diabetes: FitJob):
    y = np.random.default_rng(0).permutation(np.resize([0.0, 1.0], 442))
    stretch, _ = weigh(replace(diabetes, y=y), 1.0)
    assert stretch.max() < 0.3
    assert stretch.min() > 0

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from automl_cli.core.errors import PlanError
from automl_cli.core.margins import make_predictions
from automl_cli.core.model import FitJob
from automl_cli.models import neighbours
from automl_cli.models.distances import make_axes, make_points

PARAMS = {"k": 7, "power": 0.0, "relevance": 0.0, "smoothing": 0.5}


def scale(job: FitJob) -> np.ndarray:
    return make_points(job.matrix, make_axes(job.matrix)).values.astype(np.float64)


def label(job: FitJob, codes: np.ndarray) -> FitJob:
    """Return a job of one category and no number."""
    values = np.zeros((len(codes), 0), dtype=np.float32)
    matrix = replace(job.matrix, values=values, value_names=(), category_names=("kind",))
    categories = codes.astype(np.int32)[:, None]
    matrix = replace(matrix, categories=categories, levels=(int(codes.max()) + 1,))
    return replace(job, matrix=matrix, params=PARAMS)


def test_values_are_the_means_of_the_neighbours_of_scikit_learn(diabetes: FitJob):
    job = replace(diabetes, params=PARAMS)
    rival = KNeighborsRegressor(7).fit(scale(job), job.y).predict(scale(job))
    np.testing.assert_allclose(neighbours.fit(job).model.predict(job.matrix)[:, 0], rival)


@pytest.mark.parametrize("name", ["cancer", "wine"])
def test_shares_are_those_of_scikit_learn_with_half_a_row_more(
    name: str, request: pytest.FixtureRequest
):
    job = replace(request.getfixturevalue(name), params=PARAMS)
    rival = KNeighborsClassifier(7).fit(scale(job), job.y).predict_proba(scale(job))
    expected = (7 * rival + 0.5 * np.bincount(job.y) / len(job.y)) / 7.5
    probabilities = make_predictions(neighbours.fit(job).model.predict(job.matrix), "log_loss")
    np.testing.assert_allclose(probabilities, expected[:, -probabilities.shape[1] :], rtol=1e-6)


def test_absolute_error_gives_medians_of_weighted_neighbours(diabetes: FitJob):
    weight = np.where(np.arange(442) % 3 == 0, 2.0, 1.0)
    job = replace(diabetes, objective="absolute_error", weight=weight, params=PARAMS)
    made = neighbours.fit(job).model.predict(job.matrix)[:, 0]
    rival = KNeighborsRegressor(7).fit(scale(job), job.y)
    near = rival.kneighbors(scale(job), return_distance=False)
    for answer, rows in zip(made, near, strict=True):
        repeated = np.repeat(job.y[rows], weight[rows].astype(int))
        assert answer == np.quantile(repeated, 0.5, method="averaged_inverted_cdf")


def test_a_median_of_equal_weights_does_not_depend_on_the_rows_beside(diabetes: FitJob):
    job = replace(diabetes, objective="absolute_error", params={**PARAMS, "k": 20})
    model = neighbours.fit(job).model
    rows = [replace(job.matrix, values=job.matrix.values[[k]]) for k in range(100)]
    rows = [replace(row, categories=job.matrix.categories[:1]) for row in rows]
    alone = np.vstack([model.predict(row) for row in rows])
    np.testing.assert_array_equal(alone, model.predict(job.matrix)[:100])


def test_the_order_of_the_rows_does_not_matter_where_distances_are_equal(diabetes: FitJob):
    codes = np.arange(442) % 4  # a hundred rows of each kind: more than there are neighbours
    order = np.random.default_rng(0).permutation(442)
    first, second = (
        neighbours.fit(replace(label(diabetes, codes[rows]), y=diabetes.y[rows])).model
        for rows in (np.arange(442), order)
    )
    matrix = label(diabetes, codes).matrix
    np.testing.assert_allclose(first.predict(matrix), second.predict(matrix))
    means = [diabetes.y[codes == code].mean() for code in range(4)]
    np.testing.assert_allclose(first.predict(matrix)[:4, 0], means)


def test_a_power_makes_near_rows_count_more(diabetes: FitJob):
    errors = []
    for power in (0.0, 2.0, 4.0):
        job = replace(diabetes, params={**PARAMS, "power": power})
        margins = neighbours.fit(job).model.predict(job.matrix)[:, 0]
        errors.append(np.abs(margins - job.y).mean())
    assert errors[0] > errors[1] > errors[2]  # each row is a neighbour of its own


def test_columns_of_noise_do_little_harm_where_relevance_counts(diabetes: FitJob):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(442, 30))
    matrix = replace(diabetes.matrix, values=x.astype(np.float32))
    job = replace(diabetes, matrix=matrix, y=np.sin(2 * x[:, 0]))
    new = replace(matrix, values=rng.normal(size=(442, 30)).astype(np.float32))
    errors = []
    for relevance in (0.0, 1.0):
        params = {**PARAMS, "relevance": relevance}
        margins = neighbours.fit(replace(job, params=params)).model.predict(new)
        errors.append(np.mean((margins[:, 0] - np.sin(2 * new.values[:, 0])) ** 2))
    assert errors[1] < errors[0] / 3


def test_more_neighbours_than_rows_are_all_rows(diabetes: FitJob):
    job = replace(diabetes, params={**PARAMS, "k": 1000})
    margins = neighbours.fit(job).model.predict(job.matrix)
    np.testing.assert_allclose(margins, job.y.mean())


def test_rows_are_answered_alike_in_parts(
    wine: FitJob, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    job = replace(wine, params=PARAMS)
    neighbours.fit(job).model.save(tmp_path)
    whole = neighbours.load(tmp_path).predict(job.matrix)
    monkeypatch.setattr(neighbours, "CELLS", 1000)
    np.testing.assert_allclose(neighbours.load(tmp_path).predict(job.matrix), whole)


@pytest.mark.parametrize(
    ("name", "value"), [("k", 0), ("power", -1), ("relevance", -1), ("smoothing", 0)]
)
def test_values_that_make_no_sense_are_refused(diabetes: FitJob, name: str, value: float):
    with pytest.raises(PlanError, match=f"{name}: expected"):
        neighbours.fit(replace(diabetes, params={**PARAMS, name: value}))

"""Columns that repeat each other and classes that are separated are named."""

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.dataset import Column
from automl_cli.statistics.design import make_free_design
from automl_cli.statistics.effects import Effects, Settings, measure_effects
from automl_cli.statistics.response import Response

N = 300


def measure(
    y: np.ndarray, labels: tuple[str, ...] = (), family: str = "", **columns: object
) -> Effects:
    frame = pd.DataFrame(columns)
    roles = {
        name: "categorical" if isinstance(column.dtype, pd.CategoricalDtype) else "numeric"
        for name, column in frame.items()
    }
    design = make_free_design(
        frame,
        [Column(name=str(name), role=role, reason="") for name, role in roles.items()],  # type: ignore[arg-type]
    )
    family = family or ("gaussian", "", "binomial", "multinomial")[len(labels)]
    response = Response(name="y", y=np.asarray(y, float), family=family, labels=labels)  # type: ignore[arg-type]
    return measure_effects(design, response, Settings())


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_a_column_that_follows_from_others_is_dropped_and_says_from_which(
    rng: np.random.Generator,
):
    a, b, c = rng.normal(size=(3, N))
    effects = measure(a + rng.normal(size=N), a=a, b=b, c=c, total=2 * a - b)
    assert effects.repeated == (("total", ("a", "b")),)
    assert [test.term for test in effects.tests] == ["a", "b", "c"]
    assert effects.tests[0].p < 1e-6


def test_columns_that_nearly_tell_each_other_are_named_with_what_it_costs(
    rng: np.random.Generator,
):
    a, c = rng.normal(size=(2, N))
    effects = measure(a + rng.normal(size=N), a=a, near=a + rng.normal(size=N) / 10, c=c)
    found = {overlap.term: overlap for overlap in effects.overlaps}
    assert set(found) == {"a", "near"}
    assert found["a"].like == "near"
    assert found["a"].inflation == pytest.approx(10, rel=0.2)  # 1 / sqrt(1 - 1 / 1.01)
    assert effects.condition == pytest.approx(20, rel=0.2)


def test_the_inflation_of_a_category_is_that_of_fox_and_monette(rng: np.random.Generator):
    codes = rng.integers(0, 3, N)
    levels = pd.Series(pd.Categorical(np.array(["a", "b", "c"])[codes]))
    effects = measure(rng.normal(size=N), level=levels, code=codes + rng.normal(size=N) / 50)
    assert {overlap.term for overlap in effects.overlaps} == {"level", "code"}


def test_a_level_without_one_class_is_separation_and_the_others_stay_finite(
    rng: np.random.Generator,
):
    size = rng.normal(size=N)
    kind = pd.Series(pd.Categorical(np.where(np.arange(N) < 40, "rare", "usual")))
    y = (size + rng.logistic(size=N) > 0) | (kind == "rare").to_numpy()
    effects = measure(y, ("no", "yes"), size=size, kind=kind)
    assert [test.separated for test in effects.tests] == [False, True]
    size_test, kind_test = effects.tests
    assert size_test.p < 0.001
    assert np.isnan(kind_test.p)
    assert kind_test.p_likelihood < 1e-6
    assert kind_test.p_corrected == pytest.approx(
        max(kind_test.p_likelihood * 2, size_test.p), rel=2
    )
    assert [np.isnan(one.estimate) for one in effects.coefficients] == [False, True]


def test_a_number_that_tells_the_class_is_separation(rng: np.random.Generator):
    leak, other = rng.normal(size=(2, N))
    effects = measure(leak > 0, ("no", "yes"), leak=leak, other=other)
    assert effects.tests[0].separated
    assert effects.tests[0].p_likelihood < 1e-12


def test_a_strong_effect_is_no_separation(rng: np.random.Generator):
    strong = rng.normal(size=N) * 20
    y = strong / 2 + rng.logistic(size=N) > 0
    effects = measure(y, ("no", "yes"), strong=strong)
    assert not effects.tests[0].separated
    assert effects.tests[0].p < 1e-3


def test_separation_of_one_of_several_classes_is_seen(rng: np.random.Generator):
    size = rng.normal(size=N)
    kind = pd.Series(pd.Categorical(np.where(np.arange(N) < 60, "only", "usual")))
    y = np.where(kind == "only", 2, rng.integers(0, 3, N))
    effects = measure(y, ("a", "b", "c"), size=size, kind=kind)
    assert [test.separated for test in effects.tests] == [False, True]
    assert effects.tests[1].p_likelihood < 1e-12


def test_where_columns_tell_every_row_no_coefficient_counts(rng: np.random.Generator):
    leak, noise = rng.normal(size=(2, N))
    for y, labels in ((leak > 0, ("a", "b")), (np.digitize(leak, [-0.5, 0.5]), ("a", "b", "c"))):
        effects = measure(y, labels, leak=leak, noise=noise)
        assert effects.void
        assert effects.tests[0].p_corrected < 1e-12
        assert effects.tests[1].p_corrected > 0.5
        assert all(np.isnan(one.estimate) for one in effects.coefficients)


def test_a_level_in_which_nothing_is_counted_has_no_finite_estimate(rng: np.random.Generator):
    y = rng.poisson(1.0, N)
    level = np.where(np.arange(N) < 30, "rare", np.where(np.arange(N) < 150, "one", "two"))
    y[:30] = 0
    x = pd.Series(rng.normal(size=N))
    columns = {"level": pd.Series(level, dtype="category"), "x": x}
    effects = measure(y, family="poisson", **columns)
    tests = {test.term: test for test in effects.tests}
    assert tests["level"].separated
    assert np.isnan(tests["level"].p)
    assert not tests["x"].separated
    assert tests["x"].p > 0.001
    y[3] = 1  # with one event there is an estimate
    assert not any(test.separated for test in measure(y, family="poisson", **columns).tests)


@pytest.mark.parametrize("scale", [1e-300, 1e-200, 1.0, 1e200, 1e300])
def test_the_unit_of_a_column_changes_no_test(rng: np.random.Generator, scale: float):
    a, b = rng.normal(size=(2, N))
    y = a + rng.normal(size=N)
    plain = measure(y, a=pd.Series(a), b=pd.Series(b))
    scaled = measure(y, a=pd.Series(a * scale), b=pd.Series(b))
    for one, other in zip(plain.tests, scaled.tests, strict=True):
        assert one.p == pytest.approx(other.p, rel=1e-6)


@pytest.mark.parametrize("scale", [1e-99, 1e99])
def test_the_unit_of_what_is_explained_changes_no_test(rng: np.random.Generator, scale: float):
    a = pd.Series(rng.normal(size=N))
    y = a.to_numpy() * 0.3 + rng.normal(size=N)
    plain, scaled = measure(y, a=a), measure(y * scale, a=a)
    assert plain.tests[0].p == pytest.approx(scaled.tests[0].p, rel=1e-6)

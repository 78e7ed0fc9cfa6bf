"""Effects come in the units of the table, with tests of whole columns."""

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.dataset import Column
from automl_cli.core.errors import DataError
from automl_cli.statistics.design import make_free_design
from automl_cli.statistics.effects import Effects, Settings, measure_effects
from automl_cli.statistics.formulas import make_formula_design
from automl_cli.statistics.response import Family, Response

N = 2000
COLUMNS = (
    Column(name="size", role="numeric", reason=""),
    Column(name="kind", role="categorical", reason=""),
    Column(name="noise", role="numeric", reason=""),
)


def make_frame() -> tuple[pd.DataFrame, np.ndarray]:
    """Return columns and a signal: 0.02 a unit of size, and 0.8 for kind = v."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({"size": rng.normal(1000, 50, N), "noise": rng.normal(size=N)})
    frame["kind"] = pd.Categorical(rng.choice(["u", "v"], N, p=[0.6, 0.4]))
    signal = 0.02 * (frame["size"] - 1000) + 0.8 * (frame["kind"] == "v")
    return frame, signal.to_numpy(dtype=np.float64)


def measure(family: Family, **changes: object) -> Effects:
    frame, signal = make_frame()
    rng = np.random.default_rng(4)
    y = {
        "gaussian": signal + rng.normal(size=N),
        "binomial": signal + rng.logistic(size=N) > 0,
        "poisson": rng.poisson(np.exp(signal)),
    }[family]
    labels = ("no", "yes") if family == "binomial" else ()
    response = Response(name="y", y=np.asarray(y, float), family=family, labels=labels)
    return measure_effects(make_free_design(frame, COLUMNS), response, Settings(**changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("family", ["gaussian", "binomial", "poisson"])
def test_effects_are_those_of_a_unit_of_the_table(family: Family):
    effects = measure(family)
    size, kind, noise = effects.coefficients
    assert size.estimate == pytest.approx(0.02, abs=4 * size.error)
    assert kind.estimate == pytest.approx(0.8, abs=4 * kind.error)
    assert size.error < 0.003
    width = size.high - size.low
    assert width == pytest.approx(2 * 1.96 * size.error, rel=0.01)
    assert kind.parameter == "kind = v"
    assert size.spread == pytest.approx(50, rel=0.05)
    assert noise.p == pytest.approx(effects.tests[2].p, rel=1e-6)
    assert [test.p_corrected < 0.001 for test in effects.tests] == [True, True, False]


def test_a_column_of_several_levels_is_one_test():
    rng = np.random.default_rng(0)
    codes = rng.integers(0, 4, N)
    frame = pd.DataFrame({"kind": pd.Categorical(np.array(list("abcd"))[codes])})
    response = Response(name="y", y=rng.normal(size=N) + (codes == 2), family="gaussian")
    effects = measure_effects(make_free_design(frame, COLUMNS[1:2]), response, Settings())
    (test,) = effects.tests
    assert test.df == 3
    assert test.p < 1e-12
    assert len(effects.coefficients) == 3


@pytest.mark.parametrize("is_wide", [False, True])
def test_counts_that_vary_too_much_have_no_likelihood_ratio(is_wide: bool):
    frame, _ = make_frame()
    rng = np.random.default_rng(5)
    means = {True: rng.gamma(0.5, 10, N), False: np.full(N, 5.0)}[is_wide]
    response = Response(name="y", y=rng.poisson(means).astype(float), family="poisson")
    effects = measure_effects(make_free_design(frame, COLUMNS), response, Settings())
    assert (effects.dispersion > 5) == is_wide
    assert all(np.isnan(test.p_likelihood) == is_wide for test in effects.tests)
    assert all(test.p_corrected > 0.05 for test in effects.tests)


def test_no_likelihood_ratio_is_told_with_clusters():
    effects = measure("binomial", clusters=np.arange(N) // 5)
    assert all(np.isnan(test.p_likelihood) for test in effects.tests)
    assert effects.n_clusters == N // 5


def test_rows_without_a_response_or_a_cluster_are_left_out():
    frame, signal = make_frame()
    y, clusters = signal.copy(), np.arange(N) // 5
    y[:10], clusters[20:30] = np.nan, -1
    response = Response(name="y", y=y + np.random.default_rng(0).normal(size=N), family="gaussian")
    effects = measure_effects(
        make_free_design(frame, COLUMNS), response, Settings(clusters=clusters)
    )
    assert effects.n_rows == N - 20


def test_classes_that_gaps_remove_are_no_equations():
    frame, _ = make_frame()
    y = np.arange(N) % 3
    frame.loc[y == 2, "size"] = np.nan
    response = Response(name="y", y=y.astype(float), family="multinomial", labels=("a", "b", "c"))
    effects = measure_effects(make_formula_design(frame, "size"), response, Settings())
    assert [one.label for one in effects.coefficients] == ["b"]


def test_nothing_to_test_is_told():
    frame, _ = make_frame()
    constant = Response(name="y", y=np.ones(N), family="gaussian")
    with pytest.raises(DataError, match=r"^y: it does not vary in the rows to test.$"):
        measure_effects(make_free_design(frame, COLUMNS), constant, Settings())
    varied = Response(name="y", y=np.arange(3.0), family="gaussian")
    design = make_formula_design(frame[:3], "size + noise")
    with pytest.raises(DataError, match=r"^y: 3 rows and 2 columns: nothing to test.$"):
        measure_effects(design, varied, Settings())

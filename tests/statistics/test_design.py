"""The matrix of a model holds what its parameters say."""

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.dataset import Column
from automl_cli.core.errors import PlanError
from automl_cli.statistics.design import Design, make_design, make_free_design

N = 400
RNG = np.random.default_rng(0)


def make(role: str, values: object, most_levels: int = 20) -> Design:
    column = Column(name="it", role=role, reason="")  # type: ignore[arg-type]
    return make_free_design(pd.DataFrame({"it": values}), [column], most_levels)


def names(design: Design) -> list[str]:
    return [parameter.name for parameter in design.parameters]


def test_a_number_is_centred_and_scaled_and_its_scale_leads_back():
    values = RNG.normal(50, 7, N)
    design = make("numeric", values)
    _, parameter = design.parameters
    np.testing.assert_allclose(design.matrix[:, 1] * parameter.scale + values.mean(), values)
    assert parameter.scale == pytest.approx(values.std())


def test_a_gap_has_an_effect_of_its_own_if_there_are_enough():
    values = RNG.normal(size=N)
    assert names(make("numeric", np.where(np.arange(N) < 5, np.nan, values))) == [
        "(intercept)",
        "it",
    ]
    many = make("numeric", np.where(np.arange(N) < 50, np.nan, values))
    assert names(many) == ["(intercept)", "it", "it = (missing)"]
    assert many.terms[0].positions == (1, 2)
    assert (many.matrix[:50, 1] == 0).all()
    assert many.matrix[:, 2].tolist() == [1.0] * 50 + [0.0] * 350


def test_levels_stand_beside_the_most_frequent_and_rare_ones_are_pooled():
    levels = ["a"] * 200 + ["b"] * 180 + ["c"] * 6 + ["d"] * 7 + [None] * 7
    design = make("categorical", pd.Categorical(levels))
    assert names(design) == ["(intercept)", "it = b", "it = (others)"]
    assert design.terms[0].reference == "a"
    assert design.matrix[:, 2].sum() == 20


def test_what_was_pooled_is_known():
    many = make("categorical", pd.Categorical([f"l{k % 40:02}" for k in range(N)]), most_levels=10)
    (pool,) = many.pools
    assert (pool.column, pool.n_levels, pool.share) == ("it", 31, 31 / 40)
    rare = make("categorical", pd.Categorical(["a"] * 200 + ["b"] * 195 + ["c"] * 5))
    assert rare.pools == ()


def test_a_handful_of_rare_rows_stay_with_the_reference():
    design = make("categorical", pd.Categorical(["a"] * 200 + ["b"] * 195 + ["c"] * 5))
    assert names(design) == ["(intercept)", "it = b"]


def test_dates_count_in_days():
    days = RNG.integers(0, 100, N)
    design = make("datetime", pd.Timestamp("2024-01-01") + pd.to_timedelta(days, "D"))
    assert names(design)[1] == "it, in days"
    assert design.parameters[1].scale == pytest.approx(days.std())


@pytest.mark.parametrize(
    ("role", "values", "reason"),
    [
        ("numeric", np.ones(N), "(nearly) constant"),
        ("numeric", np.arange(N) < 5, "(nearly) constant"),
        ("categorical", pd.Categorical(["a"] * N), "(nearly) constant"),
        ("categorical", pd.Categorical([f"n{k}" for k in range(N)]), "no level has 10 rows"),
        ("text", [f"word {k}" for k in range(N)], "a text has no linear effect"),
    ],
)
def test_what_cannot_be_tested_is_left_out_with_the_reason(role: str, values: object, reason: str):
    design = make(role, np.asarray(values, dtype=float) if role == "numeric" else values)
    assert design.terms == ()
    assert design.left_out == (("it", reason),)


def test_levels_are_pooled_until_the_parameters_are_few_enough():
    column = Column(name="it", role="categorical", reason="")
    frame = pd.DataFrame({"it": pd.Categorical([f"l{k % 18:02}" for k in range(N)])})
    assert len(make_design(frame, [column]).parameters) - 1 == 17
    assert len(make_design(frame[:200], [column]).parameters) - 1 == 9


def test_too_many_parameters_are_refused():
    frame = pd.DataFrame(RNG.normal(size=(100, 6)), columns=list("abcdef"))
    columns = [Column(name=name, role="numeric", reason="") for name in frame]
    message = r"^6 parameters for 100 rows, which allow 5 \(20 rows each\).$"
    with pytest.raises(PlanError, match=message):
        make_design(frame, columns)

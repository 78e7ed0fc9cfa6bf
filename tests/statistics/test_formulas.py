"""Formulas mean what they mean in R."""

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.errors import ConfigError
from automl_cli.statistics.formulas import (
    Undefined,
    compute_column,
    find_undefined,
    make_formula_design,
    split_formula,
)

FRAME = pd.DataFrame(
    {
        "size": [1.0, 2.0, 3.0, np.nan, 5.0, -6.0],
        "odd name": [1.0, 0.0, 1.0, 0.0, 1.0, 0.0],
        "kind": pd.Categorical(["a", "b", "c", "a", "b", "c"]),
    }
)


def test_a_term_is_one_test_however_many_columns_it_has():
    design = make_formula_design(FRAME, "size * kind")
    assert [(term.name, len(term.positions)) for term in design.terms] == [
        ("size", 1),
        ("kind", 2),
        ("size:kind", 2),
    ]
    assert design.rows.tolist() == [0, 1, 2, 4, 5]


def test_a_term_knows_the_interactions_that_it_is_a_part_of():
    design = make_formula_design(make_wide(), "a * log(code + 1) + `odd name`")
    assert {term.name: (term.is_product, term.within) for term in design.terms} == {
        "a": (False, ("a:log(code + 1)",)),
        "log(code + 1)": (False, ("a:log(code + 1)",)),
        "odd name": (False, ()),
        "a:log(code + 1)": (True, ()),
    }
    alone = make_formula_design(make_wide(), "code + Q('a')[0:]")
    assert [term.is_product for term in alone.terms] == [False, False]


def test_transforms_odd_names_and_undefined_rows_are_understood():
    design = make_formula_design(FRAME, "log(size) + `odd name`")
    assert design.rows.tolist() == [0, 1, 2, 4]
    log = design.matrix[:, 1] * design.parameters[1].scale
    np.testing.assert_allclose(log, np.log([1, 2, 3, 5]))
    assert design.parameters[1].spread == pytest.approx(np.log([1, 2, 3, 5]).std())
    assert design.parameters[2].spread is None


@pytest.mark.parametrize(
    ("formula", "undefined"),
    [
        ("log(size)", Undefined(n_rows=1, parts=("log(size)",))),
        ("log(`odd name`) * kind", Undefined(n_rows=3, parts=("log(`odd name`)",))),
        (
            "I(1 / `odd name`) ~ log(size)",
            Undefined(n_rows=3, parts=("I(1 / `odd name`)", "log(size)")),
        ),
        ("size ~ C(kind) + `odd name`", Undefined()),
        ("bs(size, df=4) + log(size + 7)", Undefined()),
    ],
)
def test_rows_where_a_formula_is_undefined_are_no_gaps(formula: str, undefined: Undefined):
    assert find_undefined(FRAME, formula) == undefined


def test_a_left_side_is_computed_for_all_rows():
    made = compute_column(FRAME, "log(size)")
    np.testing.assert_allclose(made, np.log([1, 2, 3, np.nan, 5, np.nan]))


@pytest.mark.parametrize("formula", ["size +", "missing", "size ~ kind ~ size", "1", "log(kind)"])
def test_what_is_not_understood_is_told_with_an_example(formula: str):
    with pytest.raises(ConfigError, match=r"^--formula: ") as caught:
        make_formula_design(FRAME, formula)
    assert "Write it as in R" in caught.value.hint


@pytest.mark.parametrize(
    "formula",
    ["y ~ a ~ b", "y ~ a | b", "y ~ {'x'}", "y ~ .", "y ~ . + a", "y ~ {open('x').read()}"],
)
def test_several_sides_braces_and_dots_are_refused(formula: str) -> None:
    with pytest.raises(ConfigError, match="is not understood"):
        split_formula(formula)


@pytest.mark.parametrize("formula", ["y ~ y", "y ~ a + log(y)", "`a b` ~ `a b` + c"])
def test_what_is_explained_does_not_explain_itself(formula: str) -> None:
    with pytest.raises(ConfigError, match="is on both sides"):
        split_formula(formula)


def test_numbers_with_a_point_are_no_dot() -> None:
    assert split_formula("y ~ a + I(b * 0.5)") == ("y", "a + I(b * 0.5)")


def make_wide() -> pd.DataFrame:
    n = 2000
    return pd.DataFrame(
        {
            "a": np.random.default_rng(0).normal(size=n),
            "kind": pd.Categorical([f"k{row % 40}" for row in range(n)]),
            "odd name": pd.Categorical([f"n{row // 100}" for row in range(n)]),
            "code": np.arange(n) % 400,
        }
    )


@pytest.mark.parametrize(
    ("right", "n_parameters"),
    [
        ("bs(a, df=500)", "500"),
        ("poly(a, 2000000000)", "2,000,000,000"),
        ("a + kind:`odd name`", "801"),
        ("kind * C(`odd name`)", "860"),
        ("C(code)", "400"),
        ("bs(a, df=20) * kind", "860"),
    ],
)
def test_a_formula_of_very_many_parameters_is_refused_before_it_is_made(
    right: str, n_parameters: str
):
    with pytest.raises(ConfigError) as caught:
        make_formula_design(make_wide(), right)
    assert caught.value.message == (
        f"--formula: {right!r} makes {n_parameters} parameters; 300 are the most."
    )
    assert caught.value.hint == "Take fewer knots or levels: a curve rarely needs more than df=5."


def test_the_left_side_of_a_formula_is_not_made_of_very_many_columns_either():
    with pytest.raises(ConfigError, match=r"makes 5,000 parameters; 300 are the most"):
        compute_column(make_wide(), "bs(a, df=5000)")


def test_a_formula_of_many_levels_that_is_small_enough_is_made():
    assert make_formula_design(make_wide(), "kind + bs(a, df=5)").matrix.shape == (2000, 45)

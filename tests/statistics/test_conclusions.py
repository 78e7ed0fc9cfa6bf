"""Sentences claim what the numbers say and no more."""

from dataclasses import replace

import numpy as np

from automl_cli.statistics.coefficients import Coefficient
from automl_cli.statistics.conclusions import (
    conclude_effects,
    conclude_groups,
)
from automl_cli.statistics.effects import Effects, EffectTest, Settings
from automl_cli.statistics.formatting import format_chance
from automl_cli.statistics.groups import GroupComparison, GroupSummary
from automl_cli.statistics.response import Response
from automl_cli.statistics.samples import GroupDifference

NAN = float("nan")
PRICE = Response(name="price", y=np.zeros(1), family="gaussian")
SOLD = Response(name="sold", y=np.zeros(1), family="binomial", labels=("no", "yes"))
SIZE = EffectTest(term="size", df=1, p=1e-9, p_likelihood=1e-9, p_corrected=2e-9)
KIND = EffectTest(term="kind", df=2, p=0.4, p_likelihood=0.4, p_corrected=0.4, reference="a")
UNIT = Coefficient(
    term="size",
    parameter="size",
    label="yes",
    estimate=0.2,
    error=0.02,
    low=0.16,
    high=0.24,
    p=1e-9,
    df=np.inf,
    spread=5.0,
)


def make_effects(*tests: EffectTest) -> Effects:
    return Effects(
        n_rows=100,
        n_clusters=0,
        tests=tests,
        coefficients=(UNIT,),
        repeated=(),
        overlaps=(),
        condition=1.0,
        left_out=(),
        void=False,
        converged=True,
    )


def test_an_effect_is_told_with_its_interval_and_what_is_held_equal():
    said = conclude_effects(make_effects(SIZE, KIND), PRICE, Settings())
    assert said == [
        (
            "1 of 2 columns has a significant effect on price, with the others held equal "
            "(Holm-corrected, level 0.05): size."
        ),
        (
            "price is 1 higher (95%: 0.8 to 1.2) for each increase of 5 in size "
            "(one standard deviation)."
        ),
        (
            "The other one shows no significant effect. This does not prove that there is no "
            "effect: the intervals show how large it may be."
        ),
        (
            "An effect is an association in these rows, in the fitted form; it is not proof of a "
            "cause."
        ),
    ]


def test_of_several_coefficients_the_most_significant_is_told():
    gap = replace(UNIT, parameter="size = (missing)", estimate=0.01, spread=None)
    effects = replace(make_effects(SIZE, KIND), coefficients=(UNIT, gap))
    assert conclude_effects(effects, PRICE, Settings())[1] == (
        "price is 1 higher (95%: 0.8 to 1.2) for each increase of 5 in size (one standard "
        "deviation); of the 2 coefficients of size, this is the most significant."
    )


def test_odds_are_multiplied():
    said = conclude_effects(make_effects(SIZE, KIND), SOLD, Settings(), alone=True)
    assert said[1] == (
        "The odds of sold = yes are multiplied by 2.72 (95%: 2.23 to 3.32) for each increase of 5 "
        "in size (one standard deviation)."
    )
    assert "effect on sold, each by itself, with no other column held equal (Holm" in said[0]


def test_what_is_held_equal_is_what_is_in_the_model():
    both, one = make_effects(SIZE, KIND), make_effects(SIZE)
    named = "the other named columns"
    (first, *_) = conclude_effects(both, PRICE, Settings(), others=named)
    assert "effect on price, with the other named columns held equal (Holm" in first
    (first, *_) = conclude_effects(one, PRICE, Settings(), others=named)
    assert "effect on price, with no other column held equal (Holm" in first
    (first, *_) = conclude_effects(one, PRICE, Settings(), alone=True)
    assert "effect on price, with no other column held equal (Holm" in first


def test_no_effect_is_no_proof_of_none():
    (said,) = conclude_effects(make_effects(KIND), PRICE, Settings(correction="none"))
    assert said.startswith(
        "None of 1 columns has a significant effect on price, with no other column held equal (not"
    )
    assert "does not prove that there is no effect" in said


def test_a_part_of_an_interaction_has_its_effect_at_one_place():
    size, kind = (replace(test, within=("size:kind",)) for test in (SIZE, KIND))
    said = conclude_effects(make_effects(size, kind), PRICE, Settings())
    place = "where the other part of size:kind is 0 or at its reference level"
    assert said[1].endswith(f"in size (one standard deviation), {place}.")
    assert said[2].startswith("The other one shows no significant effect.")
    assert said[3] == f"For kind this holds only {place}: the effect may be different elsewhere."
    none = conclude_effects(make_effects(kind), PRICE, Settings())
    assert none[1] == said[3]


def test_a_separated_column_has_no_odds():
    separated = replace(SIZE, p=NAN, separated=True)
    said = conclude_effects(make_effects(separated), SOLD, Settings())
    assert said[1].startswith("size separates classes: ")
    assert "multiplied" not in said[1]


LEAK = EffectTest(term="leak", df=1, p=NAN, p_likelihood=NAN, separated=True)


def test_what_separates_classes_cannot_be_tested_with_clusters():
    effects = replace(make_effects(KIND, LEAK), n_clusters=40)
    assert conclude_effects(effects, SOLD, Settings()) == [
        (
            "None of 1 columns has a significant effect on sold, with the others held equal "
            "(Holm-corrected, "
            "level 0.05). This does not prove that there is no effect: the intervals show how "
            "large it may be."
        ),
        "leak cannot be tested: classes are separated, and no test with clusters is valid then.",
    ]


def test_where_all_is_told_with_clusters_nothing_is_said_of_effects():
    other = replace(LEAK, term="other", separated=False)
    effects = replace(make_effects(LEAK, other), n_clusters=40, void=True)
    assert conclude_effects(effects, SOLD, Settings()) == [
        (
            "leak, other cannot be tested: classes are separated, and no test with clusters is "
            "valid then."
        )
    ]


def test_what_too_few_clusters_tell_is_not_counted_as_not_found():
    few = replace(KIND, term="few", p=NAN, p_likelihood=NAN, p_corrected=NAN)
    effects = replace(make_effects(SIZE, few), n_clusters=40)
    said = conclude_effects(effects, PRICE, Settings())
    assert said[0].startswith("1 of 1 columns has a significant effect on price")
    assert said[2:] == [
        "few cannot be tested: fewer than 5 clusters carry the effect.",
        (
            "An effect is an association in these rows, in the fitted form; it is not proof of a "
            "cause."
        ),
    ]


DIFFERENCE = GroupDifference(
    first="a",
    second="b",
    difference=-2.0,
    low=-3.0,
    high=-1.0,
    effect=-0.5,
    effect_name="Hedges' g",
    test="Welch's t-test",
    p=0.003,
    p_corrected=0.003,
)


def make_comparison(*differences: GroupDifference) -> GroupComparison:
    return GroupComparison(
        test="Welch's t-test",
        overall="Welch's ANOVA",
        p_overall=0.003,
        groups=(),
        differences=differences,
        left_out=(),
    )


def test_a_difference_is_told_in_its_direction():
    assert conclude_groups(make_comparison(DIFFERENCE), PRICE, "kind", Settings()) == [
        (
            "For kind = b, the mean of price is 2 lower than for a (95%: 1 to 3; Hedges' g -0.5). "
            "If there were no difference, one this large would come up in 3 of 1,000 cases."
        )
    ]


def test_a_difference_that_is_not_shown_is_told_with_its_interval():
    weak = replace(DIFFERENCE, p=0.2, p_corrected=0.2, low=-5.0, high=1.0)
    assert conclude_groups(make_comparison(weak), SOLD, "kind", Settings()) == [
        (
            "kind = b and a do not differ significantly in the share of sold = yes (-2, 95%: -5 "
            "to 1, p = 0.2)."
        )
    ]


def test_a_group_that_does_not_vary_leaves_the_pairs_to_speak():
    groups = [
        GroupSummary(label=label, n_rows=9, n_clusters=0, mean=0.0, deviation=deviation)
        for label, deviation in (("a", 1.0), ("b", 1.0), ("c", 0.0))
    ]
    weak = replace(DIFFERENCE, first="c", p=0.2, p_corrected=0.2)
    three = make_comparison(DIFFERENCE, weak, replace(weak, p=NAN, p_corrected=NAN))
    three = replace(three, p_overall=NAN, groups=tuple(groups))
    said = conclude_groups(three, PRICE, "kind", Settings())
    assert said[:2] == [
        "The 3 groups of kind cannot be tested jointly (a group does not vary).",
        "1 of 2 pairs that can be tested differ (Holm-corrected).",
    ]
    alike = replace(three, groups=(groups[0], groups[0]))
    (first, *_) = conclude_groups(alike, PRICE, "kind", Settings())
    assert first == "The 2 groups of kind cannot be tested jointly."


def test_chance_is_told_in_cases_down_to_one_in_a_million():
    assert format_chance(0.0312) == "in 3 of 100 cases"
    assert format_chance(0.0004) == "in 4 of 10,000 cases"
    assert format_chance(1e-9) == "in less than 1 of 1,000,000 cases"

"""Which candidate gets further folds, and whether they come before a new one."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planner_states import ARMS, BASELINE, OTHER, TRIAL, explored, make_state

from automl_cli.search.arms import EXPLORED, PESSIMISM
from automl_cli.search.policy import choose_action
from automl_cli.search.state import (
    Action,
    Explore,
    Promote,
    Refine,
    Wait,
)


def test_folds_go_to_what_adds_most_to_those_that_have_enough() -> None:
    more, less = (
        replace(TRIAL, key=key, model=model, adds=adds, weight=weight)
        for key, model, adds, weight in (("a-1", "a", 0.02, 0.3), ("b-1", "b", 0.01, 0.7))
    )
    settled = replace(TRIAL, key="a-0", n_folds=5, wanted=5)
    assert isinstance(choose_action(make_state(settled, more, less, left=90.0)), Explore)
    assert choose_action(make_state(settled, more, less, left=50.0)) == Promote("a-1", 5)
    # What takes longer than there is time for leaves it to others.
    slow = replace(more, fold_seconds=20.0)
    assert choose_action(make_state(settled, slow, less, left=50.0)) == Promote("b-1", 5)


def test_the_first_of_the_list_gets_its_folds_before_others_are_tried() -> None:
    way = replace(TRIAL, key="w-1", source="way", adds=0.01)
    assert isinstance(choose_action(make_state(way, left=90.0, baselines=())), Explore)
    first = replace(TRIAL, adds=0.02)
    assert choose_action(make_state(way, first, left=90.0, baselines=())) == Promote("a-1", 5)
    # What was tried beside it waits, unless it is much better.
    for adds, key in ((0.024, "a-1"), (0.03, "b-1")):
        other = replace(first, key="b-1", model="b", adds=adds)
        state = make_state(way, first, other, left=90.0, baselines=())
        assert choose_action(state) == Promote(key, 5)
    on_its_way = replace(first, wanted=5)
    assert isinstance(choose_action(make_state(way, on_its_way, left=90.0, baselines=())), Explore)


def test_the_best_way_is_fitted_finer_and_gets_its_folds_first() -> None:
    ways = (
        replace(TRIAL, key="w-1", source="way", adds=0.0, finest_seconds=2.0),
        replace(TRIAL, key="w-2", source="way", adds=0.02, finest_seconds=2.0),
    )
    state = replace(make_state(*ways, baselines=()), best_way="w-1")
    assert choose_action(state) == Refine("w-1", 5, 2.0)
    ended = replace(ways[0], ended=True, adds=0.0)
    finer = replace(TRIAL, key="f-1", source="finer", wanted=5, adds=0.03)
    others = choose_action(replace(state, trials=(ended, ways[1], finer)))
    assert explored(others) == "b"  # the other way is not fitted finer


def test_what_adds_much_slowly_comes_before_what_adds_little_quickly() -> None:
    settled = replace(TRIAL, key="a-0", n_folds=5, wanted=5, weight=1.0)
    much = replace(TRIAL, adds=0.02, fold_seconds=5.0)
    little = replace(TRIAL, key="b-1", model="b", adds=0.009, fold_seconds=0.1)
    assert choose_action(make_state(settled, much, little, left=40.0)) == Promote("a-1", 5)
    # Without time for the folds that it needs, one more would be of no use.
    state = replace(make_state(settled, much, little, left=20.0), rungs=(1, 2, 3, 4, 5, 10))
    assert choose_action(state) == Promote("b-1", 2)


def test_of_what_adds_about_as_much_the_quicker_comes_first() -> None:
    settled = replace(TRIAL, key="a-0", n_folds=5, wanted=5)
    most = replace(TRIAL, adds=0.02, fold_seconds=5.0)
    nearly = replace(TRIAL, key="b-1", model="b", adds=0.015, fold_seconds=1.0)
    assert choose_action(make_state(settled, most, nearly, arms=(), left=50.0)) == Promote("b-1", 5)


def test_a_member_gets_steadier_where_that_is_worth_more_than_another_one() -> None:
    member = replace(TRIAL, n_folds=5, wanted=5, weight=1.0, ambiguity=0.5)
    other = replace(TRIAL, key="b-1", model="b", adds=0.001)
    assert choose_action(make_state(member, other, left=20.0)) == Promote("a-1", 10)
    steady = replace(member, ambiguity=0.001)
    assert choose_action(make_state(steady, other, left=20.0)) == Promote("b-1", 5)


def test_all_workers_take_part_in_what_one_needs() -> None:
    state = replace(
        make_state(replace(TRIAL, adds=0.02), OTHER, left=50.0), rungs=(1, 2, 3, 4, 5, 10)
    )
    assert choose_action(replace(state, workers=3)) == Promote("a-1", 4)
    nearly = replace(TRIAL, adds=0.02, n_folds=4, wanted=4)
    state = replace(state, workers=3, trials=(BASELINE, nearly, OTHER))
    assert choose_action(state) == Promote("a-1", 5)


def test_folds_come_one_by_one() -> None:
    state = replace(
        make_state(replace(TRIAL, adds=0.02), OTHER, left=50.0), rungs=(1, 2, 3, 4, 5, 10)
    )
    assert choose_action(state) == Promote("a-1", 2)


def test_what_adds_hardly_anything_gets_no_folds() -> None:
    none_left = tuple(replace(arm, n_left=0) for arm in ARMS)
    state = make_state(replace(TRIAL, adds=0.0001), arms=none_left, left=50.0)
    assert choose_action(state) == Promote("a-1", 5)
    assert isinstance(choose_action(replace(state, loss=1.0)), Wait)


@pytest.mark.parametrize(
    ("finest", "left", "expected"),
    [
        (2.0, 50.0, Refine("a-1", 5, 2.0)),  # with the rate that was meant for it
        (60.0, 50.0, Refine("a-1", 5, 0.5 * 50.0 / 5 / PESSIMISM)),  # in half of the time left
        (1.2, 50.0, Promote("a-1", 5)),  # hardly finer
        (0.0, 50.0, Promote("a-1", 5)),
        (60.0, 10.0, Promote("a-1", 5)),  # no time for it
    ],
)
def test_what_adds_most_is_fitted_with_a_finer_rate_if_there_is_time(
    finest: float, left: float, expected: Action
) -> None:
    best = replace(TRIAL, adds=0.02, finest_seconds=finest)
    assert choose_action(make_state(best, OTHER, left=left)) == expected


def test_a_finer_rate_begins_with_a_few_folds_and_has_time_for_all_it_needs() -> None:
    best = replace(TRIAL, adds=0.02, finest_seconds=60.0)
    state = replace(make_state(best, OTHER, left=50.0), rungs=(1, 2, 3, 4, 5, 10))
    assert choose_action(state) == Refine("a-1", 2, 0.5 * 50.0 / 5 / PESSIMISM)


def test_late_in_the_time_members_come_before_new_candidates() -> None:
    member = replace(TRIAL, weight=1.0, adds=0.1)
    left = 100.0 * (1.0 - EXPLORED) - 1.0
    tried = replace(TRIAL, key="b-1", model="b")
    assert choose_action(make_state(member, tried, left=left)) == Promote("a-1", 5)
    with_enough = replace(member, n_folds=5, wanted=5, adds=0.0)
    assert choose_action(make_state(with_enough, left=left)) == Promote("a-1", 10)


def test_what_has_no_weight_gets_no_more_folds() -> None:
    useless = replace(TRIAL, weight=0.0)
    none_left = tuple(replace(arm, n_left=0) for arm in ARMS)
    action = choose_action(make_state(useless, arms=none_left, left=20.0))
    assert action == Wait(
        "every candidate was tried, and the members of the ensemble have every fold"
    )


@given(
    weights=st.lists(st.floats(0, 1), min_size=1, max_size=6),
    folds=st.lists(st.sampled_from([0, 1, 5, 10]), min_size=6, max_size=6),
    seconds=st.lists(st.floats(0.01, 50), min_size=6, max_size=6),
    left=st.floats(0.6, 100),
)
def test_a_promotion_is_to_a_higher_rung_that_there_is_time_for(
    weights: list[float], folds: list[int], seconds: list[float], left: float
) -> None:
    trials = [
        replace(
            TRIAL,
            key=str(k),
            weight=weight,
            adds=weight,
            n_folds=folds[k],
            wanted=folds[k],
            fold_seconds=taken,
        )
        for k, (weight, taken) in enumerate(zip(weights, seconds, strict=False))
    ]
    action = choose_action(make_state(*trials, left=left))
    if isinstance(action, Promote):
        trial = trials[int(action.key)]
        assert action.n_folds in (5, 10)
        assert action.n_folds > trial.n_folds > 0
        assert (action.n_folds - trial.n_folds) * trial.fold_seconds <= left


@pytest.mark.parametrize("left", [80.0, 30.0])
def test_what_is_under_way_is_not_promoted(left: float) -> None:
    running = replace(TRIAL, weight=1.0, wanted=5)
    none_left = tuple(replace(arm, n_left=0) for arm in ARMS)
    assert choose_action(make_state(running, arms=none_left, left=left)) == Wait("")


def test_folds_that_no_time_is_left_for_keep_nobody_from_using_it() -> None:
    member = replace(TRIAL, weight=1.0, fold_seconds=30.0)
    tried = replace(TRIAL, key="b-1", model="b")
    assert explored(choose_action(make_state(member, tried, left=20.0))) == "b"


def test_further_folds_come_first_where_they_lower_the_loss_more() -> None:
    member = replace(TRIAL, n_folds=5, wanted=5, weight=1.0, gain=0.01, ambiguity=0.001)
    other = replace(TRIAL, key="b-1", model="b", gain=0.01)
    assert isinstance(choose_action(make_state(member, other, left=50.0)), Explore)
    unsteady = replace(member, ambiguity=1.0)
    assert choose_action(make_state(unsteady, other, left=50.0)) == Promote("a-1", 10)
    # Early in the time new candidates are tried whatever folds may bring.
    assert isinstance(choose_action(make_state(unsteady, other, left=90.0)), Explore)


def test_an_ambiguity_that_is_unknown_is_that_of_others() -> None:
    member = replace(TRIAL, n_folds=5, wanted=5, weight=1.0, gain=0.01)
    other = replace(TRIAL, key="b-1", model="b", n_folds=5, wanted=5, gain=0.01, ambiguity=1.0)
    assert choose_action(make_state(member, other, left=50.0)) == Promote("a-1", 10)

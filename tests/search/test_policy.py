"""What is next follows from the state alone; so plans are played here without fitting anything."""

from dataclasses import replace

import pytest
from planner_states import ARMS, TRIAL, explored, make_state

from automl_cli.search.arms import EXPLORED
from automl_cli.search.policy import choose_action
from automl_cli.search.state import (
    Explore,
    Promote,
    Wait,
)


def test_the_first_candidate_is_begun_however_little_time_there_is() -> None:
    assert explored(choose_action(make_state(left=0.1, baselines=()))) == "a"


def test_the_ways_are_tried_before_other_models() -> None:
    assert explored(choose_action(make_state(TRIAL, lead="a"))) == "a"


def test_nothing_else_is_begun_while_the_last_ways_are_under_way() -> None:
    way = replace(TRIAL, source="way", n_folds=0, wanted=1)
    state = replace(make_state(replace(TRIAL, source="way"), replace(way, key="w")))
    assert isinstance(choose_action(state), Explore)
    assert choose_action(replace(state, is_settled=False)) == Wait("")


def test_every_model_is_tried_before_others_get_folds() -> None:
    settled = replace(TRIAL, key="a-0", n_folds=5, wanted=5)
    better = replace(TRIAL, adds=0.1)
    left = 100.0 * (1.0 - EXPLORED)
    assert explored(choose_action(make_state(settled, better, left=left + 1.0))) == "b"
    assert choose_action(make_state(settled, better, left=left - 1.0)) == Promote("a-1", 5)


def test_a_new_candidate_comes_before_folds_that_add_less_than_it_promises() -> None:
    settled = replace(TRIAL, key="a-0", n_folds=5, wanted=5)
    trials = (
        settled,
        replace(TRIAL, adds=0.001),
        replace(TRIAL, key="b-1", model="b", gain=0.02),
    )
    assert explored(choose_action(make_state(*trials, left=50.0))) == "b"


@pytest.mark.parametrize(("position", "model"), [(2, "a"), (8, "b")])
def test_what_stands_first_in_the_list_is_next_while_nothing_else_tells(
    position: int, model: str
) -> None:
    arms = (replace(ARMS[0], position=position), replace(ARMS[1], position=4))
    state = make_state(TRIAL, replace(TRIAL, key="b-1", model="b"), arms=arms)
    assert explored(choose_action(replace(state, loss=0.5))) == model


def test_of_a_model_that_the_blend_is_made_of_more_is_expected() -> None:
    heavy = replace(TRIAL, key="b-1", model="b", weight=0.9)
    arms = (replace(ARMS[0], position=10), replace(ARMS[1], position=11))
    state = make_state(TRIAL, heavy, arms=arms)
    assert explored(choose_action(replace(state, loss=0.5))) == "b"


def test_nothing_is_begun_that_cannot_end_in_time() -> None:
    arms = tuple(replace(arm, fold_seconds=90.0, least_seconds=30.0) for arm in ARMS)
    other = replace(TRIAL, key="b-1", model="b")
    action = choose_action(make_state(TRIAL, other, arms=arms, left=20.0))
    assert action == Wait("the time left is too short for another candidate")


def test_what_was_brought_early_is_no_promise() -> None:
    early = replace(TRIAL, gain=0.5)
    later = [
        replace(TRIAL, key=f"{model}-{n}", model=model, gain=gain)
        for n in range(2, 5)
        for model, gain in (("a", 0.0), ("b", 0.001))
    ]
    assert explored(choose_action(make_state(early, *later))) == "b"

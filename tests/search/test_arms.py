"""Which model's candidate is next, told by what is begun."""

from dataclasses import replace

from planner_states import ARMS, OTHER, TRIAL, explored, make_state

from automl_cli.search.arms import EXPLORED, LATEST
from automl_cli.search.policy import choose_action
from automl_cli.search.state import ArmState, Wait


def test_every_model_is_tried_once_before_one_is_tried_again() -> None:
    assert explored(choose_action(make_state(TRIAL))) == "b"


def test_the_model_that_gains_most_per_second_is_next() -> None:
    slow = replace(TRIAL, gain=0.02, fold_seconds=8.0)
    quick = replace(TRIAL, key="b-1", model="b", gain=0.02)
    arms = (replace(ARMS[0], fold_seconds=8.0), ARMS[1])
    assert explored(choose_action(make_state(slow, quick, arms=arms))) == "b"

    useless = replace(quick, gain=0.0)
    others = tuple(replace(useless, key=f"b-{number}") for number in range(2, 12))
    better = replace(slow, gain=0.5)
    assert explored(choose_action(make_state(better, useless, *others, arms=arms))) == "a"


def test_the_list_is_tried_in_its_order_before_what_samplers_propose() -> None:
    slow = replace(ARMS[0], fold_seconds=9.0, is_listed=True, position=3)
    later = replace(ARMS[1], is_listed=True, position=4)
    sampled = ArmState(model="c", n_left=9, fold_seconds=0.1, position=9)
    tried = replace(OTHER, key="c-0", model="c", gain=0.1)
    arms = (later, sampled, slow)
    assert explored(choose_action(make_state(TRIAL, OTHER, tried, arms=arms))) == "a"


def test_of_the_list_no_more_is_tried_of_a_model_whose_latest_were_of_no_use() -> None:
    arms = tuple(replace(arm, is_listed=True, position=k) for k, arm in enumerate(ARMS, start=3))
    useless = [replace(TRIAL, key=f"a-{number}") for number in range(LATEST)]
    assert explored(choose_action(make_state(OTHER, *useless[1:], arms=arms))) == "a"
    assert explored(choose_action(make_state(OTHER, *useless, arms=arms))) == "b"
    useful = replace(useless[0], weight=0.1)
    assert explored(choose_action(make_state(OTHER, useful, *useless[1:], arms=arms))) == "a"
    sampled = (replace(arms[0], is_listed=False, fold_seconds=0.1), replace(arms[1], n_left=0))
    assert explored(choose_action(make_state(OTHER, *useless, arms=sampled))) == "a"


def test_late_a_candidate_is_begun_only_if_it_can_have_the_folds_that_count() -> None:
    arms = (replace(ARMS[0], fold_seconds=4.0, least_seconds=4.0), replace(ARMS[1], n_left=0))
    trials = replace(TRIAL, weight=0.5, ambiguity=0.01), OTHER
    late = make_state(*trials, arms=arms, left=0.99 * 100.0 * (1.0 - EXPLORED))
    assert late.n_blended * 4.0 < late.seconds_left
    assert explored(choose_action(late)) == "a"
    assert choose_action(replace(late, seconds_left=4 * 4.0)) == Wait(
        "the time left is too short for another candidate"
    )

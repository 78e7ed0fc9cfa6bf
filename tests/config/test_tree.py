from hypothesis import given
from hypothesis import strategies as st

from automl_cli.config.mistakes import Origin
from automl_cli.config.tree import (
    DEFAULT,
    add_to_defaults,
    find_node,
    find_origin,
    make_node,
    merge,
    to_plain,
)

BELOW, ABOVE = Origin("below"), Origin("above")
scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=3)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["a", "b", "c.d"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(values)
def test_values_survive_the_tree(value: object):
    assert to_plain(make_node(value, BELOW)) == value


@given(values)
def test_a_layer_over_itself_changes_no_value(value: object):
    assert to_plain(merge(make_node(value, BELOW), make_node(value, ABOVE))) == value


@given(values)
def test_what_lies_below_an_unrelated_layer_is_kept(value: object):
    below, above = make_node({"below": value}, BELOW), make_node({"above": value}, ABOVE)
    assert to_plain(merge(below, above)) == {"below": value, "above": value}


def test_mappings_merge_and_everything_else_is_replaced():
    below = make_node({"a": {"x": 1, "y": [1, 2]}, "b": 1}, BELOW)
    above = make_node({"a": {"y": [3]}, "c": 2}, ABOVE)
    assert to_plain(merge(below, above)) == {"a": {"x": 1, "y": [3]}, "b": 1, "c": 2}


def test_items_are_appended_to_the_list_below():
    below = make_node({"a": [1], "b": {"append": [2]}}, BELOW)
    above = make_node({"a": {"append": [3]}, "b": {"append": [4]}}, ABOVE)
    merged = merge(below, above)
    assert to_plain(merged) == {"a": [1, 3], "b": {"append": [2, 4]}}
    assert [find_origin(merged, ("a", place)) for place in (0, 1)] == [BELOW, ABOVE]


def test_items_are_appended_to_the_default_of_a_list_that_nobody_gives():
    node = make_node({"a": {"append": [3]}, "b": {"append": [4]}, "c": {"append": 5}}, ABOVE)
    settled = add_to_defaults(node, {"a": (1,), "b": None, "c": [1]})
    assert to_plain(settled) == {"a": [1, 3], "b": {"append": [4]}, "c": {"append": 5}}
    assert [find_origin(settled, ("a", place)) for place in (0, 1)] == [DEFAULT, ABOVE]


@given(values, values)
def test_a_list_over_what_is_appended_replaces_it(item: object, other: object):
    below, above = make_node({"a": {"append": [item]}}, BELOW), make_node({"a": [other]}, ABOVE)
    assert to_plain(merge(below, above)) == {"a": [other]}


def test_every_value_keeps_who_said_it():
    tree = merge(
        make_node({"a": {"x": 1, "y": 1}}, BELOW), make_node({"a": {"y": [2, {"z": 3}]}}, ABOVE)
    )
    assert find_origin(tree, ("a", "x")) == BELOW
    assert find_origin(tree, ("a", "y", 1, "z")) == ABOVE


def test_the_origin_of_what_nobody_said_is_the_closest_mapping():
    tree = make_node({"a": {"x": 1}}, BELOW)
    assert find_origin(tree, ("a", "q")) == BELOW
    assert find_origin(tree, ("q",)) == DEFAULT
    assert find_node(tree, ("a", "q")) is None

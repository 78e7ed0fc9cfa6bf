"""What a group keeps to that can be narrowed to some of its columns, and makes many of them."""

import json

import numpy as np
import pandas as pd
import pytest
from fitted_groups import assert_same, columns_by_name, columns_of, fit, fitted, make_frame

from automl_cli.core.candidate import ParamValue
from automl_cli.features import GROUPS
from automl_cli.features.group import CHUNK, GroupState

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

NARROWED = [name for name in GROUPS.names() if GROUPS.get(name).keep]
MANY: dict[str, dict[str, ParamValue]] = {  # parameters that make more than a chunk
    "arithmetic": {"max_pairs": 200},
    "crosses": {"max_pairs": 200},
    "exact_value": {"max_share": 1.0},
    "random_subsets": {"n_subsets": 100},
}


def count_bytes(state: GroupState) -> int:
    return sum(array.nbytes for array in state.arrays.values())


@pytest.mark.parametrize("name", NARROWED)
class TestEveryGroupThatCanBeNarrowed:
    def test_kept_columns_are_made_alike(self, name: str):
        group, state, frame = GROUPS.get(name), fitted(name), make_frame()
        expected = columns_by_name(group.transform(state, frame))
        rng = np.random.default_rng(0)
        drawn = [rng.choice(list(expected), size=size).tolist() for size in (1, 2, 5)]
        for kept in [*([column] for column in expected), *drawn]:
            made = columns_by_name(group.transform(group.narrow(state, frozenset(kept)), frame))
            assert set(kept) <= set(made)
            assert made == {column: expected[column] for column in expected if column in made}

    def test_what_is_not_kept_is_not_made(self, name: str):
        group, state, frame = GROUPS.get(name), fitted(name), make_frame()
        made = [column for features in group.transform(state, frame) for column in features.names]
        kept = group.narrow(state, frozenset(made[:1]))
        left = [column for features in group.transform(kept, frame) for column in features.names]
        assert len(left) <= 2  # a code comes with its counts, a digit with its code
        assert set(left) <= set(made)
        if state.arrays and len(left) < len(made):
            assert count_bytes(kept) < count_bytes(state)

    def test_narrowed_states_can_be_narrowed_again(self, name: str):
        group, state, frame = GROUPS.get(name), fitted(name), make_frame()
        made = [column for features in group.transform(state, frame) for column in features.names]
        once = group.narrow(state, frozenset(made[-1:]))
        twice = group.narrow(group.narrow(state, frozenset(made[-4:])), frozenset(made[-1:]))
        assert_same(group.transform(twice, frame), group.transform(once, frame))
        assert json.dumps(twice.meta) == json.dumps(once.meta)

    def test_nothing_is_made_if_nothing_is_kept(self, name: str):
        group = GROUPS.get(name)
        assert not list(group.transform(group.narrow(fitted(name), frozenset()), make_frame()))

    def test_features_come_in_chunks(self, name: str):
        many = pd.concat([make_frame(k).add_suffix(f"_{k}") for k in range(12)], axis=1)
        group = GROUPS.get(name)
        state = fit(name, many, columns_of(many), MANY.get(name, {}))
        assert state is not None
        made = list(group.transform(state, many))
        assert len(made) > 1
        assert max(len(features.names) for features in made) <= CHUNK


def test_a_group_without_keep_keeps_everything():
    state = fitted("numeric")
    assert GROUPS.get("numeric").narrow(state, frozenset(["number"])) is state

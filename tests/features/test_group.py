import pandas as pd
import pytest

from automl_cli.core.candidate import ParamValue
from automl_cli.core.errors import PlanError
from automl_cli.features import GROUPS


def test_params_are_completed_by_defaults():
    params = GROUPS.get("scaled").make_params({"method": "quantile_normal"})
    assert params == {"clip": 0.001, "method": "quantile_normal"}


def test_a_whole_number_serves_as_a_number():
    assert GROUPS.get("target_mean").make_params({"smoothing": 20}) == {"smoothing": 20}


@pytest.mark.parametrize(
    ("group", "name", "hint"),
    [
        ("target_mean", "smothing", "Did you mean 'smoothing'?"),
        ("scaled", "width", "Its parameters: method, clip."),
        ("numeric", "width", "Its parameters: none."),
    ],
)
def test_unknown_params_are_refused(group: str, name: str, hint: str):
    with pytest.raises(PlanError) as caught:
        GROUPS.get(group).make_params({name: 1})
    assert caught.value.message == f"features.{group}.{name}: no such parameter."
    assert caught.value.hint == hint


@pytest.mark.parametrize(
    ("group", "name", "value", "expected"),
    [
        ("target_mean", "smoothing", "much", "a number, got 'much'"),
        ("target_mean", "smoothing", True, "a number, got True"),
        ("onehot", "min_count", 2.5, "a whole number, got 2.5"),
        ("scaled", "method", None, "a word, got None"),
    ],
)
def test_params_of_another_type_are_refused(
    group: str, name: str, value: ParamValue, expected: str
):
    with pytest.raises(PlanError, match=f": expected {expected}"):
        GROUPS.get(group).make_params({name: value})


@pytest.mark.parametrize(
    ("group", "own"),
    [
        ("target_mean", {"smoothing": 0.0}),
        ("crosses", {"smoothing": 0.0}),
        ("random_subsets", {"n_subsets": -1}),
        ("scaled", {"method": "minmax"}),
        ("arithmetic", {"max_pairs": -1}),
        ("group_stats", {"max_pairs": -1}),
        ("missing", {"smoothing": 0.0}),
        ("text", {"n_components": -1}),
        ("scaled", {"clip": 0.5}),
    ],
)
def test_params_out_of_range_are_refused_by_fit(group: str, own: dict[str, ParamValue]):
    entry = GROUPS.get(group)
    with pytest.raises(PlanError, match=f"^features.{group}"):
        entry.fit(pd.DataFrame(), (), entry.make_params(own))

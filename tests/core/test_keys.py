from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from automl_cli.core.candidate import CandidateSpec, Step
from automl_cli.core.keys import make_array_key, make_key, make_seed

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=8,
)


def make_spec(**changes: object) -> CandidateSpec:
    fields = {
        "target": "y",
        "model": "lightgbm",
        "recipe": (Step("numeric"),),
        "params": (("learning_rate", 0.1),),
        "seed": 0,
        "max_rounds": 10,
        "patience": 5,
        "n_threads": 1,
    }
    return CandidateSpec(**{**fields, **changes})  # type: ignore[arg-type]  # fields by name, checked by the record


@given(PLAIN)
def test_equal_content_has_an_equal_key(value: object) -> None:
    assert make_key(value) == make_key(value)


CHANGES: dict[str, object] = {
    "target": "z",
    "model": "xgboost",
    "recipe": (Step("counts"),),
    "params": (("learning_rate", 0.2),),
    "seed": 1,
    "max_rounds": 11,
    "patience": 6,
    "n_threads": 2,
    "inputs": ("linear-fda42b1b",),
    "screen": "5f0c",
    "original": 0.5,
}


@pytest.mark.parametrize("name", [field.name for field in fields(CandidateSpec)])
def test_whatever_changes_the_result_changes_the_key(name: str) -> None:
    assert make_spec(**{name: CHANGES[name]}).full_key != make_spec().full_key


def test_a_key_names_its_model() -> None:
    spec = make_spec()

    assert spec.key == f"lightgbm-{spec.full_key[:8]}"


def test_arrays_of_other_type_or_shape_have_other_keys() -> None:
    numbers = np.arange(4)

    keys = {
        make_array_key(numbers),
        make_array_key(numbers.astype(float)),
        make_array_key(numbers.reshape(2, 2)),
    }
    assert len(keys) == 3


def test_a_type_without_plain_form_has_no_key() -> None:
    with pytest.raises(TypeError, match="no key for object"):
        make_key(object())


@given(st.integers(0, 100), st.integers(0, 100))
def test_seeds_of_parts_differ_from_each_other(seed: int, fold: int) -> None:
    assert make_seed(seed, "a", fold) != make_seed(seed, "b", fold)

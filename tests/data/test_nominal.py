"""Whole numbers are taken as names where the target says so on other rows, and only there."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from automl_cli.data.infer import Inference
from automl_cli.data.nominal import find_nominal, make_outputs


def draw(n_names: int, n_rows: int, seed: int = 0):
    rng = np.random.default_rng(seed)
    names = rng.choice(200_000, n_names, replace=False)
    codes = rng.integers(0, n_names, n_rows)
    return rng, names[codes], rng.normal(size=n_names)[codes]


@pytest.mark.parametrize(("n_names", "n_rows"), [(100, 1_000), (300, 5_000), (1_000, 20_000)])
@pytest.mark.parametrize("n_classes", [0, 2, 3])
def test_numbers_of_which_each_has_its_own_effect_are_names(
    n_names: int, n_rows: int, n_classes: int
):
    rng, names, effect = draw(n_names, n_rows)
    signal = effect + rng.normal(size=n_rows)
    y = (
        signal
        if not n_classes
        else np.digitize(signal, np.quantile(signal, [0.5, 0.8])[: n_classes - 1])
    )
    found = list(find_nominal(pd.DataFrame({"a": names}), None, make_outputs(y, n_classes)))
    assert [one.column for one in found] == ["a"]
    assert found[0].by_value > 2 * found[0].by_order or n_names == 100


@pytest.mark.parametrize("seed", range(20))
def test_noise_makes_no_number_a_name(seed: int):
    rng, names, _ = draw(200, 3_000, seed)
    frame = pd.DataFrame({"a": names, "b": rng.integers(0, 500, 3_000)})
    assert list(find_nominal(frame, None, make_outputs(rng.integers(0, 2, 3_000), 2))) == []


@pytest.mark.parametrize("wave", [1.0, 6.0, 30.0])
def test_amounts_with_a_smooth_effect_are_no_names(wave: float):
    rng = np.random.default_rng(0)
    amount = rng.integers(0, 500, 10_000)
    y = np.sin(amount / 500 * wave) + rng.normal(size=10_000)
    assert list(find_nominal(pd.DataFrame({"a": amount}), None, make_outputs(y, 0))) == []


def test_of_many_classes_the_most_frequent_ones_are_looked_at():
    y = np.repeat(np.arange(300), np.arange(1, 301))
    outputs = make_outputs(y, 300)
    assert outputs.shape == (20, len(y))
    assert outputs.sum(axis=1).tolist() == list(range(300, 280, -1))


def test_names_that_test_does_not_have_are_left_alone():
    rng, names, effect = draw(200, 4_000)
    outputs = make_outputs(effect + rng.normal(size=4_000), 0)
    frame = pd.DataFrame({"a": names})
    assert list(find_nominal(frame, frame, outputs))
    assert list(find_nominal(frame, frame + 500_000, outputs)) == []


def test_they_become_labels_beside_the_numbers_unless_a_role_is_given(
    infer: Callable[..., Inference],
):
    rng, names, effect = draw(100, 3_000)
    y = (effect + rng.normal(size=3_000) > 0).astype(int)
    train = pd.DataFrame({"shop": names, "z": rng.normal(size=3_000), "y": y}).to_csv(index=False)
    found = infer(train, target=("y",)).dataset
    assert {one.name: one.role for one in found.schema.columns} == {
        "shop": "numeric",
        "z": "numeric",
        "shop.category": "categorical",
    }
    assert found.train["shop.category"].astype(str).tolist() == [str(name) for name in names]
    assert found.schema.columns[2].reason.startswith("100 whole numbers that are also labels: ")
    assert "shop.category" not in infer(train, target=("y",), labels=False).dataset.train
    for role in ("numeric", "categorical"):
        assert (
            "shop.category" not in infer(train, target=("y",), roles={"shop": role}).dataset.train
        )

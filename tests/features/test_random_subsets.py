import numpy as np
import pandas as pd

from automl_cli.core.candidate import ParamValue
from automl_cli.core.dataset import Column
from automl_cli.features.group import GroupState
from automl_cli.features.random_subsets import RANDOM_SUBSETS

N_ROWS = 2000


def make_frame(n_columns: int) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame({f"x{k}": rng.integers(0, 4, N_ROWS) for k in range(n_columns)})


def fit(frame: pd.DataFrame, **own: ParamValue) -> GroupState | None:
    columns = tuple(Column(name=str(name), role="numeric", reason="") for name in frame)
    return RANDOM_SUBSETS.fit(frame, columns, RANDOM_SUBSETS.make_params(own))


def names_of(frame: pd.DataFrame, **own: ParamValue) -> list[str]:
    state = fit(frame, **own)
    return [] if state is None else list(state.meta["names"])


def test_subsets_are_distinct_and_of_two_to_four_columns():
    names = names_of(make_frame(10))
    assert len(set(names)) == len(names) == 20
    assert {name.count("__x__") + 1 for name in names} == {2, 3, 4}


def test_the_seed_decides():
    frame = make_frame(10)
    assert names_of(frame) == names_of(frame)
    assert names_of(frame) != names_of(frame, seed=1)


def test_a_code_stands_for_one_combination_of_values():
    frame = make_frame(5)
    state = fit(frame)
    assert state is not None
    (made,) = RANDOM_SUBSETS.transform(state, frame)
    assert made.kind == "target_mean"
    for name, codes, n_levels in zip(made.names, made.array, made.levels, strict=True):
        columns = [part.removesuffix("__exact") for part in name.split("__x__")]
        groups = frame.groupby(columns)
        pairs = np.unique(np.stack([codes, groups.ngroup()]), axis=1)
        assert pairs.shape[1] == groups.ngroups == n_levels - 1


def test_few_columns_have_few_subsets():
    assert names_of(make_frame(2)) == ["x0__exact__x__x1__exact"]
    assert names_of(make_frame(1)) == []


def test_subsets_in_which_most_rows_stand_alone_are_drawn_anew():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.random((N_ROWS, 6)), columns=[f"x{k}" for k in range(6)])
    state = fit(frame)
    assert state is not None
    (made,) = RANDOM_SUBSETS.transform(state, frame)
    assert max(made.levels) - 1 <= N_ROWS / 2

import numpy as np
import pandas as pd

from automl_cli.core.candidate import ParamValue
from automl_cli.core.dataset import Column
from automl_cli.features.bases import Base
from automl_cli.features.codes import fit_values
from automl_cli.features.crosses import CROSSES, MOST_BASES, limit_bases
from automl_cli.features.group import GroupState

N_ROWS = 3000


def make_frame(seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    cities = [f"city {number}" for number in range(12)]
    frame = pd.DataFrame(
        {
            "city": pd.Categorical.from_codes(rng.integers(-1, 12, N_ROWS), cities),
            "age": rng.integers(18, 90, N_ROWS).astype(np.float64),
            "income": rng.lognormal(10, 1, N_ROWS),
            "flag": rng.integers(0, 2, N_ROWS),
        }
    )
    frame.loc[rng.random(N_ROWS) < 0.1, "age"] = np.nan
    return frame


def columns_of(frame: pd.DataFrame) -> tuple[Column, ...]:
    return tuple(
        Column(name=name, role="categorical" if name == "city" else "numeric", reason="")
        for name in frame
    )


def fit(frame: pd.DataFrame, **own: ParamValue) -> GroupState:
    state = CROSSES.fit(frame, columns_of(frame), CROSSES.make_params(own))
    assert state is not None
    return state


def names_of(frame: pd.DataFrame, **own: ParamValue) -> list[str]:
    return list(fit(frame, **own).meta["names"])


def test_a_pair_has_a_code_for_what_occurs_together_missing_included():
    frame = make_frame()[["city", "age"]]
    made, counts = CROSSES.transform(fit(frame), frame)
    number = made.names.index("city__x__age__exact")
    groups = frame.groupby(["city", "age"], dropna=False, observed=True)
    expected = groups.ngroup().to_numpy()
    pairs = np.unique(np.stack([made.array[number], expected]), axis=1)
    assert pairs.shape[1] == groups.ngroups == made.levels[number] - 1
    assert made.array[number].min() == 1
    log_count = counts.array[counts.names.index("city__x__age__exact__log_count")]
    sizes = groups["city"].transform("size").to_numpy()
    np.testing.assert_allclose(log_count, np.log1p(sizes), rtol=1e-6)


def test_what_did_not_occur_together_is_unseen():
    frame = make_frame()[["city", "age"]]
    state = fit(frame)
    new = pd.DataFrame(
        {
            "city": pd.Categorical(["bergen", "city 1", "city 1"]),
            "age": [30.0, 17.5, 30.0],
        }
    )
    made = next(CROSSES.transform(state, new))
    codes = made.array[made.names.index("city__x__age__exact")]
    assert (codes > 0).tolist() == [False, False, True]


def test_pairs_near_twenty_rows_a_level_come_first():
    frame = make_frame()
    state = fit(frame, max_pairs=2)
    made = next(CROSSES.transform(state, frame))
    assert all(5 <= N_ROWS / (n_levels - 1) <= 40 for n_levels in made.levels)


def test_each_two_columns_are_crossed_before_a_second_time():
    pairs = [
        frozenset(part.split("__")[0] for part in name.split("__x__"))
        for name in names_of(make_frame(), max_pairs=6)
    ]
    assert len(set(pairs)) == 6


def test_a_column_that_another_determines_is_not_crossed_with_it():
    frame = make_frame()[["city", "age"]]
    frame["decade"] = frame["age"] // 10
    assert not any("age__exact__x__decade" in name for name in names_of(frame))


def test_pairs_in_which_most_rows_stand_alone_are_left_out():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(
        {
            "city": pd.Categorical(rng.integers(0, 900, N_ROWS).astype(str)),
            "age": rng.random(N_ROWS),
        }
    )
    assert not CROSSES.fit(frame, columns_of(frame), CROSSES.make_params({}))


def test_of_very_many_columns_each_is_crossed_at_one_fineness_first():
    bases = [
        Base(name=f"c{k}__{size}", column=f"c{k}", coding=fit_values(np.arange(3.0)))
        for k in range(150)
        for size in ("exact", "q50")
    ]
    limited = limit_bases(bases)
    assert len(limited) == MOST_BASES
    assert {base.column for base in limited} == {f"c{k}" for k in range(150)}
    assert limited == [base for base in bases if base in limited]
    assert limit_bases(bases[:7]) == bases[:7]


def test_triples_are_made_on_request():
    frame = make_frame()
    assert not any(name.count("__x__") == 2 for name in names_of(frame))
    triples = [n for n in names_of(frame, max_triples=3) if n.count("__x__") == 2]
    assert 0 < len(triples) <= 3
    for name in triples:
        assert len({part.split("__")[0] for part in name.split("__x__")}) == 3


def test_the_choice_does_not_depend_on_the_order_of_rows():
    frame = make_frame()
    order = np.random.default_rng(1).permutation(N_ROWS)
    assert names_of(frame) == names_of(frame.iloc[order])


def test_a_state_holds_only_the_bases_it_needs():
    state = fit(make_frame(), max_pairs=1)
    assert len(state.meta["bases"]) == 2

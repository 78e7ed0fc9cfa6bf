"""What every entry of GROUPS must keep to, plug-ins included."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.candidate import ParamValue, Step
from automl_cli.core.dataset import Column, Dataset, Original, Role, Schema
from automl_cli.features import GROUPS
from automl_cli.features.group import CHUNK, FeatureGroup, Features, GroupState
from automl_cli.features.sources import trace_step
from automl_cli.features.state import prepare_features
from automl_cli.features.steps import FittedStep, fit_step
from automl_cli.features.tables import FeatureTables

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

N_ROWS = 120
NUMBERS = {"values", "linear"}
LABELS = ["blue", "green", "red"]
DAYS = pd.Timestamp("2023-12-30 22:00") + pd.to_timedelta(np.arange(N_ROWS) * 7.3, "h")


def make_frame(seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "number": rng.normal(size=N_ROWS),
            "whole": rng.integers(0, 5, N_ROWS),
            "gappy": np.where(rng.random(N_ROWS) < 0.3, np.nan, rng.normal(size=N_ROWS)),
            "infinite": np.where(rng.random(N_ROWS) < 0.1, np.inf, rng.normal(size=N_ROWS)),
            "constant": 1.0,
            "empty": np.nan,
            "label": pd.Categorical.from_codes(rng.integers(-1, 3, N_ROWS), LABELS),
            "constant_label": pd.Categorical(["blue"] * N_ROWS, categories=LABELS),
            "empty_label": pd.Categorical([None] * N_ROWS, categories=LABELS),
            "date": DAYS,
            "empty_date": pd.Series(pd.NaT, index=range(N_ROWS), dtype="datetime64[ns]"),
            "text": pd.Series(["Two WORDS, 12!", "", None, "ünï"], dtype="str")[
                rng.integers(0, 4, N_ROWS)
            ].array,
            "empty_text": pd.Series([None] * N_ROWS, dtype="str"),
        }
    )
    frame.loc[::9, "date"] = pd.NaT
    for number in (1, 2, 3):
        frame[f"q{number}"] = rng.integers(0, 9, N_ROWS).astype(np.float64)
    return frame


def role_of(series: pd.Series) -> Role:
    if isinstance(series.dtype, pd.CategoricalDtype):
        return "categorical"
    if pd.api.types.is_datetime64_any_dtype(series):
        return "datetime"
    return "numeric" if pd.api.types.is_numeric_dtype(series) else "text"


def columns_of(frame: pd.DataFrame) -> tuple[Column, ...]:
    return tuple(
        Column(name=str(name), role=role_of(series), reason="made")
        for name, series in frame.items()
    )


@pytest.mark.parametrize("name", GROUPS.names())
def test_a_fit_of_no_columns_makes_nothing(name: str) -> None:
    GROUPS.get(name).check({})  # refuses wrong parameters; the others pass
    group = GROUPS.get(name)
    assert group.fit(pd.DataFrame(), (), group.make_params({})) is None


OWN: dict[str, dict[str, ParamValue]] = {  # forms of a group that are as good as another one
    "native, numbers too": {"numbers": True},
}
FORMS = [*GROUPS.names(), *OWN]


def group_of(name: str) -> FeatureGroup:
    return GROUPS.get(name.partition(",")[0])


def make_original(frame: pd.DataFrame) -> Original:
    """Label rows with two classes, three classes and values, all of which hang on the columns."""
    number = frame["number" if "number" in frame else "number_0"].to_numpy()
    noise = np.random.default_rng(2).normal(size=len(frame))
    targets: dict[str, np.ndarray] = {
        "passed": (number + noise > 0).astype(np.int64),
        "grade": np.digitize(number + noise, [-0.5, 0.5]).astype(np.int64),
        "score": 3 * number + noise,
    }
    return Original(frame=frame, targets=targets)


def fit(
    name: str,
    frame: pd.DataFrame,
    columns: tuple[Column, ...],
    own: dict[str, ParamValue] | None = None,
) -> GroupState | None:
    """Fit a group on the rows, or on the same rows with targets if that is what it learns from."""
    group = group_of(name)
    params = group.make_params({**OWN.get(name, {}), **(own or {})})
    if group.original is None:
        return group.fit(frame, columns, params)
    return group.original.fit(make_original(frame), columns, params)


def fitted(name: str) -> GroupState:
    frame = make_frame()
    state = fit(name, frame, columns_of(frame))
    assert state is not None
    return state


def columns_by_name(made: Iterable[Features]) -> dict[str, tuple[object, ...]]:
    """Return all that is known of each column."""
    return {
        name: (
            features.kind,
            features.smoothing,
            features.levels[k] if features.levels else None,
            features.array[k].tobytes(),
        )
        for features in made
        for k, name in enumerate(features.names)
    }


def assert_same(made: Iterable[Features], expected: Iterable[Features]) -> None:
    for one, other in zip(made, expected, strict=True):
        assert (one.kind, one.names, one.levels, one.smoothing) == (
            other.kind,
            other.names,
            other.levels,
            other.smoothing,
        )
        np.testing.assert_array_equal(one.array, other.array)


@pytest.mark.parametrize("name", FORMS)
class TestEveryGroup:
    def test_its_entry_bears_its_name(self, name: str):
        assert group_of(name).name == name.partition(",")[0]

    def test_every_column_that_varies_is_traced_to_columns_of_the_table(self, name: str):
        frame = make_frame()
        step = FittedStep(folder=Path(), group=group_of(name).name, state=fitted(name), kept=None)
        made = tuple(group_of(name).transform(fitted(name), frame))
        for features, traced in zip(made, trace_step(step, frame, 0), strict=True):
            for own, sources in zip(features.array, traced.sources, strict=True):
                assert set(sources) <= set(frame.columns)
                assert sources or len(np.unique(own)) == 1

    def test_shapes_types_and_names_agree(self, name: str):
        for made in group_of(name).transform(fitted(name), make_frame()):
            assert made.array.shape == (len(made.names), N_ROWS)
            if made.kind in NUMBERS:
                assert made.array.dtype == np.float32
                assert not np.isinf(made.array).any()
            else:
                assert made.array.dtype == np.int32
                assert made.array.min() >= 0
                assert (made.array.max(axis=1) < made.levels).all()

    def test_features_are_made_as_they_are_asked_for(self, name: str):
        assert isinstance(group_of(name).transform(fitted(name), make_frame()), Iterator)

    def test_no_two_columns_have_the_same_name(self, name: str):
        made = group_of(name).transform(fitted(name), make_frame())
        names = [column for features in made for column in features.names]
        assert len(set(names)) == len(names)

    def test_target_means_come_with_a_smoothing(self, name: str):
        for made in group_of(name).transform(fitted(name), make_frame()):
            assert (made.smoothing > 0) == (made.kind == "target_mean")

    def test_columns_without_information_make_no_feature(self, name: str):
        names = [
            n for made in group_of(name).transform(fitted(name), make_frame()) for n in made.names
        ]
        useless = {"constant", "empty", "constant_label", "empty_label", "empty_date"}
        assert not {part for made in names for part in made.split("__")} & useless

    def test_each_row_alone_gives_what_the_table_gives(self, name: str):
        group, state, frame = group_of(name), fitted(name), make_frame()
        together = group.transform(state, frame)
        alone = [tuple(group.transform(state, frame.iloc[[row]])) for row in range(N_ROWS)]
        for number, made in enumerate(together):
            rows = np.hstack([features[number].array for features in alone])
            np.testing.assert_array_equal(rows, made.array)

    def test_reordered_rows_and_categories_change_nothing(self, name: str):
        group, state, frame = group_of(name), fitted(name), make_frame()
        order = np.random.default_rng(1).permutation(N_ROWS)
        shuffled = frame.iloc[order]
        shuffled = shuffled.assign(
            label=shuffled["label"].cat.set_categories(["red", "violet", "green", "blue"])
        )
        for made, expected in zip(
            group.transform(state, shuffled), group.transform(state, frame), strict=True
        ):
            np.testing.assert_array_equal(made.array, expected.array[:, order])

    def test_an_unseen_category_is_no_known_one(self, name: str):
        group, state, frame = group_of(name), fitted(name), make_frame().iloc[[0]]
        strange = frame.assign(label=pd.Categorical(["violet"]))
        for made in group.transform(state, strange):
            for column, codes in zip(made.names, made.array, strict=True):
                if made.kind not in NUMBERS and "label" in column.split("__"):
                    assert not codes.any()

    def test_unseen_infinite_and_huge_numbers_stay_within_bounds(self, name: str):
        group, state = group_of(name), fitted(name)
        values = [np.inf, -np.inf, 1e300, -1e300, 1e37, -7.123456789, 1e-300]
        frame = make_frame().iloc[: len(values)].astype({"whole": np.float64})
        for column in ("number", "whole", "gappy", "infinite"):
            frame[column] = values
        for made in group.transform(state, frame):
            assert not np.isinf(made.array).any()
            if made.kind not in NUMBERS:
                assert made.array.min() >= 0
                assert (made.array.max(axis=1) < made.levels).all()

    def test_all_missing_rows_are_transformed(self, name: str):
        group, frame = group_of(name), make_frame().astype({"whole": np.float64})
        types = frame.dtypes.to_dict()
        nothing = pd.DataFrame({n: pd.Series([None], dtype=t) for n, t in types.items()})
        for made in group.transform(fitted(name), nothing):
            assert made.array.shape[1] == 1

    def test_read_only_columns_are_left_alone(self, name: str):
        frame = make_frame()
        for column in ("number", "gappy", "infinite"):
            values = frame[column].to_numpy(copy=True)
            values.setflags(write=False)
            frame[column] = pd.Series(values, copy=False)
        before = frame.copy(deep=True)
        group = group_of(name)
        state = fit(name, frame, columns_of(frame))
        assert state is not None
        list(group.transform(state, frame))
        pd.testing.assert_frame_equal(frame, before)

    def test_states_are_plain_and_survive_storage(self, name: str, tmp_path: Path):
        frame, state = make_frame(), fitted(name)
        assert json.loads(json.dumps(state.meta)) == state.meta
        assert all(array.dtype != object for array in state.arrays.values())
        schema = Schema(targets=(), id=None, columns=columns_of(frame), ignored=(), facts=())
        dataset = Dataset(
            schema=schema,
            train=frame,
            targets={},
            test=None,
            test_ids=None,
            sample=None,
            extra={},
            key="made",
            original=make_original(frame),
        )
        stored = prepare_features(
            dataset,
            (Step(group_of(name).name, tuple(OWN.get(name, {}).items())),),
            tmp_path,
            transductive=False,
        )
        assert_same(stored.steps[0].load("train"), group_of(name).transform(state, frame))
        assert_same(stored.steps[0].transform(frame), stored.steps[0].load("train"))

    def test_a_table_without_its_columns_gives_no_state(self, name: str):
        assert fit(name, make_frame(), ()) is None


@pytest.mark.parametrize("name", [name for name in GROUPS.names() if GROUPS.get(name).original])
class TestEveryGroupThatLearnsFromTheOriginalDataSet:
    def test_the_rows_it_has_learned_from_have_the_same_columns(self, name: str):
        group, state, original = GROUPS.get(name), fitted(name), make_original(make_frame())
        assert group.original is not None
        own = group.original.transform(state, original)
        for made, other in zip(own, group.transform(state, original.frame), strict=True):
            assert made.array.shape == other.array.shape
            assert made.array.dtype == other.array.dtype
            assert (made.kind, made.names, made.levels) == (other.kind, other.names, other.levels)

    def test_train_and_test_are_not_learned_from(self, name: str, tmp_path: Path):
        made = {}
        for seed in (0, 3):
            frame = make_frame(seed)
            schema = Schema(targets=(), id=None, columns=columns_of(frame), ignored=(), facts=())
            dataset = Dataset(
                schema=schema,
                train=frame,
                targets={},
                test=make_frame(seed + 1),
                test_ids=None,
                sample=None,
                extra={},
                key=f"made {seed}",
                original=make_original(make_frame(5)),
            )
            stored = prepare_features(dataset, (Step(name=name),), tmp_path, transductive=True)
            made[seed] = columns_by_name(stored.steps[0].transform(make_frame(7)))
        assert made[0] == made[3]

    def test_nothing_is_made_without_it(self, name: str):
        frame = make_frame()
        tables = FeatureTables(train=frame, test=None, known=frame, columns=columns_of(frame))
        assert fit_step(tables, Step(name=name)) is None


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

"""What every entry of GROUPS must keep to, plug-ins included."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from fitted_groups import (
    N_ROWS,
    OWN,
    assert_same,
    columns_by_name,
    columns_of,
    fit,
    fitted,
    group_of,
    make_frame,
    make_original,
)

from automl_cli.core.candidate import Step
from automl_cli.core.dataset import Dataset, Schema
from automl_cli.features import GROUPS
from automl_cli.features.sources import trace_step
from automl_cli.features.state import prepare_features
from automl_cli.features.steps import FittedStep, fit_step
from automl_cli.features.tables import FeatureTables

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

NUMBERS = {"values", "linear"}
FORMS = [*GROUPS.names(), *OWN]


@pytest.mark.parametrize("name", GROUPS.names())
def test_a_fit_of_no_columns_makes_nothing(name: str) -> None:
    GROUPS.get(name).check({})  # refuses wrong parameters; the others pass
    group = GROUPS.get(name)
    assert group.fit(pd.DataFrame(), (), group.make_params({})) is None


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

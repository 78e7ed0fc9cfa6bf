"""A model of the original data set alone answers for any row."""

import numpy as np
import pandas as pd
import pytest

from automl_cli.core.dataset import Column, Original
from automl_cli.core.errors import PlanError
from automl_cli.features import original_teacher
from automl_cli.features.group import GroupState
from automl_cli.features.original_teacher import LEAST_ROWS, ORIGINAL_TEACHER

COLUMNS = (
    Column(name="size", role="numeric", reason="made"),
    Column(name="kind", role="categorical", reason="made"),
    Column(name="day", role="datetime", reason="made"),
)
EFFECTS = {"a": -2.0, "b": 0.0, "c": 2.0}


def make_frame(n_rows: int, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "size": rng.normal(size=n_rows),
            "kind": pd.Categorical.from_codes(rng.integers(0, 3, n_rows), list(EFFECTS)),
            "day": pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 99, n_rows), "D"),
        }
    )


def make_value(frame: pd.DataFrame) -> np.ndarray:
    return frame["size"].to_numpy() + frame["kind"].map(EFFECTS).to_numpy(dtype=np.float64)


def fit(original: Original, **own: int) -> GroupState | None:
    assert ORIGINAL_TEACHER.original is not None
    return ORIGINAL_TEACHER.original.fit(original, COLUMNS, ORIGINAL_TEACHER.make_params(own))


def ask(state: GroupState | None, frame: pd.DataFrame) -> dict[str, np.ndarray]:
    assert state is not None
    (made,) = ORIGINAL_TEACHER.transform(state, frame)
    return dict(zip(made.names, made.array, strict=True))


def ask_own(state: GroupState | None, original: Original) -> np.ndarray:
    assert ORIGINAL_TEACHER.original is not None
    assert state is not None
    (made,) = ORIGINAL_TEACHER.original.transform(state, original)
    return made.array


def test_it_answers_for_rows_that_it_has_not_seen():
    frame, new = make_frame(600), make_frame(300, seed=1)
    value = make_value(frame)
    targets = {
        "price": value,
        "sold": (value > 0).astype(np.int64),
        "grade": np.digitize(value, [-1, 1]).astype(np.int64),
    }
    made = ask(fit(Original(frame=frame, targets=targets)), new)
    assert list(made) == [
        "original_teacher_price",
        "original_teacher_sold",
        "original_teacher_grade_0",
        "original_teacher_grade_1",
        "original_teacher_grade_2",
    ]
    truth = make_value(new)
    assert np.corrcoef(made["original_teacher_price"], truth)[0, 1] > 0.95
    assert np.mean((made["original_teacher_sold"] > 0) == (truth > 0)) > 0.9
    logits = np.stack([made[f"original_teacher_grade_{code}"] for code in range(3)])
    assert np.mean(logits.argmax(axis=0) == np.digitize(truth, [-1, 1])) > 0.8


def test_one_target_of_two_classes_makes_one_column():
    frame = make_frame(300)
    state = fit(Original(frame=frame, targets={"sold": (make_value(frame) > 0).astype(np.int64)}))
    assert list(ask(state, frame)) == ["original_teacher"]


def test_it_is_stored_as_the_text_of_lightgbm_and_equal_fits_are_equal():
    frame = make_frame(300)
    original = Original(frame=frame, targets={"price": make_value(frame)})
    state, again = fit(original), fit(original)
    assert state is not None
    assert again is not None
    assert state.meta == again.meta
    assert all(text.startswith("tree\n") for texts in state.meta["models"] for text in texts)


def test_it_stops_where_a_part_of_the_original_data_set_is_predicted_best():
    frame = make_frame(300)
    noise = np.random.default_rng(1).normal(size=300)
    state = fit(Original(frame=frame, targets={"price": noise}))
    assert state is None or max(text.count("Tree=") for text in state.meta["models"][0]) < 100
    learned = fit(Original(frame=frame, targets={"price": make_value(frame)}), rounds=20)
    assert learned is not None
    assert [text.count("Tree=") for text in learned.meta["models"][0]] == [20] * 5


def test_too_few_rows_and_a_constant_target_make_nothing():
    frame = make_frame(LEAST_ROWS)
    price = {"price": make_value(frame)}
    assert fit(Original(frame=frame, targets=price)) is not None
    few = Original(frame=frame[1:], targets={"price": price["price"][1:]})
    assert fit(few) is None
    assert fit(Original(frame=frame, targets={"price": np.ones(LEAST_ROWS)})) is None


def test_a_row_of_the_original_data_set_is_answered_by_a_model_that_has_not_seen_it():
    frame = make_frame(1000)
    noise = np.random.default_rng(1).normal(size=1000)
    original = Original(frame=frame, targets={"price": make_value(frame) + 3 * noise})
    state = fit(original)
    error = noise * 3
    seen = ask(state, frame)["original_teacher"] - make_value(frame)
    own = ask_own(state, original)[0] - make_value(frame)
    assert np.corrcoef(seen, error)[0, 1] > 0.2
    assert abs(np.corrcoef(own, error)[0, 1]) < 3 / np.sqrt(1000)


def test_rows_beyond_the_most_that_it_sees_are_answered_as_new_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(original_teacher, "MOST_ROWS", 200)
    frame = make_frame(300)
    original = Original(frame=frame, targets={"price": make_value(frame)})
    state = fit(original)
    as_new = ask(state, frame)["original_teacher"] == ask_own(state, original)[0]
    assert as_new.sum() == 100


def test_a_column_that_the_original_data_set_lacks_is_not_asked_for():
    frame = make_frame(300)
    lacking = frame.assign(size=np.nan)
    state = fit(Original(frame=lacking, targets={"price": make_value(frame)}, absent=("size",)))
    answers = [
        ask(state, frame.assign(size=value))["original_teacher"] for value in (0.0, 9.0, np.nan)
    ]
    np.testing.assert_array_equal(answers[0], answers[1])
    np.testing.assert_array_equal(answers[0], answers[2])


@pytest.mark.parametrize("name", ["rounds", "threads"])
def test_a_parameter_out_of_range_is_refused(name: str):
    with pytest.raises(PlanError) as caught:
        ORIGINAL_TEACHER.check({name: 0})
    assert caught.value.message == f"features.original_teacher.{name}: expected 1 or more, got 0."

"""What a model of the original data set alone says of a row: a teacher's answer as a column.

The rows of that data set are divided into parts. For each part a booster learns from the others and
stops where it predicts this part best. A row gets the mean of their margins, or values; a row of
the original data set that of the booster that has not learned from it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from automl_cli.core.arrays import BoolVector, Float32Matrix, FloatMatrix, IntVector
from automl_cli.core.candidate import ParamValue
from automl_cli.core.dataset import Column, Original
from automl_cli.core.errors import PlanError
from automl_cli.core.resampling import make_parts
from automl_cli.features.calendar import CALENDAR
from automl_cli.features.categorical import NATIVE
from automl_cli.features.finite import sample_rows
from automl_cli.features.group import (
    FeatureGroup,
    Features,
    GroupParams,
    GroupState,
    OriginalUse,
    get_number,
)
from automl_cli.features.numeric import LARGEST, NUMERIC
from automl_cli.features.original_targets import OriginalTarget, list_targets

if TYPE_CHECKING:
    from lightgbm import Booster

INPUTS: Mapping[str, FeatureGroup] = {
    one.name: one for one in (NUMERIC, NATIVE, CALENDAR)
}  # what the boosters are given
LEAST_ROWS = 100  # fewer teach nothing
MOST_ROWS = 200_000  # that the boosters see: more make the columns hardly better
MANY_ROWS = 20_000  # from here on larger steps, and fewer and larger parts
N_PARTS, N_PARTS_OF_MANY = 5, 2
LEARNING_RATE, LEARNING_RATE_FOR_MANY = 0.05, 0.1
LEAVES, LEAVES_FOR_MANY = 15, 31
LEAST_ROUNDS = 50  # where the trees of a round are many
PATIENCE = 30  # rounds without a better loss of the part that is held out
PARAMS = {
    "min_data_in_leaf": 20,
    "bagging_fraction": 0.75,
    "bagging_freq": 1,
    "feature_fraction": 0.7,
    "lambda_l2": 1.0,
    "deterministic": True,
    "force_col_wise": True,
    "feature_pre_filter": False,
    "seed": 0,
    "verbosity": -1,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Lesson:
    """What the boosters learn from: inputs, which of them are categories, the part of each row."""

    given: Float32Matrix
    is_category: BoolVector
    parts: IntVector


def check_original_teacher(
    frame: pd.DataFrame,  # noqa: ARG001  # it learns from another table
    columns: tuple[Column, ...],  # noqa: ARG001
    params: GroupParams,
) -> None:
    """Refuse parameters out of range."""
    for name in ("rounds", "threads"):
        if get_number(params, name) < 1:
            raise PlanError(
                f"features.original_teacher.{name}: expected 1 or more, got {params[name]}.",
                hint=f"The default is {ORIGINAL_TEACHER.defaults[name]}.",
            )


def fit_original_teacher(
    original: Original, columns: tuple[Column, ...], params: GroupParams
) -> GroupState | None:
    """Learn to predict the targets of the original data set, with boosters that see it alone."""
    if len(original.frame) < LEAST_ROWS:
        return None
    states = {
        name: group.fit(original.frame, columns, group.make_params({}))
        for name, group in INPUTS.items()
    }
    inputs = {name: state for name, state in states.items() if state is not None}
    if not inputs:
        return None
    given = _make_inputs(inputs, original.frame)
    lesson = _Lesson(
        given=given, is_category=_find_categories(inputs, original.frame), parts=_divide(len(given))
    )
    found = {one.endings: _teach(lesson, one, params) for one in list_targets(original)}
    taught = {endings: models for endings, models in found.items() if models}
    if not taught:
        return None
    return GroupState(
        meta={
            "inputs": {name: state.meta for name, state in inputs.items()},
            "endings": [list(endings) for endings in taught],
            "models": list(taught.values()),
            "threads": params["threads"],
        },
        arrays={
            f"{name}.{key}": array
            for name, state in inputs.items()
            for key, array in state.arrays.items()
        },
    )


def transform_original_teacher(state: GroupState, frame: pd.DataFrame) -> Iterator[Features]:
    """Return the margin or value that they predict, one column a class if there are more than two.

    Each target has its own columns.
    """
    given = _make_inputs(_unpack(state), frame)
    answers = [_average(models, given, state) for models in _load_all(state)]
    yield _make_features(state, answers)


def nest_original_teacher(state: GroupState, original: Original) -> Iterator[Features]:
    """Return for each row what the booster says that has not learned from it."""
    given = _make_inputs(_unpack(state), original.frame)
    parts, answers = _divide(len(given)), []
    for models in _load_all(state):
        answer = _average(models, given, state)  # that of rows that no booster has seen
        for part, model in enumerate(models):
            own = parts == part
            answer[own] = _average([model], given[own], state)
        answers.append(answer)
    yield _make_features(state, answers)


def _divide(n_rows: int) -> IntVector:
    """Return the part of each row, -1 for those that no booster sees."""
    rows = sample_rows(n_rows, MOST_ROWS)
    parts = np.full(n_rows, -1)
    n_parts = N_PARTS if len(rows) < MANY_ROWS else N_PARTS_OF_MANY
    parts[rows] = make_parts(len(rows), n_parts, seed=0)
    return parts


def _teach(lesson: _Lesson, target: OriginalTarget, params: GroupParams) -> list[str]:
    """Return a booster for each part as text; none if no column tells anything of the target."""
    own = _make_params(lesson, target, params)
    most = int(get_number(params, "rounds"))
    rounds = min(most, max(LEAST_ROUNDS, most // len(target.endings)))
    boosters = [_boost(lesson, target, part, own, rounds) for part in range(lesson.parts.max() + 1)]
    if not any(booster.feature_importance().any() for booster in boosters):
        return []
    return [booster.model_to_string(num_iteration=booster.best_iteration) for booster in boosters]


def _make_params(
    lesson: _Lesson, target: OriginalTarget, params: GroupParams
) -> dict[str, ParamValue]:
    are_many = np.count_nonzero(lesson.parts >= 0) >= MANY_ROWS
    objectives = {0: "regression", 2: "binary"}
    return {
        **PARAMS,
        "objective": objectives.get(target.n_classes, "multiclass"),
        "num_class": len(target.endings),
        "learning_rate": LEARNING_RATE_FOR_MANY if are_many else LEARNING_RATE,
        "num_leaves": LEAVES_FOR_MANY if are_many else LEAVES,
        "num_threads": int(get_number(params, "threads")),
    }


def _boost(
    lesson: _Lesson,
    target: OriginalTarget,
    part: int,
    params: dict[str, ParamValue],
    rounds: int,
) -> "Booster":
    import lightgbm

    held_out = lesson.parts == part
    seen = (lesson.parts >= 0) & ~held_out
    data = lightgbm.Dataset(
        lesson.given[seen],
        target.y[seen],
        categorical_feature=np.flatnonzero(lesson.is_category).tolist(),
        params=params,
    )
    watched = data.create_valid(lesson.given[held_out], target.y[held_out], params=params)
    stop = lightgbm.early_stopping(PATIENCE, verbose=False)
    return lightgbm.train(params, data, rounds, valid_sets=[watched], callbacks=[stop])


def _make_inputs(inputs: Mapping[str, GroupState], frame: pd.DataFrame) -> Float32Matrix:
    """Return numbers and codes, shape (rows, columns); a code that is not known is missing."""
    arrays = [
        np.where(made.array == 0, np.float32(np.nan), made.array)
        if made.kind == "categories"
        else made.array
        for made in _transform_inputs(inputs, frame)
    ]
    return np.concatenate(arrays, axis=0, dtype=np.float32).T


def _find_categories(inputs: Mapping[str, GroupState], frame: pd.DataFrame) -> BoolVector:
    made = _transform_inputs(inputs, frame.iloc[:1])
    return np.concatenate([np.full(len(one.names), one.kind == "categories") for one in made])


def _transform_inputs(inputs: Mapping[str, GroupState], frame: pd.DataFrame) -> Iterator[Features]:
    for name, state in inputs.items():
        yield from INPUTS[name].transform(state, frame)


def _unpack(state: GroupState) -> dict[str, GroupState]:
    return {
        name: GroupState(
            meta=meta,
            arrays={
                key.removeprefix(f"{name}."): array
                for key, array in state.arrays.items()
                if key.startswith(f"{name}.")
            },
        )
        for name, meta in state.meta["inputs"].items()
    }


def _load_all(state: GroupState) -> Iterator[list["Booster"]]:
    import lightgbm

    for models in state.meta["models"]:
        yield [lightgbm.Booster(model_str=text) for text in models]


def _average(models: Sequence["Booster"], given: Float32Matrix, state: GroupState) -> FloatMatrix:
    """Return the mean answer of the boosters, shape (rows, outputs)."""
    threads = state.meta["threads"]
    answers = [
        np.asarray(one.predict(given, raw_score=True, num_threads=threads), dtype=np.float64)
        for one in models
    ]
    return np.asarray(sum(answers) / len(models)).reshape(len(given), -1)


def _make_features(state: GroupState, answers: Sequence[FloatMatrix]) -> Features:
    endings = [ending for own in state.meta["endings"] for ending in own]
    array = np.clip(np.hstack(answers).T, -LARGEST, LARGEST).astype(np.float32)
    return Features(
        kind="values",
        names=tuple(f"original_teacher{ending}" for ending in endings),
        array=np.ascontiguousarray(array),
    )


ORIGINAL_TEACHER = FeatureGroup(
    name="original_teacher",
    fit=check_original_teacher,
    transform=transform_original_teacher,
    original=OriginalUse(fit=fit_original_teacher, transform=nest_original_teacher),
    is_screened=False,
    defaults={"rounds": 300, "threads": 1},
)

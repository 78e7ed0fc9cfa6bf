"""What a feature group is: a target-free fit, and a transform of one row at a time.

A group never sees the target. A feature that needs it comes as integer codes of kind
``target_mean``, and `features.matrix` turns them into nested means inside each fold; so there is
one place in which a leak could be, and one test for it.

The targets of the original data set are no such target: its rows are outside the competition, and
none of them is a row of train. A group may learn from them (`OriginalUse`), once a run.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from automl_cli.core.arrays import CodeMatrix, Float32Matrix
from automl_cli.core.candidate import ParamValue
from automl_cli.core.dataset import Column, Original
from automl_cli.core.errors import PlanError

FeatureKind: TypeAlias = Literal["values", "categories", "target_mean", "linear"]
GroupParams: TypeAlias = Mapping[str, ParamValue]

CHUNK = 64  # columns made at once, so that thousands never fill the memory


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupState:
    """What a group has learned from a table, as plain data.

    Parameters
    ----------
    meta
        JSON values: names of columns, levels of categories.
    arrays
        Numbers, by name; no object arrays.
    """

    meta: Mapping[str, Any]
    arrays: Mapping[str, npt.NDArray[Any]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """Generated columns of one kind.

    Parameters
    ----------
    kind
        ``values``: numbers, as the model gets them. ``categories``: codes, as the model gets
        them. ``target_mean``: codes of which each fold makes means of the target. ``linear``:
        dimensions of which each fold makes one column, what a ridge regression on all of them
        predicts.
    names
        One a column; those of ``target_mean`` name the coded column. Those of ``linear`` begin
        with the same word before two underscores, which names what is made of them.
    array
        Shape (columns, rows), so that a column is contiguous: float32 with NaN for missing, or
        int32 codes with 0 for missing and unseen.
    levels
        For codes: their number in each column, code 0 included.
    smoothing
        For ``target_mean``: the overall mean counts as this many rows of each code; more than 0.
    """

    kind: FeatureKind
    names: tuple[str, ...]
    array: Float32Matrix | CodeMatrix
    levels: tuple[int, ...] = ()
    smoothing: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalUse:
    """How a group learns from the original data set instead of the competition's rows.

    Parameters
    ----------
    fit
        ``fit(original, columns, params) -> State | None``, called once a run, where there is an
        original data set; None if there is nothing to make of these columns.
    transform
        ``transform(state, original) -> features`` of the rows that the group has learned from,
        each as if it had not been among them, so that a model may train on them beside others.
        Names, kinds and levels are those of the group's own `transform`.
    """

    fit: Callable[[Original, tuple[Column, ...], GroupParams], GroupState | None]
    transform: Callable[[GroupState, Original], Iterator[Features]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureGroup:
    """An entry of GROUPS.

    Parameters
    ----------
    name
        Its name in recipes and YAML.
    fit
        ``fit(frame, columns, params) -> State | None``, called once a run; None if there is
        nothing to make, such as dates in a table without dates. It is called with no columns
        before, and then has to refuse parameters out of range with a `PlanError`; that is all it
        does if there is an `original`.
    transform
        ``transform(state, frame) -> features``, made one after another as they are asked for: each
        row of the result depends on the state and on this row only. Names, kinds and levels are
        the same for every frame, and no two columns have the same name. Groups that may make
        thousands of columns give `CHUNK` of them at once.
    defaults
        Every parameter with its default; others are refused, and so are values of another type.
    is_screened
        False if its columns belong together, so that the screen may not choose among them.
    keep
        ``keep(state, names) -> State``: a smaller state that still makes the columns of these
        names, makes them alike, and makes no others that it can leave out; None for groups whose
        states are small.
    original
        For a group that learns from the original data set: how. Without that data set it makes
        nothing.
    """

    name: str
    fit: Callable[[pd.DataFrame, tuple[Column, ...], GroupParams], GroupState | None]
    transform: Callable[[GroupState, pd.DataFrame], Iterator[Features]]
    defaults: GroupParams = field(default_factory=dict)
    is_screened: bool = True
    keep: Callable[[GroupState, frozenset[str]], GroupState] | None = None
    original: OriginalUse | None = None

    def narrow(self, state: GroupState, names: frozenset[str]) -> GroupState:
        """Return a state that makes at least the columns of these names."""
        return state if self.keep is None else self.keep(state, names)

    def make_params(self, own: GroupParams) -> dict[str, ParamValue]:
        """Return the defaults with `own` on top, in name order.

        Raises
        ------
        PlanError
            If a parameter is unknown or has a value of the wrong type.
        """
        for name, value in own.items():
            where = f"features.{self.name}.{name}"
            if name not in self.defaults:
                close = get_close_matches(name, self.defaults, n=1)
                known = ", ".join(self.defaults) or "none"
                raise PlanError(
                    f"{where}: no such parameter.",
                    hint=f"Did you mean {close[0]!r}?" if close else f"Its parameters: {known}.",
                )
            if not _fits(value, self.defaults[name]):
                expected = _TYPE_NAMES[type(self.defaults[name])]
                raise PlanError(
                    f"{where}: expected {expected}, got {value!r}.",
                    hint=f"The default is {self.defaults[name]!r}.",
                )
        return dict(sorted({**self.defaults, **own}.items()))

    def check(self, own: GroupParams) -> None:
        """Refuse wrong parameters before there is anything to fit: a fit of no columns does.

        Raises
        ------
        PlanError
            As `make_params`, or if a value is out of range.
        """
        self.fit(pd.DataFrame(), (), self.make_params(own))


def get_number(params: GroupParams, name: str) -> float:
    """Return a parameter that `Group.make_params` has found to be a number."""
    value = params[name]
    if not isinstance(value, int | float):
        raise TypeError(f"{name} is {value!r}")
    return float(value)


def get_count(group: str, params: GroupParams, name: str) -> int:
    """Return a parameter that says how many: a whole number from 0.

    Raises
    ------
    PlanError
        If it is negative.
    """
    count = int(get_number(params, name))
    if count < 0:
        raise PlanError(
            f"features.{group}.{name}: expected 0 or more, got {count}.",
            hint="Give the largest number wanted.",
        )
    return count


def get_smoothing(group: str, params: GroupParams) -> float:
    """Return the parameter `smoothing`: how many rows the overall mean counts as.

    Raises
    ------
    PlanError
        If it is not more than 0.
    """
    smoothing = get_number(params, "smoothing")
    if smoothing <= 0:
        raise PlanError(
            f"features.{group}.smoothing: expected more than 0, got {smoothing}.",
            hint="It counts as that many rows at the overall mean; 10 is the default.",
        )
    return smoothing


def names_of_role(columns: tuple[Column, ...], role: str) -> list[str]:
    """Return the names of the columns of one role, in table order."""
    return [column.name for column in columns if column.role == role]


def make_chunks(columns: Iterable[tuple[str, npt.NDArray[Any]]], n_rows: int) -> Iterator[Features]:
    """Yield named columns as values, `CHUNK` at once; each is made when its chunk is asked for."""
    remaining = iter(columns)
    while True:
        names = []
        array = np.empty((CHUNK, n_rows), dtype=np.float32)
        for row, (name, values) in zip(array, remaining, strict=False):
            row[:] = values
            names.append(name)
        if not names:
            return
        yield Features(kind="values", names=tuple(names), array=array[: len(names)])


def stack_values(columns: list[npt.NDArray[Any]], n_rows: int) -> Float32Matrix:
    """Return the columns as one float32 array of shape (columns, rows)."""
    stacked = np.empty((len(columns), n_rows), dtype=np.float32)
    for row, column in zip(stacked, columns, strict=True):
        row[:] = column
    return stacked


def _fits(value: ParamValue, default: ParamValue) -> bool:
    if isinstance(default, float):
        return isinstance(value, int | float) and not isinstance(value, bool)
    return type(value) is type(default)


_TYPE_NAMES = {float: "a number", int: "a whole number", bool: "true or false", str: "a word"}

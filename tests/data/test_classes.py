from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from automl_cli.data.classes import EncodedTarget, find_labels, make_target
from automl_cli.data.options import DataOptions
from automl_cli.data.read import RawTable

Table = Callable[..., RawTable]
ErrorOf = Callable[..., tuple[str, str]]


def encode(table: Table, *cells: str, options: DataOptions | None = None) -> EncodedTarget:
    text = "x;y\n" + "".join(f'0;"{cell}"\n' for cell in cells)
    return make_target(table(text), "y", options or DataOptions())


@pytest.mark.parametrize(
    ("cells", "options", "task", "labels"),
    [
        (("0", "1"), {}, "binary", ("0", "1")),
        (("True", "False"), {}, "binary", ("False", "True")),
        (("yes", "no"), {"positive": "no"}, "binary", ("yes", "no")),
        (("1", "0"), {"positive": "0"}, "binary", ("1", "0")),
        (("1", "1.0", "2"), {}, "binary", ("1", "2")),
        (("1", "1.0", "2", "3"), {}, "multiclass", ("1", "2", "3")),
        (("10", "9", "8"), {}, "multiclass", ("8", "9", "10")),
        (("b", "a", "None"), {}, "multiclass", ("None", "a", "b")),
        ((" <=50K", " >50K"), {}, "binary", (" <=50K", " >50K")),
        (("1.5", "2", "3"), {}, "regression", ()),
        (tuple(map(str, range(21))), {}, "regression", ()),
        (tuple(map(str, range(21))), {"wants": "label"}, "multiclass", None),
        (("0", "1"), {"wants": "value"}, "regression", ()),
        (("0", "1"), {"task": "regression"}, "regression", ()),
        (("a", "b", "c"), {"wants": "value"}, "multiclass", ("a", "b", "c")),
        (("0", "1", "9"), {"missing": ("9",)}, "binary", ("0", "1")),
    ],
)
def test_the_task_follows_from_values_and_metric(
    table: Table,
    cells: tuple[str, ...],
    options: dict[str, Any],
    task: str,
    labels: tuple[str, ...] | None,
):
    target = encode(table, *cells * 12, options=DataOptions(**options)).target
    assert target.task == task
    assert labels is None or target.labels == labels


def test_few_rows_a_value_are_amounts(table: Table):
    assert encode(table, *"123" * 2).target.task == "regression"


def test_codes_follow_the_labels_and_gaps_are_not_filled(table: Table):
    encoded = encode(table, "b", "", "a", "b")
    assert encoded.filled.tolist() == [True, False, True, True]
    assert encoded.encoded[encoded.filled].tolist() == [1, 0, 1]
    assert encoded.encoded.dtype == np.int64
    assert encoded.positive_reason == "last in alphabetical order"


@pytest.mark.parametrize(
    ("cells", "labels", "codes"),
    [
        (("No", "No ", "Yes", "No"), ("No", "Yes"), [0, 0, 1, 0]),
        (("No", "Yes\u00a0", "Yes"), ("No", "Yes"), [0, 1, 1]),
        ((" No", " Yes", " No"), (" No", " Yes"), [0, 1, 0]),  # byte for byte, if all have them
        (("yes", "No", "Yes", "no", "No"), ("No", "Yes"), [1, 0, 1, 0, 0]),
        (("1", "TRUE", "true", "0", "FALSE", "0"), ("0", "1"), [1, 1, 1, 0, 0, 0]),
        (("1", "No", "1"), ("No", "1"), [1, 0, 1]),  # the larger code is yes
        (("b ", "a", "b", "b", "c"), ("a", "b", "c"), [1, 0, 1, 1, 2]),
        (("a", "A", "b", "B"), ("A", "B", "a", "b"), [2, 0, 3, 1]),  # letters may be two
        (("T", "N", "Y"), ("N", "T", "Y"), [1, 0, 2]),
    ],
)
def test_texts_that_differ_in_blanks_or_say_the_same_are_one_class(
    table: Table, cells: tuple[str, ...], labels: tuple[str, ...], codes: list[int]
):
    encoded = encode(table, *cells)
    assert encoded.target.labels == labels
    assert encoded.encoded.tolist() == codes


def test_merged_classes_are_told(table: Table):
    reason = encode(table, "No", "No ", "Yes", "No").target.reason
    assert reason == "two distinct values; 'No ' is 'No'"


def test_values_are_floats_and_texts_for_missing_are_gaps(table: Table):
    encoded = encode(table, "1.5", "NA", "None", "7", "9.25")
    assert encoded.filled.tolist() == [True, False, False, True, True]
    assert encoded.encoded[encoded.filled].tolist() == [1.5, 7.0, 9.25]


@pytest.mark.parametrize(
    ("cells", "options", "message"),
    [
        (
            ("", "NA"),
            {},
            "table.csv: the target 'y' holds no value, expected at least two values.",
        ),
        (
            ("1", "1", ""),
            {},
            "table.csv: the target 'y' holds only the value '1', expected at least two values.",
        ),
        (
            ("1", "1.0", "1"),
            {},
            "table.csv: the target 'y' holds only the value '1', expected at least two values.",
        ),
        (
            ("a", "b", "c"),
            {"task": "binary"},
            "the target 'y' holds 3 distinct values, but a binary task has two.",
        ),
        (
            ("1", "2", "x"),
            {"task": "regression"},
            "the target 'y' holds texts such as 'x' (line 4), but a regression needs numbers.",
        ),
        (
            tuple(f"w{number}" for number in range(60)),
            {},
            "the target 'y' holds 60 distinct texts in 60 rows, too many for classes.",
        ),
    ],
)
def test_a_target_that_cannot_be_learnt_is_refused(
    table: Table,
    error_of: ErrorOf,
    cells: tuple[str, ...],
    options: dict[str, Any],
    message: str,
):
    assert error_of(encode, table, *cells, options=DataOptions(**options))[0] == message


def test_labels_are_distinct_texts_up_to_a_limit(table: Table):
    raw = table("x,y\n1,b\n2,a\n3,b\n4,\n")
    assert sorted(find_labels(raw.cells("y"), most=2)) == ["a", "b"]
    assert find_labels(raw.cells("y"), most=1) == ()

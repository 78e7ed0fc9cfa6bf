from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from automl_cli.data.infer import Inference
from automl_cli.data.types import prepare_frame

Infer = Callable[..., Inference]
ErrorOf = Callable[..., tuple[str, str]]

TRAIN = "id,x,c,y\n001,1,a,0\n002,2,b,1\n003,3,a,\n004,4,b,1\n"
TEST = "id,x,c\n007,5,a\n008,,c\n"
SAMPLE = "id,y\n007,0\n008,0\n"


def facts(inference: Inference) -> dict[str, tuple[str, str]]:
    return {what: (value, why) for what, value, why in inference.dataset.schema.facts}


def test_the_whole_data_set_is_inferred(infer: Infer):
    inference = infer(TRAIN, TEST, SAMPLE)
    dataset = inference.dataset
    assert [(column.name, column.role) for column in dataset.schema.columns] == [
        ("x", "numeric"),
        ("c", "categorical"),
    ]
    assert dataset.schema.id == "id"
    assert dataset.schema.ignored == (("id", "the id"),)
    assert dataset.n_rows == 3
    assert dataset.targets["y"].tolist() == [0, 1, 1]
    assert list(dataset.test_ids) == ["007", "008"]
    assert dataset.train["x"].tolist() == [1.0, 2.0, 4.0]
    assert dataset.test is not None
    assert (dataset.train.dtypes == dataset.test.dtypes).all()
    assert dataset.sample is not None
    assert (dataset.sample.columns, dataset.sample.shape) == (("id", "y"), "single")
    assert facts(inference) == {
        "target": ("y", "named by the sample, not in test"),
        "task": ("binary", "two distinct values"),
        "classes": ("0, 1", "2 classes, as spelled in train"),
        "positive class": ("1", "the larger number"),
        "id": ("id", "the sample's first column"),
        "submission": ("one column per target", "the columns of the sample"),
        "rows": ("3 of 4", "1 without a target"),
        "columns": ("1 numeric, 1 categorical", "categorical: c"),
    }


def test_the_stored_typing_reads_test_as_the_batch_did(infer: Infer, table: Callable[..., Any]):
    inference = infer(TRAIN, TEST, SAMPLE)
    again = prepare_frame(inference.typing, table(TEST))
    assert again.equals(inference.dataset.test)


def test_the_key_follows_the_content(infer: Infer):
    key = infer(TRAIN, TEST, SAMPLE).dataset.key
    assert infer(TRAIN, TEST, SAMPLE).dataset.key == key
    changed = [
        infer(TRAIN.replace("2,b,1", "2,a,1"), TEST, SAMPLE),
        infer(TRAIN.replace("4,b,1", "4,b,0"), TEST, SAMPLE),
        infer(TRAIN, TEST.replace("5", "6"), SAMPLE),
        infer(TRAIN, TEST.replace("008", "8"), SAMPLE.replace("008", "8")),
        infer(TRAIN, TEST, "id,y\n008,0\n007,0\n"),
        infer(TRAIN, TEST, SAMPLE, positive="0"),
    ]
    assert len({key, *(item.dataset.key for item in changed)}) == 7


def test_without_a_sample_the_column_that_test_lacks_is_the_target(infer: Infer):
    inference = infer(TRAIN, TEST)
    assert facts(inference)["target"] == ("y", "the only column that test lacks")
    assert facts(inference)["id"] == ("id", "the name of an id, and no value repeats")
    assert inference.dataset.sample is None


def test_without_test_a_usual_name_is_the_target(infer: Infer):
    inference = infer("a,b,Target\n1,2,x\n3,4,y\n")
    assert facts(inference)["target"] == ("Target", "the usual name of a target")
    assert facts(inference)["submission"] == ("none", "no test table")
    assert inference.dataset.test is None
    assert inference.dataset.test_ids is None


def test_columns_only_in_train_are_left_out(infer: Infer):
    train = "id,x,casual,y\n1,1,5,0\n2,2,6,1\n"
    dataset = infer(train, "id,x,new\n3,1,1\n", "id,y\n3,0\n").dataset
    assert dict(dataset.schema.ignored)["casual"] == (
        "only in train: the rows to predict do not have it"
    )
    assert ("not used", "new", "only in test: nothing to learn from") in dataset.schema.facts


def test_an_id_that_is_a_date_stays_a_feature(infer: Infer):
    train = "when,x,y\n2011-01-01 00:00:00,1,0\n2011-01-01 01:00:00,2,1\n"
    test = "when,x\n2011-01-02 00:00:00,3\n"
    dataset = infer(train, test, "when,y\n2011-01-02 00:00:00,0\n").dataset
    assert dataset.schema.id == "when"
    assert [column.role for column in dataset.schema.columns] == ["datetime", "numeric"]
    assert dataset.schema.columns[0].reason.endswith("the id, kept because it also tells the time")


def test_columns_without_information_are_left_out(infer: Infer):
    dataset = infer("x,same,gone,,y\n1,7,,0,a\n2,7,?,1,b\n", target=("y",)).dataset
    assert dataset.schema.ignored == (
        ("same", "only the value 7"),
        ("gone", "no cell of train holds a value"),
        ("", "has no name, as a saved row index"),
    )


@pytest.mark.parametrize(
    ("sample", "columns"),
    [
        ("id,Y_b,Y_a\n7,0,0\n", ("Y_a", "Y_b")),
        ("id,a,b\n7,0,0\n", ("a", "b")),
    ],
)
def test_one_column_a_class_names_the_target(infer: Infer, sample: str, columns: tuple[str, ...]):
    dataset = infer("id,x,other,y\n1,1,p,a\n2,2,q,b\n", "id,x\n7,1\n", sample).dataset
    assert dataset.schema.targets[0].name == "y"
    assert dataset.sample is not None
    assert (dataset.sample.shape, dataset.sample.class_columns) == ("per_class", columns)


def test_a_sample_may_name_several_targets(infer: Infer):
    train = "id,x,y1,y2\n1,1,0.5,1\n2,2,,0\n3,2,0.25,0\n4,3,7,1\n"
    dataset = infer(train, "id,x\n7,1\n", "id,y1,y2\n7,0,0\n").dataset
    assert [target.name for target in dataset.schema.targets] == ["y1", "y2"]
    assert dataset.targets["y1"].tolist() == [0.5, 0.25, 7.0]
    assert dataset.targets["y2"].tolist() == [1, 0, 1]


def test_a_ranking_is_recognised_by_its_cells(infer: Infer):
    train = "id,x,y\n1,1,a\n2,2,b\n3,3,c\n"
    dataset = infer(train, "id,x\n7,1\n", "id,y\n7,a b c\n").dataset
    assert dataset.sample is not None
    assert dataset.sample.shape == "ranking"


def test_extra_columns_are_read_for_the_validation(infer: Infer):
    train = "g,x,fold,y\nu,1,0,a\nv,2,1,b\n,3,1,\n"
    dataset = infer(train, target=("y",), extra=("g", "fold"), drop=("fold",)).dataset
    assert dataset.extra["g"].tolist() == ["u", "v"]
    assert dataset.extra["fold"].tolist() == [0, 1]
    assert list(dataset.train) == ["g", "x"]


def test_an_unusual_encoding_is_a_fact(infer: Infer, tmp_path: Path):
    infer(TRAIN, TEST, SAMPLE)
    (tmp_path / "test.csv").write_bytes("id,x,c\n007,5,\xe9\n008,6,c\n".encode("cp1252"))
    inference = infer(TRAIN, None, SAMPLE)
    assert facts(inference)["encoding"][0] == "not UTF-8 (line 2), read as cp1252"


@pytest.mark.parametrize(
    ("tables", "options", "message", "hint"),
    [
        (
            ("id,x,p,q\n1,1,2,3\n", "id,x\n7,1\n", None),
            {},
            "train.csv: several columns could be the target: p, q.",
            "Name the target with --target.",
        ),
        (
            ("a,b\n1,2\n", None, None),
            {},
            "train.csv: several columns could be the target: a, b.",
            "Name the target with --target.",
        ),
        (
            (TEST, TEST, None),
            {},
            ("train.csv: no column is left to be the target: test.csv has all of its columns."),
            "Name the target with --target, and the table of the rows to predict with --test.",
        ),
        (
            (TEST, TEST, "id,price\n007,0\n008,0\n"),
            {},
            (
                "train.csv: no column is left to be the target: test.csv has all of its columns, "
                "and sample_submission.csv asks for 'price'."
            ),
            "Name the target with --target, and the table of the rows to predict with --test.",
        ),
        (
            ("id,x,y\n1,1,0\n2,2,1\n", "id,x\n7,1\n", None),
            {"drop": ("y",)},
            (
                "train.csv: no column is left to be the target: test.csv lacks only 'y', which is "
                "dropped or an id."
            ),
            "Name the target with --target, and the table of the rows to predict with --test.",
        ),
        (
            ("id,x,y\n1,1,0\n2,2,1\n", "id,x\n7,1\n", "id,p,q\n7,0,0\n"),
            {},
            "sample_submission.csv: columns 'p', 'q', expected one for each target ('y') or class.",
            "Give the sample that belongs to this table with --sample.",
        ),
        (
            ("x\n1\n2\n", None, None),
            {},
            "train.csv: no feature column is left.",
            "Check that train and test belong together and what is dropped.",
        ),
        (
            (TRAIN, TEST, SAMPLE),
            {"order": ("1", "2")},
            "data.order: no class '2' in the target and 0 left out.",
            "Name each class once, from lowest to highest: 0, 1.",
        ),
        (
            (TRAIN, TEST, SAMPLE),
            {"order": ("1",)},
            "data.order: 0 left out.",
            "Name each class once, from lowest to highest: 0, 1.",
        ),
        (
            (TRAIN, TEST, SAMPLE),
            {"order": ("1", "0"), "task": "regression"},
            "data.order names the classes 1, 0, and no target has classes.",
            "Leave data.order out: numbers have their order.",
        ),
        (
            (TRAIN, TEST, "id,y,z\n007,0,0\n008,0,0\n"),
            {},
            "sample_submission.csv: 'z' is not a target in train.csv.",
            "Name the targets with --target, or give the sample that belongs to this table.",
        ),
        (
            (TRAIN, TEST, "id,p,q,r\n007,0,0,0\n008,0,0,0\n"),
            {"target": ("y",)},
            (
                "sample_submission.csv: columns 'p', 'q', 'r', "
                "expected one for each target ('y') or class."
            ),
            "Give the sample that belongs to this table with --sample.",
        ),
        (
            (TRAIN, TEST, SAMPLE),
            {"target": ("z",)},
            "train.csv: no column 'z' (named by data.target).",
            "It has id, x, c, y.",
        ),
        (
            (TRAIN, TEST, SAMPLE),
            {"drop": ("idd",)},
            "train.csv: no column 'idd' (named by data.drop).",
            "Did you mean 'id'?",
        ),
        (
            (TRAIN, TEST, SAMPLE),
            {"positive": "2"},
            "no class '2' in the target 'y'.",
            "The classes are 0, 1.",
        ),
        (
            (TRAIN, TEST, SAMPLE),
            {"positive": "1", "task": "regression"},
            "positive class '1' given, but no target is binary.",
            "Leave the positive class out.",
        ),
        (
            ("id,y\n1,0\n2,1\n", "id\n7\n", None),
            {},
            "train.csv: no feature column is left; 'id': the id.",
            "Check that train and test belong together and what is dropped.",
        ),
    ],
)
def test_what_cannot_be_inferred_is_refused(
    infer: Infer,
    error_of: ErrorOf,
    tables: tuple[str | None, ...],
    options: dict[str, Any],
    message: str,
    hint: str,
):
    assert error_of(infer, *tables, **options) == (message, hint)


def test_large_ids_and_codes_are_not_damaged(infer: Infer):
    big = 2**60
    train = f"key,x,y\n{big + 1},1,a\n{big + 3},2,b\n"
    frame = infer(train, target=("y",), roles={"key": "numeric"}).dataset.train
    np.testing.assert_array_equal(frame["key"].to_numpy(), [big + 1, big + 3])


@pytest.mark.parametrize(("values", "name"), [("0.5,1.25,-2.75e-3", None), ("1.0,2.0,3", "index")])
def test_measurements_are_no_ids(infer: Infer, values: str, name: str | None):
    rows = [f"{value},{place},{place % 2}" for place, value in enumerate(values.split(","))]
    train = "\n".join(["index,a,y", *rows]) + "\n"
    inference = infer(train, None, None, target=("y",))
    assert inference.dataset.schema.id == name

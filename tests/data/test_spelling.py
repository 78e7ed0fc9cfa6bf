"""Columns of all tables, and options that name them, are matched in whatever spelling."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from automl_cli.data.files import find_files
from automl_cli.data.infer import Inference, infer_dataset
from automl_cli.data.options import DataOptions

Infer = Callable[..., Inference]
ErrorOf = Callable[..., tuple[str, str]]
TRAIN = "id,a,b c,y\n1,5,u,0\n2,6,v,1\n3,7,u,0\n4,8,v,1\n"
TEST = "id,a,b c\n7,6,v\n8,7,u\n"
SAMPLE = "id,y\n7,0\n8,0\n"


def facts(inference: Inference) -> dict[str, tuple[str, str]]:
    return {
        what: (value, why.rpartition("/")[2]) for what, value, why in inference.dataset.schema.facts
    }


@pytest.mark.parametrize(
    ("header", "told"),
    [
        ("id,A,b c", "'A' as 'a'"),
        ("id,a ,b c", "'a ' as 'a'"),
        ("id,a,B_C", "'B_C' as 'b c'"),
        ("id,A ,\u00a0b.c", "'A ' as 'a', '\\xa0b.c' as 'b c'"),
        ("ID,a,b c", "'ID' as 'id'"),
    ],
)
def test_columns_of_test_are_called_as_train_calls_them(infer: Infer, header: str, told: str):
    inference = infer(TRAIN, TEST.replace("id,a,b c", header), SAMPLE)
    assert [column.name for column in inference.dataset.schema.columns] == ["a", "b c"]
    assert inference.dataset.test is not None
    assert inference.dataset.test["a"].tolist() == [6, 7]
    assert inference.dataset.test["b c"].tolist() == ["v", "u"]
    assert facts(inference)["columns read"] == (told, "test.csv")
    assert "not used" not in facts(inference)


def test_equal_tables_need_no_note(infer: Infer):
    header = "id, a,b c "
    inference = infer(TRAIN.replace("id,a,b c", header), TEST.replace("id,a,b c", header), SAMPLE)
    assert [column.name for column in inference.dataset.schema.columns] == ["a", "b c"]
    assert "columns read" not in facts(inference)


def test_the_sample_decides_what_is_handed_in(infer: Infer):
    inference = infer(TRAIN, TEST, "ID,Y\n7,0\n8,0\n")
    dataset = inference.dataset
    assert dataset.sample is not None
    assert dataset.sample.columns == ("ID", "Y")
    assert (dataset.schema.id, dataset.schema.targets[0].name) == ("ID", "Y")
    assert list(dataset.test_ids) == ["7", "8"]
    assert dataset.schema.ignored == (("ID", "the id"),)
    told = [fact for fact in dataset.schema.facts if fact[0] == "columns read"]
    assert [value for _, value, _ in told] == ["'id' as 'ID', 'y' as 'Y'", "'id' as 'ID'"]


def test_without_a_sample_test_spells_its_id(infer: Infer):
    dataset = infer(TRAIN, TEST.replace("id", "ID")).dataset
    assert dataset.schema.id == "ID"
    assert dataset.schema.ignored == (("id", "the id"),)


def test_classes_may_be_called_as_a_feature_is(infer: Infer):
    train = "id,A,B,y\n1,5,0,a\n2,6,1,b\n3,7,0,a\n4,8,1,b\n"
    dataset = infer(train, "id,A,B\n7,6,1\n", "id,a,b\n7,0,0\n").dataset
    assert [column.name for column in dataset.schema.columns] == ["A", "B"]
    assert dataset.sample is not None
    assert dataset.sample.class_columns == ("a", "b")


@pytest.mark.parametrize(
    ("train", "test", "message", "hint"),
    [
        (
            TRAIN,
            "id,A,a ,b c\n7,6,6,v\n",
            "test.csv: 'A' and 'a ' may both be the column 'a'.",
            "Call the right one 'a', and rename or remove the other.",
        ),
        (
            "id,a,A,y\n1,5,1,0\n2,6,2,1\n",
            "id,a \n7,6\n",
            "test.csv: 'a ' may be the column 'a' or 'A'.",
            "Spell it as the one that it is.",
        ),
    ],
)
def test_a_column_that_may_be_two_is_asked(
    infer: Infer, error_of: ErrorOf, train: str, test: str, message: str, hint: str
):
    assert error_of(infer, train, test, None) == (message, hint)


def test_columns_that_differ_by_case_alone_stay_two(infer: Infer):
    train = "id,x,X,y\n1,5,1,0\n2,6,2,1\n3,5,3,0\n"
    dataset = infer(train, "id,X,x\n7,60,6\n8,70,7\n", SAMPLE).dataset
    assert dataset.test is not None
    assert (dataset.test["x"].tolist(), dataset.test["X"].tolist()) == ([6, 7], [60, 70])


@pytest.mark.parametrize(
    ("options", "same"),
    [
        ({"target": ("Y",)}, {"target": ("y",)}),
        ({"id": "ID "}, {"id": "id"}),
        ({"drop": ("A",)}, {"drop": ("a",)}),
        ({"roles": {"B_c": "text"}}, {"roles": {"b c": "text"}}),
        ({"target": (" y",), "drop": ("B C",)}, {"target": ("y",), "drop": ("b c",)}),
    ],
)
def test_options_name_columns_in_whatever_spelling(
    infer: Infer, options: dict[str, Any], same: dict[str, Any]
):
    one, other = (infer(TRAIN, TEST, None, **said).dataset for said in (options, same))
    assert one.schema == other.schema
    assert one.key == other.key


def test_the_validation_finds_its_columns_under_the_names_that_were_asked_for(infer: Infer):
    dataset = infer(TRAIN, TEST, SAMPLE, extra=("B C",)).dataset
    assert dataset.extra["B C"].tolist() == ["u", "v", "u", "v"]


@pytest.mark.parametrize(
    ("options", "message", "hint"),
    [
        (
            {"drop": ("Aa",)},
            "train.csv: no column 'Aa' (named by data.drop).",
            "Did you mean 'aa' or 'AA'?",
        ),
        (
            {"target": ("price",)},
            "train.csv: no column 'price' (named by data.target).",
            "It has id, aa, AA, b, y.",
        ),
    ],
)
def test_an_option_that_names_no_column_is_refused(
    infer: Infer, error_of: ErrorOf, options: dict[str, Any], message: str, hint: str
):
    train = "id,aa,AA,b,y\n1,5,1,u,0\n2,6,2,v,1\n"
    assert error_of(infer, train, "id,aa,AA,b\n7,6,1,v\n", None, **options) == (message, hint)


def test_the_header_again_is_a_fact_of_each_table(infer: Infer):
    inference = infer(
        TRAIN.replace("3,7", "id,a,b c,y\n3,7"), TEST + "id,a,b c\n", "id,y\n" + SAMPLE
    )
    assert inference.dataset.n_rows == 4
    assert inference.dataset.targets["y"].tolist() == [0, 1, 0, 1]
    assert inference.dataset.schema.targets[0].task == "binary"
    told = [
        (value, why.rpartition("/")[2])
        for what, value, why in inference.dataset.schema.facts
        if what == "header"
    ]
    assert told == [
        ("repeated in line 4, left out", "train.csv"),
        ("repeated in line 4, left out", "test.csv"),
        ("repeated in line 2, left out", "sample_submission.csv"),
    ]


@pytest.mark.parametrize(
    ("name", "cells", "why"),
    [
        ("Unnamed: 0", "3021", "has no name, as a saved row index"),
        ("", "3021", "has no name, as a saved row index"),
        ("Unnamed: 0", "3321", None),
        ("Unnamed: 3", "xyzu", None),
        ("Unnamed: 9", "    ", "no cell of train holds a value"),
        ("Unnamed: 0 b", "3021", None),
    ],
)
def test_a_saved_index_is_no_feature(infer: Infer, name: str, cells: str, why: str | None):
    rows = [*TRAIN.splitlines()[1:]]
    train = [
        f"{name},id,a,b c,y",
        *(f"{cell},{row}" for cell, row in zip(cells, rows, strict=True)),
    ]
    test = f"{name},id,a,b c\n0,7,6,v\n1,8,7,u\n"
    dataset = infer("\n".join(train) + "\n", test, SAMPLE).dataset
    assert dict(dataset.schema.ignored).get(name) == why
    assert (name in {column.name for column in dataset.schema.columns}) == (why is None)


@pytest.mark.parametrize("name", ["original.csv", "Titanic_Original.csv", "original_train.csv.gz"])
def test_an_original_that_nobody_uses_is_pointed_at(infer: Infer, tmp_path: Path, name: str):
    (tmp_path / name).write_text(TRAIN)
    (tmp_path / "train.csv").write_text(TRAIN)
    infer(TRAIN, TEST, SAMPLE)
    inference = infer_dataset(find_files([tmp_path / "train.csv"]), DataOptions())
    assert facts(inference)["not used"] == (name, f"--original {name} trains on its rows as well")


@pytest.mark.parametrize("name", ["other.csv", "original.md", "originals/train.csv"])
def test_other_files_are_passed_over(infer: Infer, tmp_path: Path, name: str):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(TRAIN)
    assert "not used" not in facts(infer(TRAIN, TEST, SAMPLE))


def test_an_original_that_is_used_needs_no_pointer(infer: Infer, tmp_path: Path):
    infer(TRAIN, TEST, SAMPLE)
    (tmp_path / "original.csv").write_text("A,B_C,Y\n1,u,1\nA,B_C,Y\n2,v,0\n")
    files = find_files([tmp_path], original="original.csv")
    inference = infer_dataset(files, DataOptions())
    told = "3 columns matched; read 'A' as 'a', 'B_C' as 'b c', 'Y' as 'y'"
    assert facts(inference)["original"][1] == told
    assert facts(inference)["header"] == ("repeated in line 3, left out", "original.csv")
    assert inference.dataset.original is not None
    assert inference.dataset.original.frame["a"].tolist() == [1, 2]


def test_columns_of_an_original_that_may_be_two_are_asked(
    infer: Infer, tmp_path: Path, error_of: ErrorOf
):
    infer(TRAIN, TEST, SAMPLE)
    (tmp_path / "original.csv").write_text("A,a ,b c,y\n1,1,u,1\n2,2,v,0\n")
    files = find_files([tmp_path], original="original.csv")
    assert error_of(infer_dataset, files, DataOptions()) == (
        "original.csv: 'A' and 'a ' may both be the column 'a'.",
        "Call the right one 'a', and rename or remove the other.",
    )

from collections.abc import Callable

import pytest

from automl_cli.data.infer import Inference

Infer = Callable[..., Inference]
ErrorOf = Callable[..., tuple[str, str]]

TRAIN = "id,x,y\n1,1,0\n2,2,1\n"
TEST = "id,x\n007,1\n008,2\n"


def test_the_test_table_may_call_the_id_otherwise(infer: Infer):
    train = "AnimalID,x,y\nA1,1,0\nA2,2,1\n"
    dataset = infer(train, "ID,x\nA7,1\nA8,2\n", "AnimalID,y\nA8,0\nA7,0\n").dataset
    assert dataset.schema.id == "AnimalID"
    assert [column.name for column in dataset.schema.columns] == ["x"]
    assert list(dataset.test_ids) == ["A7", "A8"]
    assert dataset.sample is not None
    assert list(dataset.sample.ids) == ["A8", "A7"]


def test_a_sample_may_number_the_rows(infer: Infer):
    dataset = infer("x,y\n1,0\n2,1\n", "x\n5\n6\n", "Id,y\n1,0\n2,0\n").dataset
    assert (dataset.schema.id, list(dataset.test_ids)) == ("Id", ["1", "2"])


def test_a_sample_may_have_no_id(infer: Infer):
    dataset = infer("x,y\n1,0\n2,1\n", "x\n5\n6\n", "y\n0\n0\n").dataset
    assert (dataset.schema.id, list(dataset.test_ids)) == (None, ["0", "1"])


def test_rows_are_numbered_without_an_id(infer: Infer):
    dataset = infer("x,user_id,y\n1,5,0\n2,5,1\n", "x,user_id\n5,5\n6,6\n").dataset
    assert (dataset.schema.id, list(dataset.test_ids)) == (None, ["0", "1"])
    assert [column.name for column in dataset.schema.columns] == ["x"]


def test_a_given_id_wins(infer: Infer):
    dataset = infer("id,key,x,y\n1,a,1,0\n2,b,2,1\n", "id,key,x\n3,c,1\n4,d,2\n", id="key").dataset
    assert list(dataset.test_ids) == ["c", "d"]
    assert [column.name for column in dataset.schema.columns] == ["id", "x"]


@pytest.mark.parametrize(
    ("test", "sample", "message"),
    [
        (
            "id,x\n007,1\n007,2\n008,2\n",
            "id,y\n007,0\n",
            "test.csv: 1 of 3 ids repeat an earlier one, such as '007'.",
        ),
        (
            TEST,
            "id,y\n007,0\n007,0\n",
            "sample_submission.csv: 1 of 2 ids repeat an earlier one, such as '007'.",
        ),
        (
            TEST,
            "id,y\n007,0\n9,0\n",
            "sample_submission.csv: 1 of 2 ids are not in test.csv, such as '9'.",
        ),
        (
            TEST,
            "id,y\n007,0\n",
            "test.csv: 1 of 2 ids are not in sample_submission.csv, such as '008'.",
        ),
        (TEST, "y\n0\n", "sample_submission.csv: 1 rows, expected 2 as in test.csv."),
        (
            TEST,
            "key,y\na,0\nb,0\n",
            "test.csv: no column 'key', with which sample_submission.csv names its rows.",
        ),
    ],
)
def test_ids_that_do_not_hold_together_are_refused(
    infer: Infer, error_of: ErrorOf, test: str, sample: str, message: str
):
    assert error_of(infer, TRAIN, test, sample)[0] == message


def test_an_unknown_id_is_refused(infer: Infer, error_of: ErrorOf):
    assert error_of(infer, TRAIN, TEST, id="key") == (
        "test.csv: no column 'key' for the id.",
        "Name one of its columns with --id: id, x.",
    )

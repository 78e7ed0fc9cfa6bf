from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automl_cli.core.dataset import Dataset
from automl_cli.core.metric import Wants
from automl_cli.data.check import check_submission
from automl_cli.data.infer import Inference
from automl_cli.data.submission import make_submission, write_submission

Infer = Callable[..., Inference]
ErrorOf = Callable[..., tuple[str, str]]

TRAIN = "id,x,y\n1,1,a\n2,2,b\n3,3,c\n"
BINARY = "id,x,y\n1,1,no\n2,2,yes\n"
VALUES = "id,x,y\n1,1,0.5\n2,2,0.25\n3,3,7\n"
TEST = "id,x\n007,1\n8,2\n"


def written(dataset: Dataset, prediction: object, wants: Wants, tmp_path: Path) -> str:
    frame = make_submission(dataset, {"y": np.asarray(prediction)}, wants)
    check_submission(frame, dataset, wants)
    write_submission(frame, tmp_path / "out.csv")
    check_submission(tmp_path / "out.csv", dataset, wants)
    return (tmp_path / "out.csv").read_bytes().decode()


@pytest.mark.parametrize(
    ("tables", "wants", "prediction", "text"),
    [
        ((BINARY, TEST, "id,y\n8,0\n007,0\n"), "probability", [0.1, 1.0], "id,y\n8,1.0\n007,0.1\n"),
        ((BINARY, TEST, "id,y\n007,0\n8,0\n"), "label", [1, 0], "id,y\n007,yes\n8,no\n"),
        (
            (BINARY, TEST, "id,y_yes,y_no\n007,0,0\n8,0,0\n"),
            "probability",
            [0.25, 1.0],
            "id,y_yes,y_no\n007,0.25,0.75\n8,1.0,0.0\n",
        ),
        (
            (TRAIN, TEST, "id,c,a,b\n007,0,0,0\n8,0,0,0\n"),
            "probability",
            [[0.5, 0.25, 0.25], [0, 0, 1]],
            "id,c,a,b\n007,0.25,0.5,0.25\n8,1.0,0.0,0.0\n",
        ),
        (
            (TRAIN, TEST, "id,c,a,b\n007,0,0,0\n8,0,0,0\n"),
            "label",
            [0, 2],
            "id,c,a,b\n007,0.0,1.0,0.0\n8,1.0,0.0,0.0\n",
        ),
        (
            (TRAIN, TEST, "id,y\n007,a b\n8,a b\n"),
            "ranking",
            [[2, 0], [1, 2]],
            "id,y\n007,c a\n8,b c\n",
        ),
        (
            (VALUES, TEST, "id,y\n007,0\n8,0\n"),
            "value",
            [1 / 3, 2],
            f"id,y\n007,{1 / 3!r}\n8,2.0\n",
        ),
        ((TRAIN, TEST, None), "label", [0, 2], "id,y\n007,a\n8,c\n"),
        (
            (TRAIN, TEST, None),
            "probability",
            [[0.5, 0.25, 0.25], [0, 0, 1]],
            "id,a,b,c\n007,0.5,0.25,0.25\n8,0.0,0.0,1.0\n",
        ),
        (
            (VALUES, TEST, "id,prediction\n007,0\n8,0\n"),
            "value",
            [1, 2],
            "id,prediction\n007,1.0\n8,2.0\n",
        ),
        ((VALUES, TEST, "y\n0\n0\n"), "value", [1, 2], "y\n1.0\n2.0\n"),
    ],
)
def test_the_metric_decides_what_is_written(
    infer: Infer,
    tmp_path: Path,
    tables: tuple[str | None, ...],
    wants: Wants,
    prediction: object,
    text: str,
):
    assert written(infer(*tables).dataset, prediction, wants, tmp_path) == text


def test_several_targets_fill_their_columns(infer: Infer):
    train = "id,x,u,v\n1,1,0.5,p\n2,2,0.25,q\n3,2,0.75,r\n"
    dataset = infer(train, TEST, None, target=("u", "v")).dataset
    codes = {"u": np.array([0, 1]), "v": np.array([1, 2])}
    assert list(make_submission(dataset, codes, "value")) == ["id", "u", "v"]
    chances = {"u": np.array([0.5, 1.0]), "v": np.full((2, 3), 1 / 3)}
    assert list(make_submission(dataset, chances, "probability")) == [
        "id", "u", "v_p", "v_q", "v_r",
    ]  # fmt: skip


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=2))
def test_floats_survive_the_file(infer: Infer, tmp_path: Path, values: list[float]):
    text = written(infer(VALUES, TEST, "id,y\n007,0\n8,0\n").dataset, values, "value", tmp_path)
    assert [float(line.split(",")[1]) for line in text.splitlines()[1:]] == values


def test_no_submission_holds_nan(infer: Infer):
    dataset = infer(VALUES, TEST).dataset
    with pytest.raises(AssertionError, match="column 'y' of the submission holds NaN"):
        make_submission(dataset, {"y": np.array([np.nan, 1])}, "value")


def test_a_submission_needs_a_test_table(infer: Infer):
    with pytest.raises(AssertionError, match="needs a test table"):
        make_submission(infer(TRAIN, target=("y",)).dataset, {"y": np.zeros(2)}, "value")


def test_a_sample_with_too_few_columns_is_refused(infer: Infer, error_of: ErrorOf):
    dataset = infer(TRAIN, TEST, "id,y\n007,0\n8,0\n").dataset
    chances = {"y": np.full((2, 3), 1 / 3)}
    assert error_of(make_submission, dataset, chances, "probability")[0] == (
        "the sample has 1 columns for the target 'y', but the metric wants 3, one a class."
    )


def test_an_old_file_is_replaced_as_a_whole(tmp_path: Path):
    path = tmp_path / "out.csv"
    path.write_text("old")
    write_submission(pd.DataFrame({"id": ["007"], "y": [0.1]}), path)
    assert path.read_text() == "id,y\n007,0.1\n"
    assert [item.name for item in tmp_path.iterdir()] == ["out.csv"]


def test_a_folder_that_cannot_be_written_is_a_user_error(tmp_path: Path, error_of: ErrorOf):
    frame = pd.DataFrame({"id": ["1"]})
    assert error_of(write_submission, frame, tmp_path / "none" / "out.csv") == (
        "none/out.csv: the submission cannot be written: No such file or directory.",
        "Check that the folder exists, is writable and has space, or choose another path.",
    )

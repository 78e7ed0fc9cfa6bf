from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from full_disk import run_on_full_disk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from automl_cli.core.dataset import Dataset
from automl_cli.core.metric import Wants
from automl_cli.data.check import check_submission
from automl_cli.data.infer import Inference
from automl_cli.data.submission import check_shape, make_submission, write_submission

Infer = Callable[..., Inference]
ErrorOf = Callable[..., tuple[str, str]]

TRAIN = "id,x,y\n1,1,a\n2,2,b\n3,3,c\n"
BINARY = "id,x,y\n1,1,no\n2,2,yes\n"
VALUES = "id,x,y\n1,1,0.5\n2,2,0.25\n3,3,7\n"
TEST = "id,x\n007,1\n8,2\n"


def written(dataset: Dataset, prediction: object, wants: Wants, tmp_path: Path) -> str:
    frame = make_submission(dataset, {"y": np.asarray(prediction)}, {"y": wants})
    check_submission(frame, dataset, {"y": wants})
    write_submission(frame, tmp_path / "out.csv")
    check_submission(tmp_path / "out.csv", dataset, {"y": wants})
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
    predictions = {"u": np.array([0.5, 2.0]), "v": np.array([1, 2])}
    labelled = make_submission(dataset, predictions, {"u": "value", "v": "label"})
    assert labelled.to_dict("list") == {"id": ["007", "8"], "u": [0.5, 2.0], "v": ["q", "r"]}
    check_submission(labelled, dataset, {"u": "value", "v": "label"})

    predictions["v"] = np.full((2, 3), 1 / 3)
    wants: dict[str, Wants] = {"u": "value", "v": "probability"}
    chances = make_submission(dataset, predictions, wants)
    assert list(chances) == ["id", "u", "v_p", "v_q", "v_r"]
    check_submission(chances, dataset, wants)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=2, max_size=2))
def test_floats_survive_the_file(infer: Infer, tmp_path: Path, values: list[float]):
    text = written(infer(VALUES, TEST, "id,y\n007,0\n8,0\n").dataset, values, "value", tmp_path)
    assert [float(line.split(",")[1]) for line in text.splitlines()[1:]] == values


def test_no_submission_holds_nan(infer: Infer):
    dataset = infer(VALUES, TEST).dataset
    with pytest.raises(AssertionError, match="column 'y' of the submission holds NaN"):
        make_submission(dataset, {"y": np.array([np.nan, 1])}, {"y": "value"})


def test_a_submission_needs_a_test_table(infer: Infer):
    dataset = infer(TRAIN, target=("y",)).dataset
    with pytest.raises(AssertionError, match="needs a test table"):
        make_submission(dataset, {"y": np.zeros(2)}, {"y": "value"})


ONE_COLUMN = "id,y\n007,0\n8,0\n"
ONE_A_CLASS = "id,a,b,c\n007,0,0,0\n8,0,0,0\n"


@pytest.mark.parametrize(
    ("sample", "wants", "came_and_expected"),
    [
        (ONE_COLUMN, "probability", ("1 column", "3, one per class")),
        (ONE_A_CLASS, "ranking", ("3 columns", "1")),
    ],
)
def test_a_metric_that_the_sample_has_no_place_for_is_refused(
    infer: Infer,
    error_of: ErrorOf,
    sample: str,
    wants: Wants,
    came_and_expected: tuple[str, str],
):
    came, expected = came_and_expected
    dataset = infer(TRAIN, TEST, sample).dataset
    message, hint = error_of(check_shape, dataset, dataset.schema.targets[0], wants)
    assert message == f"the sample has {came} for the target 'y', but the metric wants {expected}."
    assert hint.startswith("Choose a metric that fits the sample (`automl list metrics` shows")
    answers = {"y": np.zeros((2, 3), dtype=int)}
    assert error_of(make_submission, dataset, answers, {"y": wants}) == (message, hint)


@pytest.mark.parametrize(
    ("tables", "wants"),
    [
        ((TRAIN, TEST, ONE_COLUMN), ("label", "ranking")),
        ((TRAIN, TEST, ONE_A_CLASS), ("label", "probability")),
        ((BINARY, TEST, ONE_COLUMN), ("label", "probability")),
        ((BINARY, TEST, "id,no,yes\n007,0,0\n8,0,0\n"), ("label", "probability")),
        ((VALUES, TEST, ONE_COLUMN), ("value",)),
        ((TRAIN, TEST, None), ("label", "probability", "ranking")),
        ((BINARY, TEST, None), ("label", "probability")),
        ((VALUES, TEST, None), ("value",)),
    ],
)
def test_a_metric_that_the_sample_has_a_place_for_is_taken(
    infer: Infer, tables: tuple[str | None, ...], wants: tuple[Wants, ...]
):
    dataset = infer(*tables).dataset
    for one in wants:
        check_shape(dataset, dataset.schema.targets[0], one)


def test_an_old_file_is_replaced_as_a_whole(tmp_path: Path):
    path = tmp_path / "out.csv"
    path.write_text("old")
    write_submission(pd.DataFrame({"id": ["007"], "y": [0.1]}), path)
    assert path.read_text() == "id,y\n007,0.1\n"
    assert [item.name for item in tmp_path.iterdir()] == ["out.csv"]


def test_a_folder_that_cannot_be_written_is_a_user_error(tmp_path: Path, error_of: ErrorOf):
    (tmp_path / "none").write_text("a file")
    frame = pd.DataFrame({"id": ["1"]})
    assert error_of(write_submission, frame, tmp_path / "none" / "out.csv")[0] == (
        "none/out.csv: cannot be written (a file stands where a folder is wanted)."
    )


def test_on_a_full_disk_the_old_file_stays(tmp_path: Path):
    path = tmp_path / "out.csv"
    path.write_text("old")
    message = run_on_full_disk(
        "import pandas as pd\n"
        "from automl_cli.data.submission import write_submission\n"
        f"write_submission(pd.DataFrame({{'id': range(5000)}}), Path({str(path)!r}))"
    )
    assert message == f"{path}: cannot be written (file too large)."
    assert path.read_text() == "old"
    assert [item.name for item in tmp_path.iterdir()] == ["out.csv"]

"""A run blended with other runs and with predictions from outside."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from blended import N_TEST, N_TRAIN, make_outside, run_blend

import automl_cli
from automl_cli.commands.blend import BlendRequest, blend
from automl_cli.core.errors import AutomlError, DataError, RunError

pytestmark = pytest.mark.slow  # takes seconds: not in make quick


def test_a_model_that_knows_more_makes_the_blend_better(place: Path, tmp_path: Path) -> None:
    made = run_blend(place, *make_outside(tmp_path))
    assert made["score"] < made["run_score"] - 2 * made["score_se"]
    outside = next(one for one in made["members"] if one["outside"])
    assert outside["weight"] > 0.5
    assert 0 < outside["spread"] < outside["weight"]
    submission = pd.read_csv(place / "blended.csv")
    assert submission["id"].tolist() == list(range(10 + N_TRAIN, 10 + N_TRAIN + N_TEST))


def test_noise_from_outside_makes_the_blend_no_worse(place: Path, tmp_path: Path) -> None:
    noise = np.random.default_rng(3).random(N_TRAIN)
    made = run_blend(place, *make_outside(tmp_path, sold=noise))
    assert made["score"] <= made["run_score"] + made["score_se"] / 2


def test_rows_may_come_in_any_order(place: Path, tmp_path: Path) -> None:
    oof, test = make_outside(tmp_path)
    expected = run_blend(place, oof, test)["score"]
    for path in (oof, test):
        pd.read_csv(path).sample(frac=1, random_state=0).to_csv(path, index=False)
    assert run_blend(place, oof, test)["score"] == expected


def test_files_may_spell_columns_otherwise_and_repeat_their_header(
    place: Path, tmp_path: Path
) -> None:
    oof, test = make_outside(tmp_path)
    expected = run_blend(place, oof, test)["score"]
    for path in (oof, test):
        _, *rows = path.read_text().splitlines()
        rows[5:5] = ["ID,Sold "]
        path.write_text("\n".join(["ID,Sold ", *rows]) + "\n")
    request = BlendRequest(run=place / "run", others=(oof, test), out=place / "blended.csv")
    made = blend(request)
    assert made["targets"][0]["score"] == expected
    assert made["warnings"][:2] == [
        f"{name}: columns read: 'ID' as 'id', 'Sold ' as 'sold'; "
        f"{name}: header: repeated in line 7, left out"
        for name in ("oof.csv", "outside.csv")
    ]


def test_arrays_are_taken_in_the_order_of_the_tables(place: Path, tmp_path: Path) -> None:
    oof, test = make_outside(tmp_path)
    expected = run_blend(place, oof, test)["score"]
    arrays = []
    for path in (oof, test):
        arrays.append(path.with_suffix(".npy"))
        np.save(arrays[-1], pd.read_csv(path)["sold"].to_numpy())
    assert run_blend(place, *arrays)["score"] == pytest.approx(expected, abs=1e-9)


def test_another_run_of_the_same_rows_is_blended(place: Path) -> None:
    made = run_blend(place, place / "other")
    outside = [one for one in made["members"] if one["outside"]]
    assert len(outside) == len(made["members"]) / 2
    assert all("@other-" in one["key"] for one in outside)
    assert made["score"] <= made["run_score"] + made["score_se"] / 2


MISTAKES = [
    ({"id": range(N_TRAIN)}, "10 of 400 ids of train are missing, such as '400'"),
    ({"id": 10}, "the id '10' comes more than once"),
    ({"sold": 7.0}, "7 is not a probability"),
    ({"sold": np.nan}, "no prediction in row 1"),
    ({"sold": "yes"}, "'yes' in column 'sold', row 1, is not a number"),
]


@pytest.mark.parametrize(("changes", "told"), MISTAKES)
def test_a_file_that_does_not_fit_is_refused(
    place: Path, tmp_path: Path, changes: dict[str, object], told: str
) -> None:
    with pytest.raises(DataError) as caught:
        run_blend(place, *make_outside(tmp_path, **changes))
    assert told in caught.value.message


def test_the_files_of_a_member_come_in_pairs(place: Path, tmp_path: Path) -> None:
    oof, _ = make_outside(tmp_path)
    with pytest.raises(DataError, match=r"1 file of predictions, expected pairs"):
        run_blend(place, oof)


def test_an_out_of_fold_file_belongs_to_one_member(place: Path, tmp_path: Path) -> None:
    oof, test = make_outside(tmp_path)
    copy = tmp_path / "again.csv"
    copy.write_bytes(test.read_bytes())
    with pytest.raises(DataError, match=r"oof.csv: given more than once"):
        run_blend(place, oof, test, oof, copy)


def test_a_run_is_given_once(place: Path) -> None:
    with pytest.raises(DataError, match=r"other: given more than once"):
        run_blend(place, place / "other", place / "task" / ".." / "other")


def test_runs_of_the_same_name_are_other_members(place: Path, tmp_path: Path) -> None:
    shutil.copytree(place / "other", tmp_path / "other")
    made = run_blend(place, place / "other", tmp_path / "other")
    keys = [one["key"] for one in made["members"]]
    assert len(set(keys)) == len(keys)
    assert any(one["left_out"] is None and "@" in one["key"] for one in made["members"])


def test_test_predictions_in_place_of_out_of_fold_ones_are_refused(
    place: Path, tmp_path: Path
) -> None:
    oof, test = make_outside(tmp_path)
    with pytest.raises(DataError, match="ids of train are missing"):
        run_blend(place, test, oof)


def test_folds_that_divide_groups_are_refused(place: Path, tmp_path: Path) -> None:
    files = make_outside(tmp_path, fold=np.arange(N_TRAIN) % 5)
    with pytest.raises(DataError, match="which keeps groups together"):
        run_blend(place, *files, run="grouped")
    with pytest.raises(DataError, match="which keeps groups together"):
        run_blend(place, place / "run", run="grouped")
    assert run_blend(place, *files)["score"] > 0  # rows dealt at random have no groups to divide


def test_a_run_whose_tables_have_changed_is_refused(place: Path, tmp_path: Path) -> None:
    oof, test = make_outside(tmp_path)
    train = place / "task" / "train.csv"
    before = train.read_bytes()
    try:
        pd.read_csv(train).assign(size=1.5).to_csv(train, index=False)
        with pytest.raises(AutomlError):
            run_blend(place, oof, test)
    finally:
        train.write_bytes(before)


def test_a_folder_that_is_no_run_is_refused(place: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no run in this folder"):
        run_blend(place, tmp_path)


ARRAYS = [
    (np.zeros((N_TRAIN, 1, 1)), "of shape (400, 1, 1), expected numbers"),
    (np.array(["x"] * N_TRAIN), "expected numbers"),
    (np.ones(N_TRAIN, dtype=bool), "expected numbers"),
    (np.arange(N_TRAIN) % 2, "only 0 and 1, which are labels"),
    (np.full(N_TRAIN, np.inf), "inf is not a probability"),
    (np.zeros(7), "7 rows, expected 400 as in train"),
]


@pytest.mark.parametrize(("array", "told"), ARRAYS)
def test_an_array_that_holds_no_predictions_is_refused(
    place: Path, tmp_path: Path, array: np.ndarray, told: str
) -> None:
    _, test = make_outside(tmp_path)
    np.save(tmp_path / "oof.npy", array)
    with pytest.raises(DataError) as caught:
        run_blend(place, tmp_path / "oof.npy", test)
    assert told in caught.value.message


def test_a_gap_in_the_test_predictions_is_refused(place: Path, tmp_path: Path) -> None:
    oof, test = make_outside(tmp_path)
    pd.read_csv(test).assign(sold=np.nan).to_csv(test, index=False)
    with pytest.raises(DataError, match="no prediction in row 1"):
        run_blend(place, oof, test)


def test_a_candidate_without_its_test_predictions_is_no_member(place: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copytree(place / "run", tmp_path / "copy"))
    first, *others = sorted(copy.glob("candidates/*"))
    (first / "test.npy").unlink()
    blend(BlendRequest(run=copy, others=(place / "other",), out=tmp_path / "out.csv"))
    for other in others:
        (other / "test.npy").unlink()
    with pytest.raises(RunError, match="no finished candidate for sold") as caught:
        blend(BlendRequest(run=copy, others=(place / "other",), out=tmp_path / "out.csv"))
    assert "the same `automl fit` command continues it" in caught.value.hint


def test_a_run_mends_test_predictions_that_were_deleted(place: Path, tmp_path: Path) -> None:
    out = Path(shutil.copytree(place / "run", tmp_path / "copy"))
    before = (out / "submission.csv").read_bytes()
    for path in out.glob("candidates/*/test.npy"):
        path.unlink()
    small = ["limits.rounds=20", "metric=log_loss", "data.target=sold"]
    automl_cli.fit(place / "task", preset="smoke", overrides=small, out=out)
    assert (out / "submission.csv").read_bytes() == before
    assert all((folder / "test.npy").exists() for folder in out.glob("candidates/*"))

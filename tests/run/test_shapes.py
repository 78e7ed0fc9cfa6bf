"""Runs of every shape that events allow are read by every command, and what it says is right."""

import html
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from every_shape import SHAPES, TWO, build
from plugins import install_models
from shapes import (
    N_TEST,
    Shape,
    call,
    copy,
    do_fit,
    find_only_member,
    fit_until,
    make_words,
    write_task,
)

pytestmark = pytest.mark.slow  # takes seconds: not in make quick


@pytest.fixture(scope="module", autouse=True)
def _site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Install models that fail, for this process and its workers."""
    with pytest.MonkeyPatch.context() as patch:
        site = install_models(tmp_path_factory.mktemp("site") / "site")
        patch.syspath_prepend(site)
        patch.setenv("PYTHONPATH", str(site), prepend=":")
        yield


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shapes")


@pytest.fixture(scope="module", params=SHAPES)
def shape(request: pytest.FixtureRequest, root: Path) -> Shape:
    return build(root, request.param)


def list_finished(shape: Shape) -> set[str]:
    return {path.parent.name for path in (shape.run / "candidates").glob("*/candidate.json")}


def read_failures(shape: Shape) -> dict[str, str]:
    """Return the first line of the error of each candidate that failed."""
    paths = (shape.run / "failures").glob("*.json")
    return {path.stem: json.loads(path.read_text())["error"].split("\n")[0] for path in paths}


def check_told(shape: Shape, said: str) -> None:
    """Check that a command says that the run is unfinished, and of no other."""
    told = f"{shape.run}: interrupted after "
    assert (told in said) is not shape.is_finished


def test_the_leaderboard_as_json_has_every_candidate(shape: Shape) -> None:
    result = call("leaderboard", shape.run, "--json")
    told = json.loads(result.stdout)
    assert result.exit_code == 0
    check_told(shape, result.stderr)
    assert told["finished"] is shape.is_finished
    assert {one["key"] for one in told["candidates"]} == list_finished(shape)
    assert len(told["targets"]) == shape.n_targets
    failed = {one["key"]: one for target in told["targets"] for one in target["failed"]}
    assert {key: one["error"] for key, one in failed.items()} == read_failures(shape)
    assert len(failed) == shape.failed
    assert all((shape.run / one["file"]).exists() for one in failed.values())
    for one in [*told["candidates"], *failed.values()]:
        assert one["description"], one["key"]
    for target in told["targets"]:
        scores = [one["score"] for one in target["candidates"]]
        assert scores == sorted(scores, reverse=target["greater_is_better"])
        assert np.isfinite(target["score"])
        if shape.is_finished:
            assert target["combiner"]
        if not (shape.run / "blends").exists():
            assert target["combiner"] is None


def test_the_leaderboard_names_every_candidate(shape: Shape) -> None:
    result = call("leaderboard", shape.run)
    assert result.exit_code == 0
    check_told(shape, result.stderr)
    for text in (*list_finished(shape), *read_failures(shape), *read_failures(shape).values()):
        assert text in result.stdout


def test_each_candidate_is_shown_alone(shape: Shape) -> None:
    failures = read_failures(shape)
    for key in (*list_finished(shape), *failures):
        result = call("leaderboard", shape.run, "--candidate", key, "--json")
        check_told(shape, result.stderr)
        told = json.loads(result.stdout)
        assert result.exit_code == 0
        assert told["status"] == ("failed" if key in failures else "fitted")
        assert (told["error"] or "").split("\n")[0] == failures.get(key, "")
        assert len(told["folds"]) >= 3 or key in failures
        assert call("leaderboard", shape.run, "--candidate", key).exit_code == 0


def test_the_features_are_shown_or_it_is_said_that_there_are_none(shape: Shape) -> None:
    result = call("features", shape.run, "--json")
    if list((shape.run / "features").glob("screen-*/tried.json")):
        assert result.exit_code == 0
        assert json.loads(result.stdout)["screens"][0]["columns"]
    else:
        assert result.exit_code == 2
        assert "this run has screened no generated columns" in result.stderr


def test_the_report_names_every_candidate(shape: Shape) -> None:
    result = call("report", shape.run)
    assert result.exit_code == 0, result.stderr
    check_told(shape, result.stderr)
    page = (shape.run / "report.html").read_text(encoding="utf-8")
    assert page.lower().startswith("<!doctype html>")
    assert page.rstrip().endswith("</html>")
    failures = read_failures(shape)
    for text in (*list_finished(shape), *failures, *failures.values()):
        assert html.escape(text) in page


def test_the_submission_fits_and_new_rows_get_the_same_answers(
    shape: Shape, tmp_path: Path
) -> None:
    submission, out = shape.run / "submission.csv", tmp_path / "p.csv"
    rows = shape.task / ("test.csv" if shape.has_test else "train.csv")
    checked = call("check", submission, shape.run, "--json")
    predicted = call("predict", shape.run, rows, "--out", out, "--json")
    assert predicted.exit_code == 0, predicted.stderr
    check_told(shape, predicted.stderr)
    assert json.loads(predicted.stdout)["finished"] is shape.is_finished
    if not shape.has_test:
        assert checked.exit_code == 2
        assert json.loads(predicted.stdout)["rows"] == len(pd.read_csv(out))
        return
    assert checked.exit_code == 0, checked.stderr
    assert json.loads(checked.stdout)["rows"] == N_TEST
    pd.testing.assert_frame_equal(
        pd.read_csv(out), pd.read_csv(submission), check_exact=False, rtol=0, atol=1e-9
    )


def test_what_is_explained_is_what_predicts(root: Path, tmp_path: Path) -> None:
    task, run = copy(build(root, "resumed, interrupted"), tmp_path)
    earlier = "These figures are of an earlier ensemble."
    assert call("report", run).exit_code == 0
    assert earlier not in (run / "report.html").read_text()
    assert find_only_member(run).startswith("lightgbm-")
    do_fit(task, run, TWO)
    assert call("report", run).exit_code == 0
    assert earlier in (run / "report.html").read_text()
    assert call("explain", run, "--rows", 50, "--tested-rows", 50).exit_code == 0
    assert call("report", run).exit_code == 0
    assert earlier not in (run / "report.html").read_text()


def test_an_unfinished_run_is_told_of_by_what_tests_explains_and_blends(
    root: Path, tmp_path: Path
) -> None:
    shape = build(root, "cut, interrupted")
    for words in (
        ("explain", shape.run, "--rows", 50, "--tested-rows", 50),
        ("test", shape.run, "--columns", "a"),
        ("test", shape.run, "--compare", "linear", "ensemble"),
        ("blend", build(root, "cut").run, shape.run, "--submission", tmp_path / "blended.csv"),
    ):
        result = call(*words)
        assert result.exit_code == 0, result.stderr
        check_told(shape, result.stderr)


INTERRUPTED = "this run was interrupted before each target had a candidate."
FAILED = "every candidate so far failed; one of them: ValueError: no fit with any rows."


@pytest.mark.parametrize("said", [INTERRUPTED, FAILED])
def test_a_run_without_an_answer_says_why(tmp_path: Path, said: str) -> None:
    task, run = write_task(tmp_path / "task"), tmp_path / "run"
    if said == INTERRUPTED:
        fit_until(task, run, lambda event: event.kind == "planned")
    else:
        words = ("models={lightgbm: false, linear: false, broken: {}}",)
        assert call(*make_words(task, run, words, "--target", "y")).exit_code == 2
    for read in (["leaderboard"], ["leaderboard", "--json"], ["report"]):
        result = call(read[0], run, *read[1:])
        assert result.exit_code == 2
        assert said in result.stderr
    assert call("explain", run).exit_code == 2
    assert call("predict", run, task / "test.csv", "--out", tmp_path / "p.csv").exit_code == 2
    checked = call("check", run)
    assert checked.exit_code == 2
    assert "the same `automl fit` command" in checked.stderr

"""Runs of every shape that events allow are read by every command, and what it says is right."""

import html
import json
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from shapes import (
    N_TEST,
    Shape,
    call,
    copy,
    do_fit,
    fit_and_signal,
    fit_until,
    fit_within,
    install_site,
    is_blending,
    is_patient,
    write_task,
    write_whole,
)

from automl_cli.core.errors import BudgetError

BROKEN = "models={broken: {}, linear: {}}"
MORE_BROKEN = "candidates=[{model: broken, params: {value: 7}}]"
PATIENT = ("models={lightgbm: false, patient: {}}", "ensemble.combiners=[mean]")
TWO = "models={lightgbm: {num_leaves: 2}, linear: {}}"
MANY = "models={linear: {}, lightgbm: {}, xgboost: {}, catboost: {}}"


@pytest.fixture(scope="module", autouse=True)
def _site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Install models that fail, for this process and its workers."""
    with pytest.MonkeyPatch.context() as patch:
        site = install_site(tmp_path_factory.mktemp("site") / "site")
        patch.syspath_prepend(site)
        patch.setenv("PYTHONPATH", str(site), prepend=":")
        yield


def make_plain(place: Path) -> Shape:
    task = write_task(place / "task")
    return Shape(task=task, run=do_fit(task, place / "run"))


def make_searched(place: Path) -> Shape:
    task = write_task(place / "task")
    words = ("search.trials=4", "search.models=[linear]", "features.groups={crosses: {top: 4}}")
    return Shape(task=task, run=do_fit(task, place / "run", *words))


def make_searched_in_vain(place: Path) -> Shape:
    """Every setting of the search fails on the last fold, and so does the candidate."""
    task = write_task(place / "task")
    words = ("models={picky: {}}", "search.trials=3", "search.models=[picky]")
    run = do_fit(task, place / "run", *words)
    return Shape(task=task, run=run, failed=len(list((run / "failures").iterdir())))


def make_failed(place: Path) -> Shape:
    task = write_task(place / "task")
    run = do_fit(task, place / "run", BROKEN, MORE_BROKEN, "models.lightgbm=false")
    return Shape(task=task, run=run, failed=2)


def make_failed_and_interrupted(place: Path) -> Shape:
    """After the last better answer one candidate fails, and another one is worse."""
    task = write_task(place / "task")
    words = ("models={linear: false, broken: {}, patient: {}}", "run.workers=1")
    run = fit_until(task, place / "run", is_blending, *words)
    return Shape(task=task, run=run, is_finished=False, failed=1)


def make_cut(place: Path) -> Shape:
    task = write_task(place / "task")
    for seconds in (8, 16, 32):  # a busy machine may be too slow for a short one
        run = place / f"run-{seconds}"
        with suppress(BudgetError):
            fit_within(task, run, f"{seconds}s", *PATIENT)
        kept = [json.loads(path.read_text()) for path in run.glob("candidates/*/candidate.json")]
        if any(one["cut"] for one in kept):
            return Shape(task=task, run=run)
    raise AssertionError("no fit was cut")


def make_cut_and_resumed(place: Path) -> Shape:
    task, run = copy(build(place.parent, "cut"), place)
    return Shape(task=task, run=do_fit(task, run, *PATIENT))


def make_cut_and_interrupted(place: Path) -> Shape:
    """The fit that was cut is made again, and cut again, before there is a better answer."""
    task, run = copy(build(place.parent, "cut"), place)
    fit_until(task, run, is_patient, *PATIENT, "budget=24s")
    return Shape(task=task, run=run, is_finished=False)


def make_resumed_and_interrupted(place: Path) -> Shape:
    """A candidate that beats the ensemble is there, and no ensemble with it."""
    task, run = copy(build(place.parent, "one candidate"), place)
    fit_until(task, run, is_blending, TWO)
    return Shape(task=task, run=run, is_finished=False)


def make_interrupted(place: Path) -> Shape:
    task = write_task(place / "task")
    run = fit_and_signal(task, place / "run", signal.SIGINT, MANY)
    return Shape(task=task, run=run, is_finished=False)


def make_killed(place: Path) -> Shape:
    task = write_task(place / "task", classes=0)
    run = fit_and_signal(task, place / "run", signal.SIGKILL, MANY)
    return Shape(task=task, run=run, is_finished=False)


def make_killed_and_resumed(place: Path) -> Shape:
    task, run = copy(build(place.parent, "killed"), place)
    return Shape(task=task, run=do_fit(task, run, MANY))


def make_targets(place: Path) -> Shape:
    task = write_task(place / "task", classes=0, targets=("y", "z"))
    run = do_fit(task, place / "run", flags=("--target", "y", "--target", "z"))
    return Shape(task=task, run=run, n_targets=2)


def make_without_test(place: Path) -> Shape:
    task = write_task(place / "task")
    (task / "test.csv").unlink()
    return Shape(task=task, run=do_fit(task, place / "run"))


def make_with_holdout(place: Path) -> Shape:
    task = write_task(place / "task", classes=3)
    return Shape(task=task, run=do_fit(task, place / "run", "validation.holdout=0.2"))


def make_with_original(place: Path) -> Shape:
    task = write_task(place / "task")
    other = write_task(place / "other", seed=1) / "train.csv"
    flags = ("--target", "y", "--original", other)
    return Shape(task=task, run=do_fit(task, place / "run", flags=flags))


def make_alone(place: Path) -> Shape:
    task = write_task(place / "task")
    return Shape(task=task, run=do_fit(task, place / "run", TWO, "limits.candidates=1"))


def make_whole(place: Path, seed: int) -> Shape:
    task = write_whole(place / "task", seed)
    metric = ("log_loss", "accuracy", "qwk")[seed]
    return Shape(task=task, run=do_fit(task, place / "run", f"metric={metric}"))


SHAPES: Mapping[str, Callable[[Path], Shape]] = {
    "plain": make_plain,
    "searched": make_searched,
    "searched in vain": make_searched_in_vain,
    "all failed but one": make_failed,
    "failed, interrupted": make_failed_and_interrupted,
    "cut": make_cut,
    "cut, resumed": make_cut_and_resumed,
    "cut, interrupted": make_cut_and_interrupted,
    "resumed, interrupted": make_resumed_and_interrupted,
    "interrupted": make_interrupted,
    "killed": make_killed,
    "killed, resumed": make_killed_and_resumed,
    "several targets": make_targets,
    "no test table": make_without_test,
    "hold-out": make_with_holdout,
    "original": make_with_original,
    "one candidate": make_alone,
    **{f"whole numbers {n}": lambda place, n=n: make_whole(place, n) for n in range(3)},  # type: ignore[misc]
}


@cache
def build(root: Path, name: str) -> Shape:
    """Return the run of a shape, made once."""
    return SHAPES[name](root / name.replace(" ", "-").replace(",", ""))


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
        assert len(told["folds"]) == 3 or key in failures
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


def test_what_is_explained_is_what_predicts(root: Path) -> None:
    shape = build(root, "resumed, interrupted")
    result = call("explain", shape.run, "--json")
    assert result.exit_code == 0, result.stderr
    check_told(shape, result.stderr)
    (told,) = json.loads(result.stdout)["targets"]
    (part,) = json.loads((shape.run / "bundle.json").read_text())["targets"]
    (key,) = {fold["folder"].split("/")[1] for folds in part["candidates"] for fold in folds}
    assert key.startswith("linear-")
    assert told["lunch"]["fitted_with"] == key
    assert told["shap"]["members"] == [key]


def test_the_report_knows_whether_the_explanation_is_of_what_predicts(
    root: Path, tmp_path: Path
) -> None:
    task, run = copy(build(root, "one candidate"), tmp_path)
    few, earlier = ("--rows", 50, "--tested-rows", 50), "These figures are of an earlier ensemble."
    for is_current in (True, False, True):
        if is_current:
            assert call("explain", run, *few).exit_code == 0
        else:  # a candidate that beats the ensemble, and no ensemble with it
            fit_until(task, run, is_blending, TWO)
        assert call("report", run).exit_code == 0
        assert (earlier not in (run / "report.html").read_text()) is is_current


def test_an_unfinished_run_is_told_of_by_what_tests_and_explains(root: Path) -> None:
    shape = build(root, "cut, interrupted")
    for words in (("explain", shape.run), ("test", shape.run, "--columns", "a")):
        result = call(*words)
        assert result.exit_code == 0, result.stderr
        check_told(shape, result.stderr)

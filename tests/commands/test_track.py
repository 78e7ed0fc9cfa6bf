"""Leaderboard scores beside the cross-validated ones."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from automl_cli.cli.app import app
from automl_cli.commands.track import (
    add_scores,
    choose_two,
    describe_tracked,
    measure_agreement,
    read_tracked,
)
from automl_cli.core.errors import DataError, RunError


def make_run(
    runs: Path,
    name: str,
    score: float | None,
    train: str = "train.csv",
    metric: str | None = "roc_auc",
    submission: str | None = "submission.csv",
) -> Path:
    run = runs / name
    run.mkdir(parents=True)
    figures = {"task": "binary", "metric": metric, "score": score, "score_se": 0.01}
    figures |= {"in_sample": score, "candidates": []}
    target = {"target": "y", "greater_is_better": True, "validation": "kfold", "folds": 5}
    target |= {"combiner": None, "tournament": [], "search": [], "holdout": None}
    summary = {"version": 1, "run": name, "submission": submission, "seconds": 1.0, "facts": []}
    summary |= {"targets": [figures | target | {"metric": metric or "mae"}], "findings": []}
    (run / "summary.json").write_text(json.dumps(summary | figures))
    (run / "run.json").write_text(json.dumps({"train": train}))
    return run


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    for name, score in {"first": 0.90, "second": 0.93, "third": 0.92, "bad": 0.5}.items():
        make_run(tmp_path / "runs", name, score)
    return tmp_path / "runs"


def test_the_best_cross_validated_run_comes_first(runs: Path) -> None:
    assert [one.run.name for one in read_tracked(runs)] == ["second", "third", "first", "bad"]


def test_the_score_told_last_counts(runs: Path) -> None:
    add_scores(runs / "first", public=0.8, private=None)
    add_scores(runs / "first", public=0.91, private=0.89)
    first = read_tracked(runs)[2]
    assert (first.public, first.private) == (0.91, 0.89)
    assert len((runs / "first" / "leaderboard.jsonl").read_text().splitlines()) == 2


def test_without_public_scores_the_two_best_runs_are_chosen(runs: Path) -> None:
    chosen = choose_two(read_tracked(runs))
    assert [(one.run.name, reason) for one, reason in chosen] == [
        ("second", "the best cross-validated score"),
        ("third", "the next best cross-validated score"),
    ]


def test_a_good_public_score_counts_only_among_runs_that_are_as_good(runs: Path) -> None:
    add_scores(runs / "bad", public=0.99, private=None)
    add_scores(runs / "third", public=0.90, private=None)
    assert choose_two(read_tracked(runs))[1][0].run.name == "third"


def test_runs_of_other_tables_are_chosen_from_by_themselves(runs: Path) -> None:
    make_run(runs, "other", 0.99, train="other.csv")
    chosen = describe_tracked(read_tracked(runs))["choice"]
    names = [(Path(one["run"]).name, one["train"]) for one in chosen]
    assert names == [("other", "other.csv"), ("second", "train.csv"), ("third", "train.csv")]


def test_a_second_run_that_is_much_worse_is_said_to_be(runs: Path) -> None:
    make_run(runs, "great", 0.99)
    make_run(runs, "good", 0.957)
    second = choose_two(read_tracked(runs))[1]
    told = "the next best cross-validated score, but 0.957 is worse by 3.3 standard errors"
    assert (second[0].run.name, second[1]) == ("good", told)


def test_a_run_without_a_submission_is_not_to_be_chosen(runs: Path) -> None:
    make_run(runs, "idle", 0.99, submission=None)
    assert [one.run.name for one, _ in choose_two(read_tracked(runs))] == ["second", "third"]
    told = f"without a submission, so not to be chosen: {runs / 'idle'}\n"
    assert told in invoke("show", runs)[1]


def test_a_run_without_a_score_is_not_to_be_chosen(tmp_path: Path) -> None:
    make_run(tmp_path, "several", None, metric=None)
    assert choose_two(read_tracked(tmp_path)) == []


def test_runs_of_another_metric_have_a_table_of_their_own(runs: Path) -> None:
    make_run(runs, "loss", 0.3, metric="log_loss")
    found = describe_tracked(read_tracked(runs))
    assert [one["metric"] for one in found["tables"]] == ["log_loss", "roc_auc"]
    assert [(Path(one["run"]).name, one["metric"]) for one in found["choice"]] == [
        ("loss", "log_loss"),
        ("second", "roc_auc"),
        ("third", "roc_auc"),
    ]
    out = invoke("show", runs)[1]
    assert "train.csv: log_loss\nrun" in out
    assert "\n\ntrain.csv: roc_auc\nrun" in out
    assert out.endswith(
        "train.csv: runs with several metrics; choose from the table of the competition's metric\n"
    )


def test_both_scores_are_compared_by_ranks(runs: Path) -> None:
    assert measure_agreement(read_tracked(runs)) is None
    for name, public in {"first": 0.91, "second": 0.94, "third": 0.93, "bad": 0.6}.items():
        add_scores(runs / name, public=public, private=None)
    assert measure_agreement(read_tracked(runs)) == pytest.approx(1)


def test_a_damaged_line_is_told_with_its_place(runs: Path) -> None:
    path = runs / "first" / "leaderboard.jsonl"
    path.write_text('{"public": 0.9}\n{"public": "high"}\n')
    with pytest.raises(RunError, match=r"leaderboard.jsonl:2: not a line of scores"):
        read_tracked(runs)


def test_scores_of_what_is_no_run_are_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no finished run in this folder"):
        add_scores(tmp_path, public=0.9, private=None)
    with pytest.raises(RunError, match="no finished run below this folder"):
        read_tracked(tmp_path)


def test_a_line_without_a_score_is_refused(runs: Path) -> None:
    for public in (None, float("nan")):
        with pytest.raises(DataError, match="no score to add"):
            add_scores(runs / "first", public=public, private=None)
    assert not (runs / "first" / "leaderboard.jsonl").exists()


def invoke(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["track", *map(str, words)])
    assert "Traceback" not in result.output
    return result.exit_code, result.output


def test_the_terminal_shows_runs_and_choice(runs: Path, tmp_path: Path) -> None:
    told = runs / "second" / "leaderboard.jsonl"
    assert invoke("add", runs / "second", "--public", "0.94") == (0, f"{told}\n")
    code, out = invoke("show", runs, "--picture", tmp_path / "track.svg")
    assert code == 0
    assert "0.94" in out
    assert f"choose {runs / 'second'}: the best cross-validated score\n" in out
    assert f"choose {runs / 'third'}: the next best cross-validated score\n" in out
    assert (tmp_path / "track.svg").read_text().startswith("<?xml")


def test_json_holds_the_same(runs: Path) -> None:
    found = json.loads(invoke("show", runs, "--json")[1])
    assert found["version"] == 1
    assert Path(found["runs"][0]["run"]).name == "second"
    assert len(found["choice"]) == 2


def test_a_picture_of_nothing_and_a_wrong_ending_are_refused(runs: Path, tmp_path: Path) -> None:
    code, out = invoke("show", runs, "--picture", tmp_path / "x.png")
    assert code == 2
    assert "no run has a public score yet" in out
    add_scores(runs / "first", public=0.9, private=None)
    code, out = invoke("show", runs, "--picture", tmp_path / "x.doc")
    assert code == 2
    assert "hint: Give a name that ends in .png or .svg." in out


DAMAGED = [
    ("leaderboard.jsonl", b'{"public": NaN}', "leaderboard.jsonl:1: not a line of scores"),
    ("leaderboard.jsonl", b"\xff\xfe\x00", "not readable as text"),
    ("summary.json", b"{}", "summary.json: not the figures of a run (version: field required)."),
    ("summary.json", b'{"version": 2}', "summary.json: not the figures of a run (version: "),
]


@pytest.mark.parametrize(("name", "content", "told"), DAMAGED)
def test_damaged_files_are_told(runs: Path, name: str, content: bytes, told: str) -> None:
    (runs / "first" / name).write_bytes(content)
    code, out = invoke("show", runs)
    assert code == 2
    assert told in out


def test_a_last_line_without_an_end_is_kept_apart(runs: Path) -> None:
    (runs / "first" / "leaderboard.jsonl").write_text('{"public": 0.7}')
    add_scores(runs / "first", public=0.9, private=None)
    assert read_tracked(runs)[2].public == 0.9

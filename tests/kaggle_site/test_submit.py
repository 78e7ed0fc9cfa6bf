"""`automl submit`: checked, uploaded once, its score noted beside the run."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from stand_in import Site
from typer.testing import CliRunner

from automl_cli.cli.app import app
from automl_cli.commands.submit import SubmitRequest, submit
from automl_cli.commands.track import add_scores
from automl_cli.core.errors import ConfigError, DataError, KaggleError
from automl_cli.core.events import Event
from automl_cli.payloads import PAYLOADS

pytestmark = pytest.mark.slow  # takes seconds: not in make quick

PENDING = {"status": "PENDING"}
DONE = {"status": "COMPLETE", "publicScore": "0.0213", "privateScore": ""}


def ignore(_: Event) -> None:
    """Hear nothing."""


def no_pause(_: float) -> None:
    """Wait for nothing."""


def ask(run: Path, competition: str | None = "penguins") -> SubmitRequest:
    return SubmitRequest(run=run, competition=competition, pause=no_pause)


def read_told(run: Path) -> list[dict[str, float]]:
    lines = (run / "leaderboard.jsonl").read_text().splitlines()
    return [{k: v for k, v in json.loads(line).items() if k != "time"} for line in lines]


def test_the_file_arrives_and_its_score_is_noted_as_track_notes_it(site: Site, run: Path):
    site.scores = [PENDING, PENDING, DONE]
    done = submit(ask(run), ignore)
    ((content, message),) = site.uploads
    assert content == (run / "submission.csv").read_bytes()
    assert message.startswith("automl run, cross-validated log_loss 0.0")
    assert (done["ref"], done["public"], done["private"]) == (101, 0.0213, None)
    add_scores(run, public=0.0213, private=None)
    by_submit, by_hand = read_told(run)
    assert by_submit == by_hand


def test_a_run_that_was_fetched_knows_its_competition(site: Site, run: Path):
    with pytest.raises(ConfigError, match="competition on Kaggle is not known"):
        submit(ask(run, None), ignore)
    known = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps({**known, "competition": "penguins"}))
    site.scores = [DONE]
    assert submit(ask(run, None), ignore)["competition"] == "penguins"


def test_the_terminal_shows_the_score(site: Site, run: Path):
    site.scores = [DONE]
    words = ["submit", str(run), "--competition", "penguins", "--message", "a first try", "--wait"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == "penguins, submission 101: public 0.0213\n"
    assert "uploaded to penguins: submission 101" in result.stderr
    assert site.uploads[0][1] == "a first try"
    shown = CliRunner().invoke(app, ["track", "show", str(run.parent)])
    assert "0.0213" in shown.stdout


def test_the_private_score_is_noted_once_it_is_told(site: Site, run: Path):
    site.scores = [DONE, {**DONE, "privateScore": "0.0311"}]
    submit(ask(run), ignore)
    words = ["submit", str(run), "--competition", "penguins", "--json"]
    told = json.loads(CliRunner().invoke(app, words).stdout)
    assert (told["version"], told["public"], told["private"]) == (1, 0.0213, 0.0311)
    assert PAYLOADS["submit"].model_validate(told, strict=True).model_dump() == told
    assert len(site.uploads) == 1
    assert read_told(run)[-1] == {"public": 0.0213, "private": 0.0311}


def test_a_new_file_is_a_new_submission(site: Site, run: Path):
    site.scores = [DONE]
    submit(ask(run), ignore)
    text = (run / "submission.csv").read_text()
    (run / "submission.csv").write_text(text + "\n")
    assert submit(ask(run), ignore)["ref"] == 102


def test_another_file_is_checked_and_its_score_is_not_the_runs(
    site: Site, run: Path, tmp_path: Path
):
    site.scores = [DONE]
    blended = tmp_path / "blended.csv"
    blended.write_text((run / "submission.csv").read_text() + "\n")
    words = ["submit", str(run), "--competition", "penguins", "--file", str(blended)]
    result = CliRunner().invoke(app, words)
    assert result.stdout == "penguins, submission 101: public 0.0213\n"
    assert site.uploads[0][1] == "automl blended.csv"
    assert not (run / "leaderboard.jsonl").exists()
    blended.write_text("row,kind\n1,2\n")
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert len(site.uploads) == 1


def test_going_back_to_a_file_that_was_uploaded_uses_no_other_submission(
    site: Site, run: Path, tmp_path: Path
):
    site.scores = [DONE]
    blended = tmp_path / "blended.csv"
    blended.write_text((run / "submission.csv").read_text() + "\n")
    first = submit(ask(run), ignore)["ref"]
    assert submit(replace(ask(run), file=blended), ignore)["ref"] == first + 1
    assert submit(ask(run), ignore)["ref"] == first
    assert len(site.uploads) == 2


def test_a_wrong_submission_is_not_uploaded(site: Site, run: Path):
    lines = (run / "submission.csv").read_text().splitlines()
    (run / "submission.csv").write_text("\n".join(lines[:-1]) + "\n")
    with pytest.raises(DataError, match="rows, expected"):
        submit(ask(run), ignore)
    assert site.asked == []


def test_after_the_time_limit_the_same_command_waits_on(site: Site, run: Path):
    site.scores = [PENDING]
    words = ["submit", str(run), "--competition", "penguins", "--timeout", "1s"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 2
    assert "penguins: submission 101 has no score after 1s." in result.stderr
    assert not (run / "leaderboard.jsonl").exists()
    site.scores = [DONE]
    result = CliRunner().invoke(app, words)
    assert result.stdout == "penguins, submission 101: public 0.0213\n"
    assert "this file is submission 101 already; nothing is uploaded" in result.stderr
    assert len(site.uploads) == 1


def test_without_waiting_the_command_ends_after_the_upload(site: Site, run: Path):
    site.scores = [PENDING]
    words = ["submit", str(run), "--competition", "penguins", "--no-wait"]
    result = CliRunner().invoke(app, words)
    assert (result.exit_code, result.stdout) == (0, "penguins, submission 101: no score yet\n")


def test_what_kaggle_cannot_score_is_told_and_may_be_sent_again(site: Site, run: Path):
    site.scores = [{"status": "ERROR", "errorDescription": "Evaluation Exception"}]
    with pytest.raises(KaggleError, match="submission 101 was not scored: Evaluation Exception"):
        submit(ask(run), ignore)
    site.scores = [DONE]
    assert submit(ask(run), ignore)["ref"] == 102


REFUSALS = [
    ("CreateSubmission", 400, "Submission limit reached", "counted anew at midnight UTC"),
    ("StartSubmissionUpload", 403, "Permission 'competitions.participate' was denied", "/rules"),
]


@pytest.mark.parametrize(("request_name", "status", "told", "hint"), REFUSALS)
def test_a_refused_submission_is_told_with_what_to_do(
    site: Site, run: Path, request_name: str, status: int, told: str, hint: str
):
    site.refusals[request_name] = (status, told)
    result = CliRunner().invoke(app, ["submit", str(run), "--competition", "penguins"])
    assert result.exit_code == 2
    assert result.stdout == ""
    assert f"Kaggle answers {status} of penguins: {told}." in result.stderr
    assert hint in result.stderr
    assert not (run / "submitted.json").exists()


def test_an_upload_that_breaks_is_told(site: Site, run: Path):
    site.refusals["upload"] = (403, "expired")
    with pytest.raises(KaggleError, match="the upload to penguins failed") as caught:
        submit(ask(run), ignore)
    assert caught.value.hint.startswith("Nothing was submitted.")
    assert site.uploads == []


def test_what_is_odd_is_told_and_uploaded(site: Site, run: Path):
    lines = (run / "submission.csv").read_text().splitlines()
    first = lines[1].split(",")[1:]
    rows = [",".join([line.split(",")[0], *first]) for line in lines[1:]]
    (run / "submission.csv").write_text("\n".join([lines[0], *rows]) + "\n")
    site.scores = [DONE]
    told: list[Event] = []
    done = submit(ask(run), told.append)
    assert [finding["code"] for finding in done["findings"]] == ["constant"]
    assert [event.kind for event in told] == ["warning", "uploaded"]


def test_a_file_that_a_run_beside_has_submitted_uses_no_other_submission(site: Site, run: Path):
    site.scores = [DONE]
    first = submit(ask(run), ignore)["ref"]
    copy = Path(shutil.copytree(run, run.parent / "copy"))
    (copy / "submitted.json").unlink()
    assert submit(ask(copy), ignore)["ref"] == first
    assert len(site.uploads) == 1


def test_a_command_that_was_ended_while_it_uploaded_uses_no_other_submission(
    site: Site, run: Path, monkeypatch: pytest.MonkeyPatch
):
    def end(*_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("automl_cli.commands.submit.upload", end)
        with pytest.raises(KeyboardInterrupt):
            submit(ask(run), ignore)
    with pytest.raises(KaggleError) as caught:
        submit(ask(run), ignore)
    assert caught.value.message == (
        "penguins: an earlier command was ended while it uploaded this file, which may have "
        "arrived."
    )
    assert caught.value.hint == (
        "See https://www.kaggle.com/competitions/penguins/submissions. If it is there, note its "
        'score with `automl track add`; if not, remove the entry with "ref": null from '
        f"{run / 'submitted.json'}, and give the command again."
    )
    assert site.uploads == []

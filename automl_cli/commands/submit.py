"""A run's submission at Kaggle: checked, uploaded once, its scores noted beside the run.

`submitted.json` in the run says which files were uploaded. A command with the same file, for this
run or one beside it, goes on with it instead of using up another submission of the day.
"""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from automl_cli.commands.check import CheckRequest, check
from automl_cli.commands.track import add_scores
from automl_cli.config.durations import format_duration
from automl_cli.core.errors import ConfigError, KaggleError
from automl_cli.core.events import Event, Listener
from automl_cli.kaggle import Api, SubmissionScore, check_competition, open_api, read_score, upload
from automl_cli.kaggle.client import PAGES
from automl_cli.kaggle.scores import UnnumberedError
from automl_cli.run.competition import find_competition, find_submission
from automl_cli.run.summary import read_summary
from automl_cli.store import RunDirectory, read_json, write_json

SUBMIT_VERSION = 1  # of what `--json` prints
NOTE = "submitted.json"
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 30.0  # seconds between two questions for the score


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitRequest:
    """What the user asks for.

    Parameters
    ----------
    run
        A finished run.
    competition
        Its name at Kaggle; None: the one that the run was fetched from.
    message
        What is written beside the submission; None: the run's name and score.
    longest_wait
        Seconds to wait for the score, or None: do not wait.
    pause
        Waits some seconds.
    file
        Another submission for the same competition, such as a blend; None: the run's own. Its
        score is told, and not noted as the run's.
    """

    run: Path
    competition: str | None = None
    message: str | None = None
    longest_wait: float | None = 600.0
    pause: Callable[[float], None] = time.sleep
    file: Path | None = None

    @property
    def path(self) -> Path:
        """The file that is uploaded."""
        return RunDirectory(self.run).submission if self.file is None else self.file


def submit(request: SubmitRequest, listener: Listener) -> dict[str, Any]:
    """Check and upload a run's submission, and note its scores; return plain values.

    Parameters
    ----------
    request
        What to do.
    listener
        Told what is odd, and when the file is uploaded.

    Raises
    ------
    DataError
        If the submission does not fit its competition.
    KaggleError
        If Kaggle refuses it, cannot be reached or cannot score it in time.
    AutomlError
        For whatever else the user can mend.
    """
    summary = read_summary(RunDirectory(request.run))
    known = read_json(request.run / "run.json")
    competition = _find_competition(request, known)
    path = request.file or find_submission(request.run)
    checked = check(CheckRequest(submission=path, competition=find_competition(request.run)))
    for finding in checked["findings"]:
        text = f"{finding['message']} {finding['advice']}"
        listener(Event(kind="warning", fields={"message": text}))
    api = open_api()
    ref = _upload_once(api, competition, request, summary, listener)
    scored = _await_score(api, competition, ref, request)
    is_scored = scored.public is not None or scored.private is not None
    if is_scored and request.file is None:
        add_scores(request.run, public=scored.public, private=scored.private)
    return {
        "version": SUBMIT_VERSION,
        "run": str(request.run),
        "competition": competition,
        "ref": ref,
        "scored": scored.is_scored,
        "public": scored.public,
        "private": scored.private,
        "findings": checked["findings"],
    }


def _find_competition(request: SubmitRequest, known: dict[str, Any]) -> str:
    name = request.competition or known.get("competition")
    if name is None:
        raise ConfigError(
            f"{request.run}: the name of its competition on Kaggle is not known.",
            hint="Name it: automl submit RUN --competition NAME",
        )
    check_competition(str(name))
    return str(name)


def _upload_once(
    api: Api,
    competition: str,
    request: SubmitRequest,
    summary: dict[str, Any],
    listener: Listener,
) -> int:
    """Return the number of the submission, of an earlier command if it was the same file."""
    path = request.path
    about = {
        "competition": competition,
        "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
    }
    before = [one for note in _list_notes(request.run) for one in _read_uploads(note)]
    known = [one["ref"] for one in before if about.items() <= one.items()]
    if None in known and not any(known):
        raise _make_repeat_error(request.run, competition)
    if known:
        ref = next(int(one) for one in known if one is not None)
        text = f"this file is submission {ref} already; nothing is uploaded"
    else:
        text = _describe(request.run, summary) if request.file is None else f"automl {path.name}"
        ref = _upload(api, request, about, request.message or text)
        text = f"uploaded to {competition}: submission {ref}"
    listener(Event(kind="uploaded", fields={"message": text}))
    return ref


def _upload(api: Api, request: SubmitRequest, about: dict[str, str], message: str) -> int:
    """Upload a file, noted before: a command that is ended meanwhile must not cost a second one."""
    note = request.run / NOTE
    uploads, begun = _read_uploads(note), {**about, "ref": None, "time": time.time()}
    write_json(note, {"uploads": [*uploads, begun]})
    try:
        ref = upload(api, about["competition"], request.path, message)
    except UnnumberedError:
        raise
    except KaggleError:
        if uploads:  # nothing was submitted
            write_json(note, {"uploads": uploads})
        else:
            note.unlink()
        raise
    write_json(note, {"uploads": [*uploads, {**begun, "ref": ref}]})
    return ref


def _make_repeat_error(run: Path, competition: str) -> KaggleError:
    return KaggleError(
        f"{competition}: an earlier command was ended while it uploaded this file, which may have "
        "arrived.",
        hint=f"See {PAGES}/{competition}/submissions. If it is there, note its score with `automl "
        f'track add`; if not, remove the entry with "ref": null from {run / NOTE}, and give the '
        "command again.",
    )


def _list_notes(run: Path) -> list[Path]:
    """Return the notes of a run and of those beside it, which may have submitted the same file."""
    beside = sorted(run.resolve().parent.glob(f"*/{NOTE}"))
    return [run / NOTE, *(note for note in beside if note.parent != run.resolve())]


def _read_uploads(note: Path) -> list[dict[str, Any]]:
    return cast("list[dict[str, Any]]", read_json(note)["uploads"]) if note.exists() else []


def _describe(run: Path, summary: dict[str, Any]) -> str:
    score = summary["score"]
    text = "" if score is None else f", cross-validated {summary['metric']} {score:.6g}"
    return f"automl {run.resolve().name}{text}"


def _await_score(api: Api, competition: str, ref: int, request: SubmitRequest) -> SubmissionScore:
    """Ask again and again, less and less often, until there is a score or no more time."""
    ends_at = time.monotonic() + (request.longest_wait or 0.0)
    pause = FIRST_PAUSE
    while True:
        scored = read_score(api, competition, ref)
        if scored.error is not None:
            # The same file may be submitted again, should the site have been at fault.
            for note in _list_notes(request.run):
                uploads = _read_uploads(note)
                left = [one for one in uploads if one["ref"] != ref]
                if len(left) < len(uploads):
                    write_json(note, {"uploads": left})
            raise KaggleError(
                f"{competition}: submission {ref} was not scored: {scored.error}.",
                hint="Compare the file with the competition's page on how it is evaluated.",
            )
        if scored.is_scored or request.longest_wait is None:
            return scored
        if time.monotonic() + pause > ends_at:
            raise KaggleError(
                f"{competition}: submission {ref} has no score after "
                f"{format_duration(request.longest_wait)}.",
                hint="It is uploaded. The same command continues to wait, without another upload.",
            )
        request.pause(pause)
        pause = min(1.5 * pause, LONGEST_PAUSE)

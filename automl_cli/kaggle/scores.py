"""A submission on its way to Kaggle, and the scores that come back."""

import math
from dataclasses import dataclass
from pathlib import Path

from automl_cli.core.errors import KaggleError
from automl_cli.kaggle.api import Api, Submission
from automl_cli.kaggle.client import PAGES, asking

UPLOAD_FAILED = "Could not submit to competition"  # how the package tells it, without an error


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionScore:
    """What Kaggle says of a submission.

    Parameters
    ----------
    is_scored
        Whether it is through.
    error
        Why it could not be scored, or None.
    public, private
        Its scores, or None where they are not told (yet).
    """

    is_scored: bool
    error: str | None = None
    public: float | None = None
    private: float | None = None


class UnnumberedError(KaggleError):
    """A submission that Kaggle may have taken, though it gave no number."""


def upload(api: Api, competition: str, path: Path, message: str) -> int:
    """Submit a file; return the number that Kaggle gives the submission.

    Raises
    ------
    KaggleError
        If Kaggle does not take it, or cannot be reached.
    UnnumberedError
        If it may have taken it, and does not say as which.
    """
    with asking(competition) as said:
        answer = api.competition_submit(str(path), message, competition, quiet=True)
    if answer.message == UPLOAD_FAILED:
        sentence = " ".join(said.getvalue().split()) or "the storage refused it"
        raise KaggleError(
            f"{path}: the upload to {competition} failed ({sentence}).",
            hint="Nothing was submitted. Check the network and give the same command again.",
        )
    if not answer.ref:
        raise UnnumberedError(
            f"{path}: Kaggle gave this submission to {competition} no number ({answer.message}).",
            hint=f"See {PAGES}/{competition}/submissions, and note the score with `automl track`.",
        )
    return int(answer.ref)


def read_score(api: Api, competition: str, ref: int) -> SubmissionScore:
    """Return what Kaggle says of a submission by now.

    Raises
    ------
    KaggleError
        If Kaggle cannot be reached.
    """
    from requests import HTTPError

    with asking(competition):
        try:
            found = _fetch_submission(api, ref)
        except HTTPError as error:
            # It takes a moment until a new submission can be read.
            if error.response is not None and error.response.status_code == 404:
                return SubmissionScore(is_scored=False)
            raise
        if found.status.name == "ERROR":
            sentence = (found.error_description or "").strip() or "no reason is given"
            return SubmissionScore(is_scored=True, error=sentence)
        return SubmissionScore(
            is_scored=found.status.name == "COMPLETE",
            public=_read_number(found.public_score),
            private=_read_number(found.private_score),
        )


def _fetch_submission(api: Api, ref: int) -> Submission:
    from kagglesdk.competitions.types.competition_api_service import ApiGetSubmissionRequest

    request = ApiGetSubmissionRequest()
    request.ref = ref
    with api.build_kaggle_client() as client:
        found: Submission = client.competitions.competition_api_client.get_submission(request)
    return found


def _read_number(text: str | None) -> float | None:
    """Return a score; one that is hidden is an empty text."""
    try:
        value = float(text or "nan")
    except ValueError:
        return None
    return value if math.isfinite(value) else None

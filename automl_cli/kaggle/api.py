"""What is used of the ``kaggle`` package's `KaggleApi`, as types: the package ships none."""

from contextlib import AbstractContextManager
from enum import Enum
from typing import Any, Protocol


class UploadResult(Protocol):
    """The answer to an upload; `ref` is the submission's number."""

    message: str
    ref: int


class Submission(Protocol):
    """What is said of a submission; a score is a text, empty or None where it is not told."""

    status: Enum
    error_description: str | None
    public_score: str | None
    private_score: str | None


class Api(Protocol):
    """The package's client, signed in."""

    def authenticate(self) -> None:
        """Sign in, or end the program."""

    def build_kaggle_client(self) -> AbstractContextManager[Any]:
        """Return the client of single requests."""

    def competition_download_files(self, competition: str, *, path: str, quiet: bool) -> None:
        """Write all files as one archive into the folder `path`."""

    def competition_submit(
        self, file_name: str, message: str, competition: str, *, quiet: bool
    ) -> UploadResult:
        """Upload and submit a file."""

"""The official ``kaggle`` package without its prints and exits, its failures as messages.

api = open_api()
with asking("titanic"):
    api.competition_download_files("titanic", path=".")
"""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

from automl_cli.core.errors import ConfigError, KaggleError
from automl_cli.kaggle.api import Api

if TYPE_CHECKING:
    from requests import RequestException

PAGES = "https://www.kaggle.com/competitions"
SIGN_IN_HINT = (
    "Make an API token at https://www.kaggle.com/settings/api and set KAGGLE_API_TOKEN to it, or "
    "save it as ~/.kaggle/access_token. The older kaggle.json goes to ~/.kaggle/kaggle.json, or "
    "its two values to KAGGLE_USERNAME and KAGGLE_KEY."
)


def check_competition(name: str) -> None:
    """Refuse what cannot be a competition's name, before it becomes a folder's or a request.

    Raises
    ------
    ConfigError
        If it is none.
    """
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9-]*", name):
        raise ConfigError(
            f"--competition: {name!r} is not the name of a competition.",
            hint=f"It is the last part of the competition's address: titanic of {PAGES}/titanic.",
        )


def open_api() -> Api:
    """Return the package's `KaggleApi`, signed in.

    Raises
    ------
    KaggleError
        If the package is missing, there are no credentials, or Kaggle cannot be reached.
    """
    with _silence():
        try:
            # Importing it signs in as well. Where that fails, some versions end the program.
            from kaggle.api.kaggle_api_extended import KaggleApi
        except ImportError as error:
            raise KaggleError(
                f"the package kaggle is missing ({error}).",
                hint="Install it: pip install 'automl-cli[kaggle]'",
            ) from error
        except SystemExit:
            raise _make_credentials_error() from None
        except OSError as error:
            raise KaggleError(
                f"the package kaggle cannot use its folder ({error}).",
                hint="Set KAGGLE_CONFIG_DIR to a folder that you may write to.",
            ) from error
    with asking():
        api: Api = KaggleApi()
        try:
            api.authenticate()
        except SystemExit:
            raise _make_credentials_error() from None
        return api


@contextmanager
def asking(competition: str | None = None) -> Iterator[io.StringIO]:
    """Give what the package prints while it is asked, and turn its failures into messages.

    Raises
    ------
    KaggleError
        If Kaggle refuses, cannot be reached or answers what nobody understands.
    """
    from requests import RequestException

    with _silence() as said:
        try:
            yield said
        except RequestException as error:
            raise _explain(error, competition) from error
        except (ValueError, KeyError) as error:
            raise KaggleError(
                f"Kaggle's answer was not understood ({type(error).__name__}: {error}).",
                hint="Try again. If the error persists, try another version of the package kaggle.",
            ) from error


@contextmanager
def _silence() -> Iterator[io.StringIO]:
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        yield said


def _make_credentials_error() -> KaggleError:
    return KaggleError("no valid Kaggle credentials were found.", hint=SIGN_IN_HINT)


def _explain(error: "RequestException", competition: str | None) -> KaggleError:
    if error.response is None:
        return KaggleError(
            f"Kaggle cannot be reached ({type(error).__name__}).",
            hint="Check the network; in a notebook of Kaggle internet has to be switched on in "
            "its settings. docs/kaggle.md shows a way without.",
        )
    status = error.response.status_code
    of = "" if competition is None else f" of {competition}"
    page = PAGES if competition is None else f"{PAGES}/{competition}"
    hint = _hint(status, page)
    return KaggleError(f"Kaggle answers {status}{of}: {_find_reason(error)}", hint=hint)


def _hint(status: int, page: str) -> str:
    if status == 400:
        return (
            "The day's submissions may be used up (they are counted anew at midnight UTC), the "
            f"competition may have ended or take notebooks only; {page} says so."
        )
    if status == 401:
        return f"The credentials were refused. {SIGN_IN_HINT}"
    if status == 403:
        return f"Join the competition and accept its rules at {page}/rules, and check its name."
    if status == 404:
        return f"Check the name: it is the last part of the competition's address, {page}."
    if status == 429:
        return "Too many requests, or the day's submissions are used up: wait and try again."
    return "Kaggle itself has trouble: try again later."


def _find_reason(error: "RequestException") -> str:
    """Return what the site says, which is more than the status, if it says something."""
    try:
        text = error.response.json().get("message") if error.response is not None else None
    except (ValueError, AttributeError):
        text = None
    reason = text or getattr(error.response, "reason", None) or type(error).__name__
    return f"{reason}".rstrip(".") + "."

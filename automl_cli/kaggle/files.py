"""A competition's files: downloaded once, then used as they are.

A small `competition.json` beside the tables says whose they are and how Kaggle names the metric,
so that a second command needs neither network nor credentials.
"""

from dataclasses import dataclass
from pathlib import Path

from automl_cli.core.errors import DataError
from automl_cli.core.events import Event, Listener
from automl_cli.kaggle.api import Api
from automl_cli.kaggle.archive import unpack_archive
from automl_cli.kaggle.client import asking, check_competition, open_api
from automl_cli.store import read_json, translated, write_json

NOTE = "competition.json"
TABLES = (".csv", ".gz", ".zip", ".tsv", ".txt", ".parquet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A competition whose files are here.

    Parameters
    ----------
    competition
        Its name at Kaggle.
    folder
        Where the files lie.
    metric
        How Kaggle names its metric, or None.
    """

    competition: str
    folder: Path
    metric: str | None


def fetch_files(competition: str, folder: Path, listener: Listener) -> Fetched:
    """Download a competition's files into a folder, unless they are there.

    Raises
    ------
    KaggleError
        If Kaggle does not give them: its hint says what to do.
    DataError
        If the folder holds another competition, or the archive cannot be used.
    RunError
        If the folder cannot be written.
    """
    check_competition(competition)
    note = folder / NOTE
    if note.exists():
        known = read_json(note)
        if known.get("competition") != competition:
            raise DataError(
                f"{folder}: holds the files of {known.get('competition')!r}.",
                hint=f"Give another folder: automl fit FOLDER --competition {competition}",
            )
        metric = known.get("metric")
        _emit_message(listener, f"{folder}: the files of {competition} are here already")
    else:
        metric = _fetch(competition, folder, listener)
        write_json(note, {"competition": competition, "metric": metric})
    return Fetched(
        competition=competition, folder=folder, metric=None if metric is None else str(metric)
    )


def _fetch(competition: str, folder: Path, listener: Listener) -> str | None:
    """Download and unpack what is missing; return how Kaggle names the metric."""
    api = open_api()
    metric = _fetch_metric(api, competition)
    # The archive goes last, so where it still lies it has not been unpacked to its end.
    archive = folder / f"{competition}.zip"
    if not archive.exists() and _holds_tables(folder):
        _emit_message(listener, f"{folder}: its files are used as they are; nothing was downloaded")
        return metric
    _emit_message(listener, f"{folder}: downloading {competition} from Kaggle")
    with translated(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with asking(competition):
            api.competition_download_files(competition, path=str(folder), quiet=True)
    if not archive.exists():
        raise DataError(
            f"{folder}: Kaggle gave no zip archive of {competition}.",
            hint="Unpack what was downloaded, and give that folder to `automl fit`.",
        )
    paths = unpack_archive(archive, folder)
    archive.unlink()
    n_bytes = sum(path.stat().st_size for path in paths)
    _emit_message(listener, f"{folder}: {len(paths)} files, {n_bytes / 2**20:.1f} MiB")
    return metric


def _fetch_metric(api: Api, competition: str) -> str | None:
    with asking(competition):
        from kagglesdk.competitions.types.competition_api_service import ApiGetCompetitionRequest

        request = ApiGetCompetitionRequest()
        request.competition_name = competition
        with api.build_kaggle_client() as client:
            found = client.competitions.competition_api_client.get_competition(request)
        name: str | None = found.evaluation_metric
        return name or None


def _holds_tables(folder: Path) -> bool:
    return folder.is_dir() and any(
        item.name.casefold().endswith(TABLES) for item in folder.iterdir()
    )


def _emit_message(listener: Listener, message: str) -> None:
    listener(Event(kind="fetched", fields={"message": message}))

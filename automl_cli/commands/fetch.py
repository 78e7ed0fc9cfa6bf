"""A competition of Kaggle on its way to a run: its files, and its metric as a guess."""

from collections.abc import Sequence
from pathlib import Path

from automl_cli.config.load import LoadedConfig, add_value
from automl_cli.core.errors import ConfigError
from automl_cli.core.events import Event, Listener
from automl_cli.kaggle import Fetched, check_competition, fetch_files, match_metric


def fetch(
    competition: str, paths: Sequence[Path], loaded: LoadedConfig, listener: Listener
) -> tuple[Path, LoadedConfig]:
    """Return the folder of a competition's files, and a config that knows its metric.

    Parameters
    ----------
    competition
        Its name at Kaggle.
    paths
        Nothing, or the folder to download into; without it that is a folder called as the
        competition.
    loaded
        The config. What it says of the metric stays.
    listener
        Told what is downloaded and guessed.

    Raises
    ------
    AutomlError
        For whatever the user can mend.
    """
    check_competition(competition)
    if len(paths) > 1 or any(path.is_file() for path in paths):
        raise ConfigError(
            "--competition: files are given, expected at most one folder.",
            hint="Give the folder to download into, or leave --competition away.",
        )
    folder = paths[0] if paths else Path(competition)
    fetched = fetch_files(competition, folder, listener)
    return folder, _guess_metric(fetched, loaded, listener)


def _guess_metric(fetched: Fetched, loaded: LoadedConfig, listener: Listener) -> LoadedConfig:
    if loaded.config.metric is not None or fetched.metric is None:
        return loaded
    metric = match_metric(fetched.metric)
    if metric is None:
        message = (
            f"Kaggle calls the metric {fetched.metric!r}, which may be several things. Say which "
            "with --metric (`automl list metrics`); without it the usual one of the task is taken."
        )
        listener(Event(kind="warning", fields={"message": message}))
        return loaded
    message = f"metric: {metric}, a guess: Kaggle calls it {fetched.metric!r}; --metric overrides"
    listener(Event(kind="fetched", fields={"message": message}))
    return add_value(loaded, "metric", metric, origin=f"Kaggle's {fetched.metric!r}")

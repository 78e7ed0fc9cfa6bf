"""The tables of a competition as a command names them, read as `automl fit` reads them."""

from dataclasses import dataclass
from pathlib import Path

from automl_cli.binding import check_names
from automl_cli.config.load import LoadedConfig
from automl_cli.data.files import Files, find_files
from automl_cli.data.infer import Inference, infer_dataset
from automl_cli.problems import make_data_options


@dataclass(frozen=True, slots=True, kw_only=True)
class Competition:
    """What the user names.

    Parameters
    ----------
    paths
        A folder, or train and perhaps test.
    loaded
        The config: what it says about metric, columns and folds.
    test, sample
        Files that are not beside train.
    """

    paths: tuple[Path, ...]
    loaded: LoadedConfig
    test: Path | None = None
    sample: Path | None = None


def read_competition(asked: Competition) -> tuple[Files, Inference]:
    """Return the files of a competition and what is inferred from them.

    Raises
    ------
    AutomlError
        For whatever the user can mend.
    """
    check_names(asked.loaded)
    original = asked.loaded.config.data.original
    files = find_files(asked.paths, test=asked.test, sample=asked.sample, original=original)
    return files, infer_dataset(files, make_data_options(asked.loaded.config))

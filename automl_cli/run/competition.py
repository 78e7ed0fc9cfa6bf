"""The tables of a competition as a command names them, read as `automl fit` reads them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automl_cli.config.load import LoadedConfig, load_config
from automl_cli.core.errors import RunError
from automl_cli.data.files import Files, find_files
from automl_cli.data.infer import Inference, infer_dataset
from automl_cli.planning.binding import check_names
from automl_cli.planning.problems import make_data_options
from automl_cli.store import RunDirectory, read_json


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


def read_competition(competition: Competition) -> tuple[Files, Inference]:
    """Return the files of a competition and what is inferred from them.

    Raises
    ------
    AutomlError
        For whatever the user can mend.
    """
    check_names(competition.loaded)
    original = competition.loaded.config.data.original
    files = find_files(
        competition.paths, test=competition.test, sample=competition.sample, original=original
    )
    return files, infer_dataset(files, make_data_options(competition.loaded.config))


def is_run(path: Path) -> bool:
    """Return whether a path is a run directory, which knows its competition."""
    return (path / "run.json").exists()


def find_competition(root: Path, *, hint: str = "Put it back where it was.") -> Competition:
    """Return the competition of a run: its tables, and its config with the metric.

    Parameters
    ----------
    root
        The run directory.
    hint
        What to do if a table is not where it was.

    Raises
    ------
    RunError
        If the folder holds no whole run, or one of its tables is gone.
    """
    directory = RunDirectory(root)
    known: dict[str, Any] = read_json(root / "run.json")
    if not isinstance(known.get("train"), str) or not directory.config.exists():
        raise RunError(
            f"{root}: not a whole run directory.", hint="Give the folder of a finished run."
        )
    names = ("train", "test", "sample")
    train, test, sample = (Path(known[name]) if known.get(name) else None for name in names)
    for path in filter(None, (train, test, sample)):
        if not path.exists():
            raise RunError(f"{root}: a table of this run is gone: {path}.", hint=hint)
    return Competition(
        paths=tuple(filter(None, [train])),
        # Its place is as `fit` was given it, from another folder perhaps; a check needs none.
        loaded=load_config(directory.config, overrides=["data.original=null"]),
        test=test,
        sample=sample,
    )


def find_submission(root: Path) -> Path:
    """Return the submission of a run.

    Raises
    ------
    RunError
        If it has none.
    """
    path = RunDirectory(root).submission
    if not path.exists():
        has_test = bool(read_json(root / "run.json").get("test"))
        raise RunError(
            f"{root}: this run has no submission.csv.",
            hint="Give the same `automl fit` command again: it writes one."
            if has_test
            else "Fit it with the test table; without one there is nothing to submit.",
        )
    return path

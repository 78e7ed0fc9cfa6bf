"""Which files make up a competition: the training table, the test table and the sample.

automl fit train.csv        ->  test.csv and *submission*.csv beside it
automl fit FOLDER           ->  the same, looked for in the folder
automl fit a.csv b.csv c.csv    training table, test table, sample
"""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from automl_cli.core.errors import DataError
from automl_cli.core.events import JsonValue

ENDINGS = (".csv", ".csv.gz", ".csv.zip", ".zip", ".tsv", ".txt", ".parquet")  # first one wins
OR_FOLDER = ", or of a folder with train.csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """Paths of the tables.

    Parameters
    ----------
    train
        The training table.
    test
        The rows to predict, or None: fit and report only.
    sample
        A sample submission, or None.
    original
        The original data set, or None.
    """

    train: Path
    test: Path | None = None
    sample: Path | None = None
    original: Path | None = None

    def to_json(self) -> dict[str, JsonValue]:
        """Return the absolute paths as text."""
        named = {
            "train": self.train,
            "test": self.test,
            "sample": self.sample,
            "original": self.original,
        }
        return {name: None if path is None else str(path.resolve()) for name, path in named.items()}


def find_files(
    paths: Sequence[Path],
    *,
    test: Path | None = None,
    sample: Path | None = None,
    original: str | None = None,
) -> Files:
    """Return the competition's tables.

    Parameters
    ----------
    paths
        A folder, or one to three files: training table, test table, sample submission.
    test, sample
        Given by flag; they win over what lies beside the training table.
    original
        The original data set, beside the training table or in the working directory.

    Raises
    ------
    DataError
        If a file is missing or several fit: name the right one.
    """
    if not 1 <= len(paths) <= 3:
        raise DataError(
            f"{len(paths)} paths given, expected one to three.",
            hint="Give a folder, or train.csv, or train.csv test.csv sample_submission.csv.",
        )
    if paths[0].is_dir() and len(paths) > 1:
        raise DataError(
            f"{paths[0]}: a folder and further files.",
            hint="Give either the folder or the files.",
        )
    others = [*paths[1:], None, None]
    train = _find_train(paths[0]) if paths[0].is_dir() else _existing(paths[0], OR_FOLDER)
    given_test, given_sample = test or others[0], sample or others[1]
    return Files(
        train=train,
        test=_existing(given_test) if given_test else _find_test(train),
        sample=_existing(given_sample) if given_sample else _find_sample(train),
        original=None if original is None else _find_original(train, Path(original)),
    )


def find_unread_originals(files: Files) -> list[Path]:
    """Return the tables beside train that are called original, and that nothing reads."""
    named = [path for path in _tables(files.train.parent) if "original" in _stem(path)]
    used = {path.resolve() for path in (files.train, files.test, files.sample) if path}
    return _one_per_stem([path for path in named if path.resolve() not in used])


def _existing(path: Path, more: str = "") -> Path:
    if path.is_file():
        return path
    if path.is_dir():
        raise DataError(f"{path}: a folder, expected a file.", hint="Give the path of a table.")
    beside = [item.name for item in _tables(path.parent)]
    close = get_close_matches(path.name, beside, n=1)
    wanted = f"Give the path of a csv or parquet file{more}."
    hint = f"Did you mean {close[0]!r}?" if close else wanted
    raise DataError(f"{path}: no such file.", hint=hint)


def _find_train(folder: Path) -> Path:
    exact = _named(folder, "train")
    if exact is not None:
        return exact
    found = _one_per_stem([item for item in _tables(folder) if "train" in item.name.casefold()])
    if len(found) == 1:
        return found[0]
    if found:
        raise DataError(
            f"{folder}: several tables could be the training table: {_names(found)}.",
            hint="Give the path of the right one instead of the folder.",
        )
    raise DataError(
        f"{folder}: no train.csv (or .csv.gz, .zip, .parquet) in this folder.",
        hint="Give the path of the training table.",
    )


def _find_test(train: Path) -> Path | None:
    stem = _stem(train)
    twin = _named(train.parent, stem.replace("train", "test")) if "train" in stem else None
    return twin or _named(train.parent, "test")


def _find_sample(train: Path) -> Path | None:
    # A plain submission.csv is what people write, not what a competition hands out.
    named = [item for item in _tables(train.parent) if "submission" in item.name.casefold()]
    named = _one_per_stem([item for item in named if _stem(item) != "submission"])
    samples = [item for item in named if "sample" in item.name.casefold()] or named
    if len(samples) > 1:
        raise DataError(
            f"{train.parent}: several files could be the sample submission: {_names(samples)}.",
            hint="Name the right one with --sample.",
        )
    return samples[0] if samples else None


def _find_original(train: Path, original: Path) -> Path:
    beside = train.parent / original
    return beside if beside.is_file() else _existing(original)


def _named(folder: Path, stem: str) -> Path | None:
    found = _one_per_stem([item for item in _tables(folder) if _stem(item) == stem])
    return found[0] if found else None


def _tables(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(item for item in folder.iterdir() if item.name.casefold().endswith(ENDINGS))


def _one_per_stem(paths: Sequence[Path]) -> list[Path]:
    best: dict[str, Path] = {}
    for path in sorted(paths, key=lambda item: ENDINGS.index(_ending(item))):
        best.setdefault(_stem(path), path)
    return sorted(best.values())


def _ending(path: Path) -> str:
    name = path.name.casefold()
    return max((ending for ending in ENDINGS if name.endswith(ending)), key=len, default="")


def _stem(path: Path) -> str:
    ending = _ending(path) or path.suffix
    return path.name.casefold()[: len(path.name) - len(ending)]


def _names(paths: Sequence[Path]) -> str:
    return ", ".join(path.name for path in paths)

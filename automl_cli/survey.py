"""The audit of a competition: its tables are read as `automl fit` reads them, then all rules."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automl_cli.audit import audit_all
from automl_cli.binding import check_names
from automl_cli.config.load import LoadedConfig
from automl_cli.core.dataset import Dataset
from automl_cli.data.files import find_files
from automl_cli.data.infer import infer_dataset
from automl_cli.plan import make_data_options

SURVEY_VERSION = 1  # of what `--json` prints


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyRequest:
    """What the user asks for.

    Parameters
    ----------
    paths
        A folder, or train and perhaps test.
    loaded
        The config: what it says about the columns and the folds.
    test, sample
        Files that are not beside train.
    """

    paths: tuple[Path, ...]
    loaded: LoadedConfig
    test: Path | None = None
    sample: Path | None = None


def survey(request: SurveyRequest) -> dict[str, Any]:
    """Return what is inferred and found, as plain values.

    Raises
    ------
    AutomlError
        For whatever the user can mend.
    """
    check_names(request.loaded)
    config = request.loaded.config
    files = find_files(request.paths, test=request.test, sample=request.sample)
    inference = infer_dataset(files, make_data_options(config))
    findings = audit_all(inference, n_folds=config.validation.folds, thorough=True)
    dataset = inference.dataset
    return {
        "version": SURVEY_VERSION,
        "train": str(files.train),
        "test": None if files.test is None else str(files.test),
        "rows": dataset.n_rows,
        "test_rows": _count_test(dataset),
        "columns": len(dataset.schema.columns),
        "facts": [list(fact) for fact in dataset.schema.facts],
        "findings": [finding.to_json() for finding in findings],
    }


def _count_test(dataset: Dataset) -> int:
    return 0 if dataset.test is None else len(dataset.test)

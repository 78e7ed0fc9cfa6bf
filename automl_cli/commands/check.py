"""A submission file, from wherever, against the competition it is meant for."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from automl_cli.config.schema import RunConfig
from automl_cli.core.dataset import Dataset
from automl_cli.core.finding import Finding
from automl_cli.data.check import check_submission
from automl_cli.data.form import check_form
from automl_cli.data.read import read_table
from automl_cli.data.remarks import find_remarks
from automl_cli.planning.problems import choose_metric, find_open
from automl_cli.run.competition import Competition, read_competition

CHECK_VERSION = 1  # of what `--json` prints


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRequest:
    """What the user asks for.

    Parameters
    ----------
    submission
        The file.
    competition
        What it is meant for.
    against
        An earlier submission, or None.
    """

    submission: Path
    competition: Competition
    against: Path | None = None


def check(request: CheckRequest) -> dict[str, Any]:
    """Return what is odd about a submission that fits its competition, as plain values.

    Raises
    ------
    DataError
        If it does not fit: the message names the first misfit.
    """
    _, inference = read_competition(request.competition)
    dataset, config = inference.dataset, request.competition.loaded.config
    wants = {
        target.name: choose_metric(dataset, target, config)[0].wants
        for target in dataset.schema.targets
    }
    check_form(request.submission)
    check_submission(request.submission, dataset, wants)
    table, other = read_table(request.submission), None
    if request.against is not None:
        check_submission(request.against, dataset, wants)
        other = read_table(request.against)
    findings = [*find_remarks(table, dataset, wants, other), *_find_open(dataset, config)]
    return {
        "version": CHECK_VERSION,
        "submission": str(request.submission),
        "rows": table.n_rows,
        "columns": list(table.names),
        "findings": [finding.to_json() for finding in findings],
    }


def _find_open(dataset: Dataset, config: RunConfig) -> list[Finding]:
    return [
        Finding(
            code="open_sample",
            severity="note",
            message=f"the sample has {shown} of {column}, so it does not show whether "
            "labels or probabilities are expected; the file was checked for probabilities.",
            advice="Set the metric with --metric; accuracy, for example, expects labels.",
            columns=(column,),
        )
        for column, shown in find_open(dataset, config)
    ]

"""The question whether groups of rows differ."""

from dataclasses import asdict
from typing import Any

from automl_cli.core.errors import DataError
from automl_cli.hypotheses.findings import list_group_findings
from automl_cli.hypotheses.question import HypothesisQuestion
from automl_cli.hypotheses.tables import HypothesisRows, read_rows
from automl_cli.statistics.conclusions import conclude_groups
from automl_cli.statistics.groups import compare_groups
from automl_cli.statistics.response import Response


def answer_groups(question: HypothesisQuestion, between: str) -> dict[str, Any]:
    """Return the comparison of the groups that a column makes, for each response.

    Raises
    ------
    AutomlError
        For whatever the user can mend.
    """
    rows = read_rows(question)
    responses = rows.targets if question.on is None else (rows.make_response(question.on, "--on"),)
    return {
        "question": "groups",
        "source": rows.source,
        "rows": len(rows.frame),
        "between": between,
        "targets": [_answer(rows, response, between) for response in responses],
    }


def _answer(rows: HypothesisRows, response: Response, between: str) -> dict[str, Any]:
    if response.name == between:
        raise DataError(
            f"{between!r} makes the groups, and is what they are to be compared in.",
            hint="Name another column with --on.",
        )
    if rows.cluster == between:
        raise DataError(
            f"{between!r} makes the groups and the clusters.",
            hint="Name another column with --cluster.",
        )
    comparison = compare_groups(response, rows.get_column(between, "--between"), rows.settings)
    return {
        "target": response.name,
        "labels": list(response.labels),
        "transform": response.transform,
        "cluster": rows.cluster,
        **asdict(comparison),
        "findings": [finding.to_json() for finding in list_group_findings(comparison)],
        "conclusions": conclude_groups(comparison, response, between, rows.settings),
    }

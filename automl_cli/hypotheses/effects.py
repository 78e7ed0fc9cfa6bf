"""The question which columns have an effect on the target."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from difflib import get_close_matches
from typing import Any

import numpy as np

from automl_cli.core.dataset import Column
from automl_cli.core.errors import DataError
from automl_cli.core.resampling import thin_rows
from automl_cli.hypotheses.findings import list_findings, list_row_findings
from automl_cli.hypotheses.question import HypothesisQuestion
from automl_cli.hypotheses.tables import HypothesisRows, read_rows
from automl_cli.statistics.conclusions import conclude_effects
from automl_cli.statistics.design import Design, make_design, make_free_design
from automl_cli.statistics.effects import Effects, correct_tests, measure_effects
from automl_cli.statistics.formulas import (
    Undefined,
    compute_column,
    find_undefined,
    make_formula_design,
    split_formula,
)
from automl_cli.statistics.response import Response, make_column_response

MOST_ROWS = 100_000  # more find no effect worth the wait
ROBUST = {"multinomial": "HC1"}  # else HC3


def answer_effects(question: HypothesisQuestion) -> dict[str, Any]:
    """Return the tests of all columns, for each target.

    Raises
    ------
    AutomlError
        For whatever the user can mend.
    """
    rows = read_rows(question)
    n_all = len(rows.frame)
    drawn = thin_rows(np.arange(n_all), MOST_ROWS, seed=0)
    rows = rows if len(drawn) == n_all else rows.take(drawn)
    responses = _find_responses(rows, question)
    return {
        "question": "effects",
        "source": rows.source,
        "rows": n_all,
        "formula": question.formula,
        "alone": question.alone,
        "targets": [_answer(rows, response, question, n_all) for response in responses],
    }


def _find_responses(rows: HypothesisRows, question: HypothesisQuestion) -> tuple[Response, ...]:
    left = None if question.formula is None else split_formula(question.formula)[0]
    if left is None:
        return rows.targets
    if left in rows.frame.columns:
        return (rows.make_response(left, "--formula"),)
    return (make_column_response(compute_column(rows.frame, left), question.family),)


def _answer(
    rows: HypothesisRows, response: Response, question: HypothesisQuestion, n_all: int
) -> dict[str, Any]:
    effects, n_parameters = _measure(rows, response, question)
    findings = [
        *list_findings(effects, response, n_parameters, question.level),
        *list_row_findings(n_all, len(rows.frame), effects.n_rows, _find_undefined(rows, question)),
    ]
    robust = ROBUST.get(response.family, "HC3")
    return {
        "target": response.name,
        "family": response.family,
        "transform": response.transform,
        "labels": list(response.labels),
        "rows": effects.n_rows,
        "errors": f"clustered by {rows.cluster}" if effects.n_clusters else robust,
        "clusters": effects.n_clusters,
        "condition": effects.condition,
        "tests": [asdict(test) for test in effects.tests],
        "coefficients": [asdict(one) for one in effects.coefficients],
        "left_out": [list(one) for one in (*effects.left_out, *_exclude_clusters(rows, question))],
        "findings": [finding.to_json() for finding in findings],
        "conclusions": conclude_effects(
            effects,
            response,
            rows.settings,
            others=_name_others(question),
            alone=question.alone,
        ),
    }


def _find_undefined(rows: HypothesisRows, question: HypothesisQuestion) -> Undefined:
    return Undefined() if question.formula is None else find_undefined(rows.frame, question.formula)


def _exclude_clusters(rows: HypothesisRows, question: HypothesisQuestion) -> list[tuple[str, str]]:
    """Return the column of the clusters, where all others are tested."""
    if rows.cluster is None or question.columns or question.formula is not None:
        return []
    return [(rows.cluster, "it makes the clusters")]


def _name_others(question: HypothesisQuestion) -> str:
    """Return what else is in the model of a column."""
    if question.formula is not None:
        return "the other terms"
    return "the other named columns" if question.columns else "the others"


def _measure(
    rows: HypothesisRows, response: Response, question: HypothesisQuestion
) -> tuple[Effects, int]:
    """Return the effects and how many parameters one model has."""
    if question.alone:
        return _measure_alone(rows, response, _choose_columns(rows, response, question))
    design = _make_design(rows, response, question)
    return measure_effects(design, response, rows.settings), design.matrix.shape[1] - 1


def _make_design(rows: HypothesisRows, response: Response, question: HypothesisQuestion) -> Design:
    if question.formula is not None:
        return make_formula_design(rows.frame, split_formula(question.formula)[1])
    columns, clusters = _choose_columns(rows, response, question), rows.settings.clusters
    if question.columns:
        return make_free_design(rows.frame, columns, clusters=clusters)
    return make_design(rows.frame, columns, clusters)


def _choose_columns(
    rows: HypothesisRows, response: Response, question: HypothesisQuestion
) -> list[Column]:
    known = {column.name: column for column in rows.columns}
    for name in question.columns:
        if name not in known:
            close = get_close_matches(name, known, n=1)
            raise DataError(
                f"{rows.source}: no feature column {name!r} (named by --columns).",
                hint=f"Did you mean {close[0]!r}?" if close else f"Use one of {', '.join(known)}.",
            )
    chosen = question.columns or tuple(name for name in known if name != rows.cluster)
    return [known[name] for name in chosen if name != response.name]


def _measure_alone(
    rows: HypothesisRows, response: Response, columns: Sequence[Column]
) -> tuple[Effects, int]:
    found: list[Effects] = []
    left_out: list[tuple[str, str]] = []
    most = 0
    for column in columns:
        design = make_free_design(rows.frame, [column], clusters=rows.settings.clusters)
        left_out += design.left_out
        if design.terms:
            found.append(measure_effects(design, response, rows.settings))
            most = max(most, design.matrix.shape[1] - 1)
    if not found:
        raise DataError(
            f"{rows.source}: no column varies enough to be tested.",
            hint="`automl audit` shows what the columns are.",
        )
    tests = [test for effects in found for test in effects.tests]
    return replace(
        found[0],
        n_rows=max(effects.n_rows for effects in found),
        tests=tuple(correct_tests(tests, rows.settings.correction)),
        coefficients=tuple(one for effects in found for one in effects.coefficients),
        repeated=(),
        overlaps=(),
        condition=max(effects.condition for effects in found),
        left_out=tuple(left_out),
        pools=tuple(pool for effects in found for pool in effects.pools),
        dispersion=max(effects.dispersion for effects in found),
        void=all(effects.void for effects in found),
        converged=all(effects.converged for effects in found),
    ), most

"""What the run was about, what it came to, and what was inferred, with the reasons."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from automl_cli.core.candidate import Blend
from automl_cli.core.counts import format_count
from automl_cli.decision.scoring import make_row_parts
from automl_cli.report.data import ReportData, ReportTarget
from automl_cli.report.pairs import measure_difference
from automl_cli.report.section import Block, Cell, Figures, Heading, Paragraph, Section, Table
from automl_cli.report.sections.slices import LOSSES
from automl_cli.report.wording import (
    count,
    format_cell_value,
    format_float,
    format_score,
    format_seconds,
    format_share,
    make_text_cell,
)

MOST_SHOWN = 12  # columns; more are folded away
TRUST = "How far to trust the score"
HONEST = (
    "The score is cross-fitted: no row was predicted by a model that was trained on it, nor "
    "blended with weights that were fitted on it. Some optimism remains, which is usually "
    "small: the weights and the combiner are chosen on predictions of models that saw the "
    "scored rows, early stopping uses the rows of the fold, and under a budget the first "
    "fold helps to decide which candidates are dropped."
)


def write_result(data: ReportData) -> Section:
    """Write the section that says what came out."""
    blocks: list[Block] = []
    for solved in data.solved:
        blocks += [
            Figures(figures=list(_list_figures(data, solved))),
            Paragraph(text=_describe(solved)),
        ]
        if solved.blend is not None:
            blocks.append(Paragraph(text=_describe_risk(solved.blend), summary=TRUST))
    return Section(name="result", title="The result", blocks=blocks)


def write_inferred(data: ReportData) -> Section:
    """Write the section about the guesses and the columns."""
    facts = [[make_text_cell(text) for text in fact] for fact in data.summary["facts"]]
    blocks: list[Block] = [
        Paragraph(
            text="Check these guesses: a wrong one costs more than any model can win back. "
            "Flags and the config override them."
        ),
        Table(
            caption="What was inferred",
            headings=[Heading(text="what"), Heading(text="value"), Heading(text="why")],
            rows=facts,
        ),
        *_list_columns(data),
    ]
    return Section(name="inferred", title="What was inferred, and why", blocks=blocks)


def _list_figures(data: ReportData, solved: ReportTarget) -> Iterator[tuple[str, str, str]]:
    described, best = solved.described, solved.candidates[0]
    arrow = "higher is better" if described["greater_is_better"] else "lower is better"
    score = format_score(described["score"], described["score_se"])
    yield f"{described['metric']} of {solved.name}", score, f"cross-validated; {arrow}"
    if described.get("expected") is not None:
        remark = "the mean of all folds' models, by how much they differ on test rows"
        yield "expected of the submission", format_float(described["expected"]), remark
    if described.get("holdout"):
        held = described["holdout"]
        remark = f"{held['rows']:,} rows that no model saw"
        yield "on the hold-out", format_score(held["score"], held["score_se"]), remark
    yield "best single candidate", format_score(best.score, best.score_se), best.spec.key
    n_rows = solved.problem.folds.n_rows
    test = "no test table" if data.test is None else f"{len(data.test):,} test rows"
    yield "training rows", f"{n_rows:,}", f"{data.train.shape[1]:,} columns; {test}"
    yield "folds", str(described["folds"]), f"{described['validation']} validation"
    n_all = len(solved.candidates)
    spent = format_seconds(data.seconds_spent)
    yield "candidates", str(n_all), f"fitted in {spent} in all"


def _describe(solved: ReportTarget) -> str:
    if solved.blend is None:
        best = solved.candidates[0].spec.key
        return f"There was no time for an ensemble: the predictions are those of {best}."
    n_used = sum(abs(weight) > 1e-6 for weight in solved.blend.weights)
    return (
        f"The predictions are those of an ensemble of {format_count(n_used, 'candidate')} "
        f"(combiner: {solved.blend.combiner}). {_describe_gain(solved)}"
    )


def _describe_risk(blend: Blend) -> str:
    return (
        f"{HONEST} The in-sample score, {format_float(blend.in_sample)}, is too optimistic by "
        "construction. ± is one standard error over the rows."
    )


def _describe_gain(solved: ReportTarget) -> str:
    """Say how much better the ensemble is than its best member, by the metric and row by row."""
    described, best = solved.described, solved.candidates[0]
    whole = solved.everywhere.score
    gain = whole - best.score if described["greater_is_better"] else best.score - whole
    searched = (
        f" (a search has chosen by some folds, and the score above is of the others; on all rows, "
        f"where candidates are scored, the ensemble reaches {format_float(whole)})"
        if described["search"]
        else ""
    )
    if not np.isfinite(gain):
        scored = "cannot be compared with the best single candidate"
    elif gain == 0:
        scored = "scores the same as the best single candidate"
    else:
        side = "better" if gain > 0 else "worse"
        scored = f"is {side} than the best single candidate by {format_float(abs(gain), 2)}"
    return f"In {described['metric']} it {scored}{searched}; {_describe_loss(solved)}."


def _describe_loss(solved: ReportTarget) -> str:
    differences = solved.losses_of(solved.candidates[0].oof) - solved.losses
    if not differences.any():
        return "row by row there is no difference"
    parts = make_row_parts(solved.problem)[solved.rows]
    gain, error = measure_difference(differences, parts)
    message = (
        f"row by row its {LOSSES[solved.problem.objective]} is {'lower' if gain > 0 else 'higher'} "
        f"by {format_float(abs(gain), 2)}"
    )
    if not np.isfinite(error):
        return message
    message += f" ± {format_float(error, 2)} (paired)"
    return message if abs(gain) > 2 * error else f"{message}, so the two cannot be told apart"


def _list_columns(data: ReportData) -> Iterator[Block]:
    schema = data.run.inference.dataset.schema
    rows = []
    for column in schema.columns:
        values = data.train[column.name]
        missing = float(values.isna().mean())
        rows.append(
            [
                make_text_cell(column.name),
                make_text_cell(column.role),
                make_text_cell(column.reason),
                Cell(text=format_share(missing), order=missing),
                count(values.nunique()),
                make_text_cell(_describe_range(values)),
            ]
        )
    headings = [Heading(text="column", kind="code"), Heading(text="role"), Heading(text="why")]
    headings += [Heading(text="missing", kind="number"), Heading(text="distinct", kind="number")]
    yield Table(
        caption=f"The {len(rows)} columns that models are given",
        headings=[*headings, Heading(text="range, or most frequent")],
        rows=rows,
        folded=len(rows) > MOST_SHOWN,
    )
    if schema.ignored:
        yield Table(
            caption="Columns of train that are not used",
            headings=[Heading(text="column", kind="code"), Heading(text="why")],
            rows=[[make_text_cell(text) for text in pair] for pair in schema.ignored],
            folded=len(schema.ignored) > MOST_SHOWN,
        )


def _describe_range(values: pd.Series) -> str:
    known = values.dropna()
    if known.empty:
        return "nothing"
    if pd.api.types.is_numeric_dtype(known):
        return f"{format_cell_value(float(known.min()))} to {format_cell_value(float(known.max()))}"
    if pd.api.types.is_datetime64_any_dtype(known):
        return f"{known.min():%Y-%m-%d} to {known.max():%Y-%m-%d}"
    counts = known.value_counts()
    text, share = str(counts.index[0]), counts.iloc[0] / len(known)
    return f"{text[:40]}{'…' * (len(text) > 40)} ({format_share(float(share))})"

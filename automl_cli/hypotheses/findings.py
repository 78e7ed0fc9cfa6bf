"""What a reader of the figures has to know."""

from collections.abc import Iterator

from automl_cli.core.finding import Finding
from automl_cli.statistics.design import ROWS_A_PARAMETER
from automl_cli.statistics.effects import Effects
from automl_cli.statistics.response import Response

FEW_CLUSTERS = 30
MOST_OVERLAPS = 3  # that are told with their figures


def list_findings(
    effects: Effects, response: Response, n_parameters: int, n_all: int, *, n_given: int
) -> list[Finding]:
    """Return what is odd about a model.

    Parameters
    ----------
    effects, response
        What it says, and of what.
    n_parameters
        How many it has.
    n_all, n_given
        Rows of the table, and those that were given to the model.
    """
    found = [
        *_find_separation(effects),
        *_find_repetition(effects),
        *_find_shortages(effects, response, n_parameters),
    ]
    if n_given < n_all:
        found.append(
            Finding(
                code="thinned",
                severity="note",
                message=f"{n_given:,} of {n_all:,} rows, drawn at random, were fitted.",
                advice="Effects smaller than these rows can show would need all of them.",
            )
        )
    if effects.n_rows < n_given:
        found.append(
            Finding(
                code="gaps",
                severity="note",
                message=f"{n_given - effects.n_rows:,} rows with a gap were left out.",
                advice="Where gaps are not random, the others may not speak for them.",
            )
        )
    return found


def _find_separation(effects: Effects) -> Iterator[Finding]:
    separated = [test.term for test in effects.tests if test.separated]
    if effects.void:
        yield Finding(
            code="separation",
            severity="warning",
            message=f"classes are told without error, by {', '.join(separated) or 'all columns'}: "
            "no coefficient is finite, and Wald's tests are void.",
            advice="Likelihood-ratio tests count; look for leaks, or test with fewer columns.",
            columns=tuple(separated),
        )
    for test in effects.tests:
        if test.separated and not effects.void:
            yield Finding(
                code="separation",
                severity="warning",
                message=f"{test.term} separates the classes: some of its coefficients are "
                "infinite, and Wald's test is void.",
                advice="Its likelihood-ratio test counts; look whether the column is a leak.",
                columns=(test.term,),
            )
    if not effects.converged:
        yield Finding(
            code="not_converged",
            severity="warning",
            message="the fit did not come to an end: its figures are rough.",
            advice="Test fewer columns with --columns.",
        )


def _find_repetition(effects: Effects) -> Iterator[Finding]:
    for name, sources in effects.repeated:
        told = ", ".join(sources) or "nothing: it does not vary"
        yield Finding(
            code="repeated",
            severity="warning",
            message=f"{name} follows from {told}; it was left out.",
            advice="Its effect cannot be told from theirs.",
            columns=(name,),
        )
    ranked = sorted(effects.overlaps, key=lambda one: -one.inflation)
    for overlap in ranked[:MOST_OVERLAPS]:
        yield Finding(
            code="collinear",
            severity="warning",
            message=f"{overlap.term} is nearly told by the others, most by {overlap.like}: its "
            f"errors are {overlap.inflation:.0f} times as large as without them.",
            advice="An effect of both may be shown by neither; test with one of them (--columns).",
            columns=(overlap.term, overlap.like),
        )
    if len(ranked) > MOST_OVERLAPS:
        names = [overlap.term for overlap in ranked[MOST_OVERLAPS:]]
        yield Finding(
            code="collinear",
            severity="warning",
            message=f"so are, less so: {', '.join(names)}.",
            advice="Together they may have an effect that none of them shows.",
            columns=tuple(names),
        )


def _find_shortages(effects: Effects, response: Response, n_parameters: int) -> Iterator[Finding]:
    n_informative = min(response.count_informative(), effects.n_rows)
    if n_parameters * ROWS_A_PARAMETER > n_informative:
        yield Finding(
            code="few_rows",
            severity="warning",
            message=f"{n_parameters} parameters for {n_informative} informative rows: p-values "
            "and intervals are rough.",
            advice=f"{ROWS_A_PARAMETER} rows a parameter are the rule; test fewer columns.",
        )
    if 0 < effects.n_clusters < FEW_CLUSTERS:
        yield Finding(
            code="few_clusters",
            severity="warning",
            message=f"{effects.n_clusters} clusters: clustered errors tend to be too small below "
            f"{FEW_CLUSTERS}.",
            advice="Take p-values near the level as doubtful.",
        )

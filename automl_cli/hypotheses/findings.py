"""What a reader of the figures has to know."""

import math
from collections.abc import Iterator, Sequence

from automl_cli.core.finding import Finding
from automl_cli.statistics.clusters import FEW_CLUSTERS, LEAST_CLUSTERS
from automl_cli.statistics.design import POOLED, ROWS_A_PARAMETER
from automl_cli.statistics.effects import MOST_DISPERSION, Effects
from automl_cli.statistics.formulas import Undefined
from automl_cli.statistics.groups import Comparison
from automl_cli.statistics.response import Response
from automl_cli.statistics.spelling import spell_p

FEW_IN_ALL = 30  # clusters
MOST_NAMES = 10
FEW_ADVICE = "Intervals are widened for it; take p-values near the level as doubtful."
MOST_OVERLAPS = 3  # that are told with their figures


def list_findings(
    effects: Effects, response: Response, n_parameters: int, level: float
) -> list[Finding]:
    """Return what is odd about a model.

    Parameters
    ----------
    effects, response
        What it says, and of what.
    n_parameters
        How many it has.
    level
        Of significance.
    """
    return [
        *_find_separation(effects, response),
        *_find_repetition(effects),
        *_find_shortages(effects, response, n_parameters),
        *_find_few_clusters(effects),
        *_find_interactions(effects),
        *_find_dispersion(effects),
        *_find_pools(effects),
        *_find_disagreement(effects, level),
    ]


def list_row_findings(
    n_all: int, n_given: int, n_fitted: int, undefined: Undefined
) -> list[Finding]:
    """Return which rows had no say: of all, those given to a model, and those it was fitted to."""
    found = []
    if n_given < n_all:
        message = f"{n_given:,} of {n_all:,} rows, drawn at random, were fitted."
        advice = "Effects smaller than these rows can show would need all of them."
        found.append(Finding(code="thinned", severity="note", message=message, advice=advice))
    if undefined.n_rows:
        message = (
            f"{undefined.n_rows:,} rows where the formula is undefined, such as "
            f"{_list(undefined.parts)}, were left out."
        )
        advice = "No logarithm of 0 or less, nor a division by 0: look what these rows are."
        found.append(Finding(code="undefined", severity="note", message=message, advice=advice))
    n_gaps = n_given - n_fitted - undefined.n_rows
    if n_gaps > 0:
        message = f"{n_gaps:,} rows with a gap were left out."
        advice = "Where gaps are not random, the others may not speak for them."
        found.append(Finding(code="gaps", severity="note", message=message, advice=advice))
    return found


def list_group_findings(comparison: Comparison) -> list[Finding]:
    """Return what is odd about a comparison of groups."""
    few = [one for one in comparison.groups if 0 < one.n_clusters < FEW_CLUSTERS]
    if not few:
        return []
    counts = [f"{group.label} ({group.n_clusters})" for group in few]
    return [
        Finding(
            code="few_clusters",
            severity="warning",
            message=f"few clusters are in {_list(counts)}.",
            advice=FEW_ADVICE,
        )
    ]


def _find_separation(effects: Effects, response: Response) -> Iterator[Finding]:
    separated = [test.term for test in effects.tests if test.separated]
    if effects.n_clusters:
        counts = its_counts = "With clusters no other test is valid: "
    else:
        counts, its_counts = "Likelihood-ratio tests count; ", "Its likelihood-ratio test counts; "
    what = "rows that count nothing" if response.family == "poisson" else "the classes"
    if effects.void:
        yield Finding(
            code="separation",
            severity="warning",
            message=f"classes are told without error, by {', '.join(separated) or 'all columns'}: "
            "no coefficient is finite, and Wald's tests are void.",
            advice=f"{counts}look for leaks, or test with fewer columns.",
            columns=tuple(separated),
        )
    for test in effects.tests:
        if test.separated and not effects.void:
            yield Finding(
                code="separation",
                severity="warning",
                message=f"{test.term} separates {what}: some of its coefficients are "
                "infinite, and Wald's test is void.",
                advice=f"{its_counts}look whether the column is a leak.",
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


def _find_few_clusters(effects: Effects) -> Iterator[Finding]:
    if 0 < effects.n_clusters < FEW_IN_ALL:
        yield Finding(
            code="few_clusters",
            severity="warning",
            message=f"{effects.n_clusters} clusters: clustered errors tend to be too small below "
            f"{FEW_IN_ALL}.",
            advice="Take p-values near the level as doubtful.",
        )
    if not effects.n_clusters:
        return
    untold = [one for one in effects.coefficients if math.isnan(one.df)]
    if untold:
        names = tuple(dict.fromkeys(one.parameter for one in untold))
        yield Finding(
            code="few_clusters",
            severity="warning",
            message=f"{_list(names)}: fewer than {LEAST_CLUSTERS} clusters tell the effect, which "
            "cannot be tested.",
            advice="Leave it out, or pool it with other levels.",
            columns=tuple(dict.fromkeys(one.term for one in untold)),
        )
    few = {one.parameter: one for one in effects.coefficients if one.df < FEW_CLUSTERS - 1}
    if few:
        counts = [f"{name} ({one.df + 1:.0f})" for name, one in few.items()]
        yield Finding(
            code="few_clusters",
            severity="warning",
            message=f"few clusters, or as good as few of equal weight, tell {_list(counts)}.",
            advice=FEW_ADVICE,
            columns=tuple(dict.fromkeys(one.term for one in few.values())),
        )


def _find_interactions(effects: Effects) -> Iterator[Finding]:
    parts = [test for test in effects.tests if test.within]
    if parts:
        products = list(dict.fromkeys(name for test in parts for name in test.within))
        yield Finding(
            code="interaction",
            severity="note",
            message=f"{_list([test.term for test in parts])}: beside {_list(products)} the line of "
            "each is its effect where the other part is 0 or at its reference level, not its "
            "effect on the whole.",
            advice="For the effect at the mean of a number write center(it); for the effect on the "
            "whole leave the interaction out.",
            columns=tuple(test.term for test in parts),
        )


def _find_dispersion(effects: Effects) -> Iterator[Finding]:
    if effects.dispersion > MOST_DISPERSION:
        yield Finding(
            code="overdispersed",
            severity="note",
            message=f"counts vary {effects.dispersion:.2g} times as much as Poisson's law allows "
            "(Pearson's chi-squared by degrees of freedom): likelihood-ratio tests, which would "
            "take noise for effects, are left out.",
            advice="Wald's tests count: their errors are robust, and allow for it.",
        )


def _find_pools(effects: Effects) -> Iterator[Finding]:
    if effects.pools:
        ranked = sorted(effects.pools, key=lambda pool: -pool.share)
        told = [
            f"{pool.column} ({pool.n_levels} levels, {pool.share:.0%} of the rows)"
            for pool in ranked
        ]
        yield Finding(
            code="pooled",
            severity="note",
            message=f"levels count as one, {POOLED}, in {_list(told)}.",
            advice="What they differ by is not tested; --formula with "
            f"C({_quote(ranked[0].column)}) takes each level by itself.",
            columns=tuple(pool.column for pool in ranked),
        )


def _find_disagreement(effects: Effects, level: float) -> Iterator[Finding]:
    unlike = [
        test
        for test in effects.tests
        if not math.isnan(test.p) and not math.isnan(test.p_likelihood)
        if (test.p < level) != (test.p_likelihood < level)
    ]
    if unlike:
        told = [
            f"{test.term} ({spell_p(test.p)} and {spell_p(test.p_likelihood)})" for test in unlike
        ]
        yield Finding(
            code="disagreement",
            severity="note",
            message=f"Wald's and the likelihood-ratio test are on either side of {level:g}, before "
            f"the correction, for {_list(told)}.",
            advice="Wald's counts: its errors are robust, and right where rows spread unlike the "
            "model's law; the other needs that law. Take such effects as doubtful.",
            columns=tuple(test.term for test in unlike),
        )


def _quote(name: str) -> str:
    return name if name.isidentifier() else f"`{name}`"


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown} and {len(names) - MOST_NAMES} more"

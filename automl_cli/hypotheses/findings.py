"""What a reader of the figures has to know."""

import math
from collections.abc import Iterator, Sequence

from automl_cli.core.finding import Finding
from automl_cli.statistics.clusters import FEW_CLUSTERS, LEAST_CLUSTERS
from automl_cli.statistics.design import POOLED, ROWS_A_PARAMETER
from automl_cli.statistics.effects import MOST_DISPERSION, Effects
from automl_cli.statistics.formatting import format_p
from automl_cli.statistics.formulas import Undefined
from automl_cli.statistics.groups import GroupComparison
from automl_cli.statistics.response import Response

FEW_IN_ALL = 30  # clusters
MOST_NAMES = 10
FEW_ADVICE = "The intervals are widened to allow for it; treat p-values near the level as doubtful."
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
        message = f"{n_given:,} of {n_all:,} rows, drawn at random, were used for the fit."
        advice = "Smaller effects can be detected only with all rows."
        found.append(Finding(code="thinned", severity="note", message=message, advice=advice))
    if undefined.n_rows:
        message = (
            f"{undefined.n_rows:,} rows where the formula is undefined, such as "
            f"{_list(undefined.parts)}, were left out."
        )
        advice = (
            "A logarithm needs a value above 0, and a division a divisor other than 0: "
            "look at these rows."
        )
        found.append(Finding(code="undefined", severity="note", message=message, advice=advice))
    n_gaps = n_given - n_fitted - undefined.n_rows
    if n_gaps > 0:
        message = f"{n_gaps:,} rows with a gap were left out."
        advice = "If the gaps are not random, the other rows may not represent these."
        found.append(Finding(code="gaps", severity="note", message=message, advice=advice))
    return found


def list_group_findings(comparison: GroupComparison) -> list[Finding]:
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
        counts = its_counts = "No other test is valid with clusters: "
    else:
        counts, its_counts = "Use the likelihood-ratio tests; ", "Use its likelihood-ratio test; "
    what = "rows that count nothing" if response.family == "poisson" else "the classes"
    if effects.void:
        yield Finding(
            code="separation",
            severity="warning",
            message="the classes are separated perfectly by "
            f"{', '.join(separated) or 'all columns'}: no coefficient is finite, and "
            "the Wald tests are invalid.",
            advice=f"{counts}look for leaks, or test fewer columns.",
            columns=tuple(separated),
        )
    for test in effects.tests:
        if test.separated and not effects.void:
            yield Finding(
                code="separation",
                severity="warning",
                message=f"{test.term} separates {what}: some of its coefficients are "
                "infinite, and its Wald test is invalid.",
                advice=f"{its_counts}check whether the column is a leak.",
                columns=(test.term,),
            )
    if not effects.converged:
        yield Finding(
            code="not_converged",
            severity="warning",
            message="the fit did not converge: its figures are approximate.",
            advice="Test fewer columns with --columns.",
        )


def _find_repetition(effects: Effects) -> Iterator[Finding]:
    for name, sources in effects.repeated:
        texts = ", ".join(sources) or "nothing: it does not vary"
        yield Finding(
            code="repeated",
            severity="warning",
            message=f"{name} is determined by {texts}; it was left out.",
            advice="Its effect cannot be separated from theirs.",
            columns=(name,),
        )
    ranked = sorted(effects.overlaps, key=lambda one: -one.inflation)
    for overlap in ranked[:MOST_OVERLAPS]:
        yield Finding(
            code="collinear",
            severity="warning",
            message=f"{overlap.term} is nearly determined by the other columns, most of all "
            f"by {overlap.like}: its standard errors are {overlap.inflation:.0f} "
            "times as large as without them.",
            advice=(
                "The two may have a common effect that neither shows beside the other; "
                "test one of them (--columns)."
            ),
            columns=(overlap.term, overlap.like),
        )
    if len(ranked) > MOST_OVERLAPS:
        names = [overlap.term for overlap in ranked[MOST_OVERLAPS:]]
        yield Finding(
            code="collinear",
            severity="warning",
            message=f"the same holds, to a lesser degree, for {', '.join(names)}.",
            advice="Together they may have an effect that none of them shows alone.",
            columns=tuple(names),
        )


def _find_shortages(effects: Effects, response: Response, n_parameters: int) -> Iterator[Finding]:
    n_informative = min(response.count_informative(), effects.n_rows)
    if n_parameters * ROWS_A_PARAMETER > n_informative:
        yield Finding(
            code="few_rows",
            severity="warning",
            message=f"{n_parameters} parameters for {n_informative} informative rows: "
            "p-values and intervals are approximate.",
            advice=(
                f"{ROWS_A_PARAMETER} rows per parameter are the rule of thumb; test fewer columns."
            ),
        )


def _find_few_clusters(effects: Effects) -> Iterator[Finding]:
    if 0 < effects.n_clusters < FEW_IN_ALL:
        yield Finding(
            code="few_clusters",
            severity="warning",
            message=f"{effects.n_clusters} clusters: clustered errors tend to be too small below "
            f"{FEW_IN_ALL}.",
            advice="Treat p-values near the level as doubtful.",
        )
    if not effects.n_clusters:
        return
    untold = [one for one in effects.coefficients if math.isnan(one.df)]
    if untold:
        names = tuple(dict.fromkeys(one.parameter for one in untold))
        yield Finding(
            code="few_clusters",
            severity="warning",
            message=f"{_list(names)}: fewer than {LEAST_CLUSTERS} clusters carry the effect, "
            "so it cannot be tested.",
            advice="Leave it out, or pool it with other levels.",
            columns=tuple(dict.fromkeys(one.term for one in untold)),
        )
    few = {one.parameter: one for one in effects.coefficients if one.df < FEW_CLUSTERS - 1}
    if few:
        counts = [f"{name} ({one.df + 1:.0f})" for name, one in few.items()]
        yield Finding(
            code="few_clusters",
            severity="warning",
            message=f"few clusters, or few effective clusters, carry {_list(counts)}.",
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
            message=f"{_list([test.term for test in parts])}: with {_list(products)} in the "
            "model, each has its effect shown where the other part is 0 or at its "
            "reference level, not its overall effect.",
            advice="For the effect at the mean of a number, write center(column); for the "
            "overall effect, leave the interaction out.",
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
            advice="Use the Wald tests: their errors are robust and allow for it.",
        )


def _find_pools(effects: Effects) -> Iterator[Finding]:
    if effects.pools:
        ranked = sorted(effects.pools, key=lambda pool: -pool.share)
        texts = [
            f"{pool.column} ({pool.n_levels} levels, {pool.share:.0%} of the rows)"
            for pool in ranked
        ]
        yield Finding(
            code="pooled",
            severity="note",
            message=f"levels are pooled into one, {POOLED}, in {_list(texts)}.",
            advice="Differences between them are not tested; --formula with "
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
        texts = [
            f"{test.term} ({format_p(test.p)} and {format_p(test.p_likelihood)})" for test in unlike
        ]
        yield Finding(
            code="disagreement",
            severity="note",
            message="the Wald and the likelihood-ratio test disagree at the level "
            f"{level:g}, before the correction, for {_list(texts)}.",
            advice="Use the Wald test: its errors are robust, also where the variance is "
            "not that of the model, which the other test relies on. Treat such "
            "effects as doubtful.",
            columns=tuple(test.term for test in unlike),
        )


def _quote(name: str) -> str:
    return name if name.isidentifier() else f"`{name}`"


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_NAMES])
    return shown if len(names) <= MOST_NAMES else f"{shown} and {len(names) - MOST_NAMES} more"

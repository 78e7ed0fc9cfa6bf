"""What the numbers say, in plain sentences that claim no more than they do."""

from collections.abc import Sequence

import numpy as np

from automl_cli.statistics.clusters import LEAST_CLUSTERS
from automl_cli.statistics.effects import Effects, EffectTest, Settings
from automl_cli.statistics.formatting import format_chance, format_figure, format_p, format_ratio
from automl_cli.statistics.groups import GroupComparison
from automl_cli.statistics.paired import Gain, Paired
from automl_cli.statistics.response import Response
from automl_cli.statistics.samples import GroupDifference

MOST_SENTENCES = 10
METHODS = {
    "holm": "Holm-corrected",
    "fdr": "FDR-corrected",
    "none": "not corrected for multiple tests",
}
NO_PROOF = "This does not prove that there is no effect: the intervals show how large it may be."
AT_ZERO = "where the other part of {} is 0 or at its reference level"
NO_CAUSE = (
    "An effect is an association in these rows, in the fitted form; it is not proof of a cause."
)


def conclude_effects(
    effects: Effects,
    response: Response,
    settings: Settings,
    *,
    others: str = "the others",
    alone: bool = False,
) -> list[str]:
    """Return what a model says of its terms, the surest first.

    Parameters
    ----------
    effects, response, settings
        What it found, of what, and how.
    others
        What is held equal where there are several terms.
    alone
        True if each term has a model of its own.
    """
    tested = [test for test in effects.tests if not np.isnan(test.p_corrected)]
    found = [test for test in tested if test.p_corrected < settings.level]
    found.sort(key=lambda test: test.p_corrected)
    untested = _describe_untested(effects)
    if not tested:
        return untested
    n_all, given = len(tested), _describe_given(effects, others, alone=alone)
    method = f"{METHODS[settings.correction]}, level {settings.level:g}"
    proof = NO_PROOF.partition(":")[0] + "." if effects.void else NO_PROOF
    conditional = _describe_conditional([test for test in tested if test not in found])
    if not found:
        none = (
            f"None of {n_all} columns has a significant effect on {response.name}, "
            f"{given} ({method})."
        )
        return [f"{none} {proof}", *conditional, *untested]
    names = _list([test.term for test in found])
    verb = "has" if len(found) == 1 else "have"
    what = f"{len(found)} of {n_all} columns {verb} a significant effect on {response.name}"
    said = [f"{what}, {given} ({method}): {names}."]
    said += [_describe_effect(test, effects, response, settings) for test in found[:MOST_SENTENCES]]
    if len(found) < n_all:
        n_others = n_all - len(found)
        others = "The other one shows" if n_others == 1 else f"The other {n_others} show"
        said.append(f"{others} no significant effect. {proof}")
    return [*said, *conditional, *untested, NO_CAUSE]


def conclude_groups(
    comparison: GroupComparison, response: Response, column: str, settings: Settings
) -> list[str]:
    """Return what a comparison of groups says."""
    if len(comparison.differences) == 1:
        return [_describe_difference(comparison.differences[0], response, column, settings.level)]
    n_groups = len(comparison.groups)
    if np.isnan(comparison.p_overall):
        is_constant = any(group.deviation == 0 for group in comparison.groups)
        why = " (a group does not vary)" if is_constant else ""
        overall = f"The {n_groups} groups of {column} cannot be tested jointly{why}."
    elif not comparison.p_overall < settings.level:
        shown = format_p(comparison.p_overall)
        overall = f"The {n_groups} groups of {column} do not differ significantly ({shown})."
    else:
        overall = (
            f"The {n_groups} groups of {column} are not all equal in {response.name}: if they "
            f"were, such differences would come up {format_chance(comparison.p_overall)}."
        )
    found = [one for one in comparison.differences if one.p_corrected < settings.level]
    found.sort(key=lambda one: one.p_corrected)
    said = [_describe_difference(one, response, column, settings.level) for one in found]
    n_tested = sum(not np.isnan(one.p_corrected) for one in comparison.differences)
    pairs = f"{n_tested} pairs"
    pairs += " that can be tested" if n_tested < len(comparison.differences) else ""
    pairs = f"{len(found)} of {pairs} differ ({METHODS[settings.correction]})."
    return [overall, pairs, *said[:MOST_SENTENCES]]


def conclude_paired(paired: Paired, names: tuple[str, str], metric: str, level: float) -> list[str]:
    """Return whether the second candidate is better than the first, and how sure that is."""
    if paired.equal:
        return [f"{names[0]} and {names[1]} give the same predictions in every row."]
    rows, sure = paired.rows, f"{1 - level:.0%}"
    better, worse, gain = _order_by_gain(rows, names)
    if np.isnan(gain.gain):
        return [
            f"{metric} is undefined in these rows: {names[0]} and {names[1]} cannot be compared."
        ]
    if np.isnan(gain.p):
        ahead = f"{better} is better than {worse} by {format_figure(gain.gain)} {metric}"
        equal = f"{names[0]} and {names[1]} are equal in {metric}"
        return [
            (
                f"{(ahead if gain.gain else equal)} in these rows; the error of this "
                "difference is unknown."
            )
        ]
    if rows.p < level:
        said = (
            f"{better} is better than {worse} by {format_figure(gain.gain)} ± {gain.error:.2g} "
            f"{metric} ({sure}: {format_figure(gain.low)} to {format_figure(gain.high)}). If they "
            "were equally good, a difference this large would come up "
            f"{format_chance(rows.p)}."
        )
    else:
        said = (
            f"{names[0]} and {names[1]} do not differ significantly in {metric}: {better} is "
            f"ahead by {format_figure(gain.gain)} ± {gain.error:.2g}, and equally good models "
            f"would differ as much {format_chance(rows.p)}. On new rows {better} may be "
            f"better by up to {format_figure(max(gain.high, 0))}, or worse by up to "
            f"{format_figure(max(-gain.low, 0))} ({sure})."
        )
    return [said, _describe_folds(paired, names, level)]


def _describe_folds(paired: Paired, names: tuple[str, str], level: float) -> str:
    folds = paired.folds
    ahead = sum(gain > 0 for gain in paired.by_fold)
    count = f"{names[1]} is ahead in {ahead} of {len(paired.by_fold)} folds"
    if folds is None or np.isnan(folds.p):
        return f"{count}; these are too few folds to say what training on other rows would change."
    better = _order_by_gain(folds, names)[0]
    why = f"({format_p(folds.p)}, corrected for overlapping training rows)"
    if folds.p < level:
        return f"{count}: on average, trained on other rows, {better} would be better {why}."
    return (
        f"{count}: it is uncertain whether the same settings would be better on average, "
        f"trained on other rows {why}."
    )


def _order_by_gain(gain: Gain, names: tuple[str, str]) -> tuple[str, str, Gain]:
    """Return the better, the worse, and the gain of the better."""
    if gain.gain >= 0:
        return names[1], names[0], gain
    turned = Gain(
        gain=-gain.gain, error=gain.error, low=-gain.high, high=-gain.low, p=gain.p, df=gain.df
    )
    return names[0], names[1], turned


def _describe_given(effects: Effects, others: str, *, alone: bool) -> str:
    if alone and len(effects.tests) > 1:
        return "each by itself, with no other column held equal"
    if alone or len(effects.tests) == 1:
        return "with no other column held equal"
    return f"with {others} held equal"


def _describe_conditional(not_found: Sequence[EffectTest]) -> list[str]:
    """Return that parts of interactions were asked about at one place alone."""
    parts = [test for test in not_found if test.within]
    if not parts:
        return []
    products = _list(list(dict.fromkeys(name for test in parts for name in test.within)))
    place = AT_ZERO.format(products)
    names = _list([test.term for test in parts])
    return [f"For {names} this holds only {place}: the effect may be different elsewhere."]


def _describe_untested(effects: Effects) -> list[str]:
    """Return which terms have no test, and why."""
    by_reason: dict[str, list[str]] = {}
    for test in effects.tests:
        if not np.isnan(test.p_corrected):
            continue
        is_separated = test.separated or effects.void
        if not is_separated and not effects.n_clusters:
            reason = "its standard error is undefined"
        elif not is_separated:
            reason = f"fewer than {LEAST_CLUSTERS} clusters carry the effect"
        elif effects.n_clusters:
            reason = "classes are separated, and no test with clusters is valid then"
        else:
            reason = "the other columns alone already separate the classes"
        by_reason.setdefault(reason, []).append(test.term)
    return [f"{_list(names)} cannot be tested: {reason}." for reason, names in by_reason.items()]


def _describe_effect(
    test: EffectTest, effects: Effects, response: Response, settings: Settings
) -> str:
    own = [one for one in effects.coefficients if one.term == test.term]
    known = [one for one in own if not np.isnan(one.estimate) and one.error > 0]
    if not known and not test.separated:
        return (
            f"{test.term} has an effect by the likelihood-ratio test "
            f"({format_p(test.p_likelihood)}), but its size has no finite estimate, because the "
            "classes are separated."
        )
    if test.separated:
        what = (
            f"for some values of {test.term}, all counts are 0 in these rows"
            if response.family == "poisson"
            else f"{test.term} separates classes: the odds of some of its values are 0 or "
            "infinite in these rows"
        )
        return f"{what} (likelihood-ratio test, {format_p(test.p_likelihood)})."
    one = max(known, key=lambda one: abs(one.estimate) / one.error)
    among = (
        f"; of the {len(known)} coefficients of {test.term}, this is the most significant"
        if len(known) > 1
        else ""
    )
    factor = 1.0 if one.spread is None else one.spread
    step = (
        f"for {one.parameter}" + (f" compared with {test.reference}" if test.reference else "")
        if one.spread is None
        else f"for each increase of {format_figure(one.spread)} in {one.parameter} "
        "(one standard deviation)"
    )
    step += f", {AT_ZERO.format(_list(test.within))}" if test.within else ""
    figures = [factor * value for value in (one.estimate, one.low, one.high)]
    return f"{_describe_size(figures, one.label, response, settings.level)} {step}{among}."


def _describe_size(figures: Sequence[float], label: str, response: Response, level: float) -> str:
    sure = f"{1 - level:.0%}"
    if response.family == "gaussian" and response.transform == "identity":
        estimate, low, high = figures
        word = "higher" if estimate >= 0 else "lower"
        low, high = (low, high) if estimate >= 0 else (-high, -low)
        size, low_text, high_text = map(format_figure, (abs(estimate), low, high))
        return f"{response.name} is {size} {word} ({sure}: {low_text} to {high_text})"
    ratio, least, most = map(format_ratio, figures)
    size = f"multiplied by {ratio} ({sure}: {least} to {most})"
    if response.family == "gaussian":
        return f"1 + {response.name} is {size}"
    if response.family == "poisson":
        return f"The expected {response.name} is {size}"
    against = f" against {response.labels[0]}" if len(response.labels) > 2 else ""
    return f"The odds of {response.name} = {label}{against} are {size}"


def _describe_difference(
    one: GroupDifference, response: Response, column: str, level: float
) -> str:
    p = one.p if np.isnan(one.p_corrected) else one.p_corrected
    sure, groups = f"{1 - level:.0%}", f"{column} = {one.second} and {one.first}"
    size = f"{one.effect_name} {format_figure(one.effect)}"
    if np.isnan(one.difference):
        verb = "differ" if p < level else "cannot be told apart"
        return f"{groups} {verb} in the classes of {response.name} ({size}, {format_p(p)})."
    what = f"the share of {response.name} = {response.labels[1]}" if response.labels else "the mean"
    what = what if response.labels else f"the mean of {response.name}"
    interval = f"{sure}: {format_figure(one.low)} to {format_figure(one.high)}"
    if np.isnan(p):
        return f"{groups}: {what} differs by {format_figure(one.difference)}; no test is possible."
    if not p < level:
        return (
            f"{groups} do not differ significantly in {what} ({format_figure(one.difference)}, "
            f"{interval}, {format_p(p)})."
        )
    word = "higher" if one.difference >= 0 else "lower"
    low, high = (one.low, one.high) if one.difference >= 0 else (-one.high, -one.low)
    return (
        f"For {column} = {one.second}, {what} is {format_figure(abs(one.difference))} {word} than "
        f"for {one.first} ({sure}: {format_figure(low)} to {format_figure(high)}; {size}). If "
        f"there were no difference, one this large would come up {format_chance(one.p)}."
    )


def _list(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_SENTENCES])
    return (
        shown if len(names) <= MOST_SENTENCES else f"{shown} and {len(names) - MOST_SENTENCES} more"
    )

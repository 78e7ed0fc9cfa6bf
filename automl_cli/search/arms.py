"""Which model's candidate is next: every model once, then the list in its order, then samplers.

The list of a preset holds what has brought most per second elsewhere. So its order holds, but for
models whose latest candidates were of no use. What samplers propose competes by what the blend may
gain per second.
"""

import math
from collections.abc import Mapping
from statistics import fmean

from automl_cli.search.state import SHORTEST, TRIALS, ArmState, StudyState

FREE = 0.35  # of the time, in which new candidates are tried whatever members lack
EXPLORED = 0.65  # of the time, in which every model is tried once
PESSIMISM = 1.15  # fits take so much longer than those before
SLICE_SHARE = 0.25  # of the time left for new candidates that the first folds of one may take
LAST = 0.8  # of the time, after which a candidate may take what is left
LAST_SHARE = 0.8  # of the time left that one may take then, or if it needs so much
ENOUGH = 0.6  # of what the best candidate of a model took; with less another is hardly of use
LATEST = 3  # candidates of a model by which the next one is judged
# The nth candidate of a list lowers the blend's loss by this share, divided by the square of n: as
# the list of `medium` does on tables that had no say in its order (benchmarks/RESULTS.md).
PRIOR = 0.03
ASIDE = TRIALS | {"finer"}  # say nothing of a model's next candidate


def choose_arm(state: StudyState, slices: Mapping[str, float]) -> ArmState | None:
    """Return the model whose candidate is next, of those that there is time for; None: of none.

    Parameters
    ----------
    state
        What was tried, what is left, and the time.
    slices
        What one fold of the next candidate may take, by model.
    """
    able = [arm for arm in state.arms if arm.n_left and _needed(state, arm) <= slices[arm.model]]
    if not able:
        return None
    leading = [arm for arm in able if arm.model == state.lead]
    if leading:
        return leading[0]
    untried = [arm for arm in find_untried(state) if arm in able]
    if untried and state.share_used < EXPLORED:
        return untried[0]
    useful = [arm for arm in able if not _is_useless(state, arm)]
    listed = [arm for arm in useful if arm.is_listed]
    if listed:
        return min(listed, key=lambda arm: arm.position)
    return max(useful or able, key=lambda arm: measure_promise(state, arm))


def find_untried(state: StudyState) -> list[ArmState]:
    """Return the models of which nothing but trials was begun."""
    tried = {trial.model for trial in state.trials if state.is_eligible(trial)}
    return [arm for arm in state.arms if arm.model not in tried]


def slice_seconds(state: StudyState, arm: ArmState, reserve: float) -> float:
    """Return what one fold of a model's next candidate may take; `reserve` is for members."""
    least = SLICE_SHARE * state.seconds_left if state.share_used < FREE else 0.0
    # Late, there has to be time for all folds without which a candidate does not count.
    n_folds = state.n_first if state.share_used < EXPLORED else state.n_blended
    side_by_side = min(state.workers, n_folds) / n_folds
    left = side_by_side * max(state.seconds_left - reserve, least)
    # Near the end a whole candidate is worth more than a part of several.
    share = LAST_SHARE if not reserve and state.share_used > LAST else SLICE_SHARE
    return max(share * left, min(LAST_SHARE * left, _needed(state, arm)))


def measure_promise(state: StudyState, arm: ArmState) -> float:
    """Return what the blend may gain per second by the next candidate of a model.

    What the latest ones of the model brought, if that is not long ago, and what candidates of its
    place in the list bring elsewhere: more of a model that the blend is made of. It has to get the
    folds that it lacks before it counts.
    """
    shown = [trial for trial in state.trials if trial.n_folds and trial.source not in ASIDE]
    recent = shown[-len(state.arms) :]  # what was brought before, among few others, is no promise
    gains = [trial.gain for trial in recent if trial.model == arm.model][-LATEST:]
    own = [trial.fold_seconds for trial in shown if trial.model == arm.model][-LATEST:]
    weight = sum(trial.weight for trial in state.trials if trial.model == arm.model)
    usual = 0.5 * (1 + weight * len(state.arms)) if own else 1.0
    prior = usual * PRIOR * state.loss / arm.position**2
    gain = (prior + sum(gains)) / (1 + len(gains))
    is_kept = fmean([float(trial.gain > 0) for trial in recent] or [0.0])
    n_folds = state.n_first + is_kept * (state.n_blended - state.n_first)
    return gain / state.work_seconds(arm.fold_seconds or fmean(own or [0.0]), n_folds)


def _is_useless(state: StudyState, arm: ArmState) -> bool:
    """Return whether the latest candidates of a model are of no use to the blend."""
    shown = [
        trial
        for trial in state.trials
        if trial.model == arm.model and trial.n_folds and trial.source not in ASIDE
    ][-LATEST:]
    return len(shown) == LATEST and all(trial.is_useless for trial in shown)


def _needed(state: StudyState, arm: ArmState) -> float:
    """Return the seconds without which the next candidate of a model would come to nothing.

    What the best one of the model took, or what is known of others; a learning rate may be raised.
    """
    shown = [
        trial
        for trial in state.trials
        if trial.model == arm.model and trial.source not in ASIDE and math.isfinite(trial.loss)
    ]
    own = min(shown, key=lambda trial: trial.loss).fold_seconds if shown else 0.0
    return max(PESSIMISM * arm.least_seconds, ENOUGH * own, SHORTEST)

"""What is next under a clock: a new candidate of some model, or more folds for one that counts.

The state decides, and nothing else::

    0 ....... explore ....... FREE ....... explore or steady ....... 1   of the time
      every model once,             the same, in the time that the heaviest members
      then the one whose            of the blend do not need for the folds they lack,
      blend gains most              or further folds and repeats of members: what
      per second                    lowers the blend's loss most per second

A candidate starts on the first rung of folds. Between models an upper bound decides on what the
blend may gain per second, in the manner of MaxUCB (Rezaei Balef and others, NeurIPS 2025): what its
latest candidates brought, and a bonus for models that were hardly tried. Further folds of a member
make the mean of its models steadier, by as much as they differ (`search.ambiguity`).
"""

import math
from collections.abc import Sequence

from automl_cli.search.state import (
    Action,
    ArmState,
    Explore,
    Promote,
    StudyState,
    TrialState,
    Wait,
)

FREE = 0.35  # of the time, in which new candidates are tried whatever members lack
EXPLORED = 0.65  # of the time, in which new ones are tried while nobody knows what folds bring
SLICE_SHARE = 0.25  # of the time left for new candidates that the first folds of one may take
LAST_SHARE = 0.8  # of the time left once nothing else is to be done in it, near the end
SHORTEST = 0.5  # seconds
ENOUGH = 0.6  # of what the best candidate of a model took; with less another is hardly of use
LATEST = 3  # candidates of a model by which the next one is judged
BONUS = 0.5  # mean gains that a model is thought to bring for want of trials
PESSIMISM = 1.15  # fits take so much longer than those before
CORE = 2 / 3  # of the weights: of the members for whose folds time is reserved
LEAST_WEIGHT = 0.02  # in the blend that is worth more folds


def choose_action(state: StudyState) -> Action:
    """Return what is next.

    Parameters
    ----------
    state
        What was tried, what is left, and the time.
    """
    if not state.trials and state.arms:  # without it there may be no submission at all
        return Explore(state.arms[0].model, max(SHORTEST, state.seconds_left))
    promotion = _choose_promotion(state)
    # Folds that no time is left for keep nobody from using it.
    reserve = 0.0 if promotion is None else PESSIMISM * _promotion_seconds(state)
    slice_seconds = _slice_seconds(state, reserve)
    arm = _choose_arm(state, slice_seconds)
    if arm is not None and (promotion is None or _is_exploring(state, arm)):
        return Explore(arm.model, slice_seconds)
    if promotion is not None:
        return promotion
    if any(trial.is_running for trial in state.trials):
        return Wait("")
    if any(one.n_left for one in state.arms):
        return Wait("the time left is too short for another candidate")
    return Wait("every candidate was tried, and the members of the ensemble have every fold")


def _is_exploring(state: StudyState, arm: ArmState) -> bool:
    """Return whether a new candidate is worth more than further folds of members, per second."""
    if _share_used(state) < FREE:
        return True
    worth = _further_worth(state)
    return _share_used(state) < EXPLORED if worth is None else _promise(state, arm) >= worth


def _further_worth(state: StudyState) -> float | None:
    """Return what folds beyond those that are enough bring per second; None: it is unknown."""
    worths = []
    for trial in _find_members(state):
        n_folds = max(trial.n_folds, state.n_enough)
        rung = next((n for n in state.rungs if n > n_folds), None)
        ambiguity = _ambiguity(state, trial)
        if not ambiguity:
            return None
        if rung is not None:
            worths.append(_steadier(trial, ambiguity, n_folds, rung, state.workers))
    return max(worths, default=0.0)


def _steadier(trial: TrialState, ambiguity: float, n_folds: int, rung: int, workers: int) -> float:
    """Return by how much the blend's loss falls per second by more folds of a member.

    The mean of n folds varies by 1 / n of what one varies by.
    """
    seconds = trial.fold_seconds * math.ceil((rung - n_folds) / workers)
    return trial.weight * ambiguity * (1 / n_folds - 1 / rung) / max(seconds, 1e-3)


def _ambiguity(state: StudyState, trial: TrialState) -> float:
    """Return the ambiguity of a candidate; while it is unknown that of others, its model first."""
    if trial.ambiguity:
        return trial.ambiguity
    known = [one for one in state.trials if one.ambiguity and one.n_folds]
    alike = [one.ambiguity for one in known if one.model == trial.model]
    return _mean(alike or [one.ambiguity for one in known])


def _share_used(state: StudyState) -> float:
    return 1.0 - state.seconds_left / max(state.seconds_total, 1e-9)


def _slice_seconds(state: StudyState, reserve: float) -> float:
    """Return what one fold of a new candidate may take; `reserve` seconds are for members."""
    least = SLICE_SHARE * state.seconds_left if _share_used(state) < FREE else 0.0
    left = max(state.seconds_left - reserve, least)
    share = LAST_SHARE if not reserve and left < LAST_SHARE * state.seconds_total else SLICE_SHARE
    side_by_side = min(state.workers, state.n_first) / state.n_first
    # Near the end a whole candidate is worth more than a part of several.
    longest = max((_needed(state, arm) for arm in state.arms if arm.n_left), default=0.0)
    return max(share * left * side_by_side, min(LAST_SHARE * left * side_by_side, longest))


def _choose_arm(state: StudyState, slice_seconds: float) -> ArmState | None:
    """Return the model whose next candidate promises most per second, if there is time for it."""
    able = [arm for arm in state.arms if arm.n_left and _needed(state, arm) <= slice_seconds]
    if not able:
        return None
    leading = [arm for arm in able if arm.model == state.lead]
    if leading:
        return leading[0]
    untried = [arm for arm in _find_untried(state) if arm in able]
    if untried:
        return untried[0]
    return max(able, key=lambda arm: _promise(state, arm))


def _find_untried(state: StudyState) -> list[ArmState]:
    tried = {trial.model for trial in state.trials if trial.source in {"planned", "search"}}
    return [arm for arm in state.arms if arm.model not in tried]


def _needed(state: StudyState, arm: ArmState) -> float:
    """Return the seconds without which the next candidate of a model would come to nothing.

    What the best one of the model took, or what is known of others; a learning rate may be raised.
    """
    shown = [
        trial
        for trial in state.trials
        if trial.model == arm.model
        and trial.source not in {"growth", "way"}
        and math.isfinite(trial.loss)
    ]
    own = min(shown, key=lambda trial: trial.loss).fold_seconds if shown else 0.0
    return max(PESSIMISM * arm.least_seconds, ENOUGH * own, SHORTEST)


def _promise(state: StudyState, arm: ArmState) -> float:
    """Return what the blend may gain per second by the next candidate of a model.

    What a candidate brought when there were few others says nothing of the next one: the latest of
    all models count.
    """
    shown = [trial for trial in state.trials if trial.n_folds]
    own = [trial for trial in shown if trial.model == arm.model][-LATEST:]
    recent = shown[-len(state.arms) :]
    typical = _mean([trial.gain for trial in recent])
    latest = [trial.gain for trial in recent if trial.model == arm.model][-LATEST:]
    n_begun = sum(trial.model == arm.model for trial in state.trials)
    bound = _mean(latest) if latest else typical
    bound += BONUS * typical / math.sqrt(max(1, n_begun))
    seconds = _mean([trial.fold_seconds for trial in own]) or arm.fold_seconds
    return bound / max(seconds, SHORTEST)  # what is begun costs something, however quick it is


def _promotion_seconds(state: StudyState) -> float:
    """Return what the folds take that the heaviest members of the blend lack."""
    seconds, weight = 0.0, 0.0
    members = _find_members(state)
    for trial in sorted(members, key=lambda trial: -trial.weight):
        if weight >= CORE * sum(one.weight for one in members):
            break
        weight += trial.weight
        seconds += max(0, state.n_enough - trial.wanted) * trial.fold_seconds / state.workers
    return seconds


def _choose_promotion(state: StudyState) -> Promote | None:
    """Return the member of the blend whose next folds are worth most."""
    best, highest = None, (False, 0.0)
    for trial in _find_members(state):
        rung = next((n for n in state.rungs if n > trial.n_folds), None)
        if trial.is_running or rung is None:
            continue
        if trial.n_folds < state.n_enough:
            rung = state.n_enough
        seconds = trial.fold_seconds * math.ceil((rung - trial.n_folds) / state.workers)
        if max(PESSIMISM * seconds, SHORTEST) > state.seconds_left:
            continue
        # The blend is made on the folds that its members share: first of all the heaviest get
        # them.
        worth = (True, trial.weight)
        if trial.n_folds >= state.n_enough:
            ambiguity = _ambiguity(state, trial) or 1.0
            worth = (False, _steadier(trial, ambiguity, trial.n_folds, rung, state.workers))
        if worth > highest:
            best, highest = Promote(trial.key, rung), worth
    return best


def _find_members(state: StudyState) -> list[TrialState]:
    return [
        trial
        for trial in state.trials
        if trial.n_folds and not trial.ended and trial.weight >= LEAST_WEIGHT
    ]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0

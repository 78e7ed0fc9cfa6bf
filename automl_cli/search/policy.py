"""What is next under a clock: a new candidate, or more folds for one that counts.

The state decides, and nothing else::

    0 ....... explore ....... FREE ....... explore, commit or steady ....... 1   of the time
      every model once, then        whatever lowers the loss of the final blend most per second:
      whatever promises most        a new candidate, the folds that one lacks, with a finer
      per second                    learning rate if there is time for it, or repeats of a member

A candidate starts on the first rung of folds, with a learning rate that lets it end in its slice:
that is enough to compare it. What the blend is made of are those with enough folds. The best way
gets them at once, or else the first candidate of the list: the baseline. Then whichever is expected
to add most to those that have them gets some, a few at a time. A new candidate promises what the
latest ones of its model brought, and what its place in the list brings elsewhere; it has to get
folds, too, before it counts. Further folds make the mean of a member's models steadier, by as much
as they differ (`search.ambiguity`). To choose by what a model still gains per second is the idea of
MaxUCB (Rezaei Balef and others, NeurIPS 2025).
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from automl_cli.search.state import (
    LEAST_WEIGHT,
    TRIALS,
    Action,
    ArmState,
    Explore,
    Promote,
    Refine,
    StudyState,
    TrialState,
    Wait,
)

FREE = 0.35  # of the time, in which new candidates are tried whatever members lack
EXPLORED = 0.65  # of the time, in which every model is tried once
SLICE_SHARE = 0.25  # of the time left for new candidates that the first folds of one may take
LAST = 0.8  # of the time, after which a candidate may take what is left
LAST_SHARE = 0.8  # of the time left that one may take then, or if it needs so much
SHORTEST = 0.5  # seconds
LEAST_ADDS = 0.0002  # of the blend's loss that a candidate has to add to get folds
ENOUGH = 0.6  # of what the best candidate of a model took; with less another is hardly of use
LATEST = 3  # candidates of a model by which the next one is judged
# The nth candidate of a list lowers the blend's loss by this share, divided by the square of n: as
# the list of `medium` does on tables that had no say in its order (benchmarks/RESULTS.md).
PRIOR = 0.03
PESSIMISM = 1.15  # fits take so much longer than those before
ASIDE = TRIALS | {"finer"}  # say nothing of a model's next candidate
FINER_BY = 1.5  # times as long a fold has to take for a finer rate to be worth another fit
FINER_SHARE = 0.5  # of the time left that the folds of one may take


def choose_action(state: StudyState) -> Action:
    """Return what is next.

    Parameters
    ----------
    state
        What was tried, what is left, and the time.
    """
    if not state.trials and state.arms:  # without it there may be no submission at all
        return Explore(state.arms[0].model, max(SHORTEST, state.seconds_left))
    if not state.lead and not state.is_settled and _is_running(state):
        return Wait("")  # what the ways show decides how others get their columns
    promotion = _choose_promotion(state)
    is_lacking = promotion is not None and promotion.is_lacking(state)
    reserve = promotion.seconds(state) if promotion is not None and is_lacking else 0.0
    slices = {arm.model: _slice_seconds(state, arm, reserve) for arm in state.arms}
    arm = _choose_arm(state, slices)
    if arm is not None and (promotion is None or _is_exploring(state, arm, promotion)):
        return Explore(arm.model, slices[arm.model])
    if promotion is not None:
        return _refine(state, promotion) or Promote(promotion.trial.key, promotion.n_folds)
    return Wait(_describe_end(state))


def _describe_end(state: StudyState) -> str:
    """Return why nothing more is begun; nothing while something is under way."""
    if _is_running(state):
        return ""
    if any(arm.n_left for arm in state.arms):
        return "the time left is too short for another candidate"
    return "every candidate was tried, and the members of the ensemble have every fold"


@dataclass(frozen=True, slots=True)
class _Promotion:
    """Further folds of a candidate, and what they bring per second; None: it is unknown."""

    trial: TrialState
    n_folds: int
    worth: float | None

    def is_lacking(self, state: StudyState) -> bool:
        """Return whether the blend has no use for the candidate before."""
        return self.trial.n_folds < state.n_blended

    def seconds(self, state: StudyState) -> float:
        """Return what the folds take, and those without which they would be of no use."""
        n_folds = max(self.n_folds, state.n_blended)
        return max(PESSIMISM * _seconds_to(state, self.trial, n_folds), SHORTEST)


def _is_exploring(state: StudyState, arm: ArmState, promotion: _Promotion) -> bool:
    """Return whether a new candidate is worth more than further folds of others, per second.

    The baseline gets its folds at once.
    """
    if promotion.trial == _find_baseline(state):
        return False
    if _share_used(state) < FREE:
        return True
    if promotion.worth is None or arm in _find_untried(state):
        return _share_used(state) < EXPLORED
    return _promise(state, arm) >= promotion.worth


def _find_baseline(state: StudyState) -> TrialState | None:
    """Return what others are compared with by what they add to it, while it lacks folds for that.

    It is the trial of the best way, or else the first one of the list.
    """
    eligible = [one for one in state.trials if _is_eligible(state, one) and not one.ended]
    return eligible[0] if eligible and eligible[0].n_folds < state.n_blended else None


def _is_eligible(state: StudyState, trial: TrialState) -> bool:
    """Return whether a candidate is more than the first of the run, or a trial that has lost."""
    return trial.source not in {"first", *TRIALS} or trial.key == state.best_way


def _is_running(state: StudyState) -> bool:
    return any(trial.is_running for trial in state.trials)


def _refine(state: StudyState, promotion: _Promotion) -> Refine | None:
    """Return the candidate with a finer rate, if there is time for it on all folds it needs."""
    trial = promotion.trial
    if not promotion.is_lacking(state) or not _is_eligible(state, trial):
        return None
    rounds = _count_rounds(state, state.n_blended)
    least = FINER_BY * trial.fold_seconds
    left = state.seconds_left - sum(
        one.fold_seconds * rounds
        for one in state.trials
        if one.source == "finer" and not one.n_folds and one.is_running
    )
    longest = FINER_SHARE * left / rounds / PESSIMISM
    if trial.finest_seconds < least or longest < least:
        return None
    return Refine(trial.key, promotion.n_folds, min(trial.finest_seconds, longest))


def _count_rounds(state: StudyState, n_folds: int) -> int:
    """Return how many folds run one after another; the first runs alone."""
    return 1 + math.ceil((n_folds - 1) / state.workers)


def _choose_promotion(state: StudyState) -> _Promotion | None:
    """Return the folds that are worth most.

    The blend is made on the folds that its members share. Of what lacks folds, whatever adds most
    to those that have enough comes first, however long it takes: what is cheap and adds little
    would use up the time of what adds much.
    """
    baseline = _find_baseline(state)
    found = [
        promotion
        for trial in state.trials
        if (trial == baseline or _is_worth_folds(state, trial))
        and (promotion := _find_promotion(state, trial)) is not None
        and promotion.seconds(state) <= state.seconds_left
    ]
    of_baseline = next((one for one in found if one.trial == baseline), None)
    if of_baseline is not None:
        return of_baseline
    lacking = [one for one in found if one.is_lacking(state)]
    steadier = [one for one in found if not one.is_lacking(state)]
    first = max(lacking, key=lambda one: one.trial.adds, default=None)
    second = max(steadier, key=lambda one: one.worth or one.trial.weight, default=None)
    if first is None or second is None:
        return first or second
    return second if (second.worth or 0.0) > (first.worth or 0.0) else first


def _is_worth_folds(state: StudyState, trial: TrialState) -> bool:
    """Return whether a candidate adds to the blend, or has weight in it."""
    if trial.n_folds < state.n_blended:
        return trial.adds > LEAST_ADDS * state.loss
    return trial.weight >= LEAST_WEIGHT


def _find_promotion(state: StudyState, trial: TrialState) -> _Promotion | None:
    """Return the next folds of a candidate; None if it cannot have any."""
    # All workers at once, but for the last ones of those that are enough.
    least = max(1, min(state.workers, state.n_blended - trial.n_folds))
    rung = next((n for n in state.rungs if n >= trial.n_folds + least), None)
    if not trial.n_folds or trial.ended or trial.is_running or rung is None:
        return None
    if trial.n_folds < state.n_blended:
        seconds = _work_seconds(state, trial.fold_seconds, state.n_blended - trial.n_folds)
        return _Promotion(trial, rung, trial.adds / seconds)
    # The mean of n folds varies by 1 / n of what one varies by, and in a blend of members that vary
    # on their own by the square of its weight.
    ambiguity = _ambiguity(state, trial)
    steadier = trial.weight**2 * ambiguity * (1 / trial.n_folds - 1 / rung)
    seconds = _work_seconds(state, trial.fold_seconds, rung - trial.n_folds)
    return _Promotion(trial, rung, steadier / seconds if ambiguity else None)


def _ambiguity(state: StudyState, trial: TrialState) -> float:
    """Return the ambiguity of a candidate; while it is unknown that of others, its model first."""
    if trial.ambiguity:
        return trial.ambiguity
    known = [one for one in state.trials if one.ambiguity and one.n_folds]
    alike = [one.ambiguity for one in known if one.model == trial.model]
    return _mean(alike or [one.ambiguity for one in known])


def _share_used(state: StudyState) -> float:
    return 1.0 - state.seconds_left / max(state.seconds_total, 1e-9)


def _slice_seconds(state: StudyState, arm: ArmState, reserve: float) -> float:
    """Return what one fold of a model's next candidate may take; `reserve` is for members."""
    least = SLICE_SHARE * state.seconds_left if _share_used(state) < FREE else 0.0
    side_by_side = min(state.workers, state.n_first) / state.n_first
    left = side_by_side * max(state.seconds_left - reserve, least)
    # Near the end a whole candidate is worth more than a part of several.
    share = LAST_SHARE if not reserve and _share_used(state) > LAST else SLICE_SHARE
    return max(share * left, min(LAST_SHARE * left, _needed(state, arm)))


def _choose_arm(state: StudyState, slices: Mapping[str, float]) -> ArmState | None:
    """Return the model whose next candidate promises most per second, if there is time for it."""
    able = [arm for arm in state.arms if arm.n_left and _needed(state, arm) <= slices[arm.model]]
    if not able:
        return None
    leading = [arm for arm in able if arm.model == state.lead]
    if leading:
        return leading[0]
    untried = [arm for arm in _find_untried(state) if arm in able]
    if untried and _share_used(state) < EXPLORED:
        return untried[0]
    return max(able, key=lambda arm: _promise(state, arm))


def _find_untried(state: StudyState) -> list[ArmState]:
    tried = {trial.model for trial in state.trials if _is_eligible(state, trial)}
    return [arm for arm in state.arms if arm.model not in tried]


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


def _promise(state: StudyState, arm: ArmState) -> float:
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
    is_kept = _mean([float(trial.gain > 0) for trial in recent])
    n_folds = state.n_first + is_kept * (state.n_blended - state.n_first)
    return gain / _work_seconds(state, arm.fold_seconds or _mean(own), n_folds)


def _seconds_to(state: StudyState, trial: TrialState, n_folds: int) -> float:
    """Return what it takes until a candidate has so many folds, workers doing nothing else."""
    return trial.fold_seconds * math.ceil((n_folds - trial.wanted) / state.workers)


def _work_seconds(state: StudyState, fold_seconds: float, n_folds: float) -> float:
    """Return what folds take of the time of all workers; however quick they are, something."""
    return max(fold_seconds * n_folds / state.workers, SHORTEST)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0

"""What is next under a clock: a new candidate, or more folds for one that counts.

The state decides, and nothing else::

    0 ....... explore ....... FREE ....... explore, commit or steady ....... 1   of the time
      every model once, then        whatever lowers the loss of the final blend most per second:
      the list (`search.arms`)      a new candidate, the folds that one lacks, with a finer
                                    learning rate if there is time for it, or repeats of a member

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
from dataclasses import dataclass
from statistics import fmean

from automl_cli.search.arms import (
    EXPLORED,
    FREE,
    PESSIMISM,
    choose_arm,
    find_untried,
    measure_promise,
    slice_seconds,
)
from automl_cli.search.state import (
    LEAST_WEIGHT,
    SHORTEST,
    Action,
    ArmState,
    Explore,
    Promote,
    Refine,
    StudyState,
    TrialState,
    Wait,
)

ABOUT = 0.8  # of what the best one adds is as good, for a baseline
NEAR = 0.5  # of the most that any adds: as good as equal, as few rows tell it
LEAST_ADDS = 0.0002  # of the blend's loss that a candidate has to add to get folds
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
    slices = {arm.model: slice_seconds(state, arm, reserve) for arm in state.arms}
    arm = choose_arm(state, slices)
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
    if state.share_used < FREE:
        return True
    if promotion.worth is None or arm in find_untried(state):
        return state.share_used < EXPLORED
    return measure_promise(state, arm) >= promotion.worth


def _find_baseline(state: StudyState) -> TrialState | None:
    """Return what others are compared with by what they add to it, while it lacks folds for that.

    It is the trial of the best way, or else the first one of the list, unless another one has
    shown that it is much better: before there is a blend, what one adds is how good it is.
    """
    eligible = [one for one in state.trials if state.is_eligible(one) and not one.ended]
    if not eligible or any(one.n_folds >= state.n_blended for one in eligible):
        return None
    first, best = eligible[0], max(eligible, key=lambda one: one.adds)
    return best if first.n_folds and first.adds < ABOUT * best.adds else first


def _is_running(state: StudyState) -> bool:
    return any(trial.is_running for trial in state.trials)


def _refine(state: StudyState, promotion: _Promotion) -> Refine | None:
    """Return the candidate with a finer rate, if there is time for it on all folds it needs."""
    trial = promotion.trial
    if not promotion.is_lacking(state) or not state.is_eligible(trial):
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

    The blend is made on the folds that its members share. Of what lacks folds and adds about as
    much as any to those that have enough, whatever adds most per second comes first: what is cheap
    and adds little would use up the time of what adds much.
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
    most = max((one.trial.adds for one in lacking), default=0.0)
    near = [one for one in lacking if one.trial.adds >= NEAR * most]
    first = max(near, key=lambda one: one.worth or 0.0, default=None)
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
        seconds = state.work_seconds(trial.fold_seconds, state.n_blended - trial.n_folds)
        return _Promotion(trial, rung, trial.adds / seconds)
    # The mean of n folds varies by 1 / n of what one varies by, and in a blend of members that vary
    # on their own by the square of its weight.
    ambiguity = _ambiguity(state, trial)
    steadier = trial.weight**2 * ambiguity * (1 / trial.n_folds - 1 / rung)
    seconds = state.work_seconds(trial.fold_seconds, rung - trial.n_folds)
    return _Promotion(trial, rung, steadier / seconds if ambiguity else None)


def _ambiguity(state: StudyState, trial: TrialState) -> float:
    """Return the ambiguity of a candidate; while it is unknown that of others, its model first."""
    if trial.ambiguity:
        return trial.ambiguity
    known = [one for one in state.trials if one.ambiguity and one.n_folds]
    alike = [one.ambiguity for one in known if one.model == trial.model]
    return fmean(alike or [one.ambiguity for one in known] or [0.0])


def _seconds_to(state: StudyState, trial: TrialState, n_folds: int) -> float:
    """Return what it takes until a candidate has so many folds, workers doing nothing else."""
    return trial.fold_seconds * math.ceil((n_folds - trial.wanted) / state.workers)

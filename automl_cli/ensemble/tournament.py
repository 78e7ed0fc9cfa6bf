"""A tournament of combiners: which blend of the candidates answers the problem.

Every combiner predicts each block from what it learns on the other blocks. The first of the table
whose loss cannot be told from the lowest wins: the greedy blend stays unless another beats it by
more than one paired standard error (measured: benchmarks/RESULTS.md).

What is reported is scored, block by block, with the combiner that the *other* blocks choose. What
combiners predict there has seen this block's labels; so they reach the score through the choice of
one in five, and through nothing else.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from automl_cli.core.arrays import FloatMatrix, IntVector
from automl_cli.core.candidate import Blend, Candidate
from automl_cli.core.deadline import Deadline
from automl_cli.core.metric import find_lowest
from automl_cli.core.problem import Problem
from automl_cli.core.resampling import jackknife_error, thin_rows
from automl_cli.core.threads import limit_blas
from automl_cli.decision import decide_crossfitted, fit_decision, make_blocks
from automl_cli.decision.scoring import (
    make_row_parts,
    make_selection_loss,
    score_answers,
    score_candidate,
)
from automl_cli.ensemble.alignment import align_blocks
from automl_cli.ensemble.combiners import COMBINERS, Combiner, CombinerState, get_weights
from automl_cli.ensemble.linear import MemberMargins

_TOLERANCE = 1.0  # paired standard errors that a later combiner has to win by
_N_PARTS = 20  # at most, of the rows by which a choice is made
_MAX_ROWS = 50_000  # enough to tell contestants apart


_NO_LIMIT = Deadline(None)


@dataclass(frozen=True, slots=True)
class _Clock:
    deadline: Deadline
    n_threads: int  # without a deadline; with one, fits follow each other and share it


@dataclass(frozen=True, slots=True, kw_only=True)
class _Contestant:
    combiner: Combiner
    oof: FloatMatrix  # cross-fitted, shape (rows, n_outputs), NaN where no fold holds out
    seen: FloatMatrix  # what `state` makes of the same rows
    state: CombinerState  # learned from all covered rows
    score: float  # of `oof`
    in_sample: float  # of what `state` makes of the rows it has seen


def blend_candidates(
    problem: Problem,
    candidates: Sequence[Candidate],
    *,
    combiners: Sequence[str] = (),
    deadline: Deadline = _NO_LIMIT,
    n_threads: int = 1,
) -> Blend:
    """Return the blend of the candidates that wins the tournament.

    Parameters
    ----------
    problem
        The target, its folds and its metric.
    candidates
        One or more, in any order.
    combiners
        Names of those that compete; empty: all.
    deadline
        When the blend has to be there. As many combiners enter as it leaves time for, those of
        little effort first; without any time the blend is the mean.
    n_threads
        How many fits of one combiner may run at a time where there is no deadline; the result is
        the same.
    """
    with limit_blas():
        ordered = sorted(candidates, key=lambda candidate: candidate.spec.key)
        members = [candidate.oof for candidate in ordered]
        field = _make_field(problem, len(ordered), combiners)
        contestants = _enter_field(problem, field, members, _Clock(deadline, n_threads))
        oof, winner = _run(problem, contestants)
        scored = score_candidate(problem, oof)
        return Blend(
            combiner=winner.combiner.name,
            members=tuple(candidate.spec.key for candidate in ordered),
            weights=get_weights(winner.state),
            state=winner.state,
            oof=oof,
            test=_blend_test(winner, ordered),
            score=scored.score,
            score_se=scored.score_se,
            in_sample=winner.in_sample,
            tournament=tuple((one.combiner.name, one.score, one.in_sample) for one in contestants),
        )


def apply_blend(blend: Blend, members: Sequence[FloatMatrix]) -> FloatMatrix:
    """Return the blended predictions for any rows.

    Parameters
    ----------
    blend
        What `blend_candidates` returned.
    members
        The predictions of ``blend.members``, in that order, each of shape (rows, n_outputs).
    """
    return COMBINERS.get(blend.combiner).apply(blend.state, members)


def make_single_blend(candidate: Candidate) -> Blend:
    """Return the blend of one candidate, what a run answers before it has an ensemble."""
    return Blend(
        combiner="best",
        members=(candidate.spec.key,),
        weights=np.ones(1),
        state={"weights": [1.0]},
        oof=candidate.oof,
        test=candidate.test,
        score=candidate.score,
        score_se=candidate.score_se,
        in_sample=candidate.score,
        tournament=(),
    )


def _make_field(problem: Problem, n_members: int, names: Sequence[str]) -> list[Combiner]:
    if n_members == 1:
        return [COMBINERS.get("best")]
    # In the table's order, whatever the config's: it says which one a tie goes to.
    wanted = [COMBINERS.get(name) for name in COMBINERS if not names or name in names]
    fitting = [combiner for combiner in wanted if problem.objective in combiner.objectives]
    return fitting or [COMBINERS.get("mean")]


def _enter_field(
    problem: Problem, field: Sequence[Combiner], members: MemberMargins, clock: _Clock
) -> list[_Contestant]:
    """Let combiners enter, those of little effort first, and return them in the field's order."""
    deadline = clock.deadline
    if len(field) > 1 and deadline.seconds_left() <= 0:
        field = [COMBINERS.get("mean")]
    easiest, *others = sorted(field, key=lambda combiner: combiner.effort)
    started = time.monotonic()
    entered = [_enter(problem, easiest, members, clock)]
    seconds_to_enter = time.monotonic() - started
    seconds_to_choose = _time_choice(problem, entered[0], deadline) if others else 0.0
    for combiner in others:
        # Each entry is scored, and so is the end; every contestant prolongs the choice.
        work_end = deadline.earlier(3.0 * seconds_to_enter + seconds_to_choose * (len(entered) + 1))
        spare = work_end.seconds_left()
        if spare <= 0:
            break
        share = replace(clock, deadline=Deadline.after(spare / 2.0))
        entered.append(_enter(problem, combiner, members, share))
    if deadline.seconds_left() <= 0:  # slower than it looked: no time to choose
        return entered[:1]
    return sorted(entered, key=lambda contestant: field.index(contestant.combiner))


def _time_choice(problem: Problem, contestant: _Contestant, deadline: Deadline) -> float:
    """Return the seconds that one more contestant adds to all choices."""
    if deadline.ends_at is None:
        return 0.0
    blocks = make_blocks(problem)
    rows = thin_rows(np.flatnonzero(blocks >= 0), _MAX_ROWS, problem.seed)
    started = time.monotonic()
    _losses(problem, [contestant], rows)
    n_losses = (1 + _N_PARTS) * (1 + len(np.unique(blocks[rows])))
    return n_losses * (time.monotonic() - started)


def _enter(
    problem: Problem, combiner: Combiner, members: MemberMargins, clock: _Clock
) -> _Contestant:
    blocks = make_blocks(problem)
    covered = np.flatnonzero(blocks >= 0)
    numbers = np.unique(blocks[covered])
    known = [covered[blocks[covered] != block] for block in numbers]
    states = _fit_each(problem, combiner, members, [*known, covered], clock)
    oof = np.full(members[0].shape, np.nan)
    seen = oof.copy()
    for block, state in zip(numbers, states, strict=False):
        inside = np.flatnonzero(blocks == block)
        oof[inside] = combiner.apply(state, [member[inside] for member in members])
    state = states[-1]
    if len(covered) == len(blocks):
        seen = combiner.apply(state, members)
    else:
        seen[covered] = combiner.apply(state, [member[covered] for member in members])
    if _has_one_column(problem, oof):
        oof = align_blocks(oof, seen, blocks)
    answers = fit_decision(problem, seen, covered).apply(seen)
    return _Contestant(
        combiner=combiner,
        oof=oof,
        seen=seen,
        state=state,
        score=score_answers(problem, decide_crossfitted(problem, oof), covered),
        in_sample=score_answers(problem, answers, covered),
    )


def _fit_each(
    problem: Problem,
    combiner: Combiner,
    members: MemberMargins,
    parts: Sequence[IntVector],
    clock: _Clock,
) -> list[CombinerState]:
    """Return what a combiner learns from each of the parts of the rows."""
    if clock.deadline.ends_at is None and clock.n_threads > 1:
        # NumPy lets other threads run while it computes, so that no data is sent to processes.
        with ThreadPoolExecutor(clock.n_threads) as pool:
            fits = [pool.submit(combiner.fit, problem, members, rows, _NO_LIMIT) for rows in parts]
            return [fit.result() for fit in fits]
    states = []
    for n_done, rows in enumerate(parts):
        share = Deadline.after(clock.deadline.seconds_left() / (len(parts) - n_done))
        states.append(combiner.fit(problem, members, rows, share))
    return states


def _run(problem: Problem, contestants: Sequence[_Contestant]) -> tuple[FloatMatrix, _Contestant]:
    """Return the predictions of those whom the other blocks choose, and whom all blocks choose."""
    blocks = make_blocks(problem)
    covered = np.flatnonzero(blocks >= 0)
    oof = np.full_like(contestants[0].oof, np.nan)
    for block in np.unique(blocks[covered]):
        inside = blocks == block
        chosen = _choose(problem, contestants, covered[~inside[covered]])
        oof[inside] = chosen.oof[inside]
    winner = _choose(problem, contestants, covered)
    return align_blocks(oof, winner.seen, blocks) if _has_one_column(problem, oof) else oof, winner


def _has_one_column(problem: Problem, oof: FloatMatrix) -> bool:
    """Return whether rows of different blocks are compared by nothing but their order."""
    return problem.metric.order_only and oof.shape[1] == 1


def _choose(problem: Problem, contestants: Sequence[_Contestant], rows: IntVector) -> _Contestant:
    if len(contestants) == 1:
        return contestants[0]
    rows = thin_rows(rows, _MAX_ROWS, problem.seed)
    parts = make_row_parts(problem)[rows]
    without = [rows[parts != part] for part in np.unique(parts)]
    # Losses on all rows, then on all rows but one part; shape (1 + parts, contestants).
    losses = np.array([_losses(problem, contestants, some) for some in (rows, *without)])
    losses[~np.isfinite(losses)] = np.nan
    lowest = find_lowest(losses[0])
    for contestant, column in zip(contestants, losses.T, strict=True):
        behind = column - losses[:, lowest]
        if behind[0] <= _TOLERANCE * jackknife_error(behind[1:]):
            return contestant
    return contestants[lowest]


def _losses(problem: Problem, contestants: Sequence[_Contestant], rows: IntVector) -> list[float]:
    loss = make_selection_loss(problem, rows)
    return [loss(contestant.oof[rows]) for contestant in contestants]


def _blend_test(winner: _Contestant, ordered: Sequence[Candidate]) -> FloatMatrix | None:
    tests = [candidate.test for candidate in ordered if candidate.test is not None]
    if len(tests) < len(ordered):
        return None
    return winner.combiner.apply(winner.state, tests)

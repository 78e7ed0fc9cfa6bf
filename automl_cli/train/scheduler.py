"""What the workers do next, under the clock and within memory.

The scheduler holds the candidates that are begun and the tasks that are running. It decides which
task is next; what is begun next is the planner's business, and `cross_fit` hands out and settles.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from automl_cli.core.problem import Problem
from automl_cli.train.candidate_progress import CandidateProgress, FoldTask
from automl_cli.train.execution import Execution
from automl_cli.train.executor import Executor
from automl_cli.train.proposal import Planner, Proposal
from automl_cli.train.time_budget import SHORTEST_SLICE

if TYPE_CHECKING:
    from concurrent.futures import Future

    from automl_cli.train.attempt import Crash


@dataclass(slots=True)
class Scheduler:
    """All candidates that are begun, and how far they are. `cross_fit` alone changes it.

    Parameters
    ----------
    problem
        The target, with all its folds.
    planner
        Says what is begun next.
    execution
        Where units run.
    active
        Candidates that are begun and not at their end.
    running
        What is in the hands of workers.
    suspects
        Tasks in flight when a pool broke as a whole, or that lacked memory beside others. Nobody
        knows whose fault it was, so they are repeated one at a time, and only a task that breaks
        the pool `alone` is counted.
    renewed
        The executor that replaced a broken one.
    """

    problem: Problem
    planner: Planner
    execution: Execution
    active: list[CandidateProgress] = field(default_factory=list)
    running: dict["Future[str | Crash]", tuple[CandidateProgress, FoldTask]] = field(
        default_factory=dict
    )
    suspects: deque[tuple[CandidateProgress, FoldTask]] = field(default_factory=deque)
    alone: FoldTask | None = None
    renewed: Executor | None = None


def has_free_worker(scheduler: Scheduler) -> bool:
    """Return whether one more task may be handed out."""
    if scheduler.alone is not None:
        return False
    most = 1 if scheduler.suspects else scheduler.execution.time_budget.workers
    return len(scheduler.running) < most


def has_memory(scheduler: Scheduler, progress: CandidateProgress) -> bool:
    """Return whether a task fits beside those under way; alone it always does."""
    budget, forecast = scheduler.execution.memory_budget, scheduler.execution.forecast
    if budget is None or not scheduler.running:
        return True
    together = [progress, *(other for other, _ in scheduler.running.values())]
    needed = sum(forecast.peak_bytes(one.proposal.spec) or budget.unit_bytes for one in together)
    return needed <= budget.left_bytes()


def next_task(scheduler: Scheduler) -> tuple[CandidateProgress, FoldTask] | None:
    """Return a task that can be started now, or None."""
    if scheduler.suspects:
        scheduler.alone = scheduler.suspects[0][1]
        return scheduler.suspects.popleft()
    for progress in scheduler.active:
        task = progress.next_task()
        if task is not None:
            return progress, task
    return None


def begin_candidate(scheduler: Scheduler, proposal: Proposal) -> CandidateProgress:
    """Return the progress of a candidate that is begun, with what was finished before."""
    budget = scheduler.execution.memory_budget
    plan = scheduler.problem.folds
    progress = CandidateProgress(
        proposal=proposal,
        plan=plan,
        round_limit=proposal.spec.max_rounds,
        n_folds=min(proposal.n_folds, len(plan)),
        row_share=min(proposal.row_share, 1.0 if budget is None else budget.row_share()),
    )
    progress.load_finished(scheduler.execution.run, with_cut=proposal.slice_seconds is not None)
    for record in progress.fits.values():
        scheduler.execution.forecast.record(proposal.spec, record)
    if not progress.is_complete:
        scheduler.active.append(progress)
    return progress


def is_too_late(scheduler: Scheduler, progress: CandidateProgress, task: FoldTask) -> bool:
    """Return whether a fit that is begun now would have no time.

    What is needed is fitted as long as there is any time at all: it stays, and the same command
    goes on from there.
    """
    if not task.is_fit or progress.proposal.is_needed:
        return False
    return scheduler.execution.time_budget.fits_end.seconds_left() < SHORTEST_SLICE


def drop_candidate(scheduler: Scheduler, progress: CandidateProgress) -> None:
    """Forget a candidate and stop what is under way for it."""
    scheduler.active.remove(progress)
    scheduler.suspects = deque(pair for pair in scheduler.suspects if pair[0] is not progress)
    if scheduler.alone is not None and scheduler.alone.key == progress.proposal.spec.key:
        scheduler.alone = None
    for future, (owner, _) in list(scheduler.running.items()):
        if owner is progress and future.cancel():
            del scheduler.running[future]

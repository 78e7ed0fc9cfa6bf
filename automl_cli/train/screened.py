"""Generated columns screened by the workers, and what recipes take of them.

screened = screen_features(screening, crew, deadline)
spec, feature_set = screened.settle(spec)
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from contextlib import suppress
from dataclasses import dataclass, replace

from automl_cli.core.candidate import CandidateSpec, Step
from automl_cli.core.deadline import Deadline
from automl_cli.core.events import Event
from automl_cli.features.pools import load_pools
from automl_cli.features.selection import Pool, choose_columns
from automl_cli.features.state import FeatureSet, name_selection
from automl_cli.store import write_json
from automl_cli.train.assignment import load_assignment
from automl_cli.train.order import Crew
from automl_cli.train.pace import HEARTBEAT
from automl_cli.train.screening import Screening, pool_unit, screen_unit
from automl_cli.train.unit import Crash, attempt

POOL_SHARE = 0.3  # of the time for screening that is kept to join what was scored


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """Screened steps and the pool of each fold.

    Parameters
    ----------
    screening
        What was screened: the steps that came to an end.
    pools
        One for each fold.
    """

    screening: Screening
    pools: tuple[Pool, ...]

    def settle(self, spec: CandidateSpec) -> tuple[CandidateSpec, FeatureSet]:
        """Return a candidate with those of its screened steps that give it columns, and its set.

        The steps that are not screened have to be prepared.
        """
        known = {step_content(step): k for k, step in enumerate(self.screening.steps)}
        tops = {
            known[step_content(step)]: step.top
            for step in spec.recipe
            if step.top and step_content(step) in known
        }
        chosen = [choose_columns(pool, tops) for pool in self.pools]
        giving = {number for of_fold in chosen for number, own in of_fold.items() if own}
        recipe = tuple(
            step
            for step in spec.recipe
            if step.top is None or known.get(step_content(step)) in giving
        )
        folders = tuple(self.screening.name(step) for step in recipe)
        if not giving:
            return replace(spec, recipe=recipe), FeatureSet(folders)
        settled = replace(spec, recipe=recipe, screen=self.screening.key)
        folds = [
            [None if step.top is None else of_fold[known[step_content(step)]] for step in recipe]
            for of_fold in chosen
        ]
        name = name_selection(self.screening.key, recipe)
        path = self.screening.features / name
        if not path.exists():
            write_json(path, {"folds": folds})  # type: ignore[dict-item]  # list is invariant
        return settled, FeatureSet(folders, name)


def step_content(step: Step) -> Step:
    """Return the step without the number of columns that a recipe takes of it."""
    return replace(step, top=0)


def screen_features(screening: Screening, crew: Crew, deadline: Deadline) -> Screened | None:
    """Screen the steps; those that fail or do not end in time are left out.

    Parameters
    ----------
    screening
        What is to be screened.
    crew
        Who works.
    deadline
        When what is not finished is given up.

    Returns
    -------
    Screened or None
        None if no step, or not the pool, came to an end.
    """
    jobs: dict[str, tuple[Callable[..., str], tuple[object, ...]]] = {
        screening.name(step): (screen_unit, (screening, step)) for step in screening.steps
    }
    left = deadline.seconds_left()
    done = set(_work(jobs, crew, Deadline.after((1 - POOL_SHARE) * left)))
    finished = tuple(step for step in screening.steps if screening.name(step) in done)
    if not finished:
        return None
    ended = replace(screening, steps=finished)
    if not list(_work({"the pool of columns": (pool_unit, (ended,))}, crew, deadline)):
        return None
    n_folds = len(load_assignment(crew.run.problem(screening.base.target)).folds)
    return Screened(screening=ended, pools=load_pools(ended.folder, n_folds))


def _work(
    jobs: Mapping[str, tuple[Callable[..., str], tuple[object, ...]]],
    crew: Crew,
    deadline: Deadline,
) -> Iterator[str]:
    """Yield the name of each job that comes to its end."""
    running: dict[Future[str | Crash], str] = {
        crew.executor.submit(attempt, work, *args): name for name, (work, args) in jobs.items()
    }
    try:
        while running:
            left = max(0.0, deadline.seconds_left())
            done, _ = wait(running, min(left, HEARTBEAT), return_when=FIRST_COMPLETED)
            for future in done:
                name = running.pop(future)
                reason = _find_reason(future)
                if reason:
                    _warn(crew, f"{name} could not be screened: {reason}")
                else:
                    yield name
            if not done:
                crew.listener(Event(kind="working", fields={}))
            if deadline.seconds_left() <= 0:
                break
        for name in running.values():
            _warn(crew, f"{name} was not screened in time")
    finally:
        for future in running:
            future.cancel()


def _find_reason(future: "Future[str | Crash]") -> str:
    with suppress(CancelledError):
        error = future.exception()
        if error is not None:
            return "its worker died" if isinstance(error, BrokenExecutor) else str(error)
        outcome = future.result()
        if isinstance(outcome, Crash):
            if outcome.mistake is not None:
                raise outcome.mistake
            return outcome.error
        return ""
    return "it was cancelled"


def _warn(crew: Crew, message: str) -> None:
    crew.listener(Event(kind="warning", fields={"message": message}))

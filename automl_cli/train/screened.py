"""Generated columns screened by the workers, and what recipes take of them.

screened = screen_features(screening, execution, deadline)
spec, feature_set = screened.resolve(spec)
"""

from dataclasses import dataclass, field, replace

from automl_cli.core.candidate import CandidateSpec, FeatureRecipe, Step
from automl_cli.core.deadline import Deadline
from automl_cli.core.threads import limit_blas
from automl_cli.features.pools import load_pools
from automl_cli.features.selection import FeaturePool, choose_columns
from automl_cli.features.state import FeatureSet, name_selection
from automl_cli.store import write_json
from automl_cli.train.assignment import load_assignment
from automl_cli.train.execution import Execution
from automl_cli.train.jobs import Job, run_jobs
from automl_cli.train.screening import Screening, join_pools, pool_unit, screen_unit

MOST_JOINING = 1.0  # times what scoring may take that joining may: without it nothing is of use


@dataclass(frozen=True, slots=True, kw_only=True)
class Screened:
    """Screened steps and the pool of each fold.

    Parameters
    ----------
    screening
        What was screened: the steps that came to an end.
    pools
        One for each fold.
    settled
        What recipes have taken so far.
    """

    screening: Screening
    pools: tuple[FeaturePool, ...]
    settled: dict[FeatureRecipe, tuple[FeatureRecipe, FeatureSet]] = field(default_factory=dict)

    def resolve(self, spec: CandidateSpec) -> tuple[CandidateSpec, FeatureSet]:
        """Return a candidate with those of its screened steps that give it columns, and its set.

        A step's top becomes the most columns that a fold takes of it, so that two candidates with
        the same columns are one. The steps that are not screened have to be prepared.
        """
        if spec.recipe not in self.settled:
            self.settled[spec.recipe] = self._resolve_recipe(spec.recipe)
        recipe, feature_set = self.settled[spec.recipe]
        screen = self.screening.key if feature_set.selection else spec.screen
        return replace(spec, recipe=recipe, screen=screen), feature_set

    def _resolve_recipe(self, wanted: FeatureRecipe) -> tuple[FeatureRecipe, FeatureSet]:
        known = {step_content(step): k for k, step in enumerate(self.screening.steps)}
        tops = {
            known[step_content(step)]: step.top
            for step in wanted
            if step.top and step_content(step) in known
        }
        with limit_blas():
            chosen = [choose_columns(pool, tops) for pool in self.pools]
        taken = {number: max(len(of_fold[number]) for of_fold in chosen) for number in tops}

        def resolve_step(step: Step) -> Step:
            number = known.get(step_content(step), -1)  # not screened in time: it gives nothing
            return step if step.top is None else replace(step, top=taken.get(number, 0))

        recipe = tuple(step for step in map(resolve_step, wanted) if step.top != 0)
        folders = tuple(self.screening.name(step) for step in recipe)
        if not any(taken.values()):
            return recipe, FeatureSet(folders)
        folds = [
            [None if step.top is None else of_fold[known[step_content(step)]] for step in recipe]
            for of_fold in chosen
        ]
        name = name_selection(self.screening.key, recipe)
        path = self.screening.features / name
        if not path.exists():
            write_json(path, {"folds": folds})
        return recipe, FeatureSet(folders, name)


def step_content(step: Step) -> Step:
    """Return the step without the number of columns that a recipe takes of it."""
    return replace(step, top=0)


def screen_features(
    screening: Screening, execution: Execution, deadline: Deadline
) -> Screened | None:
    """Screen the steps; those that fail or do not end in time are left out.

    Parameters
    ----------
    screening
        What is to be screened.
    execution
        Who works.
    deadline
        When steps that are not finished are given up; joining what was scored may take as long.

    Returns
    -------
    Screened or None
        None if no step, or not the pool, came to an end.
    """
    done = screening.finished()  # whatever the clock says: a resumed command may have no time
    jobs: dict[str, Job] = {
        screening.name(step): (screen_unit, (screening, step))
        for step in screening.steps
        if screening.name(step) not in done
    }
    left = deadline.seconds_left()
    done |= set(run_jobs(jobs, execution, deadline))
    finished = tuple(step for step in screening.steps if screening.name(step) in done)
    if not finished:
        return None
    ended = replace(screening, steps=finished)
    n_folds = len(load_assignment(execution.run.problem(screening.base.target)).folds)
    if not ended.folder.exists():
        n_jobs = min(n_folds, execution.screeners or execution.time_budget.workers)
        pooling: dict[str, Job] = {
            f"pools of columns-{first}": (pool_unit, (ended, range(first, n_folds, n_jobs)))
            for first in range(n_jobs)
        }
        if len(list(run_jobs(pooling, execution, Deadline.after(MOST_JOINING * left)))) < n_jobs:
            return None
        join_pools(ended, n_folds)
    return Screened(screening=ended, pools=load_pools(ended.folder, n_folds))

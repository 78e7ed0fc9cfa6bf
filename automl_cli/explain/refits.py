"""Candidates of a run fitted again: with a column of noise, or without a column.

A refit is a run directory of its own below ``explain/``. Its features are those of the run, made by
the same fitted steps of a changed table, so that candidates with screened columns can be fitted
again as well; what a fold learns of the target is learned anew. Finished folds are not repeated.
"""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, count
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from automl_cli.bundle.predictor import FoldPredictor
from automl_cli.core.candidate import Candidate, CandidateSpec, Failure, Step
from automl_cli.core.dataset import Column, Dataset
from automl_cli.core.deadline import Deadline
from automl_cli.core.errors import RunError
from automl_cli.core.events import Listener
from automl_cli.core.frames import with_columns
from automl_cli.core.keys import SHORT, make_key, make_seed
from automl_cli.core.problem import Problem
from automl_cli.explain.blends import FittedMember
from automl_cli.features.encoder import Encoder
from automl_cli.features.state import FeatureSet, load_features
from automl_cli.features.steps import fit_step, load_step, write_step
from automl_cli.features.tables import FeatureTables
from automl_cli.models import MODELS
from automl_cli.run.reopen import Reopened
from automl_cli.store import RunDirectory, read_json, write_folder, write_json
from automl_cli.train.assignment import save_assignment
from automl_cli.train.collect import load_feature_set
from automl_cli.train.cross_fit import cross_fit
from automl_cli.train.execution import Execution
from automl_cli.train.executor import open_pool
from automl_cli.train.machine import choose_limit, count_processes
from automl_cli.train.proposal import FixedPlan, Proposal
from automl_cli.train.time_budget import make_time_budget

Change: TypeAlias = Callable[[RunDirectory, FeatureSet], FeatureSet]

PROBE_NAME = "lunch"
FALLBACK = Step("numeric")  # for recipes whose steps make nothing of a number


@dataclass(frozen=True, slots=True, kw_only=True)
class Refit:
    """A candidate fitted again.

    Parameters
    ----------
    candidate
        What came of it.
    member
        Its fitted folds.
    frame
        The changed table.
    """

    candidate: Candidate
    member: FittedMember
    frame: pd.DataFrame


def refit_with_probe(
    run: Reopened, problem: Problem, whole: Candidate, listener: Listener
) -> tuple[Refit, str]:
    """Fit a candidate with one more column, which holds noise; return it and the column's name.

    The column goes through the candidate's own steps, those that are not screened.
    """
    name = name_probe(run.dataset)
    rng = np.random.default_rng(make_seed(problem.seed, PROBE_NAME))
    noise = pd.DataFrame({name: rng.normal(size=run.dataset.n_rows)})
    column = Column(name=name, role="numeric", reason="made up")
    added = run.dataset.original
    further = None
    if added is not None:
        more = pd.DataFrame({name: rng.normal(size=len(added.frame))})
        further = replace(added, frame=more)
    tables = FeatureTables(train=noise, test=None, known=noise, columns=(column,), original=further)

    def change(directory: RunDirectory, given: FeatureSet) -> FeatureSet:
        _remake(run, given, directory, _change_tables(run, lambda frame: frame))
        plain = [step for step in whole.spec.recipe if step.top is None]
        steps = [name for step in plain if (name := _add(directory, step, tables))]
        steps = steps or [name for name in [_add(directory, FALLBACK, tables)] if name]
        return _extend(run, given, directory, steps)

    frame = with_columns(run.dataset.train, {name: noise[name].to_numpy()})
    return _refit(run, problem, whole, ("with", name), (frame, change), listener), name


def refit_without(
    run: Reopened, problem: Problem, whole: Candidate, column: str, listener: Listener
) -> Refit:
    """Fit a candidate without a column: it is missing in every row."""

    def mask(frame: pd.DataFrame) -> pd.DataFrame:
        return with_columns(frame, {column: frame[column].where(np.zeros(len(frame), dtype=bool))})

    tables = _change_tables(run, mask)

    def change(directory: RunDirectory, given: FeatureSet) -> FeatureSet:
        _remake(run, given, directory, tables)
        return _extend(run, given, directory, [])

    return _refit(run, problem, whole, ("without", column), (tables.train, change), listener)


def name_probe(dataset: Dataset) -> str:
    """Return a name for the noise that no column has."""
    taken = {str(name) for name in dataset.train.columns}
    numbered = (f"{PROBE_NAME}_{k}" for k in count(2))
    return next(name for name in chain([PROBE_NAME], numbered) if name not in taken)


def _refit(
    run: Reopened,
    problem: Problem,
    whole: Candidate,
    named: tuple[str, str],
    changed: tuple[pd.DataFrame, Change],
    listener: Listener,
) -> Refit:
    spec = _limit(run, whole)
    given = load_feature_set(run.directory, whole)
    key = make_key([problem.target.name, spec, given, *named])
    directory = RunDirectory(
        run.directory.root / "explain" / "refits" / f"{named[0]}-{key[:SHORT]}"
    )
    frame, change = changed
    with directory.use({"key": key}, accept_versions=True):
        save_assignment(problem, directory.problem(problem.target.name))
        feature_set = change(directory, given)
        candidate = _cross_fit(run, problem, directory, spec, feature_set, listener)
    return Refit(
        candidate=candidate,
        member=_load_member(directory, problem, candidate, feature_set),
        frame=frame,
    )


def _limit(run: Reopened, whole: Candidate) -> CandidateSpec:
    """Return the specification; what the clock has cut is not fitted for longer."""
    if not (whole.cut and whole.rounds):
        return whole.spec
    folder = run.directory.units(whole.spec.key)
    trained = [int(str(read_json(folder / name / "fit.json")["rounds"])) for name in whole.fits]
    return replace(whole.spec, max_rounds=max(trained))


def _change_tables(run: Reopened, change: Callable[[pd.DataFrame], pd.DataFrame]) -> FeatureTables:
    """Return what candidates are fitted on, changed: train, and the original data set if any."""
    train, added = change(run.dataset.train), run.dataset.original
    further = None if added is None else replace(added, frame=change(added.frame))
    columns = run.dataset.schema.columns
    return FeatureTables(train=train, test=None, known=train, columns=columns, original=further)


def _remake(
    run: Reopened, given: FeatureSet, directory: RunDirectory, tables: FeatureTables
) -> None:
    """Write what the run's fitted steps make of changed tables."""
    for name in given.steps:
        if (directory.features / name).exists():
            continue
        fitted = load_step(run.directory.features / name)
        group = name.rpartition("-")[0] if fitted is None else fitted.group
        state, kept = (None, None) if fitted is None else (fitted.state, fitted.kept)
        write_folder(
            directory.features / name,
            partial(write_step, step=Step(group), state=state, tables=tables, kept=kept),
        )


def _add(directory: RunDirectory, step: Step, tables: FeatureTables) -> str | None:
    """Fit a step on another table beside; return its folder's name, None if it makes nothing."""
    name = f"{step.name}-{PROBE_NAME}-{make_key(step)[:SHORT]}"
    state = fit_step(tables, step)
    if state is None:
        return None
    if not (directory.features / name).exists():
        fill = partial(write_step, step=step, state=state, tables=tables)
        write_folder(directory.features / name, fill)
    return name


def _extend(
    run: Reopened, given: FeatureSet, directory: RunDirectory, added: Sequence[str]
) -> FeatureSet:
    """Return the steps with others behind them, of which each fold takes all columns."""
    if given.selection is not None:
        folds: Any = read_json(run.directory.features / given.selection)["folds"]
        longer = [[*of_fold, *(None for _ in added)] for of_fold in folds]
        write_json(directory.features / given.selection, {"folds": longer})
    return FeatureSet((*given.steps, *added), given.selection)


def _cross_fit(
    run: Reopened,
    problem: Problem,
    directory: RunDirectory,
    spec: CandidateSpec,
    feature_set: FeatureSet,
    listener: Listener,
) -> Candidate:
    limit_bytes = choose_limit(run.config.limits.memory)
    with open_pool(run.config.run.workers or count_processes(limit_bytes), limit_bytes) as pool:
        execution = Execution(
            run=directory,
            executor=pool,
            time_budget=make_time_budget(Deadline(None), reserve_seconds=0, workers=pool.workers),
            listener=listener,
            ended_for_memory=pool.has_ended_for_memory,
        )
        proposal = Proposal(spec=spec, feature_set=feature_set, n_folds=len(problem.folds))
        (outcome,) = cross_fit(problem, FixedPlan(deque([proposal])), execution)
    if isinstance(outcome, Candidate):
        return outcome
    text = outcome.error if isinstance(outcome, Failure) else "it was not finished"
    raise RunError(
        f"{directory.root}: {spec.key} could not be fitted again ({text}).",
        hint="Give more memory, or look into workers.log in this folder.",
    )


def _load_member(
    directory: RunDirectory, problem: Problem, candidate: Candidate, feature_set: FeatureSet
) -> FittedMember:
    spec = candidate.spec
    state = load_features(directory.features, feature_set)
    folders = [directory.units(spec.key) / name for name in candidate.fits]
    rounds = candidate.rounds or (None,) * len(folders)
    return FittedMember(
        key=spec.key,
        model=spec.model,
        weight=1.0,
        folds=tuple(
            FoldPredictor(
                model=MODELS.get(spec.model).load(folder / "model"),
                encoder=Encoder.load(folder / "encoder.npz"),
                state=state,
                rounds=own_rounds,
                weight=len(fold.train),
            )
            for folder, own_rounds, fold in zip(folders, rounds, problem.folds, strict=True)
        ),
    )

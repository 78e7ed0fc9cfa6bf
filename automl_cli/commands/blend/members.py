"""The members of a blend: candidates of runs, the ensembles of these, and files from outside."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from automl_cli.core.candidate import Blend, Candidate
from automl_cli.core.counts import format_count
from automl_cli.core.errors import DataError, PlanError, RunError
from automl_cli.core.events import Listener, emit_stage
from automl_cli.core.problem import Problem
from automl_cli.decision.scoring import score_candidate
from automl_cli.ensemble.files import load_blend
from automl_cli.ensemble.levels import list_members
from automl_cli.ensemble.outside import (
    Outside,
    PredictedRows,
    check_folds,
    make_member,
    make_rows,
    read_outside,
)
from automl_cli.ensemble.tournament import blend_candidates
from automl_cli.run.reopen import Reopened
from automl_cli.run.solve import rank_candidates
from automl_cli.train.collect import load_finished

ENSEMBLE = "ensemble"  # the model of a member that is a run's own answer


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPool:
    """All that could take part for one target.

    Parameters
    ----------
    run
        The run's own answer, its ensemble, on all rows.
    run_blend
        What it is made of.
    own
        The run's candidates, best first, and its ensemble if it is another answer than they.
    others
        The same of other runs.
    files
        Members from outside.
    """

    run: Candidate
    run_blend: Blend
    own: tuple[Candidate, ...]
    others: tuple[Candidate, ...]
    files: tuple[Outside, ...]


def gather(
    own: Reopened, others: Sequence[Reopened], problem: Problem, files: tuple[Outside, ...]
) -> MemberPool:
    """Return what could take part.

    Raises
    ------
    RunError
        If a run has no candidate, or lost what a candidate predicts for the test rows.
    PlanError
        If another run answers another question.
    """
    name, limit = problem.target.name, own.config.ensemble.max_members
    found = load_finished(own.directory, name)
    if not found:
        raise RunError(
            f"{own.directory.root}: no finished candidate for {name}.",
            hint="Finish the run first: the same `automl fit` command continues it.",
        )
    made = load_blend(own.directory.blend(name), found)
    if made is None:
        made = blend_best(problem, list_members(found, len(problem.folds)), own)
    answer = _make_member(problem, made, own.directory.root)
    ranked = rank_candidates(problem, list_members(found, len(problem.folds)))
    mine = [*ranked[:limit], *_keep_mixture(made, answer)]
    names = _name_runs(others)
    foreign = [
        one
        for other, label in zip(others, names, strict=True)
        for one in _read_other(own, other, problem, label)
    ]
    for one in (*mine, *foreign):
        if one.test is None:
            key = one.spec.key
            raise RunError(
                f"{key}: its predictions of the test rows (candidates/{key}/test.npy) are gone.",
                hint="Remove that folder and give the `automl fit` command of its run again.",
            )
    return MemberPool(
        run=answer, run_blend=made, own=tuple(mine), others=tuple(foreign), files=files
    )


def blend_best(problem: Problem, candidates: Iterable[Candidate], run: Reopened) -> Blend:
    """Return the blend of the best candidates of a run, as many as its config lets take part."""
    settings = run.config.ensemble
    ranked = rank_candidates(problem, candidates)[: settings.max_members]
    return blend_candidates(problem, ranked, combiners=settings.combiners)


def read_files(
    problem: Problem,
    pairs: Sequence[tuple[Path, Path]],
    tables: tuple[PredictedRows, PredictedRows],
    *,
    n_threads: int,
    listener: Listener,
) -> tuple[Outside, ...]:
    """Return the members that pairs of files are, several read at a time, in their order.

    Raises
    ------
    DataError
        See `read_outside`; of several mistakes the one in the first file.
    """
    with ThreadPoolExecutor(n_threads) as pool:
        reads = [
            pool.submit(read_outside, problem, oof, predicted, *tables) for oof, predicted in pairs
        ]
        try:
            for n_done, read in enumerate(as_completed(reads), start=1):
                if read.exception() is not None:
                    break
                emit_stage(listener, f"{n_done} of {len(reads)} members read")
            return tuple(read.result() for read in reads)
        finally:
            pool.shutdown(cancel_futures=True)


def list_rows(run: Reopened) -> tuple[PredictedRows, PredictedRows]:
    """Return the rows of train and test that files of predictions are for."""
    import pyarrow as pa

    dataset, train_ids = run.inference.dataset, run.inference.train_ids
    row_id, test_ids = dataset.schema.id, dataset.test_ids
    n_test = 0 if test_ids is None else len(test_ids)
    texts = None
    if test_ids is not None:
        texts = pa.chunked_array([pa.array(test_ids, pa.large_string())])
    return (
        make_rows("train", row_id, train_ids, dataset.n_rows),
        make_rows("test", row_id, texts, n_test),
    )


def pair_files(paths: Sequence[Path]) -> list[tuple[Path, Path]]:
    """Return out-of-fold and test file of each member.

    Raises
    ------
    DataError
        If a file is left over, or a member is given twice.
    """
    if len(paths) % 2:
        raise DataError(
            f"{format_count(len(paths), 'file')} of predictions, expected pairs.",
            hint="Give the out-of-fold file and then the test file of each member.",
        )
    pairs = list(zip(paths[::2], paths[1::2], strict=True))
    for place, pair in enumerate(pairs):
        if pair in pairs[:place]:
            raise _repeated(f"{pair[0]} and {pair[1]}")
        if pair[0] in paths[: 2 * place : 2]:  # which also names the member
            raise _repeated(f"{pair[0]}")
    return pairs


def check_folders(folders: Sequence[Path]) -> None:
    """Refuse a run that is given twice.

    Raises
    ------
    DataError
        If there is one.
    """
    for place, folder in enumerate(folders):
        if any(folder.samefile(other) for other in folders[:place]):
            raise _repeated(f"{folder}")


def _repeated(what: str) -> DataError:
    return DataError(f"{what}: given more than once.", hint="Give each member once.")


def _keep_mixture(made: Blend, answer: Candidate) -> list[Candidate]:
    """Return the ensemble as a member, unless it is one of its members and nothing else."""
    return [answer] if answer.test is not None and (made.weights != 0).sum() > 1 else []


def _make_member(problem: Problem, made: Blend, root: Path) -> Candidate:
    return make_member(problem, ENSEMBLE, ("run", str(root)), made.oof, made.test)


def _name_runs(runs: Sequence[Reopened]) -> list[str]:
    """Return what other runs are called in their members' keys, each otherwise."""
    roots = [run.directory.root for run in runs]
    names = [root.name for root in roots]
    return [
        name if names.count(name) == 1 else str(root)
        for name, root in zip(names, roots, strict=True)
    ]


def _read_other(own: Reopened, other: Reopened, problem: Problem, label: str) -> list[Candidate]:
    name, root = problem.target.name, other.directory.root
    _check_same_question(own, other, problem)
    found = load_finished(other.directory, name)
    covered = problem.folds.covered()
    whole = [one for one in found.values() if not np.isnan(one.oof[covered]).any()]
    if found and not whole:
        raise PlanError(
            f"{root}: it does not predict every row that {own.directory.root} predicts.",
            hint="Blend runs whose validations hold out the same rows.",
        )
    members = [_score_again(problem, one) for one in whole]
    made = load_blend(other.directory.blend(name), found)
    if made is not None and not np.isnan(made.oof[covered]).any():
        members += _keep_mixture(made, _make_member(problem, made, root))
    limit = own.config.ensemble.max_members
    # A candidate of the same settings is another one with other folds.
    return [
        replace(one, spec=replace(one.spec, model=f"{one.spec.model}@{label}"))
        for one in rank_candidates(problem, members)[:limit]
    ]


def _score_again(problem: Problem, one: Candidate) -> Candidate:
    """Return a candidate of another run with its scores by this run's metric and folds."""
    scored = score_candidate(problem, one.oof)
    return replace(
        one, score=scored.score, score_se=scored.score_se, fold_scores=scored.fold_scores
    )


def _check_same_question(own: Reopened, other: Reopened, problem: Problem) -> None:
    name, root = problem.target.name, other.directory.root
    same = [one for one in other.problems if one.target.name == name]
    mine, its = own.inference.dataset, other.inference.dataset
    fits = (
        same
        and np.array_equal(same[0].fit_y, problem.fit_y)
        and same[0].objective == problem.objective
        and same[0].target.labels == problem.target.labels
        and np.array_equal(np.asarray(mine.test_ids), np.asarray(its.test_ids))
    )
    if not fits:
        raise PlanError(
            f"{root}: its rows, its target {name!r} or its scale are not those of "
            f"{own.directory.root}.",
            hint="Blend runs of the same tables, with the same metric.",
        )
    check_folds(problem, root, same[0].folds.blocks[0], ordered=same[0].folds.ordered)

"""A finished run blended with other runs and with predictions from outside.

    blend(BlendRequest(run=Path("runs/a"), others=(Path("oof.csv"), Path("test.csv")), out=...))

The tournament of combiners is the run's own: each predicts every block of the run's folds from what
it learns on the other blocks, so the score is cross-fitted with the new members as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from automl_cli.core.arrays import FloatVector
from automl_cli.core.candidate import Blend, Candidate
from automl_cli.core.deadline import Deadline
from automl_cli.core.errors import DataError, PlanError, RunError
from automl_cli.core.keys import make_seed
from automl_cli.core.problem import Problem
from automl_cli.core.threads import limit_blas
from automl_cli.data.check import check_submission
from automl_cli.data.noted import Noted
from automl_cli.data.submission import check_name, make_submission, write_submission
from automl_cli.decision import fit_decision
from automl_cli.ensemble.combiners import COMBINERS, get_weights
from automl_cli.ensemble.tournament import blend_candidates
from automl_cli.outside import Rows, check_folds, read_outside
from automl_cli.reopen import Reopened, reopen
from automl_cli.scoring import score_candidate
from automl_cli.solve import rank_candidates
from automl_cli.train.collect import load_finished
from automl_cli.train.trials import leave_judges_out

BLEND_VERSION = 1  # of what `--json` prints
N_DRAWS = 30  # of the rows, for the spread of the weights


@dataclass(frozen=True, slots=True, kw_only=True)
class BlendRequest:
    """What the user asks for.

    Parameters
    ----------
    run
        A finished run: its problem, folds and metric count.
    others
        Folders of other runs, and pairs of files: out-of-fold and test predictions.
    out
        Where the submission goes.
    """

    run: Path
    others: tuple[Path, ...]
    out: Path


def blend(request: BlendRequest) -> dict[str, Any]:
    """Blend all members, write the submission, and return the figures as plain values.

    Raises
    ------
    RunError
        If a folder is no run, or its tables have changed.
    DataError
        If a file does not fit the rows, or its folds are too good to be honest.
    PlanError
        If another run answers another question.
    """
    check_name(request.out)
    own = reopen(request.run)
    _check_blendable(own)
    others = [reopen(path) for path in request.others if path.is_dir()]
    files = _pair_files([path for path in request.others if not path.is_dir()])
    if files and len(own.problems) > 1:
        raise DataError(
            f"{request.run}: {len(own.problems)} targets; files are blended with one.",
            hint="Give other runs instead, or fit each target by itself.",
        )
    blends, described, noted = {}, [], Noted()
    for problem in own.problems:
        members = _gather(own, others, problem)
        members |= _read_files(own, files, problem, noted)
        made = _blend(own, problem, members)
        blends[problem.target.name] = made
        described.append(_describe(own, problem, made, members))
    _write(own, blends, request.out)
    return {
        "version": BLEND_VERSION,
        "submission": str(request.out),
        "targets": described,
        "notes": noted.to_json(),
    }


def _check_blendable(run: Reopened) -> None:
    if run.config.validation.holdout is not None:
        raise RunError(
            f"{run.directory.root}: a run with a hold-out is not blended with others.",
            hint="Fit it again without `validation.holdout`.",
        )
    if run.inference.dataset.test is None:
        raise RunError(
            f"{run.directory.root}: a run without a test table has no submission to blend.",
            hint="Give the test table to `automl fit`.",
        )


def _pair_files(paths: Sequence[Path]) -> list[tuple[Path, Path]]:
    if len(paths) % 2:
        raise DataError(
            f"{len(paths)} file(s) of predictions, expected pairs.",
            hint="Give the out-of-fold file and then the test file of each member.",
        )
    return list(zip(paths[::2], paths[1::2], strict=True))


def _gather(own: Reopened, others: Sequence[Reopened], problem: Problem) -> dict[str, Candidate]:
    """Return the members that runs have, by key, the run's own first."""
    members = load_finished(own.directory, problem.target.name)
    if not members:
        raise RunError(
            f"{own.directory.root}: no finished candidate for {problem.target.name}.",
            hint="Finish the run first: the same `automl fit` command goes on.",
        )
    for other in others:
        members |= _read_other(own, other, problem)
    for key, member in members.items():
        if member.test is None:
            raise RunError(
                f"{key}: its predictions of the test rows (candidates/{key}/test.npy) are gone.",
                hint="Remove that folder and give the `automl fit` command of its run again.",
            )
    return members


def _read_files(
    own: Reopened, files: Sequence[tuple[Path, Path]], problem: Problem, noted: Noted
) -> dict[str, Candidate]:
    """Return the members that were made elsewhere, by key."""
    train, test = _list_rows(own)
    read = [read_outside(problem, *pair, train, test, noted) for pair in files]
    return {member.spec.key: member for member in read}


def _read_other(own: Reopened, other: Reopened, problem: Problem) -> dict[str, Candidate]:
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
    covered = problem.folds.covered()
    found = load_finished(other.directory, name)
    if any(np.isnan(one.oof[covered]).any() for one in found.values()):
        raise PlanError(
            f"{root}: it does not predict every row that {own.directory.root} predicts.",
            hint="Blend runs whose validations hold out the same rows.",
        )
    # A candidate of the same settings is another one with other folds.
    named = (
        replace(one, spec=replace(one.spec, model=f"{one.spec.model}@{root.name}"))
        for one in found.values()
    )
    return {one.spec.key: one for one in named}


def _list_rows(run: Reopened) -> tuple[Rows, Rows]:
    dataset, ids = run.inference.dataset, run.inference.train_ids
    known = None if ids is None else np.asarray(ids.to_numpy(), dtype=object)
    train = Rows(name="train", id=dataset.schema.id, ids=known, n_rows=dataset.n_rows)
    test_ids = dataset.test_ids
    n_test = 0 if test_ids is None else len(test_ids)
    return train, Rows(name="test", id=dataset.schema.id, ids=test_ids, n_rows=n_test)


def _blend(run: Reopened, problem: Problem, members: dict[str, Candidate]) -> Blend:
    settings = run.config.ensemble
    ranked = rank_candidates(problem, members.values())[: settings.max_members]
    made = blend_candidates(problem, ranked, combiners=settings.combiners)
    if not run.directory.studies(problem.target.name).exists():
        return made
    # A search has chosen among candidates by some folds, which then have no say in the score.
    judged = replace(problem, folds=leave_judges_out(problem.folds))
    scored = score_candidate(judged, made.oof)
    return replace(made, score=scored.score, score_se=scored.score_se)


def _describe(
    run: Reopened, problem: Problem, made: Blend, members: dict[str, Candidate]
) -> dict[str, Any]:
    own = load_finished(run.directory, problem.target.name)
    alone = _blend(run, problem, own)
    spread = measure_spread(problem, made, members)
    return {
        "target": problem.target.name,
        "metric": problem.metric.name,
        "score": made.score,
        "score_se": made.score_se,
        "in_sample": made.in_sample,
        "combiner": made.combiner,
        "run_score": alone.score,
        "run_score_se": alone.score_se,
        "members": [
            {
                "key": key,
                "score": members[key].score,
                "score_se": members[key].score_se,
                "weight": float(weight),
                "spread": float(error),
                "outside": key not in own,
            }
            for key, weight, error in zip(made.members, made.weights, spread, strict=True)
        ],
    }


def measure_spread(problem: Problem, made: Blend, members: dict[str, Candidate]) -> FloatVector:
    """Return the standard deviation of each member's weight over draws of the rows (bootstrap)."""
    combiner = COMBINERS.get(made.combiner)
    stacked = np.stack([members[key].oof for key in made.members], dtype=np.float64)
    covered = np.flatnonzero(problem.folds.covered())
    rng = np.random.default_rng(make_seed(problem.seed, "spread"))
    no_limit = Deadline(None)
    with limit_blas():
        weights = [
            get_weights(combiner.fit(problem, stacked, rng.choice(covered, len(covered)), no_limit))
            for _ in range(N_DRAWS)
        ]
    return np.asarray(np.std(weights, axis=0))


def _write(run: Reopened, blends: dict[str, Blend], out: Path) -> None:
    dataset = run.inference.dataset
    answers, wants = {}, {}
    for problem in run.problems:
        name, made = problem.target.name, blends[problem.target.name]
        wants[name] = problem.metric.wants
        if made.test is None:
            raise AssertionError("every member predicts the test rows")
        answers[name] = fit_decision(problem, made.oof).apply(made.test)
    table = make_submission(dataset, answers, wants)
    check_submission(table, dataset, wants)
    write_submission(table, out)

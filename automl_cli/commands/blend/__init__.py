"""A finished run blended with other runs and with predictions from outside.

    blend(BlendRequest(run=Path("runs/a"), others=(Path("oof.csv"), Path("test.csv")), out=...))

The tournament of combiners is the run's own: each predicts every block of the run's folds from what
it learns on the other blocks, so the score is cross-fitted with the new members as well. What the
run answers alone is a member too, and what is written where the blend is worse.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy.typing as npt

from automl_cli.commands.blend.contest import Contest, run_contest
from automl_cli.commands.blend.description import describe, warn
from automl_cli.commands.blend.field import choose_field
from automl_cli.commands.blend.members import (
    check_folders,
    gather,
    list_rows,
    pair_files,
    read_files,
)
from automl_cli.commands.blend.spread import measure_spread
from automl_cli.core.errors import DataError, RunError
from automl_cli.core.events import Listener, emit_stage, ignore
from automl_cli.core.problem import Problem
from automl_cli.data.check import check_submission
from automl_cli.data.submission import check_name, make_submission, write_submission
from automl_cli.decision import fit_decision
from automl_cli.ensemble.outside import Outside
from automl_cli.run.reopen import Reopened, reopen
from automl_cli.store import check_writable
from automl_cli.store.written import check_not_input, check_overwrite, list_tables, record_written
from automl_cli.train.machine import count_cpus

BLEND_VERSION = 1  # of what `--json` prints
MOST_THREADS = 4  # each holds a table of predictions


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
    force
        Whether a file at `out` is replaced that the program has not written.
    even_if_worse
        Whether the blend is written where the run alone is better.
    keep_suspects
        Whether members take part that may have seen the rows of some folds.
    """

    run: Path
    others: tuple[Path, ...]
    out: Path
    force: bool = False
    even_if_worse: bool = False
    keep_suspects: bool = False


def blend(request: BlendRequest, listener: Listener = ignore) -> dict[str, Any]:
    """Blend all members, write the submission, and return the figures as plain values.

    Parameters
    ----------
    request
        What the user asks for.
    listener
        Told what is being done.

    Raises
    ------
    RunError
        If a folder is no run, its tables have changed, or the submission would replace a file that
        the program has not written.
    DataError
        If a file does not fit the rows, or its folds are too good to be honest.
    PlanError
        If another run answers another question.
    """
    _check_out(request)
    emit_stage(listener, "opening the run")
    own = reopen(request.run)
    _check_blendable(own)
    folders = [path for path in request.others if path.is_dir()]
    check_folders(folders)
    others = [reopen(path) for path in folders]
    files = _read_files(own, [path for path in request.others if not path.is_dir()], listener)
    contests, described, warnings = {}, [], list[str]()
    for problem in own.problems:
        field = choose_field(
            problem,
            gather(own, others, problem, files),
            keep_suspects=request.keep_suspects,
        )
        emit_stage(listener, f"blending {len(field.playing)} members")
        contest = run_contest(
            own, problem, field, forced=request.even_if_worse, n_threads=_count_threads()
        )
        emit_stage(listener, "measuring the spread of the weights")
        playing = {one.spec.key: one for one in field.playing}
        members = [playing[key] for key in contest.made.members]
        spread = measure_spread(problem, contest.made, members, n_threads=_count_threads())
        contests[problem.target.name] = contest
        described.append(describe(problem, field, contest, spread))
        warnings += [*field.warnings, *warn(problem, contest, request.out)]
    _write(own, contests, request.out)
    return {
        "version": BLEND_VERSION,
        "submission": str(request.out),
        "targets": described,
        "warnings": warnings,
    }


def _check_out(request: BlendRequest) -> None:
    check_name(request.out)
    check_writable(request.out)
    files = [path for path in request.others if path.is_file()]
    given = {f"file {number} of those to blend": path for number, path in enumerate(files, 1)}
    check_not_input(request.out, {**list_tables(request.run), **given}, option="--submission")
    runs = request.run.resolve().parent
    check_overwrite(request.out, force=request.force, runs=runs, option="--submission")


def _count_threads() -> int:
    return min(count_cpus(), MOST_THREADS)


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


def _read_files(own: Reopened, paths: Sequence[Path], listener: Listener) -> tuple[Outside, ...]:
    pairs = pair_files(paths)
    if not pairs:
        return ()
    if len(own.problems) > 1:
        raise DataError(
            f"{own.directory.root}: {len(own.problems)} targets; files are blended with one.",
            hint="Give other runs instead, or fit each target by itself.",
        )
    (problem,) = own.problems
    return read_files(problem, pairs, list_rows(own), n_threads=_count_threads(), listener=listener)


def _write(run: Reopened, contests: dict[str, Contest], out: Path) -> None:
    dataset = run.inference.dataset
    answers, wants = {}, {}
    for problem in run.problems:
        name = problem.target.name
        wants[name] = problem.metric.wants
        answers[name] = _answer(problem, contests[name])
    table = make_submission(dataset, answers, wants)
    check_submission(table, dataset, wants)
    write_submission(table, out)
    record_written(run.directory.root, out)


def _answer(problem: Problem, contest: Contest) -> npt.NDArray[Any]:
    made = contest.answer
    if made.test is None:
        raise AssertionError("every member predicts the test rows")
    return fit_decision(problem, made.oof).apply(made.test)

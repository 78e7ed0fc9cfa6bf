"""A finished run explained: importance with p-values, SHAP values, refits without a column.

    explain(ExplainRequest(run=Path("runs/titanic-1a2b3c4d")), print)

What it finds out is written below ``explain/`` in the run's folder and returned as plain values.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from automl_cli.bundle.members import find_blend_key
from automl_cli.bundle.predictor import Predictor, load_predictor
from automl_cli.core.arrays import IntVector
from automl_cli.core.candidate import Candidate
from automl_cli.core.errors import ConfigError, RunError
from automl_cli.core.events import Event, Listener, emit_stage
from automl_cli.core.explanation import Dropped, Explanation
from automl_cli.core.keys import make_seed
from automl_cli.core.problem import Problem
from automl_cli.core.resampling import thin_rows
from automl_cli.explain.blends import FittedBlend, load_fitted_blend, select_folds
from automl_cli.explain.clusters import find_clusters
from automl_cli.explain.contributions import Explainer, explain_held_out, make_explainer
from automl_cli.explain.files import describe_explanation, write_explanation
from automl_cli.explain.importances import (
    ImportanceRequest,
    ImportanceTable,
    NoiseColumn,
    compare_refits,
    permute_all,
    run_importance_tests,
)
from automl_cli.explain.losses import make_row_loss, name_loss
from automl_cli.explain.refits import refit_with_probe, refit_without
from automl_cli.explain.rows import describe_row, find_row
from automl_cli.models import MODELS
from automl_cli.run.reopen import Reopened, reopen
from automl_cli.store import write_json
from automl_cli.train.collect import load_finished

EXPLAIN_VERSION = 2  # of what `--json` prints
MOST_REPEATS, LEAST_REPEATS = 10, 3
MOST_PREDICTED = 2_000_000  # rows, over columns, members and repeats; a minute or so
CLUSTERED_ROWS = 5_000  # more say no more of a rank correlation
NEAR = 0.5  # of the heaviest booster's weight, so that the quickest among them is fitted again


@dataclass(frozen=True, slots=True, kw_only=True)
class ExplainRequest:
    """What the user asks for.

    Parameters
    ----------
    run
        A finished run.
    rows
        Held-out rows whose SHAP values are computed, at most.
    tested_rows
        Held-out rows among which columns are permuted, at most.
    row
        The id of one row of train or test that is explained as well, or None.
    drop_column
        How many of the leading columns are left out, each in a refit.
    rate
        The rate of false discoveries.
    """

    run: Path
    rows: int = 1_000
    tested_rows: int = 5_000
    row: str | None = None
    drop_column: int = 0
    rate: float = 0.05


def explain(request: ExplainRequest, listener: Listener) -> dict[str, Any]:
    """Explain every target of a run, write the files and return the figures as plain values.

    Raises
    ------
    RunError
        If the folder holds no finished run, or its tables are gone or have changed.
    ConfigError
        If the request makes no sense, or no row has that id.
    """
    _check(request)
    emit_stage(listener, "reading the run")
    run = reopen(request.run)
    predictor = load_predictor(request.run)
    row = None if request.row is None else find_row(run, request.row)
    described = []
    for problem in run.problems:
        blend = _load_blend(run, predictor, problem)
        explainer = make_explainer(blend, run.dataset.train, make_seed(problem.seed, "sources"))
        work = _Work(
            run=run, problem=problem, explainer=explainer, request=request, listener=listener
        )
        explanation = _explain(work)
        own = describe_explanation(explanation, problem)
        own["row"] = None if row is None else describe_row(run, problem, explainer, row)
        write_explanation(run, problem, explanation)
        described.append(own)
    made: dict[str, Any] = {
        "version": EXPLAIN_VERSION,
        "run": str(request.run),
        "targets": described,
    }
    write_json(run.directory.explanation, made)
    return made


def _check(request: ExplainRequest) -> None:
    for flag, value, least in (
        ("--rows", request.rows, 1),
        ("--tested-rows", request.tested_rows, 10),
        ("--drop-column", request.drop_column, 0),
    ):
        if value < least:
            raise ConfigError(f"{flag} {value}: expected {least} or more.", hint="Give a number.")
    if not 0 < request.rate < 1:
        raise ConfigError(
            f"--rate {request.rate}: expected a share between 0 and 1.",
            hint="It is the accepted share of false discoveries; the default is .05.",
        )


def _load_blend(run: Reopened, predictor: Predictor, problem: Problem) -> FittedBlend:
    name = problem.target.name
    if not run.directory.blend(name).exists():
        raise RunError(
            f"{run.directory.root}: interrupted before there was an ensemble to explain.",
            hint="Give the same `automl fit` command again: it goes on from there.",
        )
    return load_fitted_blend(predictor, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Work:
    run: Reopened
    problem: Problem
    explainer: Explainer
    request: ExplainRequest
    listener: Listener


def _explain(work: _Work) -> Explanation:
    problem, blend, request = work.problem, work.explainer.blend, work.request
    covered = np.flatnonzero(problem.folds.covered())
    tested = thin_rows(covered, request.tested_rows, make_seed(problem.seed, "tested"))
    shown = thin_rows(covered, request.rows, make_seed(problem.seed, "shown"))
    probed = _choose_probed(work)
    question = _make_question(work, tested)
    probe = _make_probe(work, probed, tested)
    permuted = f"{len(question.frame.columns)} columns permuted among {len(tested):,} rows"
    emit_stage(work.listener, permuted)
    answer = run_importance_tests(question, permute_all(question, probe))
    dropped = _drop(work, probed, answer)
    emit_stage(work.listener, f"SHAP values of {len(shown):,} rows")
    return Explanation(
        target=problem.target.name,
        blend=find_blend_key(work.run.directory, problem.target.name),
        loss=name_loss(problem),
        base_loss=answer.base_loss,
        n_rows=answer.n_rows,
        n_repeats=question.n_repeats,
        share=blend.share,
        rate=request.rate,
        columns=answer.columns,
        clusters=answer.clusters,
        probed=probed.spec.key,
        dropped=dropped,
        contributions=explain_held_out(
            work.explainer, work.run.dataset.train, problem.folds, shown
        ),
    )


def _choose_probed(work: _Work) -> Candidate:
    """Return the candidate that is fitted again: a booster of much weight that is quickly done."""
    finished = load_finished(work.run.directory, work.problem.target.name)
    members = work.explainer.blend.members
    boosted = [member for member in members if MODELS.get(member.model).search_rate]
    heavy = [member for member in boosted or members[:1] if member.key in finished]
    if not heavy:
        raise RunError(
            f"{work.run.directory.root}: files of the candidates of the blend are damaged.",
            hint="Give the command of the run again: it rebuilds damaged files.",
        )
    least = NEAR * max(abs(member.weight) for member in heavy)
    return min(
        (finished[member.key] for member in heavy if abs(member.weight) >= least),
        key=lambda candidate: (candidate.fit_seconds, candidate.spec.key),
    )


def _make_question(work: _Work, rows: IntVector) -> ImportanceRequest:
    problem, blend, frame = work.problem, work.explainer.blend, work.run.dataset.train
    seen = thin_rows(np.arange(len(frame)), CLUSTERED_ROWS, make_seed(problem.seed, "clusters"))
    clusters = find_clusters(frame.iloc[seen])
    n_sets = sum(len(cluster) + (len(cluster) > 1) for cluster in clusters)
    at_once = max(1, len(rows) * n_sets * len(blend.members))
    n_repeats = int(np.clip(MOST_PREDICTED // at_once, LEAST_REPEATS, MOST_REPEATS))
    folds = select_folds(blend, problem.folds, rows)
    if not folds:
        raise ConfigError(
            f"no fold holds out two of the {len(rows)} rows that are looked at: nothing can be "
            "permuted among them.",
            hint="Give more --tested-rows, or explain a run with fewer folds.",
        )
    return ImportanceRequest(
        frame=frame,
        folds=folds,
        plan=problem.folds,
        clusters=clusters,
        loss=make_row_loss(problem),
        n_repeats=min(n_repeats, max(len(fold.rows) for fold in folds) - 1),
        rate=work.request.rate,
        seed=problem.seed,
    )


def _make_probe(work: _Work, probed: Candidate, rows: IntVector) -> NoiseColumn:
    problem = work.problem
    work.listener(_make_message(f"refitting {probed.spec.key} with a noise column"))
    refit, name = refit_with_probe(work.run, problem, probed, work.listener)
    blend = work.explainer.blend.replace_member(probed.spec.key, refit.member)
    folds = select_folds(blend, problem.folds, rows)
    return NoiseColumn(name=name, frame=refit.frame, folds=folds)


def _drop(work: _Work, whole: Candidate, answer: ImportanceTable) -> tuple[Dropped, ...]:
    """Fit the candidate again without each of the leading columns."""
    names = [one.name for one in answer.columns if not one.is_probe]
    without = []
    for name in names[: work.request.drop_column]:
        work.listener(_make_message(f"refitting {whole.spec.key} without {name}"))
        refit = refit_without(work.run, work.problem, whole, name, work.listener)
        without.append((name, refit.candidate))
    return compare_refits(work.problem, make_row_loss(work.problem), whole, without)


def _make_message(message: str) -> Event:
    return Event(kind="explaining", fields={"message": message})

"""What a report is written from: a run opened again, and each target's answers row by row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from automl_cli.core.arrays import FloatMatrix, FloatVector, IntVector
from automl_cli.core.candidate import Blend, Candidate
from automl_cli.core.errors import RunError
from automl_cli.core.problem import Problem
from automl_cli.decision import Answers, decide_crossfitted
from automl_cli.decision.losses import row_losses
from automl_cli.decision.scoring import CandidateScore, score_candidate
from automl_cli.ensemble.files import load_last_blend
from automl_cli.run.reopen import Reopened, reopen
from automl_cli.run.solve import rank_candidates
from automl_cli.run.summary import read_summary
from automl_cli.store import clock_events, read_json
from automl_cli.train.collect import load_finished


@dataclass(frozen=True, kw_only=True)
class ReportTarget:
    """One target and what the run answers for the training rows, each by models without it.

    Parameters
    ----------
    problem
        The target.
    described
        What the summary says of it.
    candidates
        Best first.
    blend
        The ensemble, or None if there was no time for one.
    """

    problem: Problem
    described: Mapping[str, Any]
    candidates: tuple[Candidate, ...]
    blend: Blend | None

    @property
    def name(self) -> str:
        """The column that is predicted."""
        return self.problem.target.name

    @property
    def oof(self) -> FloatMatrix:
        """Cross-fitted predictions of the ensemble, or of the best candidate without one."""
        return self.candidates[0].oof if self.blend is None else self.blend.oof

    @cached_property
    def rows(self) -> IntVector:
        """The rows that some fold holds out, ascending."""
        return np.flatnonzero(self.problem.folds.covered())

    @cached_property
    def answers(self) -> Answers:
        """What would be submitted for each training row, cross-fitted."""
        return decide_crossfitted(self.problem, self.oof)

    @cached_property
    def everywhere(self) -> CandidateScore:
        """The ensemble on all rows that candidates are scored on.

        The summary's score of a run with a search is on fewer: those of the folds that had no say
        in it. Beside candidates only this one is fair.
        """
        return score_candidate(self.problem, self.oof)

    @cached_property
    def losses(self) -> FloatVector:
        """The loss that models are fitted with, of each of `rows`."""
        return self.losses_of(self.oof)

    def losses_of(self, predictions: FloatMatrix) -> FloatVector:
        """Return the loss of other predictions, of each of `rows`."""
        problem, rows = self.problem, self.rows
        found = row_losses(problem.fit_y[rows], predictions[rows], problem.objective)
        return found.astype(np.float64)


@dataclass(frozen=True, kw_only=True)
class ReportData:
    """All that sections are written from.

    Parameters
    ----------
    run
        The run.
    known
        What `run.json` says: key, tables and versions.
    summary
        What it came to.
    events
        What happened.
    train
        The feature columns of the rows that were learned from.
    solved
        One a target.
    """

    run: Reopened
    known: Mapping[str, Any]
    summary: Mapping[str, Any]
    events: Sequence[Mapping[str, Any]]
    train: pd.DataFrame
    solved: tuple[ReportTarget, ...]

    @property
    def name(self) -> str:
        """The folder's name, with the one above it if it says little."""
        root = self.run.directory.root.resolve()
        return root.name if root.name != "run" else f"{root.parent.name}/{root.name}"

    @property
    def seconds_spent(self) -> float:
        """The seconds that commands worked until the run was finished.

        What comes later, such as the report itself, is left out: the figure is the same on every
        page.
        """
        timed = zip(self.events, clock_events(self.events), strict=True)
        spent = [(event["kind"], seconds) for event, seconds in timed]
        finished = [seconds for kind, seconds in spent if kind == "finished"]
        return max(finished or [seconds for _, seconds in spent], default=0.0)

    @property
    def test(self) -> pd.DataFrame | None:
        """The feature columns of the rows to predict."""
        return self.run.inference.dataset.test


def read_report_data(root: Path) -> ReportData:
    """Read a finished run.

    Raises
    ------
    RunError
        If the folder holds no finished run, or its tables are gone or have changed.
    """
    run = reopen(root)
    summary = read_summary(run.directory)
    return ReportData(
        run=run,
        known=read_json(root / "run.json"),
        summary=summary,
        events=run.directory.read_events(),
        train=run.dataset.train,
        solved=tuple(
            _read_solved(run, problem, described)
            for problem, described in zip(run.problems, summary["targets"], strict=True)
        ),
    )


def _read_solved(run: Reopened, problem: Problem, described: Mapping[str, Any]) -> ReportTarget:
    found = load_finished(run.directory, problem.target.name)
    if not found:
        raise RunError(
            f"{run.directory.root}: no finished candidate for {problem.target.name}.",
            hint="Finish the run first: the same `automl fit` command continues it.",
        )
    return ReportTarget(
        problem=problem,
        described=described,
        candidates=rank_candidates(problem, found.values()),
        blend=None
        if described["combiner"] is None
        else load_last_blend(run.directory.blend(problem.target.name), found),
    )

"""The blend against the run alone: which of both answers is written."""

from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from automl_cli.commands.blend.field import Field
from automl_cli.core.candidate import Blend
from automl_cli.core.judges import leave_judges_out
from automl_cli.core.problem import Problem
from automl_cli.decision.scoring import name_selection_loss, score_candidate, selection_loss
from automl_cli.ensemble.tournament import blend_candidates
from automl_cli.run.reopen import Reopened

AnswerSource: TypeAlias = Literal["blend", "run"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """What the blend and the run alone are worth, on the same rows.

    Parameters
    ----------
    made, alone
        The blend of all who take part, and the run's own; both cross-fitted.
    loss, run_loss
        Theirs, by which blends are chosen; lower is better.
    loss_name
        What it is called.
    written
        Which of them answers.
    """

    made: Blend
    alone: Blend
    loss: float
    run_loss: float
    loss_name: str
    written: AnswerSource

    @property
    def answer(self) -> Blend:
        """The one that is written."""
        return self.made if self.written == "blend" else self.alone


def run_contest(
    run: Reopened, problem: Problem, field: Field, *, forced: bool, n_threads: int
) -> Contest:
    """Blend all who take part, and compare with the run alone.

    A metric such as accuracy moves in steps, and a difference of a few rows says little. So the
    smooth loss beside it decides, the one by which combiners are chosen too.

    Parameters
    ----------
    run
        The run, whose config names the combiners.
    problem
        What is answered.
    field
        Who takes part.
    forced
        Whether the blend is to be written even if it is worse.
    n_threads
        How many fits run at a time.
    """
    made = blend_candidates(
        problem, field.playing, combiners=run.config.ensemble.combiners, n_threads=n_threads
    )
    alone = field.members.run_blend
    judged = problem
    if run.directory.studies(problem.target.name).exists():
        # A search has chosen among candidates by some folds, which have no say in the score.
        judged = replace(problem, folds=leave_judges_out(problem.folds))
        made, alone = _score(judged, made), _score(judged, alone)
    loss, run_loss = selection_loss(judged, made.oof), selection_loss(judged, alone.oof)
    return Contest(
        made=made,
        alone=alone,
        loss=loss,
        run_loss=run_loss,
        loss_name=name_selection_loss(problem),
        written="blend" if forced or loss <= run_loss else "run",
    )


def _score(judged: Problem, made: Blend) -> Blend:
    scored = score_candidate(judged, made.oof)
    return replace(made, score=scored.score, score_se=scored.score_se)

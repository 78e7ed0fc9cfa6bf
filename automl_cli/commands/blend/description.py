"""A blend as plain values, and what the user should know of it."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from automl_cli.commands.blend.contest import Contest
from automl_cli.commands.blend.field import Field
from automl_cli.core.arrays import FloatVector
from automl_cli.core.candidate import Candidate
from automl_cli.core.problem import Problem
from automl_cli.decision.scoring import is_negated_score


def describe(
    problem: Problem, field: Field, contest: Contest, spread: FloatVector
) -> dict[str, Any]:
    """Return what `--json` prints of one target; members by weight are the caller's business.

    Parameters
    ----------
    problem
        What was answered.
    field
        Who took part, and who did not.
    contest
        What came of it.
    spread
        Standard deviation of each weight.
    """
    made, alone = contest.made, contest.alone
    weights = {
        key: (float(weight), float(error))
        for key, weight, error in zip(made.members, made.weights, spread, strict=True)
    }
    own = {one.spec.key for one in field.members.own}
    return {
        "target": problem.target.name,
        "metric": problem.metric.name,
        "score": made.score,
        "score_se": made.score_se,
        "in_sample": made.in_sample,
        "combiner": made.combiner,
        "tournament": [
            {"combiner": name, "score": score, "in_sample": seen}
            for name, score, seen in made.tournament
        ],
        "run_score": alone.score,
        "run_score_se": alone.score_se,
        "loss": contest.loss,
        "run_loss": contest.run_loss,
        "loss_name": _name_loss(problem, contest),
        "written": contest.written,
        "members": [
            {
                **_describe_member(one, weights),
                "outside": one.spec.key not in own,
                "left_out": field.left_out.get(one.spec.key),
            }
            for one in field.everyone()
        ],
    }


def warn(problem: Problem, contest: Contest, out: Path) -> Iterator[str]:
    """Yield what the user should know of the answer that is written."""
    if contest.loss <= contest.run_loss:
        return
    sign = -1.0 if is_negated_score(problem) else 1.0
    loss, run_loss = sign * contest.loss, sign * contest.run_loss
    figures = f"{contest.loss_name} {loss:.6g}, the run alone {run_loss:.6g}"
    text = f"{problem.target.name}: the blend is worse than the run alone ({figures}). "
    if contest.written == "run":
        yield text + f"{out} holds the predictions of the run; --even-if-worse writes the blend."
    else:
        yield text + f"{out} holds the blend because of --even-if-worse."


def _name_loss(problem: Problem, contest: Contest) -> str:
    if problem.metric.selection == "rank_correlation":  # a score, and this is a loss
        return f"{contest.loss_name}, negative"
    return contest.loss_name


def _describe_member(one: Candidate, weights: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
    weight, spread = weights.get(one.spec.key, (0.0, 0.0))
    return {
        "key": one.spec.key,
        "score": one.score,
        "score_se": one.score_se,
        "weight": weight,
        "spread": spread,
    }

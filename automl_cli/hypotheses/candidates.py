"""The question whether one candidate of a run is better than another."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from automl_cli.core.arrays import FloatMatrix
from automl_cli.core.candidate import Candidate
from automl_cli.core.errors import ConfigError, RunError
from automl_cli.core.judges import leave_judges_out
from automl_cli.core.problem import Problem
from automl_cli.ensemble.files import load_last_blend
from automl_cli.hypotheses.question import HypothesisQuestion
from automl_cli.run.reopen import Reopened, reopen
from automl_cli.statistics.conclusions import conclude_paired
from automl_cli.statistics.paired import Paired, compare_candidates
from automl_cli.train.collect import load_finished

ENSEMBLE = "ensemble"


def answer_candidates(question: HypothesisQuestion, names: tuple[str, str]) -> dict[str, Any]:
    """Return the comparison of two candidates of a run.

    Raises
    ------
    ConfigError
        If the source is no run, or a name is not that of one candidate.
    RunError
        If the run cannot be opened.
    """
    if not isinstance(question.source, Path):
        raise ConfigError(
            "--compare compares candidates of a run, and this is not a run.",
            hint="Give the folder that `automl fit` printed.",
        )
    run = reopen(question.source)
    problem, found = _choose_problem(run, names)
    keys = (_find_key(found, names[0]), _find_key(found, names[1]))
    if keys[0] == keys[1]:
        raise ConfigError(
            f"--compare: {names[0]} and {names[1]} are both {keys[0]}.", hint="Name two candidates."
        )
    n_common = min(found[key].n_folds for key in keys if key in found)
    problem = problem.first_folds(min(n_common, len(problem.folds)))
    searched = run.directory.studies(problem.target.name).exists()
    if searched:  # settings were chosen by some folds, which then have no say here
        problem = replace(problem, folds=leave_judges_out(problem.folds))
    oofs = [_get_oof(run, problem, found, key) for key in keys]
    paired = compare_candidates(problem, oofs[0], oofs[1], question.level)
    return {
        "question": "candidates",
        "source": str(question.source),
        "target": problem.target.name,
        "metric": problem.metric.name,
        "greater_is_better": problem.metric.greater_is_better,
        "keys": list(keys),
        "features": [_list_features(found, key) for key in keys],
        **asdict(paired),
        "notes": _list_luck(paired, len(found), question.level)
        + _list_notes(problem, found, keys, searched=searched),
        "conclusions": conclude_paired(paired, keys, problem.metric.name, question.level),
    }


def _choose_problem(run: Reopened, names: tuple[str, str]) -> tuple[Problem, dict[str, Candidate]]:
    """Return the target that has both candidates; if none has, the last one, for the message.

    Raises
    ------
    ConfigError
        If several have.
    """
    if not run.problems:
        raise RunError(f"{run.directory.root}: no target.", hint="Fit the run again.")
    every = [(one, load_finished(run.directory, one.target.name)) for one in run.problems]
    having = [(one, own) for one, own in every if all(_match(own, name) for name in names)]
    if len(having) > 1:
        targets = ", ".join(one.target.name for one, _ in having)
        raise ConfigError(
            f"--compare: {' and '.join(names)} may be of any of the targets {targets}.",
            hint="Give whole keys, which `automl leaderboard` shows by target.",
        )
    return having[0] if having else every[-1]


def _match(found: Mapping[str, Candidate], name: str) -> list[str]:
    if name == ENSEMBLE or name in found:
        return [name]
    return [key for key in found if key.startswith(name)]


def _find_key(found: Mapping[str, Candidate], name: str) -> str:
    matching = _match(found, name)
    if len(matching) == 1:
        return matching[0]
    known = [*found, ENSEMBLE]
    if matching:
        raise ConfigError(
            f"--compare: {name!r} matches several candidates: {', '.join(matching[:5])}.",
            hint="Give more of the key; `automl leaderboard RUN` shows all.",
        )
    close = get_close_matches(name, known, n=1)
    raise ConfigError(
        f"--compare: no finished candidate {name!r} in this run.",
        hint=f"Did you mean {close[0]!r}?" if close else f"Use two of {', '.join(known[:10])}.",
    )


def _get_oof(run: Reopened, problem: Problem, found: dict[str, Candidate], key: str) -> FloatMatrix:
    if key != ENSEMBLE:
        return found[key].oof
    blend = load_last_blend(run.directory.blend(problem.target.name), found)
    if blend is None:
        raise RunError(
            f"{run.directory.root}: no ensemble of the finished candidates.",
            hint="Finish the run first: the same `automl fit` command continues it.",
        )
    return blend.oof


def _list_features(found: Mapping[str, Candidate], key: str) -> list[str]:
    return [] if key == ENSEMBLE else [step.name for step in found[key].spec.recipe]


def _list_luck(paired: Paired, n_candidates: int, level: float) -> list[str]:
    """Return that a difference may be one of many, if any is told."""
    gains = [paired.rows] if paired.folds is None else [paired.rows, paired.folds]
    if n_candidates <= 2 or paired.equal or not any(gain.p < level for gain in gains):
        return []
    picked = f"The run has {n_candidates} candidates. If these two were picked by their scores, "
    luck = "the p-value does not account for that choice, and the difference is probably too large."
    return [picked + luck]


def _list_notes(
    problem: Problem, found: Mapping[str, Candidate], keys: tuple[str, str], *, searched: bool
) -> list[str]:
    notes = []
    if searched:
        notes.append("Rows by which the search chose settings are left out.")
    if problem.folds.ordered:
        notes.append(
            "The rows follow time: neighbouring rows may have similar errors, and "
            "the interval may be too narrow."
        )
    limited = [key for key in keys if key in found and (found[key].cut or found[key].row_share < 1)]
    if limited:
        notes.append(f"{' and '.join(limited)} was cut short by the time or memory limit.")
    return notes

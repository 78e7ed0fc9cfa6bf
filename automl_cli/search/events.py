"""What a study tells: what is begun and why, and what its trials have settled."""

from automl_cli.core.events import Event, JsonValue, Listener
from automl_cli.core.problem import Problem
from automl_cli.models.description import describe_candidate
from automl_cli.search.point import Point
from automl_cli.search.ways import WaysVerdict


def emit_proposed(
    listener: Listener, problem: Problem, point: Point, why: str, n_folds: int
) -> None:
    """Tell that a candidate is to have so many folds, and why."""
    fields: dict[str, JsonValue] = {
        "target": problem.target.name,
        "key": point.spec.key,
        "description": describe_candidate(point.spec, problem.fitted_task),
        "why": why,
        "folds": n_folds,
        "is_found": point.is_found,
    }
    listener(Event(kind="proposed", fields=fields))


def emit_growth(listener: Listener, problem: Problem, growth: float | None) -> None:
    """Tell the size of trees that was settled."""
    listener(Event(kind="settled", fields={"target": problem.target.name, "growth": growth}))


def emit_ways(listener: Listener, problem: Problem, verdict: WaysVerdict) -> None:
    """Tell which way is best and which have lost."""
    lost: list[JsonValue] = [list(way) for way in sorted(verdict.lost)]
    fields: dict[str, JsonValue] = {
        "target": problem.target.name,
        "best": list(verdict.best),
        "lost": lost,
    }
    listener(Event(kind="settled", fields=fields))

"""What the search of each model has come to: told, and written for optuna-dashboard."""

from collections.abc import Sequence

from automl_cli.core.events import Event, JsonValue
from automl_cli.search.choice import choose_candidate
from automl_cli.search.exhaustive import ExhaustiveStudy
from automl_cli.search.point import Point
from automl_cli.search.study import Study
from automl_cli.train.execution import Execution


def report_searches(study: Study | ExhaustiveStudy, execution: Execution) -> None:
    """Tell what the sampler of each model has found, and write its journal."""
    folder = execution.run.studies(study.problem.target.name)
    for model, sampler in study.queue.samplers.items():
        points = [
            point
            for point in study.points.values()
            if point.number >= 0 and point.spec.model == model
        ]
        if points:
            n_begun = len(sampler.asked) - len(study.queue.drawn.get(model, ()))
            fields = {**_describe(study, model, points), "trials": n_begun}
            execution.listener(Event(kind="searched", fields=fields))
            facts: list[dict[str, JsonValue]] = [{"key": "", "folds": 0} for _ in sampler.asked]
            for point in points:
                facts[point.number] = _list_facts(study, point)
            sampler.write(folder / f"{model}.journal", facts)


def _list_facts(study: Study | ExhaustiveStudy, point: Point) -> dict[str, JsonValue]:
    candidate = study.candidates.get(point.spec.key)
    n_folds = 0 if candidate is None else candidate.n_folds
    return {"key": point.spec.key, "folds": n_folds}


def _describe(
    study: Study | ExhaustiveStudy, model: str, points: Sequence[Point]
) -> dict[str, JsonValue]:
    n_blended = study.problem.folds.n_blended
    shown = [study.candidates.get(point.spec.key) for point in points]
    whole = [one for one in shown if one is not None and one.n_folds >= n_blended]
    fields: dict[str, JsonValue] = {
        "target": study.problem.target.name,
        "model": model,
        "whole": len(whole),
    }
    if whole:
        choice = choose_candidate(study.problem.first_folds(n_blended), whole)
        setting = study.points[choice.best].setting
        fields |= {
            "best": choice.best,
            "score": choice.score,
            "score_se": choice.score_se,
            "naive": choice.naive,
        }
        if setting is not None:
            tops, params = dict(setting.tops), dict(setting.params)
            fields |= {"tops": {**tops}, "way": setting.way, "params": {**params}}
    return fields

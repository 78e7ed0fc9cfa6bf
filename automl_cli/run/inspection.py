"""All that is known of one candidate of a run: what it is, and what came of it fold by fold.

shown = inspect_candidate(RunDirectory(folder), "lightgbm-f1e6")
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any, TypeAlias, cast

from automl_cli.core.candidate import CandidateSpec, FeatureRecipe
from automl_cli.core.errors import RunError
from automl_cli.features import GROUPS
from automl_cli.features.state import list_selected
from automl_cli.models import MODELS
from automl_cli.models.description import find_defaults, find_own_params, find_recipe
from automl_cli.payloads import without_nan
from automl_cli.run.summary import read_summary
from automl_cli.store import RunDirectory, read_json, understood
from automl_cli.train.unit import read_fit

CandidateFacts: TypeAlias = Mapping[str, Any]

VERSION = 1
MOST_CHOICES = 8  # keys that a message lists
FIGURES = (
    "score",
    "score_se",
    "weight",
    "seconds",
    "predict_seconds",
    "predict_share",
    "cut",
    "row_share",
    "original",
    "reason",
)


def inspect_candidate(run: RunDirectory, prefix: str) -> dict[str, Any]:
    """Return all that is known of a candidate, as plain values.

    Parameters
    ----------
    run
        A finished run.
    prefix
        How its key begins; the hash alone will do, without the model.

    Raises
    ------
    RunError
        If the folder holds no finished run, or no candidate or several have such a key; the
        message lists the choices.
    """
    summary = read_summary(run)
    target, status, facts = _find(run, summary, prefix)
    key = str(facts["key"])
    spec = _read_spec(run, key, status)
    return cast(
        "dict[str, Any]",
        without_nan(
            {
                "version": VERSION,
                "run": str(run.root),
                "key": key,
                "target": target["target"],
                "metric": target["metric"],
                "model": facts["model"],
                "description": facts.get("description", ""),
                "status": status,
                **_list_figures(facts),
                "params": [] if spec is None else _list_params(spec, target),
                "recipe": [] if spec is None else _list_steps(spec.recipe, spec.model),
                "generated": [] if spec is None else _list_generated(run, spec, facts),
                "folds": _list_folds(run, key, facts),
                **_describe_failure(run, facts),
            }
        ),
    )


def _find(
    run: RunDirectory, summary: CandidateFacts, prefix: str
) -> tuple[CandidateFacts, str, CandidateFacts]:
    """Return the target, the status and what the summary says of the one candidate meant."""
    every = [
        (target, status, facts)
        for target in summary["targets"]
        for status, name in (("fitted", "candidates"), ("failed", "failed"), ("skipped", "skipped"))
        for facts in target.get(name, ())
    ]
    found = [one for one in every if _begins(one[2]["key"], prefix)]
    whole = [one for one in found if one[2]["key"] == prefix]
    if len(whole or found) == 1:
        return (whole or found)[0]
    keys = sorted({str(facts["key"]) for _, _, facts in found or every})
    more = f", … ({len(keys)} in all)" if len(keys) > MOST_CHOICES else ""
    choices = f"{', '.join(keys[:MOST_CHOICES])}{more}"
    if found:
        raise RunError(
            f"{run.root}: {len(found)} candidates begin with {prefix!r}: {choices}.",
            hint="Give more of the key.",
        )
    raise RunError(
        f"{run.root}: no candidate begins with {prefix!r}.",
        hint=f"Give the beginning of one of {choices}.",
    )


def _begins(key: str, prefix: str) -> bool:
    return bool(prefix) and (key.startswith(prefix) or key.rpartition("-")[2].startswith(prefix))


def _read_spec(run: RunDirectory, key: str, status: str) -> CandidateSpec | None:
    """Return the specification; None of a candidate that left none."""
    path = run.failure(key) if status == "failed" else run.candidate(key) / "candidate.json"
    if not path.exists():
        return None
    with understood(path, "Give the same `automl fit` command again."):
        plain = read_json(path).get("spec")
        return None if plain is None else CandidateSpec.from_plain(cast("dict[str, Any]", plain))


def _list_figures(facts: CandidateFacts) -> dict[str, Any]:
    return {name: facts.get(name) for name in FIGURES}


def _list_params(spec: CandidateSpec, target: CandidateFacts) -> list[dict[str, Any]]:
    task = target.get("fitted_task") or target["task"]
    defaults = find_defaults(spec.model, task)
    # Of a model that is not installed any more nobody knows what it does by itself.
    own = find_own_params(spec, task) if spec.model in MODELS else {}
    return [
        {
            "name": name,
            "value": value,
            "default": defaults.get(name),
            "differs": name in own,
        }
        for name, value in spec.params
    ]


def _list_steps(recipe: FeatureRecipe, model: str) -> list[dict[str, Any]]:
    own = find_recipe(model)
    return [
        {
            "step": step.name,
            "params": {**(GROUPS.get(step.name).defaults if step.name in GROUPS else {})}
            | dict(step.params),
            "top": step.top,
            "own": step in own or model not in MODELS,
        }
        for step in recipe
    ]


def _list_generated(
    run: RunDirectory, spec: CandidateSpec, facts: CandidateFacts
) -> list[dict[str, Any]]:
    """Return the generated columns that some fold takes, those of most folds first."""
    if not spec.screen:
        return []
    steps = _find_steps(run, spec.key)
    of_folds = list_selected(run.features, spec, steps) if steps else iter(())
    n_folds = len(facts.get("fold_scores", ())) or None  # without a score all count
    counts = Counter(chain.from_iterable(islice(of_folds, n_folds)))
    return [
        {"group": group, "column": column, "folds": number}
        for (group, column), number in sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    ]


def _find_steps(run: RunDirectory, key: str) -> Sequence[str]:
    for path in sorted(run.units(key).glob("*/fit.json")):
        return cast("list[str]", read_json(path)["steps"])
    return ()


def _list_folds(run: RunDirectory, key: str, facts: CandidateFacts) -> list[dict[str, Any]]:
    """Return what is known of each fold that was fitted."""
    scores, rounds = facts.get("fold_scores", ()), facts.get("rounds", ())
    folds = []
    paths = run.units(key).glob("fold-*")
    for fold in sorted({int(path.name.split("-")[1].partition(".")[0]) for path in paths}):
        record = read_fit(run, key, fold)
        if record is not None:
            folds.append(
                {
                    "fold": fold + 1,
                    "score": scores[fold] if fold < len(scores) else None,
                    "rounds": rounds[fold] if fold < len(rounds) else None,
                    "fitted_rounds": record.rounds,
                    "seconds": round(record.seconds, 2),
                    "peak_bytes": record.peak_bytes,
                    "row_share": record.row_share,
                    "cut": record.cut,
                }
            )
    return folds


def _describe_failure(run: RunDirectory, facts: CandidateFacts) -> dict[str, Any]:
    path = run.root / str(facts["file"]) if "file" in facts else None
    kept = {} if path is None or not path.exists() else read_json(path)
    error = kept.get("error", facts.get("error"))
    return {
        "error": error,
        "hint": facts.get("hint"),
        "file": None if path is None else str(Path(path)),
    }

"""What a candidate is, in a few words: its features, and what differs from its model's defaults.

Tables, lines, the live view, the report and ``--json`` all take their words from here.
"""

from collections.abc import Iterator, Mapping, Sequence

from automl_cli.core.candidate import CandidateSpec, FeatureRecipe, ParamValue, Step
from automl_cli.core.counts import format_count
from automl_cli.core.dataset import Task
from automl_cli.models import MODELS

FEW_ROUNDS = 100  # so few rounds, or fewer, are worth a word
MOST_GROUPS, MOST_PARAMS = 3, 2  # groups of generated columns and parameters that are named


def describe_candidate(spec: CandidateSpec, task: Task) -> str:
    """Return what tells a candidate from others of its model, such as ``crosses; 31 leaves``.

    Parameters
    ----------
    spec
        The candidate.
    task
        What its model was fitted for, which decides the defaults; see `Problem.fitted_task`.
    """
    features = ", ".join(_list_features(spec.recipe, find_recipe(spec.model)))
    settings = list(_list_settings(spec, task))
    return "; ".join(filter(None, [features or "default features", ", ".join(settings)]))


def find_recipe(model: str) -> FeatureRecipe:
    """Return a model's own recipe; of a model that is not installed any more, nothing."""
    return MODELS.get(model).recipe if model in MODELS else ()


def find_defaults(model: str, task: Task) -> dict[str, ParamValue]:
    """Return a model's default parameters; of one that is not installed any more, none."""
    return MODELS.get(model).make_params(task, {}) if model in MODELS else {}


def find_own_params(spec: CandidateSpec, task: Task) -> dict[str, ParamValue]:
    """Return the parameters of a candidate that differ from its model's defaults."""
    defaults = find_defaults(spec.model, task)
    return {
        name: value
        for name, value in spec.params
        if name not in defaults or defaults[name] != value
    }


def format_param(name: str, value: ParamValue) -> str:
    """Return a parameter as people say it.

    Examples
    --------
    >>> [format_param(*one) for one in (("learning_rate", 0.03), ("num_leaves", 31.0))]
    ['learning_rate .03', '31 leaves']
    >>> [format_param("extra_trees", value) for value in (True, False)]
    ['extra_trees', 'no extra_trees']
    """
    if isinstance(value, bool):
        return name if value else f"no {name}"
    if name in COUNTED and isinstance(value, int | float):
        return f"{_format_value(value)} {COUNTED[name]}"
    return f"{name} {_format_value(value)}"


def format_step(step: Step) -> str:
    """Return a step with all that it is told.

    Examples
    --------
    >>> format_step(Step("crosses", (("max_pairs", 200),), top=30))
    'crosses (max_pairs 200; at most 30 columns a fold)'
    """
    params = ", ".join(f"{name} {_format_value(value)}" for name, value in step.params)
    top = "" if step.top is None else f"at most {format_count(step.top, 'column')} a fold"
    text = "; ".join(filter(None, [params, top]))
    return f"{step.name} ({text})" if text else step.name


def _list_features(recipe: FeatureRecipe, own: FeatureRecipe) -> Iterator[str]:
    """Yield what a recipe has besides a model's own one, and what it lacks of it."""
    plain = [step for step in recipe if step.top is None]
    for step in plain:
        if step not in own:
            text = ", ".join(f"{name} {_format_value(value)}" for name, value in step.params)
            yield f"{_name(step)} ({text})" if text else _name(step)
    names = {step.name for step in plain}
    for step in own:
        if step.name not in names:
            yield f"no {_name(step)}"
    yield from _list_generated([step for step in recipe if step.top is not None])


def _list_generated(steps: Sequence[Step]) -> Iterator[str]:
    tops = {step.top for step in steps}
    shared = f" (≤ {next(iter(tops))} each)" if len(tops) == 1 and len(steps) > 1 else ""
    if len(steps) > MOST_GROUPS:
        yield f"{len(steps)} groups of generated columns{shared}"
        return
    for step in steps:
        yield _name(step) if shared else f"{_name(step)} (≤ {step.top})"


def _list_settings(spec: CandidateSpec, task: Task) -> Iterator[str]:
    own = find_own_params(spec, task)
    ordered = sorted(own, key=lambda name: (FIRST.get(name, len(FIRST)), name))
    # One more name takes no more room than saying that there is one more.
    shown = ordered if len(ordered) <= MOST_PARAMS + 1 else ordered[:MOST_PARAMS]
    yield from (format_param(name, own[name]) for name in shown)
    if len(shown) < len(ordered):
        yield f"{len(ordered) - len(shown)} more"
    has_rounds = spec.model in MODELS and MODELS.get(spec.model).has_rounds
    if has_rounds and spec.max_rounds <= FEW_ROUNDS:
        yield f"at most {format_count(spec.max_rounds, 'round')}"
    if spec.original:
        weight = "" if spec.original == 1 else f" (weight {_format_value(spec.original)})"
        yield f"original rows{weight}"


def _name(step: Step) -> str:
    return NAMES.get(step.name, step.name)


def _format_value(value: ParamValue) -> str:
    if isinstance(value, bool) or value is None:
        return str(value).lower() if value is not None else "none"
    if isinstance(value, str):
        return value
    return f"{value:.6g}" if isinstance(value, int) else f"{value:.3g}".replace("0.", ".", 1)


NAMES: Mapping[str, str] = {  # of feature steps, where the step's own name says little
    "native": "categories",
    "onehot": "one-hot categories",
    "numeric": "numbers",
    "filled": "filled numbers",
    "scaled": "scaled numbers",
    "counts": "counts",
    "target_mean": "target means",
    "exact_value": "exact values",
    "random_subsets": "random subsets",
    "group_stats": "group statistics",
    "rows": "row statistics",
    "missing": "patterns of gaps",
    "text_shape": "shape of texts",
    "text": "words",
    "text_linear": "linear texts",
    "original_mean": "original's means",
    "original_teacher": "original's teacher",
}
COUNTED: Mapping[str, str] = {  # parameters that are numbers of something
    "num_leaves": "leaves",
    "max_leaves": "leaves",
    "n_estimators": "trees",
    "epochs": "epochs",
    "k": "neighbours",
    "landmarks": "landmarks",
}
FIRST: Mapping[str, int] = {  # parameters that say most
    name: place
    for place, name in enumerate(
        ("learning_rate", "num_leaves", "max_leaves", "depth", "max_depth", "n_estimators", "C")
    )
}

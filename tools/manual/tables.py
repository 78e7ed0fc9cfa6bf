"""The page of tables: every name that a config may hold, as the registries have them."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from automl_cli.audit import RULES
from automl_cli.config.load import load_config
from automl_cli.config.presets import preset_names
from automl_cli.core.metric import Metric
from automl_cli.core.model import ModelSpec
from automl_cli.ensemble import COMBINERS
from automl_cli.features import GROUPS
from automl_cli.features.group import FeatureGroup
from automl_cli.metrics import METRICS
from automl_cli.models import MODELS
from automl_cli.splits import SPLITTERS
from manual.cells import first_sentence, format_table

INTRODUCTION = """\
# Models, features, metrics and other names

`automl list TABLE` shows the same names, including those from other packages. This page is
generated from the code by `make docs`."""


def make_tables_page() -> str:
    """Return a section for each table."""
    sections = {
        "Models": _format_models(),
        "Features": _format_features(),
        "Metrics": _format_metrics(),
        "Splitters": _format_splitters(),
        "Combiners": _format_combiners(),
        "Rules": _format_rules(),
        "Presets": _format_presets(),
    }
    lines = [INTRODUCTION]
    for title, section in sections.items():
        lines += [f"\n## {title}\n", *section]
    return "\n".join(lines) + "\n"


def _format_models() -> Iterator[str]:
    yield (
        "The defaults of a task override the general ones. The next table describes the steps of\n"
        "recipes."
    )
    rows = [(f"`{name}`", *_format_model(MODELS.get(name))) for name in MODELS]
    yield from format_table(["model", "recipe", "defaults", "rows", "searched", "SHAP"], rows)


def _format_model(spec: ModelSpec) -> Iterator[str]:
    yield ", ".join(f"`{step.name}`" for step in spec.recipe)
    parts = [
        ("" if task == "*" else f"{task}: ") + _format_params(params)
        for task, params in spec.defaults.items()
    ]
    yield "; ".join(parts)
    yield "any number" if spec.max_rows is None else f"up to {spec.max_rows:,}"
    yield ", ".join(f"`{one.name}` {one.low} to {one.high}" for one in spec.space)
    yield "yes" if spec.explains else "no"


def _format_features() -> Iterator[str]:
    yield (
        "These names are steps of a recipe and groups for `features.groups`. All of them are "
        "fitted without\nthe target of train. If a step gives codes for target means, each fold "
        "computes the means from its\nown training rows. [Features](features.md) explains what "
        "they are for."
    )
    rows = [
        (
            f"`{name}`",
            first_sentence(_find_fit(GROUPS.get(name)).__doc__),
            first_sentence(GROUPS.get(name).transform.__doc__),
            _format_params(GROUPS.get(name).defaults),
        )
        for name in GROUPS
    ]
    yield from format_table(["step", "what it learns", "what it gives", "parameters"], rows)


def _find_fit(group: FeatureGroup) -> Callable[..., object]:
    return group.fit if group.original is None else group.original.fit


def _format_metrics() -> Iterator[str]:
    yield (
        "`map_at_K` exists for any K. [Metrics](metrics.md) explains what a metric decides, and "
        "how to\nadd your own."
    )
    rows = [(f"`{name}`", *_format_metric(METRICS.get(name))) for name in METRICS]
    head = ["metric", "what it is", "better", "wants a", "tasks", "fitted with"]
    yield from format_table(head, rows)


def _format_metric(metric: Metric) -> Iterator[str]:
    score = getattr(metric.score, "func", metric.score)  # of a partial
    yield first_sentence(score.__doc__)
    yield "higher" if metric.greater_is_better else "lower"
    yield metric.wants
    yield ", ".join(sorted(metric.tasks))
    scale = "" if metric.transform == "identity" else f" on {metric.transform}"
    yield f"{metric.objective}{scale}"


def _format_splitters() -> Iterator[str]:
    yield (
        "`auto`, the default, chooses a splitter by the columns that are set and by how test "
        "differs from\ntrain. `my_split.py:split` is your own: see [validation](validation.md)."
    )
    rows = [(f"`{name}`", first_sentence(SPLITTERS.get(name).__doc__)) for name in SPLITTERS]
    yield from format_table(["splitter", "folds"], rows)


def _format_combiners() -> Iterator[str]:
    yield "The order of the table breaks ties."
    rows = [
        (
            f"`{name}`",
            first_sentence(COMBINERS.get(name).fit.__doc__),
            first_sentence(COMBINERS.get(name).apply.__doc__),
        )
        for name in COMBINERS
    ]
    yield from format_table(["combiner", "what it learns", "what it gives"], rows)


def _format_rules() -> Iterator[str]:
    yield "`automl audit` runs all rules, `automl fit` the quick ones: see [audit](audit.md)."
    rows = [
        (
            f"`{name}`",
            first_sentence(RULES.get(name).find.__doc__),
            "yes" if RULES.get(name).is_fast else "no",
        )
        for name in RULES
    ]
    yield from format_table(["rule", "what it does", "quick"], rows)


def _format_presets() -> Iterator[str]:
    yield "Each preset extends the previous one. `automl config show --preset NAME` prints one."
    rows = [(f"`{name}`", *_format_preset(name)) for name in preset_names()]
    head = ["preset", "budget", "folds", "models", "further candidates", "search", "generated"]
    yield from format_table(head, rows)


def _format_preset(name: str) -> Iterator[str]:
    config = load_config(preset=name).config
    yield str(config.model_dump()["budget"] or "no limit")
    yield str(config.validation.folds)
    yield _format_names(config.models)
    yield str(len(config.candidates))
    yield f"{config.search.trials} settings" if config.search.trials else "none"
    yield _format_names(config.features.groups) or "none"


def _format_names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _format_params(params: Mapping[str, object]) -> str:
    return ", ".join(f"`{name}={value}`" for name, value in params.items())

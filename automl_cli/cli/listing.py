"""``automl list``: the names of each table, and a word about them."""

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated

import typer

from automl_cli.cli.answers import answered
from automl_cli.core.errors import ConfigError


def list_table(
    table: Annotated[
        str,
        typer.Argument(help="models, features, metrics, splitters, combiners, rules or presets."),
    ],
) -> None:
    """List names for the config, such as models and metrics."""
    with answered():
        for line in list_entries(table):
            typer.echo(line)


def list_entries(table: str) -> Iterator[str]:
    """Return one line for each entry of a table.

    Raises
    ------
    ConfigError
        If there is no such table; the hint names all.
    """
    if table not in LISTINGS:
        raise ConfigError(f"{table!r}: no such list.", hint=f"Use one of {', '.join(LISTINGS)}.")
    return LISTINGS[table]()


def _list_models() -> Iterator[str]:
    from automl_cli.models import MODELS

    for name in MODELS:
        recipe = ", ".join(step.name for step in MODELS.get(name).recipe)
        yield f"{name:<14} features: {recipe}"


def _list_features() -> Iterator[str]:
    from automl_cli.features import GROUPS

    for name in GROUPS:
        params = ", ".join(f"{key}={value}" for key, value in GROUPS.get(name).defaults.items())
        yield f"{name:<14} {params}".rstrip()


def _list_metrics() -> Iterator[str]:
    from automl_cli.metrics import METRICS

    for name in METRICS:
        metric = METRICS.get(name)
        direction = "higher" if metric.greater_is_better else "lower"
        tasks = ", ".join(sorted(metric.tasks))
        yield f"{name:<18} {direction} is better; wants a {metric.wants}; {tasks}"


def _list_splitters() -> Iterator[str]:
    from automl_cli.splits import SPLITTERS

    for name in SPLITTERS:
        first_line = (SPLITTERS.get(name).__doc__ or "").strip().partition("\n")[0]
        yield f"{name:<18} {first_line}".rstrip()


def _list_combiners() -> Iterator[str]:
    from automl_cli.ensemble import COMBINERS

    yield from COMBINERS


def _list_rules() -> Iterator[str]:
    from automl_cli.audit import RULES

    for name in RULES:
        yield f"{name:<18} {' '.join((RULES.get(name).find.__doc__ or '').split())}"


def _list_presets() -> Iterator[str]:
    from automl_cli.config.presets import preset_names

    yield from preset_names()


LISTINGS: Mapping[str, Callable[[], Iterator[str]]] = {
    "models": _list_models,
    "features": _list_features,
    "metrics": _list_metrics,
    "splitters": _list_splitters,
    "combiners": _list_combiners,
    "rules": _list_rules,
    "presets": _list_presets,
}

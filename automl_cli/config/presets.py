"""The presets: YAML files beside the package (in a checkout) or inside it (installed)."""

from pathlib import Path

from automl_cli.config.mistakes import join_names, make_hint
from automl_cli.core.errors import ConfigError

PACKAGE = Path(__file__).parents[1]


def preset_names() -> tuple[str, ...]:
    """Return the names, the shortest first; each extends the one before.

    Examples
    --------
    >>> preset_names()
    ('smoke', 'fast', 'medium', 'best')
    """
    return PRESETS


def preset_path(name: str) -> Path:
    """Return the file of a preset.

    Raises
    ------
    ConfigError
        If there is no such preset; the hint names the closest one and all others.
    """
    if name not in PRESETS:
        raise ConfigError(f"--preset {name}: no such preset.", hint=hint_preset(name))
    installed = PACKAGE / "configs" / f"{name}.yaml"
    return installed if installed.is_file() else PACKAGE.parent / "configs" / f"{name}.yaml"


def hint_preset(name: str) -> str:
    """Return the sentence that leads from a wrong name to a right one."""
    return make_hint(name, PRESETS, f"The presets are {join_names(PRESETS)}.")


DEFAULT_PRESET = "medium"
PRESETS = ("smoke", "fast", "medium", "best")
